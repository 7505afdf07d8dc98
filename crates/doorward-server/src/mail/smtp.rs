//! Mail by SMTP: in the background, a few at a time, with three more tries when the mail server cannot now.

use std::{sync::Arc, time::Duration};

use doorward::{Mail, Mailer};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::Mailbox};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

use super::Carried;
use crate::settings::Mistake;

/// Mails that may wait; beyond that they are dropped, and the log says so.
const WAITING: u32 = 1000;
/// Connections to the mail server at a time.
const AT_ONCE: usize = 8;
const PAUSES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60)];

pub(crate) type Smtp = Outbox<AsyncSmtpTransport<Tokio1Executor>>;

/// The mails that are on their way over one transport.
#[derive(Clone)]
pub(crate) struct Outbox<T> {
    from: Mailbox,
    transport: T,
    /// A place for each mail that may wait.
    places: Arc<Semaphore>,
    lines: Arc<Semaphore>,
}

impl<T> std::fmt::Debug for Outbox<T> {
    /// Without the transport: it knows a password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Outbox").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Smtp {
    pub(super) fn open(url: &str, from: Mailbox) -> Result<Self, Mistake> {
        let words = "DOORWARD_MAIL: the address cannot be read; write smtps://user:password@mail.example.com";
        // The address may hold a password: the error must not repeat it.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| Mistake(words.into()))?;
        Ok(Self::new(transport.timeout(Some(Duration::from_secs(20))).build(), from))
    }
}

impl<T> Outbox<T> {
    fn new(transport: T, from: Mailbox) -> Self {
        let (places, lines) = (Semaphore::new(WAITING as usize), Semaphore::new(AT_ONCE));
        Self { from, transport, places: Arc::new(places), lines: Arc::new(lines) }
    }

    /// Waits until everything is sent or given up, at most for `time`. How many mails are still waiting then?
    pub(crate) async fn finish(&self, time: Duration) -> usize {
        match timeout(time, self.places.acquire_many(WAITING)).await {
            Ok(_) => 0,
            Err(_) => WAITING as usize - self.places.available_permits(),
        }
    }
}

impl<T> Mailer for Outbox<T>
where
    T: AsyncTransport + Clone + Send + Sync + 'static,
    T::Ok: Send,
    T::Error: Refusal,
{
    fn send(&self, mail: Mail) {
        let message = match super::message(&self.from, &mail, Carried::Quoted) {
            Ok(message) => message,
            Err(error) => return tracing::error!(%error, "a mail could not be made"),
        };
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return tracing::error!("too many mails are waiting; one was dropped");
        };
        let outbox = self.clone();
        tokio::spawn(async move {
            outbox.deliver(message).await;
            drop(place);
        });
    }
}

/// What a failed delivery means.
pub(crate) trait Refusal: Send {
    /// Trying again leads nowhere.
    fn is_final(&self) -> bool;
    /// For the log: no address, no text.
    fn status(&self) -> String;
}

impl Refusal for lettre::transport::smtp::Error {
    fn is_final(&self) -> bool {
        self.is_permanent()
    }

    fn status(&self) -> String {
        self.status().map_or_else(|| "no answer".to_owned(), |status| status.to_string())
    }
}

impl<T> Outbox<T>
where
    T: AsyncTransport + Sync,
    T::Ok: Send,
    T::Error: Refusal,
{
    async fn deliver(&self, message: Message) {
        let mut pauses = PAUSES.into_iter();
        loop {
            let line = self.lines.acquire().await;
            let sent = self.transport.send(message.clone()).await;
            drop(line);
            let Err(error) = sent else { return };
            let status = error.status();
            if error.is_final() {
                return tracing::error!(status, "a mail was refused");
            }
            let Some(pause) = pauses.next() else { return tracing::error!(status, "a mail could not be delivered") };
            tracing::warn!(status, "a mail could not be delivered yet");
            sleep(pause).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::address::Envelope;
    use tokio::sync::Notify;

    /// A mail server that answers when it is told to.
    #[derive(Clone, Default)]
    struct Slow {
        go: Arc<Notify>,
        refuses: bool,
    }

    struct Refused;

    impl Refusal for Refused {
        fn is_final(&self) -> bool {
            true
        }

        fn status(&self) -> String {
            "550".into()
        }
    }

    impl AsyncTransport for Slow {
        type Ok = ();
        type Error = Refused;

        fn send_raw<'a, 'b, 'c, 'd>(
            &'a self,
            _: &'b Envelope,
            _: &'c [u8],
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<(), Refused>> + Send + 'd>>
        where
            'a: 'd,
            'b: 'd,
            'c: 'd,
        {
            Box::pin(async {
                self.go.notified().await;
                if self.refuses { Err(Refused) } else { Ok(()) }
            })
        }
    }

    fn mail() -> Mail {
        Mail { to: "ada@example.com".into(), subject: "Hello".into(), text: "https://example.com/x\n".into() }
    }

    #[tokio::test]
    async fn a_stop_waits_for_mails_and_counts_what_is_left() {
        let outbox = Outbox::new(Slow::default(), "us@example.com".parse().unwrap());
        assert_eq!(outbox.finish(Duration::ZERO).await, 0);
        outbox.send(mail());
        outbox.send(mail());
        assert_eq!(outbox.finish(Duration::from_millis(20)).await, 2);
        outbox.transport.go.notify_one();
        assert_eq!(outbox.finish(Duration::from_millis(20)).await, 1);
        outbox.transport.go.notify_one();
        assert_eq!(outbox.finish(Duration::from_secs(5)).await, 0);
    }

    #[tokio::test]
    async fn a_refused_mail_is_not_tried_again() {
        let outbox = Outbox::new(Slow { refuses: true, ..Slow::default() }, "us@example.com".parse().unwrap());
        outbox.send(mail());
        outbox.transport.go.notify_one();
        assert_eq!(outbox.finish(Duration::from_secs(1)).await, 0);
    }

    #[test]
    fn a_password_in_the_address_is_not_repeated() {
        let mistake = Smtp::open("smtp://user:hunter2@[", "us@example.com".parse().unwrap()).unwrap_err();
        assert!(!mistake.to_string().contains("hunter2"), "{mistake}");
    }
}
