//! Mail by SMTP, with a queue of its own and three tries.

use std::time::Duration;

use doorward::{Mail, Mailer};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor, message::Mailbox};
use tokio::sync::mpsc;

use crate::settings::Mistake;

/// Mails that may wait; beyond that they are dropped, and the log says so.
const QUEUE: usize = 1000;
const PAUSES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60)];

#[derive(Debug)]
pub(super) struct Smtp {
    from: Mailbox,
    queue: mpsc::Sender<Message>,
}

impl Smtp {
    pub(super) fn open(url: &str, from: Mailbox) -> Result<Self, Mistake> {
        // The address may hold a password: the error must not repeat it.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| {
                Mistake(
                    "DOORWARD_MAIL: the address cannot be read; write smtps://user:password@mail.example.com".into(),
                )
            })?
            .timeout(Some(Duration::from_secs(20)))
            .build();
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(deliver(transport, waiting));
        Ok(Self { from, queue })
    }
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) {
        match super::message(&self.from, &mail) {
            Ok(message) => {
                if self.queue.try_send(message).is_err() {
                    tracing::error!("too many mails are waiting; one was dropped");
                }
            }
            Err(error) => tracing::error!(%error, "a mail could not be made"),
        }
    }
}

async fn deliver(transport: AsyncSmtpTransport<Tokio1Executor>, mut waiting: mpsc::Receiver<Message>) {
    while let Some(message) = waiting.recv().await {
        let transport = transport.clone();
        // Each on its own, so that one slow mail does not hold the others up.
        tokio::spawn(async move {
            for pause in PAUSES {
                match transport.send(message.clone()).await {
                    Ok(_) => return,
                    Err(error) if error.is_permanent() => {
                        tracing::error!(status = ?error.status(), "a mail was refused");
                        return;
                    }
                    Err(_) => tokio::time::sleep(pause).await,
                }
            }
            tracing::error!("a mail could not be delivered");
        });
    }
}
