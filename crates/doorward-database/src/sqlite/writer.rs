//! The one thread that writes.
//!
//! Batches queue up while a commit syncs to disk; the next transaction takes all of them, each in a savepoint of its
//! own, so that one failing batch does not touch its neighbours. Everybody is answered after the commit, never before.

use std::{path::Path, thread};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::connection::{bind, named, open, rows};
use crate::{Batch, Dialect, Error, Options, Outcome};

/// Batches that may wait; beyond that the caller is told to come back.
const QUEUE: usize = 4096;
/// Batches in one transaction: enough to amortise the sync, few enough to answer soon.
const GROUP: usize = 256;

type Answer = Result<Vec<Outcome>, Error>;

#[derive(Debug)]
struct Job {
    batch: Batch,
    reply: oneshot::Sender<Answer>,
}

#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Job>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(path: &Path, options: &Options) -> Result<Self, Error> {
        let connection = open(path, true, options.busy_timeout, options)?;
        let journal: Result<String, _> = connection.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0));
        if let Err(error) = journal {
            // A read-only file or folder: reading may still work, writing will say so itself.
            tracing::warn!(%error, "the database could not be switched to write-ahead logging");
        }
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || run(&connection, jobs))
            .map_err(|error| Error::Other(error.to_string()))?;
        Ok(Self { queue, thread: Some(thread) })
    }

    pub(super) async fn commit(&self, batch: Batch) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Job { batch, reply })
            .map_err(|_| Error::Unavailable("too many writes are waiting".into()))?;
        answer.await.map_err(|_| Error::Unavailable("the writer has stopped".into()))?
    }
}

impl Drop for Writer {
    /// Ends the thread after its last commit, so that a stopped server leaves a checkpointed file behind.
    fn drop(&mut self) {
        let (closed, _) = mpsc::channel(1);
        self.queue = closed;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            thread.join().ok();
        }
    }
}

fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            let Ok(job) = jobs.try_recv() else { break };
            group.push(job);
        }
        store(connection, group);
    }
}

fn store(connection: &Connection, group: Vec<Job>) {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return refuse(group, &error);
    }
    let mut answers = Vec::with_capacity(group.len());
    for job in group {
        let answer = in_savepoint(connection, &job.batch);
        answers.push((job.reply, answer));
    }
    let committed = connection.execute_batch("COMMIT");
    if committed.is_err() {
        connection.execute_batch("ROLLBACK").ok();
    }
    for (reply, answer) in answers {
        // Nobody may be listening any more: the client left. What was stored stays stored.
        reply
            .send(match &committed {
                Ok(()) => answer,
                Err(error) => Err(named(error)),
            })
            .ok();
    }
}

fn refuse(group: Vec<Job>, error: &rusqlite::Error) {
    for job in group {
        job.reply.send(Err(named(error))).ok();
    }
}

fn in_savepoint(connection: &Connection, batch: &Batch) -> Answer {
    connection.execute_batch("SAVEPOINT batch").map_err(|error| named(&error))?;
    let answer = run_statements(connection, batch);
    let end = if answer.is_ok() { "RELEASE batch" } else { "ROLLBACK TO batch; RELEASE batch" };
    connection.execute_batch(end).map_err(|error| named(&error))?;
    answer
}

fn run_statements(connection: &Connection, batch: &Batch) -> Answer {
    let mut outcomes = Vec::with_capacity(batch.statements.len());
    for (position, part) in batch.statements.iter().enumerate() {
        let mut statement = connection.prepare_cached(part.sql.text(Dialect::Sqlite)).map_err(|error| named(&error))?;
        bind(&mut statement, &part.params).map_err(|error| named(&error))?;
        let outcome = if statement.column_count() > 0 {
            let rows = rows(&mut statement).map_err(|error| named(&error))?;
            Outcome { changed: rows.len() as u64, rows }
        } else {
            let changed = statement.raw_execute().map_err(|error| named(&error))? as u64;
            Outcome { changed, rows: Vec::new() }
        };
        if part.required && outcome.changed == 0 {
            return Err(Error::NothingChanged(position));
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}
