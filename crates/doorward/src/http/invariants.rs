//! What must hold for every input, however it was made: nothing panics, and nothing is taken for more than it is.
//!
//! A few hundred cases of each run with the other tests; `make fuzz` runs many more. A case that failed is printed with
//! the seed that makes it again.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use doorward_crypto::{
    cookie,
    secret::{Secret, Secrets},
};
use http::{Extensions, HeaderMap, HeaderValue, header};
use proptest::prelude::*;
use url::Url;

use super::{client_address::Client, cookies, origin, redirect::Target, schema};
use crate::config::{BaseUrl, Config, NetworkConfig};

const OURS: &str = "https://auth.example";
const TRUSTED: &str = "https://app.example";

fn config() -> Config {
    let secrets = Secrets::single(Secret::new("a secret of the tests, 32 characters and more"));
    let mut config = Config::new(BaseUrl::parse(OURS).expect("an address"), secrets);
    config.trusted_origins = vec![TRUSTED.into()];
    config
}

/// Texts that look like targets to somebody: the characters that parsers disagree about, behind starts that mean
/// something.
fn target() -> impl Strategy<Value = String> {
    let start =
        prop::sample::select(vec!["", "/", "//", "/\\", "https://", "https:", OURS, TRUSTED, "javascript:", "\t/"]);
    let rest = prop_oneof![
        "[/\\\\.%@:?#&=;a-z0-9 \t\r\n\u{0}\u{ff0f}\u{ff0e}\u{3002}\u{202e}-]{0,40}",
        "(/|\\.|%2f|%2e|%5c|\\\\|evil\\.example|@|:443|\\?|#){0,10}",
        any::<String>(),
    ];
    (start, rest).prop_map(|(start, rest)| format!("{start}{rest}"))
}

/// Any bytes that a header can hold, often the separators of the header at hand.
fn header_bytes() -> impl Strategy<Value = Vec<u8>> {
    let separators = prop::sample::select(b"=;, \"%.[]:-0123456789abcdef".to_vec());
    prop::collection::vec(prop_oneof![separators, any::<u8>()], 0..80)
}

fn headers(name: header::HeaderName, bytes: &[u8]) -> HeaderMap {
    HeaderValue::from_bytes(bytes).map(|value| HeaderMap::from_iter([(name, value)])).unwrap_or_default()
}

proptest! {
    #[test]
    fn a_browser_is_led_nowhere_but_home(text in target()) {
        let config = config();
        if let Some(target) = Target::check(&text, &config) {
            let page = Url::parse(&format!("{OURS}/api/auth/verify-email")).expect("an address");
            for sent in [target.clone(), target.with("error", "X"), target.absolute(&config)] {
                let led_to = page.join(sent.as_str()).expect("a browser can read it").origin().ascii_serialization();
                prop_assert!(led_to == OURS || led_to == TRUSTED, "{text:?} leads to {led_to}");
                let header = sent.header().expect("it fits a header");
                prop_assert!(!header.as_bytes().iter().any(|byte| byte.is_ascii_control()));
            }
        }
    }

    #[test]
    fn an_origin_is_trusted_only_by_its_name(text in target()) {
        if origin::is_trusted(&text, &config()) {
            let origin = Url::parse(&text).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
            prop_assert!(origin == OURS || origin == TRUSTED, "{text:?} was taken for {origin}");
        }
    }

    #[test]
    fn no_cookie_is_believed_that_was_not_signed(bytes in header_bytes(), value in "[!-~]{1,40}", other in "[!-~]{1,40}") {
        let config = config();
        cookies::credential(&headers(header::COOKIE, &bytes), &config);
        let name = cookies::name(&config, "better-auth.session_token");
        let read = |text: &str| {
            let headers = headers(header::COOKIE, format!("{name}={text}").as_bytes());
            cookies::credential(&headers, &config).token
        };
        let signed = cookie::sign(&value, config.secrets.current());
        prop_assert_eq!(read(&signed), Some(value.clone()));
        let signature = signed.rsplit_once('.').expect("it is signed").1;
        let moved = format!("{}.{signature}", cookie::percent_encode(&other));
        prop_assert_eq!(read(&moved).is_some(), value == other);
    }

    #[test]
    fn a_stranger_cannot_choose_an_address(bytes in header_bytes(), proxy in any::<bool>()) {
        let mut extensions = Extensions::new();
        let peer = if proxy { [10, 0, 0, 1] } else { [192, 0, 2, 1] };
        extensions.insert(ConnectInfo(SocketAddr::from((peer, 4711))));
        let network = NetworkConfig { trusted_proxies: vec!["10.0.0.0/8".parse().expect("a range")], ..NetworkConfig::default() };
        let mut line = bytes;
        line.extend(b", 203.0.113.7");
        let client = Client::read(&headers("x-forwarded-for".parse().expect("a name"), &line), &extensions, &network);
        let expected = if !proxy { "192.0.2.1" } else if HeaderValue::from_bytes(&line).is_ok() { "203.0.113.7" } else { "10.0.0.1" };
        prop_assert_eq!(client.address(), expected);
    }

    #[test]
    fn queries_and_forms_become_objects(text in any::<String>()) {
        prop_assert!(schema::query_object(&text).is_object());
        prop_assert!(schema::form_object(&text).is_object());
    }
}
