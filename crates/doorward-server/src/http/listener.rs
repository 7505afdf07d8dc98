//! Accepting connections, within bounds, and letting them go.
//!
//! Connections are counted: one more than the limit waits in the system's queue. On a stop, what has reached us is
//! answered, for at most five seconds. What one connection may do is in `connection`.

use std::{future::poll_fn, net::SocketAddr, sync::Arc, task::Poll, time::Duration};

use axum::Router;
use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::connection::Connections;

/// Connections at a time.
pub(super) const CONNECTIONS: usize = 4096;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Serves until `stop` resolves, then drains.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<ServerConfig>>,
    stop: impl Future<Output = ()>,
) {
    let (told_to_stop, stopping) = watch::channel(false);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let connections =
        Connections { router, acceptor: tls.map(TlsAcceptor::from), places: Arc::clone(&places), stopping };
    let start = |(stream, peer): (TcpStream, SocketAddr), place| {
        let connections = connections.clone();
        tokio::spawn(async move {
            connections.run(stream, peer).await;
            drop(place);
        });
    };
    tokio::select! {
        () = stop => {}
        () = async {
            while let Ok(place) = Arc::clone(&places).acquire_owned().await {
                start(accept(&listener).await, place);
            }
        } => {}
    }
    // Who is in the system's queue was told that the connection stands.
    while let Ok(place) = Arc::clone(&places).try_acquire_owned()
        && let Some(connection) = poll_fn(|context| {
            Poll::Ready(match listener.poll_accept(context) {
                Poll::Ready(Ok(connection)) => Some(connection),
                _ => None,
            })
        })
        .await
    {
        start(connection, place);
    }
    drop(listener);
    told_to_stop.send_replace(true);
    // Whoever holds all places is alone.
    if timeout(DRAIN_TIME, places.acquire_many(CONNECTIONS as u32)).await.is_err() {
        tracing::warn!("some connections did not finish in time and were closed");
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            Err(error) => {
                // Out of file descriptors, most likely: others will be given back in a moment.
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Binds to an address; the error says what to do.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("{address} cannot be listened on: {error}; choose another by DOORWARD_LISTEN"))
}
