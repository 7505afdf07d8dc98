//! One connection, from its handshake to its end.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::{Semaphore, watch},
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::patience::{IDLE_TIME, Over, Patience, SCARCE_IDLE_TIME, Watched};
use super::{answer::Answer, certificates::CHALLENGE_PROTOCOL, heads};

const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How often a connection is asked whether it is still worth its place.
const LOOK: Duration = Duration::from_secs(1);
/// What a connection that was told to end may still take.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// On a stop, a client that has connected and not spoken may have its request on the way.
const LAST_CALL: Duration = Duration::from_millis(200);
/// What a head is read into, in bytes; how long it may be is decided by `heads`, a little below this.
const HEAD_BUFFER: u16 = 32 * 1024;

/// What every connection needs.
#[derive(Clone)]
pub(super) struct Connections<A> {
    /// What answers.
    pub(super) app: A,
    pub(super) acceptor: Option<TlsAcceptor>,
    pub(super) places: Arc<Semaphore>,
    /// How many places there are.
    pub(super) limit: u32,
    /// Becomes true when the server stops.
    pub(super) stopping: watch::Receiver<bool>,
}

impl<A: Answer> Connections<A> {
    /// Serves one connection until either side ends it.
    pub(super) async fn run(self, stream: TcpStream, peer: SocketAddr) {
        stream.set_nodelay(true).ok();
        let Some(acceptor) = self.acceptor.clone() else { return self.serve(stream, peer, false, give_up).await };
        // Who is still shaking hands when the server stops has asked for nothing.
        let stream = tokio::select! {
            stream = timeout(HANDSHAKE_TIME, acceptor.accept(stream)) => stream,
            () = stopped(self.stopping.clone()) => return,
        };
        if let Ok(Ok(stream)) = stream {
            match stream.get_ref().1.alpn_protocol() {
                // The authority has seen what it came for.
                Some(CHALLENGE_PROTOCOL) => {}
                protocol => {
                    let is_http2 = protocol == Some(b"h2");
                    self.serve(stream, peer, is_http2, |stream| give_up(stream.get_ref().0)).await;
                }
            }
        }
    }

    async fn serve<S>(self, stream: S, peer: SocketAddr, is_http2: bool, give_up: fn(&S))
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let began = Instant::now();
        let patience = Patience::new(!is_http2, Box::new(move || began.elapsed()));
        let (app, noted) = (self.app.clone(), Arc::clone(&patience));
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            let in_flight = noted.request();
            request.extensions_mut().insert(ConnectInfo(peer));
            let app = app.clone();
            async move {
                let answer = match heads::refused(&request) {
                    None => app.answer(request.map(Body::new)).await,
                    Some(refusal) => refusal,
                };
                drop(in_flight);
                Ok::<_, Infallible>(answer)
            }
        });
        let builder = builder(is_http2);
        let stream = TokioIo::new(Watched { stream, patience: Arc::clone(&patience), give_up });
        let served = builder.serve_connection(stream, service);
        tokio::pin!(served);

        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut ends, mut told_to_stop) = (None, false);
        let stopped = stopped(self.stopping.clone());
        tokio::pin!(stopped);
        loop {
            tokio::select! {
                ended = served.as_mut() => {
                    // A client that breaks the protocol or leaves is its own affair.
                    if let Err(error) = ended {
                        tracing::trace!(%peer, %error, "a connection ended");
                    }
                    return;
                }
                () = stopped.as_mut(), if !told_to_stop => {
                    told_to_stop = true;
                    // hyper would close under a request that it has not seen whole.
                    if patience.is_expecting() {
                        ends = Some(Instant::now() + LAST_CALL);
                    } else {
                        served.as_mut().graceful_shutdown();
                    }
                }
                () = sleep_until(ends.unwrap_or_else(Instant::now)), if ends.is_some() => {
                    if !told_to_stop || patience.is_expecting() {
                        return;
                    }
                    // How long what has begun may still take is decided for all connections together.
                    ends = None;
                    served.as_mut().graceful_shutdown();
                }
                _ = look.tick(), if ends.is_none() => match patience.over(self.idle_time()) {
                    None => {}
                    Some(Over::Head | Over::Stalled) => return,
                    Some(Over::Idle) => {
                        ends = Some(Instant::now() + LAST_WORDS);
                        served.as_mut().graceful_shutdown();
                    }
                },
            }
        }
    }

    /// Quiet connections make room when there are many.
    fn idle_time(&self) -> Duration {
        if self.places.available_permits() < self.limit as usize / 4 { SCARCE_IDLE_TIME } else { IDLE_TIME }
    }
}

/// The end of this connection will be a reset, and nothing of it is kept.
fn give_up(stream: &TcpStream) {
    stream.set_zero_linger().ok();
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    stopping.wait_for(|stop| *stop).await.ok();
}

/// The protocol was agreed on with TLS; without it HTTP/1.1 is spoken. hyper's own timeout for heads would end quiet
/// connections too: `patience` tells the two apart.
fn builder(is_http2: bool) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_BUFFER.into());
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BUFFER.into())
        .max_concurrent_streams(100)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    if is_http2 { builder.http2_only() } else { builder.http1_only() }
}
