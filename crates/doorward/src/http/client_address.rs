//! Who is asking: the socket's address, unless a trusted proxy says for whom it asks.
//!
//! Better Auth believes any single `X-Forwarded-For`; then one client can be many. Here the header counts only when
//! the peer is a configured proxy, and of several hops the right-most one that is not a proxy itself.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderValue, header};

use crate::config::NetworkConfig;

/// Longest user agent that is stored, in bytes.
const USER_AGENT_LIMIT: usize = 512;

/// The client of one request. Texts are made when somebody asks for them: most requests leave no trace.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// An IPv6 address stands for its /64 network. `None`: it is not known.
    pub(crate) address: Option<IpAddr>,
    user_agent: Option<HeaderValue>,
    /// A browser that opens a page by itself: no script is there to read a JSON answer.
    pub(crate) navigates: bool,
}

impl Client {
    pub(crate) fn read(headers: &HeaderMap, extensions: &Extensions, network: &NetworkConfig) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Self {
            address: peer.map(|peer| whole_network(behind_proxies(peer, headers, network))),
            user_agent: headers.get(header::USER_AGENT).cloned(),
            navigates: headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate"),
        }
    }

    /// The address as Better Auth keys its limits and rows: IPv4 as usual, IPv6 written out; empty when it is not known.
    pub(crate) fn address(&self) -> String {
        match self.address {
            None => String::new(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => address.segments().map(|segment| format!("{segment:04x}")).join(":"),
        }
    }

    /// What the client calls itself, cut to a length that may be stored; empty when it says nothing.
    pub(crate) fn user_agent(&self) -> String {
        let sent = self.user_agent.as_ref().map(|value| String::from_utf8_lossy(value.as_bytes()));
        sent.map(|text| cut(&text, USER_AGENT_LIMIT)).unwrap_or_default()
    }
}

fn behind_proxies(peer: IpAddr, headers: &HeaderMap, network: &NetworkConfig) -> IpAddr {
    let trusted = |address: IpAddr| network.trusted_proxies.iter().any(|range| range.contains(address));
    let peer = peer.to_canonical();
    if !trusted(peer) {
        return peer;
    }
    // Byte by byte: what a client wrote before the proxy's own addition may be anything.
    let lines = headers.get_all("x-forwarded-for").iter();
    let hops = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let hops: Vec<&str> = hops.map(|hop| std::str::from_utf8(hop).unwrap_or_default().trim()).collect();
    let mut client = peer;
    for hop in hops.iter().rev() {
        // A hop that is not an address was not written by a proxy of ours: what is left of it says nothing.
        let Some(address) = parse(hop) else { break };
        client = address;
        if !trusted(address) {
            break;
        }
    }
    client
}

/// An address, also as proxies write it with a port: `203.0.113.7:4711`, `[2001:db8::1]:4711`.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inside, _)| inside);
    let address = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

/// IPv4 as it is; IPv6 as the first address of its /64, which is what one client gets.
fn whole_network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

fn cut(text: &str, limit: usize) -> String {
    let clean: String = text.chars().filter(|character| !character.is_control()).collect();
    let end = (0..=limit.min(clean.len())).rev().find(|end| clean.is_char_boundary(*end)).unwrap_or(0);
    clean[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: Option<&str>, proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = forwarded {
            headers.insert("x-forwarded-for", value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let trusted_proxies = proxies.iter().map(|range| range.parse().unwrap()).collect();
        Client::read(&headers, &extensions, &NetworkConfig { trusted_proxies, ..NetworkConfig::default() }).address()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(asked("192.0.2.1", Some("203.0.113.7"), &[]), "192.0.2.1");
        assert_eq!(asked("10.0.0.1", Some("203.0.113.7"), &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(asked("10.0.0.1", None, &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn the_right_most_untrusted_hop_is_the_client() {
        assert_eq!(asked("10.0.0.1", Some("1.2.3.4, 203.0.113.7, 10.0.0.9"), &["10.0.0.0/8"]), "203.0.113.7");
        assert_eq!(asked("10.0.0.1", Some("203.0.113.7, rubbish"), &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(asked("10.0.0.1", Some("203.0.113.7:4711"), &["10.0.0.0/8"]), "203.0.113.7");
    }

    #[test]
    fn what_stands_left_of_a_hop_does_not_hide_it() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", http::HeaderValue::from_bytes(b"\xff, 203.0.113.7").unwrap());
        let network =
            NetworkConfig { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..NetworkConfig::default() };
        assert_eq!(behind_proxies([10, 0, 0, 1].into(), &headers, &network).to_string(), "203.0.113.7");
    }

    #[test]
    fn one_network_of_ipv6_is_one_client() {
        let network = "2001:0db8:0001:0002:0000:0000:0000:0000";
        assert_eq!(asked("2001:db8:1:2::1", None, &[]), network);
        assert_eq!(asked("2001:db8:1:2:ffff::9", None, &[]), network);
        assert_eq!(asked("::ffff:192.0.2.1", None, &[]), "192.0.2.1");
    }
}
