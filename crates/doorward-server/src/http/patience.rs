//! How long a client may keep a connection without giving us anything to do.
//!
//! hyper bounds the reading of one HTTP/1 head and nothing else: a connection that never speaks, half an HTTP/2
//! preface, or a client that does not read its answer would hold its place for ever, and the places are counted. So
//! the bytes and requests of every connection are noted here, and whoever serves it asks now and then whether to go on.
//!
//! What a request may take once it is complete is not decided here; the time for its body is in `layers`.

use std::{
    mem::MaybeUninit,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// From the first byte of a request to the end of its head; also from the connection to its first request.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(10);
/// Between two requests. Longer than the 60 s after which common proxies give a connection up: who closes second
/// never closes under a request that is on its way.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(75);
/// Between two requests while places are scarce.
pub(super) const SCARCE_IDLE_TIME: Duration = Duration::from_secs(5);

/// How long a client may leave what is written to it unread. An answer that waits is memory, ours and the system's.
pub(super) const STALL_TIME: Duration = Duration::from_secs(10);

/// An answer of up to so many bytes is written in one piece: to copy it costs less than to tell the system of two parts.
const ONE_PIECE: usize = 2048;

/// How long the connection stands.
type Age = Box<dyn Fn() -> Duration + Send + Sync>;

/// A moment that nobody has looked at the clock for: it counts from the next look ([`Patience::over`]). To read the clock
/// for every request would cost all of them, and the client only gains by it.
const UNTIMED: u64 = u64::MAX;

/// What is known of one connection. Moments are milliseconds since it began, or [`UNTIMED`]; 0 is "not now".
pub(super) struct Patience {
    age: Age,
    /// The first byte of a head that is not complete yet.
    head: AtomicU64,
    /// The end of the last request.
    last: AtomicU64,
    /// Since when nothing of an answer can be written.
    stalled: AtomicU64,
    requests: AtomicUsize,
    in_flight: AtomicUsize,
    /// HTTP/2 sends bytes of its own between requests, so a byte does not announce a head there.
    bytes_begin_a_head: bool,
}

/// Why a connection is not waited for any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// No complete request in [`HEAD_TIME`].
    Head,
    /// Nothing asked for in the idle time.
    Idle,
    /// Nothing taken of an answer in [`STALL_TIME`].
    Stalled,
}

impl Patience {
    pub(super) fn new(bytes_begin_a_head: bool, age: Age) -> Arc<Self> {
        Arc::new(Self {
            age,
            head: AtomicU64::new(0),
            last: AtomicU64::new(0),
            stalled: AtomicU64::new(0),
            requests: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            bytes_begin_a_head,
        })
    }

    /// A request arrived; it is in flight until what this returns is dropped.
    pub(super) fn request(self: &Arc<Self>) -> InFlight {
        self.head.store(0, Relaxed);
        self.requests.fetch_add(1, Relaxed);
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(Arc::clone(self))
    }

    /// Whether a request may be on its way: the first, or one whose head has begun.
    pub(super) fn is_expecting(&self) -> bool {
        let nothing_asked = self.requests.load(Relaxed) == 0 || self.head.load(Relaxed) > 0;
        nothing_asked && self.in_flight.load(Relaxed) == 0
    }

    /// Whether the client has left an answer unread for too long, whatever else it asks for.
    fn is_stalled(&self) -> bool {
        let stalled = self.stalled.load(Relaxed);
        stalled > 0 && self.now().saturating_sub(stalled) > milliseconds(STALL_TIME)
    }

    /// Asked for now and then; times what has begun since it was asked last.
    pub(super) fn over(&self, idle_time: Duration) -> Option<Over> {
        if self.is_stalled() {
            return Some(Over::Stalled);
        }
        if self.in_flight.load(Relaxed) > 0 {
            return None;
        }
        let waited = |since: u64| self.now().saturating_sub(since);
        let head = self.timed(&self.head);
        let limit = milliseconds(HEAD_TIME);
        if self.requests.load(Relaxed) == 0 {
            return (waited(0) > limit).then_some(Over::Head);
        }
        if head > 0 && waited(head) > limit {
            return Some(Over::Head);
        }
        (head == 0 && waited(self.timed(&self.last)) > milliseconds(idle_time)).then_some(Over::Idle)
    }

    fn timed(&self, moment: &AtomicU64) -> u64 {
        let now = self.now();
        // What another task has noted meanwhile stands.
        moment.compare_exchange(UNTIMED, now, Relaxed, Relaxed).map_or_else(|known| known, |_| now)
    }

    fn read_something(&self) {
        if self.bytes_begin_a_head && self.in_flight.load(Relaxed) == 0 && self.head.load(Relaxed) == 0 {
            self.head.store(UNTIMED, Relaxed);
        }
    }

    fn wrote<T>(&self, answer: Poll<T>) -> Poll<T> {
        let stalled = self.stalled.load(Relaxed);
        if answer.is_pending() && stalled == 0 {
            self.stalled.store(self.now(), Relaxed);
        } else if answer.is_ready() && stalled > 0 {
            self.stalled.store(0, Relaxed);
        }
        answer
    }

