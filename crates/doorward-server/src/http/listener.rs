//! Accepting connections, within bounds, and letting them go.
//!
//! Connections are counted: one more than the limit waits in the system's queue, one more than an address may hold is
//! closed at once. On a stop, what has reached us is answered, for at most five seconds. What one connection may do is
//! in `connection`.

use std::{future::poll_fn, net::SocketAddr, sync::Arc, task::Poll, time::Duration};

use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::{answer::Answer, connection::Connections, neighbours::Neighbours};

const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Serves until `stop` resolves, at most `limit` connections at a time, each neighbour its share of them; then drains.
pub(crate) async fn serve(
    listener: TcpListener,
    app: impl Answer,
    tls: Option<Arc<ServerConfig>>,
    limit: u32,
    neighbours: Neighbours,
    stop: impl Future<Output = ()>,
) {
    let (told_to_stop, stopping) = watch::channel(false);
    let places = Arc::new(Semaphore::new(limit as usize));
    let acceptor = tls.map(TlsAcceptor::from);
    let connections = Connections { app, acceptor, places: Arc::clone(&places), limit, stopping };
    let start = |(stream, peer): (TcpStream, SocketAddr), place| {
        let Some(neighbour) = neighbours.admit(peer.ip()) else {
            tracing::debug!(%peer, "this address holds as many connections as it may");
            return;
        };
        let connections = connections.clone();
        tokio::spawn(async move {
            connections.run(stream, peer).await;
            drop((place, neighbour));
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
    if timeout(DRAIN_TIME, places.acquire_many(limit)).await.is_err() {
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

/// Binds to an address; the error says which setting names another.
pub(crate) async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener, String> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| format!("{address} cannot be listened on: {error}; choose another by {setting}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, routing::get};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::oneshot,
    };

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    async fn start(limit: u32) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = bind("127.0.0.1:0".parse().unwrap(), "a setting").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "hello" }));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, router, None, limit, Neighbours::new(limit, []), async move {
            drop(stopped.await);
        }));
        (address, stop, serving)
    }

    #[tokio::test]
    async fn a_stop_is_heard_when_every_place_is_taken() {
        let (address, stop, serving) = start(2).await;
        let (_first, _second) =
            (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
        sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        timeout(Duration::from_secs(2), serving).await.expect("the server does not hear the stop").unwrap();
    }

    #[tokio::test]
    async fn one_more_than_the_limit_waits_and_is_served() {
        let (address, _stop, _serving) = start(1).await;
        let first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(REQUEST).await.unwrap();
        let mut answer = String::new();
        assert!(timeout(Duration::from_millis(200), second.read_to_string(&mut answer)).await.is_err(), "{answer}");
        drop(first);
        timeout(Duration::from_secs(2), second.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.ends_with("hello"), "{answer}");
    }

    #[tokio::test]
    async fn one_more_than_an_address_may_hold_is_closed_at_once() {
        let listener = bind("127.0.0.1:0".parse().unwrap(), "a setting").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "hello" }));
        let _serving = tokio::spawn(serve(listener, router, None, 8, Neighbours::new(1, []), std::future::pending()));
        let ask = |mut stream: TcpStream| async move {
            stream.write_all(REQUEST).await.ok();
            let mut answer = String::new();
            timeout(Duration::from_secs(2), stream.read_to_string(&mut answer)).await.unwrap().ok();
            answer
        };
        let first = TcpStream::connect(address).await.unwrap();
        let second = TcpStream::connect(address).await.unwrap();
        assert_eq!(ask(second).await, "");
        assert!(ask(first).await.ends_with("hello"));
        sleep(Duration::from_millis(50)).await;
        assert!(ask(TcpStream::connect(address).await.unwrap()).await.ends_with("hello"), "the place was given back");
    }

    #[tokio::test]
    async fn who_had_connected_before_the_stop_is_answered() {
        let (address, stop, serving) = start(8).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stop.send(()).unwrap();
        stream.write_all(REQUEST).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("hello"), "{answer}");
        serving.await.unwrap();
    }
}
