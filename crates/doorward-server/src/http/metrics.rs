//! Figures for Prometheus, on a listener of their own: who watches need not reach the service, and who uses the service
//! does not see the figures.
//!
//! Nothing here names a person, a path or an address: answers are counted by status, their times put into a histogram.
//! Where no listener is set, nothing is counted.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use axum::{Router, extract::Request, response::Response, routing::get};
use doorward::Auth;
use doorward_verify::{Clock as _, SystemClock};
use http::header;

use super::{answer::Answer, certificates::Certificates, listener, neighbours::Neighbours};

/// Upper ends of the histogram's buckets, in microseconds.
const BUCKETS: [u64; 12] =
    [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000];
const STATUSES: usize = 600;
/// Those that alerts look at stand there from the beginning: a figure that springs from absent to 1 has not increased.
const ALWAYS_TOLD: [usize; 4] = [200, 429, 500, 503];
/// Connections to the listener of the figures, and of one address: nobody keeps all others from watching by saying
/// nothing.
const WATCHERS: u32 = 64;
const WATCHERS_AT_ONE_ADDRESS: u32 = 16;

pub(crate) struct Metrics {
    statuses: [AtomicU64; STATUSES],
    /// The last one holds what took longer than any bucket.
    buckets: [AtomicU64; BUCKETS.len() + 1],
    microseconds: AtomicU64,
    in_flight: AtomicU64,
}

impl Metrics {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            statuses: [const { AtomicU64::new(0) }; STATUSES],
            buckets: [const { AtomicU64::new(0) }; BUCKETS.len() + 1],
            microseconds: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
        })
    }

    fn note(&self, status: u16, took: Duration) {
        if let Some(count) = self.statuses.get(usize::from(status)) {
            count.fetch_add(1, Relaxed);
        }
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.iter().position(|end| microseconds <= *end).unwrap_or(BUCKETS.len());
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.microseconds.fetch_add(microseconds, Relaxed);
    }

    /// The text format of Prometheus.
    fn text(&self, more: &[(&str, &str, &str, u64)]) -> String {
        let mut text =
            String::from("# HELP doorward_requests_total Answers by status.\n# TYPE doorward_requests_total counter\n");
        for (status, count) in self.statuses.iter().map(|count| count.load(Relaxed)).enumerate() {
            if count > 0 || ALWAYS_TOLD.contains(&status) {
                writeln!(text, "doorward_requests_total{{status=\"{status}\"}} {count}").ok();
            }
        }
        text += "# HELP doorward_request_seconds From the end of a head to the beginning of its answer.\n# TYPE doorward_request_seconds histogram\n";
        let mut sum = 0;
        for (place, count) in self.buckets.iter().enumerate() {
            sum += count.load(Relaxed);
            let end = BUCKETS.get(place).map_or_else(|| "+Inf".to_owned(), |end| seconds(*end));
            writeln!(text, "doorward_request_seconds_bucket{{le=\"{end}\"}} {sum}").ok();
        }
        writeln!(text, "doorward_request_seconds_sum {}", seconds(self.microseconds.load(Relaxed))).ok();
        writeln!(text, "doorward_request_seconds_count {sum}").ok();
        let in_flight =
            ("doorward_requests_in_flight", "gauge", "Requests being answered.", self.in_flight.load(Relaxed));
        for (name, kind, help, value) in more.iter().chain([&in_flight]) {
            write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n").ok();
        }
        text += concat!(
            "# HELP doorward_build_info The version that runs.\n# TYPE doorward_build_info gauge\n",
            "doorward_build_info{version=\"",
            env!("CARGO_PKG_VERSION"),
            "\"} 1\n"
        );
        text
    }

    /// What the listener of the figures answers: `/metrics`, and nothing else.
    fn router(
        self: Arc<Self>,
        auth: Auth,
        neighbours: Neighbours,
        connections: u32,
        certificates: Option<Arc<Certificates>>,
    ) -> Router {
        let started = u64::try_from(SystemClock.now()).unwrap_or_default();
        let show = move || {
            let hashing = auth.hashing_load();
            let mut more = vec![
                ("doorward_connections", "gauge", "Open connections.", neighbours.open()),
                ("doorward_connections_limit", "gauge", "Connections that may be open.", u64::from(connections)),
                (
                    "doorward_connections_refused_total",
                    "counter",
                    "Connections closed at once, because their address held too many.",
                    neighbours.refused(),
                ),
                ("doorward_hashes_running", "gauge", "Passwords being hashed.", hashing.running as u64),
                ("doorward_hashes_waiting", "gauge", "Passwords waiting to be hashed.", hashing.waiting as u64),
                ("process_resident_memory_bytes", "gauge", "Memory in use.", resident_memory()),
                ("process_start_time_seconds", "gauge", "When it started, in seconds since 1970.", started),
                ("process_open_fds", "gauge", "Open file descriptors.", open_files()),
            ];
            let validity = certificates.as_ref().and_then(|certificates| certificates.validity());
            if let Some(until) = validity.and_then(|validity| u64::try_from(validity.until).ok()) {
                let help = "When the certificate ends, in seconds since 1970.";
                more.push(("doorward_tls_certificate_expires_seconds", "gauge", help, until));
            }
            let text = self.text(&more);
            std::future::ready(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
        };
        Router::new().route("/metrics", get(show))
    }
}

