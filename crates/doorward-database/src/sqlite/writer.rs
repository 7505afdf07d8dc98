//! The one thread that writes.
//!
//! Batches queue up while a commit syncs to disk; the next transaction takes all of them, each in a savepoint of its
//! own, so that one failing batch does not touch its neighbours. Everybody is answered after the commit, never before.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rusqlite::{Connection, ErrorCode, MAIN_DB, hooks::Action};
use tokio::sync::{mpsc, oneshot};

use super::{
    changes::{Changes, Touched},
    connection::{bind, named, open, patiently, rows},
};
use crate::{Batch, Dialect, Error, Options, Outcome, batch::Target};

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

pub(super) type LetGo = Box<dyn Fn() + Send>;

/// What it takes to open the file once more.
struct File {
    path: PathBuf,
    options: Options,
    let_go: LetGo,
    changes: Arc<Changes>,
    /// Tables of which SQLite has said that a row was changed or deleted, also by a cascade. It says nothing of tables
    /// without rowids.
    touched: Arc<Mutex<BTreeSet<String>>>,
}

impl File {
    fn open(&self) -> Result<Connection, Error> {
        let connection = open(&self.path, true, self.options.busy_timeout, &self.options)?;
        let touched = Arc::clone(&self.touched);
        let told = connection.update_hook(Some(move |action, _: &str, table: &str, _| {
            let mut touched = touched.lock().unwrap_or_else(PoisonError::into_inner);
            if action != Action::SQLITE_INSERT && !touched.contains(table) {
                touched.insert(table.to_owned());
            }
        }));
        told.map_err(|error| named(&error))?;
        // SQLite does not wait by itself when two programs make this switch at once.
        let journal = patiently(self.options.busy_timeout, || {
            let switched = connection.query_row("PRAGMA journal_mode=WAL", [], |row| row.get::<_, String>(0));
            switched.map_err(|error| named(&error))
        });
        if let Err(error) = journal {
            // A read-only file or folder: reading may still work, writing will say so itself.
            tracing::warn!(%error, "the database could not be switched to write-ahead logging");
        }
        Ok(connection)
    }

    /// What has been touched since this was asked last. To be asked in the transaction.
    fn touched(&self, connection: &Connection, group: &[Job]) -> Touched {
        let mut tables = std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner));
        for statement in group.iter().flat_map(|job| &job.batch.statements) {
            match Target::of(statement.sql.text(Dialect::Sqlite)) {
                Target::None => {}
                Target::Table(table) if tables.contains(table) => {}
                Target::Table(table) => drop(tables.insert(table.to_owned())),
                Target::Unknown => return Touched::Anything,
            }
        }
        if triggers_may_write(connection) {
            return Touched::Anything;
        }
        Touched::Rows { tables, owners: group.iter().filter_map(|job| job.batch.owner).collect() }
    }
}

#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Job>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    /// `let_go` closes all other connections of this process to the file.
    pub(super) fn start(path: &Path, options: &Options, let_go: LetGo, changes: Arc<Changes>) -> Result<Self, Error> {
        let (path, options) = (path.to_owned(), options.clone());
        let file = File { path, options, let_go, changes, touched: Arc::default() };
        let connection = file.open()?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || run(connection, &file, jobs))
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

fn run(first: Connection, file: &File, mut jobs: mpsc::Receiver<Job>) {
    let mut connection = Some(first);
    while let Some(first) = jobs.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            let Ok(job) = jobs.try_recv() else { break };
            group.push(job);
        }
        match connection.take().map_or_else(|| file.open(), Ok) {
            Ok(now) => {
                let may_write = store(&now, file, group) && now.is_readonly(MAIN_DB) == Ok(false);
                connection = may_write.then_some(now);
            }
            Err(error) => refuse(group, &error),
        }
        if connection.is_none() {
            // SQLite opens a file that may not be written for reading, and stays with that. Whether it may be written
            // by now only a new connection can say, and only after those that share its view of the file have left.
            (file.let_go)();
        }
    }
}

