//! Bounds of what one client may take up: connections, and rows of the tasks API.

use std::net::SocketAddr;

use clap::Args;
use doorward::config::Network;

use crate::http::neighbours::Neighbours;

/// This machine itself, where a proxy may stand.
const THIS_MACHINE: [&str; 2] = ["127.0.0.0/8", "::1"];

#[derive(Args, Clone)]
#[command(next_help_heading = "Bounds")]
pub(crate) struct EdgeSettings {
    /// Connections at a time; more wait in the system's queue
    #[arg(long, env = "DOORWARD_CONNECTIONS", default_value = "4096", value_parser = clap::value_parser!(u32).range(1..=65536))]
    connections: u32,
    /// Connections of one address (IPv6: of one /64) at a time; this machine and trusted proxies are not counted
    #[arg(long, env = "DOORWARD_CONNECTIONS_PER_ADDRESS", default_value = "256", value_parser = clap::value_parser!(u32).range(1..))]
    connections_per_address: u32,
    /// Tasks that one person may have; one more is refused with 409
    #[arg(long, env = "DOORWARD_TASKS_PER_PERSON", default_value_t = tasks_api::PER_PERSON, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) tasks_per_person: u32,
    /// Address and port for figures about the server (/metrics, for Prometheus); without it there are none
    #[arg(long, env = "DOORWARD_METRICS_LISTEN")]
    pub(crate) metrics_listen: Option<SocketAddr>,
}

impl EdgeSettings {
    pub(crate) const fn connections(&self) -> u32 {
        self.connections
    }

    pub(crate) fn neighbours(&self, trusted_proxies: &[Network]) -> Neighbours {
        let this_machine = THIS_MACHINE.iter().filter_map(|range| range.parse().ok());
        Neighbours::new(self.connections_per_address, trusted_proxies.iter().copied().chain(this_machine))
    }
}