/// Starts the listener of the figures; it ends with the process.
pub(crate) async fn serve(
    address: SocketAddr,
    auth: Auth,
    neighbours: Neighbours,
    connections: u32,
    certificates: Option<Arc<Certificates>>,
) -> Result<Arc<Metrics>, String> {
    let listener = listener::bind(address, "DOORWARD_METRICS_LISTEN").await?;
    let metrics = Metrics::new();
    let router = Arc::clone(&metrics).router(auth, neighbours, connections, certificates);
    tracing::info!("figures are at http://{address}/metrics");
    let watchers = Neighbours::new(WATCHERS_AT_ONE_ADDRESS, []);
    tokio::spawn(listener::serve(listener, router, None, WATCHERS, watchers, std::future::pending()));
    Ok(metrics)
}

/// Microseconds as a decimal fraction of seconds.
fn seconds(microseconds: u64) -> String {
    let text = format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn resident_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0_u64) * 1024
}

fn open_files() -> u64 {
    std::fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count() as u64)
}

/// Answers, counted.
#[derive(Clone)]
pub(crate) struct Measured<A> {
    pub(crate) app: A,
    pub(crate) metrics: Arc<Metrics>,
}

impl<A: Answer> Answer for Measured<A> {
    async fn answer(self, request: Request) -> Response {
        let (in_flight, started) = (InFlight::new(&self.metrics), Instant::now());
        let response = self.app.answer(request).await;
        in_flight.0.note(response.status().as_u16(), started.elapsed());
        response
    }
}

/// Counted until it is dropped: a client may leave before its answer.
struct InFlight(Arc<Metrics>);

impl InFlight {
    fn new(metrics: &Arc<Metrics>) -> Self {
        metrics.in_flight.fetch_add(1, Relaxed);
        Self(Arc::clone(metrics))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::new();
        metrics.note(200, Duration::from_micros(900));
        metrics.note(200, Duration::from_millis(30));
        metrics.note(503, Duration::from_secs(9));
        let text = metrics.text(&[("doorward_connections", "gauge", "Open connections.", 7)]);
        for line in [
            "doorward_requests_total{status=\"200\"} 2",
            "doorward_requests_total{status=\"503\"} 1",
            "doorward_requests_total{status=\"429\"} 0",
            "doorward_requests_total{status=\"500\"} 0",
            concat!("doorward_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "doorward_request_seconds_bucket{le=\"0.001\"} 1",
            "doorward_request_seconds_bucket{le=\"0.05\"} 2",
            "doorward_request_seconds_bucket{le=\"5\"} 2",
            "doorward_request_seconds_bucket{le=\"+Inf\"} 3",
            "doorward_request_seconds_sum 9.0309",
            "doorward_request_seconds_count 3",
            "# TYPE doorward_connections gauge",
            "doorward_connections 7",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with('\n') && !text.contains("\n\n"), "{text}");
    }
}