/// Stores a group and answers it. False when this connection will never be able to store anything.
fn store(connection: &Connection, file: &File, group: Vec<Job>) -> bool {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        refuse(group, &named(&error));
        return error.sqlite_error_code() != Some(ErrorCode::ReadOnly);
    }
    let mut answers = Vec::with_capacity(group.len());
    for job in &group {
        match in_savepoint(connection, &job.batch) {
            Ok(answer) => answers.push(answer),
            Err(Broken(error)) => {
                connection.execute_batch("ROLLBACK").ok();
                refuse(group, &error);
                return true;
            }
        }
    }
    let touched = file.touched(connection, &group);
    file.changes.before_commit();
    let committed = connection.execute_batch("COMMIT").map_err(|error| named(&error));
    file.changes.after_commit(touched);
    if committed.is_err() {
        connection.execute_batch("ROLLBACK").ok();
    }
    for (job, answer) in group.into_iter().zip(answers) {
        tell(job.reply, committed.as_ref().map_err(again).and(answer));
    }
    true
}

/// A trigger may empty a table at once, or replace rows, and SQLite tells of neither. One that only refuses does not.
fn triggers_may_write(connection: &Connection) -> bool {
    let texts = || -> rusqlite::Result<bool> {
        let mut statement = connection.prepare_cached("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if may_write(row.get_ref(0)?.as_str()?) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    texts().unwrap_or(true)
}

/// Whether the text of a trigger names anything that writes, beside the event that it waits for.
fn may_write(trigger: &str) -> bool {
    let words = trigger.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let writing = words.filter(|word| {
        ["insert", "update", "delete", "replace"].iter().any(|writing| word.eq_ignore_ascii_case(writing))
    });
    writing.count() > 1
}

/// Nobody may be listening any more: the client left. What was stored stays stored.
fn tell(reply: oneshot::Sender<Answer>, answer: Answer) {
    reply.send(answer).ok();
}

fn refuse(group: Vec<Job>, error: &Error) {
    for job in group {
        tell(job.reply, Err(again(error)));
    }
}

/// The same for everybody in the group: nothing of it was stored, whatever was wrong with one of them.
fn again(error: &Error) -> Error {
    match error {
        Error::Other(words) => Error::Other(words.clone()),
        other => Error::Unavailable(other.to_string()),
    }
}

/// The whole transaction is over, and not only the savepoint of one batch.
struct Broken(Error);

fn in_savepoint(connection: &Connection, batch: &Batch) -> Result<Answer, Broken> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| Broken(named(&error)));
    // One statement happens or does not, by itself.
    let alone = batch.statements.len() == 1;
    if !alone {
        run("SAVEPOINT batch")?;
    }
    let answer = run_statements(connection, batch);
    match answer {
        // A disk that is full or fails makes SQLite roll everything back by itself. Going on would store the rest of
        // the group outside of any transaction.
        Err(error) if connection.is_autocommit() => return Err(Broken(error)),
        _ if alone => {}
        Err(_) => run("ROLLBACK TO batch; RELEASE batch")?,
        Ok(_) => run("RELEASE batch")?,
    }
    Ok(answer)
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

#[cfg(test)]
mod tests {
    use super::may_write;

    #[test]
    fn a_trigger_that_only_refuses_does_not_write() {
        let refusing = r#"CREATE TRIGGER "a_no_update" BEFORE UPDATE ON "a" WHEN NOT (NEW."id" IS OLD."id") BEGIN SELECT RAISE(ABORT, 'no'); END"#;
        assert!(!may_write(refusing));
        for writing in [
            "CREATE TRIGGER one AFTER INSERT ON flat BEGIN DELETE FROM child; END",
            "CREATE TRIGGER two AFTER UPDATE ON flat BEGIN REPLACE INTO parent VALUES (2); END",
            "create trigger three after delete on flat begin update\nparent set words = ''; end",
            "CREATE TRIGGER four BEFORE UPDATE ON flat BEGIN SELECT RAISE(ABORT, 'no'); INSERT/**/INTO b VALUES (1); END",
        ] {
            assert!(may_write(writing), "{writing}");
        }
    }
}