    fn now(&self) -> u64 {
        milliseconds((self.age)()).max(1)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A request that is being answered.
pub(super) struct InFlight(Arc<Patience>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.last.store(UNTIMED, Relaxed);
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// A stream whose bytes are noted.
pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) patience: Arc<Patience>,
    /// Makes the end of the stream throw away what is not sent.
    pub(super) give_up: fn(&S),
}

impl<S> Drop for Watched<S> {
    fn drop(&mut self) {
        // The system would go on offering the rest for minutes.
        if self.patience.is_stalled() {
            (self.give_up)(&self.stream);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let answer = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.patience.read_something();
        }
        answer
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let answer = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.patience.wrote(answer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let answer = Pin::new(&mut self.stream).poll_flush(context);
        self.patience.wrote(answer)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let answer = if parts.iter().map(|part| part.len()).sum::<usize>() <= ONE_PIECE {
            let mut space = [MaybeUninit::uninit(); ONE_PIECE];
            let mut piece = ReadBuf::uninit(&mut space);
            parts.iter().for_each(|part| piece.put_slice(part));
            Pin::new(&mut self.stream).poll_write(context, piece.filled())
        } else {
            Pin::new(&mut self.stream).poll_write_vectored(context, parts)
        };
        self.patience.wrote(answer)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const MOMENT: Duration = Duration::from_millis(2);

    /// A connection whose age the test turns.
    fn connection(bytes_begin_a_head: bool) -> (Arc<Patience>, impl Fn(Duration)) {
        let age = Arc::new(AtomicU64::new(0));
        let shown = Arc::clone(&age);
        let patience = Patience::new(bytes_begin_a_head, Box::new(move || Duration::from_millis(shown.load(Relaxed))));
        (patience, move |time| {
            age.fetch_add(milliseconds(time), Relaxed);
        })
    }

    #[test]
    fn who_never_speaks_is_not_waited_for() {
        let (patience, wait) = connection(true);
        wait(HEAD_TIME);
        assert_eq!(patience.over(IDLE_TIME), None);
        wait(MOMENT);
        assert_eq!(patience.over(IDLE_TIME), Some(Over::Head));
    }

    #[test]
    fn a_request_may_take_its_time_and_then_the_line_may_be_quiet_for_a_while() {
        let (patience, wait) = connection(true);
        let request = patience.request();
        wait(IDLE_TIME * 2);
        assert_eq!(patience.over(IDLE_TIME), None);
        drop(request);
        wait(IDLE_TIME);
        assert_eq!(patience.over(SCARCE_IDLE_TIME), None, "it counts from the first look");
        wait(IDLE_TIME);
        assert_eq!((patience.over(IDLE_TIME), patience.over(SCARCE_IDLE_TIME)), (None, Some(Over::Idle)));
        wait(MOMENT);
        assert_eq!(patience.over(IDLE_TIME), Some(Over::Idle));
    }

    #[tokio::test]
    async fn a_later_head_must_come_in_time_too_but_http2_may_chat() {
        for (bytes_begin_a_head, expected) in [(true, Some(Over::Head)), (false, None)] {
            let (patience, wait) = connection(bytes_begin_a_head);
            drop(patience.request());
            let mut watched =
                Watched { stream: b"GET / ".as_slice(), patience: Arc::clone(&patience), give_up: |_| () };
            watched.read_u8().await.unwrap();
            assert_eq!(patience.over(IDLE_TIME), None);
            wait(HEAD_TIME / 2);
            watched.read_u8().await.unwrap();
            wait(HEAD_TIME / 2 + MOMENT);
            assert_eq!(patience.over(IDLE_TIME), expected, "one byte now and then does not buy time");
        }
    }

    #[tokio::test]
    async fn who_does_not_read_is_not_written_to_for_ever() {
        let (patience, wait) = connection(true);
        let (ours, mut theirs) = tokio::io::duplex(4);
        let mut watched = Watched { stream: ours, patience: Arc::clone(&patience), give_up: |_| () };
        let _next = patience.request();
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut write = |bytes: &[u8]| Pin::new(&mut watched).poll_write(&mut context, bytes);
        assert!(write(b"HTTP").is_ready() && write(b"/1.1").is_pending());
        wait(STALL_TIME);
        assert!(write(b"/1.1").is_pending());
        assert_eq!(patience.over(IDLE_TIME), None);
        wait(MOMENT);
        assert_eq!(patience.over(IDLE_TIME), Some(Over::Stalled), "another request in flight buys no time");
        theirs.read_exact(&mut [0; 4]).await.unwrap();
        assert!(write(b"/1.1").is_ready());
        assert_eq!(patience.over(IDLE_TIME), None, "who reads on is written to");
        wait(STALL_TIME + MOMENT);
        assert_eq!(patience.over(IDLE_TIME), None);
        watched.flush().await.unwrap();
    }
}
