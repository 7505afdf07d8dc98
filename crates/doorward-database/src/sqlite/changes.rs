//! Whether anybody has written to the file, told without asking SQLite.
//!
//! With write-ahead logging, all connections of all processes share the file `…-shm`. It begins with the header of the
//! WAL index, 48 bytes written twice, and SQLite puts a new one there at each commit, before the commit is acknowledged
//! (<https://www.sqlite.org/walformat.html>, section 2.2). As long as it is the one seen last, everything read since
//! then is still what a query would give. Reading it takes a third of the time of the two file locks that a query
//! begins and ends with.
//!
//! Commits of other programs change everything, for all that is known. Of our own the writer says which tables they
//! touched: it looks at the header while it holds SQLite's write lock, and again after its commit. A header that is
//! then one commit further holds nothing else.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard, Weak},
};

use rusqlite::Connection;

use super::index_header::{Header, identity};

/// The open index files of this process. SQLite holds POSIX locks on them, and such locks are lost when *any*
/// descriptor of the file is closed in the process. So a file is opened once, however many [`Changes`] look at it, and
/// closed after the last of their connections.
static OPEN: Mutex<Vec<Weak<Index>>> = Mutex::new(Vec::new());

#[derive(Debug)]
struct Index {
    file: File,
    identity: (u64, u64),
}

#[derive(Debug, Default)]
pub(super) struct Changes {
    index: RwLock<Option<Arc<Index>>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    header: Option<Header>,
    /// Our writer has looked at the header and will look again: until then a new one may be its own.
    committing: bool,
    /// Commits of which nobody knows what they changed.
    unknown: u64,
    /// Commits of ours, by table.
    tables: Vec<(String, u64)>,
}

/// What a transaction of ours changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Rows of these tables were changed or deleted. Rows that were added do not count.
    Tables(BTreeSet<String>),
    Anything,
}

impl Changes {
    /// A number that is another one after any row of these tables was changed or deleted, by whomever; rows that were
    /// added leave it. `None` when that cannot be told now.
    pub(super) fn version(&self, tables: &[&str]) -> Option<u64> {
        let header = self.header()?;
        let mut seen = self.seen();
        if seen.header != Some(header) {
            // Our own commit may have been noted between the two lines above.
            let header = self.header()?;
            if seen.header != Some(header) {
                if seen.committing {
                    return None;
                }
                seen.header = Some(header);
                seen.unknown += 1;
            }
        }
        let own = seen.tables.iter().filter(|(table, _)| tables.contains(&table.as_str()));
        Some(seen.unknown + own.map(|(_, commits)| commits).sum::<u64>())
    }

    /// To be called with SQLite's write lock held, before it is let go by a commit.
    pub(super) fn before_commit(&self) {
        let header = self.header();
        let mut seen = self.seen();
        if seen.header != header {
            seen.header = header;
            seen.unknown += 1;
        }
        seen.committing = true;
    }

    /// To be called after the commit, whether or not it went well, and before anybody is told of it.
    pub(super) fn after_commit(&self, touched: Touched) {
        let header = self.header();
        let mut seen = self.seen();
        let before = std::mem::replace(&mut seen.header, header);
        seen.committing = false;
        if before == header && header.is_some() {
            return;
        }
        let alone = before.zip(header).is_some_and(|(before, after)| after.follows(before));
        match touched {
            Touched::Tables(tables) if alone => tables.into_iter().for_each(|table| seen.count(table)),
            _ => seen.unknown += 1,
        }
    }

    /// To be called with an open connection of ours. False when it should be tried again.
    pub(super) fn attach(&self, connection: &Connection) -> bool {
        let Ok(mut index) = self.index.try_write() else { return false };
        if index.is_none() {
            *index = path(connection).and_then(|path| open(&path));
        }
        true
    }

    /// Looks away while all connections of ours are closed, and until [`Changes::attach`]: the last one that is closed
    /// takes the file with it.
    pub(super) fn detach(&self) -> Detached<'_> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        Detached { _file: index.take(), _index: index }
    }

    fn header(&self) -> Option<Header> {
        // Never waited for: who detaches waits for connections, and their users ask here.
        let index = self.index.try_read().ok()?;
        Header::read(&index.as_ref()?.file)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn count(&mut self, table: String) {
        match self.tables.iter_mut().find(|(name, _)| *name == table) {
            Some((_, commits)) => *commits += 1,
            None => self.tables.push((table, 1)),
        }
    }
}

/// While it lives, nobody sees a header.
pub(super) struct Detached<'a> {
    _index: RwLockWriteGuard<'a, Option<Arc<Index>>>,
    /// Closed with this, after the connections.
    _file: Option<Arc<Index>>,
}

/// Where SQLite has the index of this connection: beside the file itself, also when a link led there. `None` without
/// write-ahead logging: what stands there then was left by somebody who was killed, and nobody writes to it.
fn path(connection: &Connection) -> Option<PathBuf> {
    // To tell the mode, SQLite must have read the file. From then on it has the index open, and nobody deletes it.
    let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).ok()?;
    let path = connection.path()?;
    (mode == "wal").then(|| format!("{path}-shm").into())
}

/// `None` where the file is not one that can be read beside SQLite.
fn open(path: &Path) -> Option<Arc<Index>> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|index| index.strong_count() > 0);
    let identity = identity(path)?;
    if let Some(index) = open.iter().filter_map(Weak::upgrade).find(|index| index.identity == identity) {
        return Some(index);
    }
    let index = Arc::new(Index { file: File::open(path).ok()?, identity });
    open.push(Arc::downgrade(&index));
    Some(index)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::{
        path::PathBuf,
        process::Command,
        sync::atomic::{AtomicI64, Ordering},
        time::{Duration, Instant},
    };

    use rusqlite::Connection;

    use crate::{Batch, Database, Options, Value, sqlite::Sqlite};

    /// A file of its own with a parent, its children, and a table without rowids.
    struct Place(PathBuf);

    impl Place {
        async fn new(name: &str) -> (Self, Database) {
            let folder = std::env::temp_dir().join(format!("doorward-changes-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let place = Self(folder);
            let database = place.open().await;
            let mut batch = Batch::new();
            batch
                .add("CREATE TABLE parent (id integer PRIMARY KEY, words text)", vec![])
                .add(
                    "CREATE TABLE child (id integer PRIMARY KEY, parent integer REFERENCES parent ON DELETE CASCADE)",
                    vec![],
                )
                .add("CREATE TABLE flat (id integer PRIMARY KEY, words text) WITHOUT ROWID", vec![])
                .add("INSERT INTO parent VALUES (1, '0'), (2, '0')", vec![])
                .add("INSERT INTO child VALUES (1, 1)", vec![])
                .add("INSERT INTO flat VALUES (1, '')", vec![]);
            database.commit(batch).await.unwrap();
            (place, database)
        }

        fn file(&self) -> PathBuf {
            self.0.join("file.db")
        }

        async fn open(&self) -> Database {
            Database::open(&format!("sqlite://{}", self.file().display()), &Options::default()).await.unwrap()
        }

        /// Another program.
        fn other(&self) -> Connection {
            let connection = Connection::open(self.file()).unwrap();
            connection.busy_timeout(Duration::from_secs(5)).unwrap();
            connection
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).ok();
        }
    }

    #[tokio::test]
    async fn a_commit_of_ours_counts_for_the_tables_that_it_touched() {
        let (_place, database) = Place::new("own").await;
        let tables = ["parent", "child", "flat"];
        let versions = || tables.map(|table| database.version(&[table]).unwrap());
        for (sql, touched) in [
            ("INSERT INTO parent VALUES (3, '')", [false, false, false]),
            ("INSERT INTO flat VALUES (3, '')", [false, false, false]),
            ("INSERT INTO parent VALUES (3, '') ON CONFLICT (id) DO UPDATE SET words = 'new'", [true, false, false]),
            ("UPDATE parent SET words = 'new' WHERE id = 1", [true, false, false]),
            ("UPDATE flat SET words = 'new'", [false, false, true]),
            ("DELETE FROM flat", [false, false, true]),
            ("DELETE FROM parent WHERE id = 1", [true, true, false]),
            (
                "CREATE TRIGGER busy AFTER INSERT ON flat BEGIN UPDATE parent SET words = 'seen'; END",
                [true, true, true],
            ),
            ("INSERT INTO flat VALUES (4, '')", [true, true, true]),
            ("DROP TRIGGER busy", [true, true, true]),
            ("CREATE TRIGGER guard BEFORE DELETE ON flat BEGIN SELECT RAISE(ABORT, 'never'); END", [true, true, true]),
            ("INSERT INTO child VALUES (2, 2)", [false, false, false]),
            ("DELETE FROM child", [false, true, false]),
        ] {
            let before = versions();
            assert_eq!(versions(), before, "asking changes nothing");
            database.execute(sql, vec![]).await.unwrap();
            let after = versions();
            assert_eq!(std::array::from_fn(|at| before[at] != after[at]), touched, "{sql}");
        }
        let before = database.version(&tables);
        database.query("SELECT * FROM parent", &[]).await.unwrap();
        database.execute("UPDATE parent SET words = 'x' WHERE id = 1000", vec![]).await.unwrap();
        assert_eq!(database.version(&tables), before, "nothing was written");
    }

    /// SQLite tells of no row that a trigger deletes with all others of its table, or replaces.
    #[tokio::test]
    async fn what_triggers_empty_or_replace_counts() {
        let (_place, database) = Place::new("trigger").await;
        for (trigger, sql) in [
            ("CREATE TRIGGER one AFTER INSERT ON flat BEGIN DELETE FROM child; END", "INSERT INTO flat VALUES (5, '')"),
            (
                "CREATE TRIGGER two AFTER UPDATE ON flat BEGIN INSERT OR REPLACE INTO parent VALUES (2, 'new'); END",
                "UPDATE flat SET words = ''",
            ),
        ] {
            database.execute(trigger, vec![]).await.unwrap();
            let before = database.version(&["parent", "child"]).unwrap();
            database.execute(sql, vec![]).await.unwrap();
            assert_ne!(database.version(&["parent", "child"]), Some(before), "{sql}");
        }
    }

    #[tokio::test]
    async fn a_commit_of_another_program_counts_for_everything() {
        let (place, database) = Place::new("other").await;
        let other = place.other();
        for sql in [
            "INSERT INTO flat VALUES (9, '')",
            "UPDATE parent SET words = 'other'",
            "ALTER TABLE flat ADD more text",
            "VACUUM",
        ] {
            let before = database.version(&["child"]).unwrap();
            other.execute_batch(sql).unwrap();
            assert_ne!(database.version(&["child"]), Some(before), "{sql}");
        }
        let before = database.version(&["child"]).unwrap();
        other.execute_batch("UPDATE parent SET words = 'noted late'").unwrap();
        database.execute("INSERT INTO flat (id) VALUES (10)", vec![]).await.unwrap();
        assert_ne!(database.version(&["child"]), Some(before), "our own commit hides no other");
        other.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let before = database.version(&["child"]);
        assert!(before.is_some());
        assert_eq!(database.version(&["child"]), before);
    }

    #[tokio::test]
    async fn nothing_is_told_while_no_connection_holds_the_file() {
        let (place, database) = Place::new("gone").await;
        drop(database);
        let sqlite = Sqlite::open(place.file().to_str().unwrap(), &Options { read_only: true, ..Options::default() });
        let sqlite = sqlite.unwrap();
        let before = sqlite.version(&["parent"]);
        assert!(before.is_some());
        (sqlite.readers.let_go())();
        assert_eq!(sqlite.version(&["parent"]), None);
        // The file of the index is another one now, and what happened meanwhile is not missed.
        place.other().execute_batch("UPDATE parent SET words = 'meanwhile'").unwrap();
        sqlite.query("SELECT 1 FROM parent", &[]).await.unwrap();
        let after = sqlite.version(&["parent"]);
        assert!(after.is_some() && after != before);
        place.other().execute_batch("UPDATE parent SET words = 'later'").unwrap();
        assert_ne!(sqlite.version(&["parent"]), after);
    }

    #[tokio::test]
    async fn without_write_ahead_logging_nothing_is_told() {
        let (place, database) = Place::new("rollback").await;
        // By another process: closing a copy of ours would take SQLite's locks away.
        let left = place.0.join("left");
        assert!(Command::new("cp").arg(place.0.join("file.db-shm")).arg(&left).status().unwrap().success());
        drop(database);
        place.other().execute_batch("PRAGMA journal_mode = DELETE").unwrap();
        std::fs::rename(left, place.0.join("file.db-shm")).unwrap();
        let options = Options { read_only: true, ..Options::default() };
        let sqlite = Sqlite::open(place.file().to_str().unwrap(), &options).unwrap();
        sqlite.query("SELECT 1 FROM parent", &[]).await.unwrap();
        assert_eq!(sqlite.version(&["parent"]), None);
    }

    /// A file was moved and a link put in its place; what a killed server left of its index still stands there.
    #[tokio::test]
    async fn an_index_beside_a_link_is_nobodys() {
        let (place, database) = Place::new("link").await;
        let link = place.0.join("link.db");
        std::os::unix::fs::symlink(place.file(), &link).unwrap();
        let left = place.0.join("link.db-shm");
        assert!(Command::new("cp").arg(place.0.join("file.db-shm")).arg(left).status().unwrap().success());
        drop(database);
        let database = Database::open(&format!("sqlite://{}", link.display()), &Options::default()).await.unwrap();
        let before = database.version(&["parent"]);
        assert!(before.is_some());
        database.execute("UPDATE parent SET words = 'ours'", vec![]).await.unwrap();
        let after = database.version(&["parent"]);
        assert_ne!(after, before);
        place.other().execute_batch("UPDATE parent SET words = 'theirs'").unwrap();
        assert_ne!(database.version(&["parent"]), after);
    }

    /// Two writers of ours and one of another program count up; readers keep what they read, and never see less than
    /// what was acknowledged before they asked.
    #[tokio::test(flavor = "multi_thread", worker_threads = 6)]
    async fn what_is_kept_is_never_older_than_what_was_acknowledged() {
        let (place, database) = Place::new("race").await;
        static ACKNOWLEDGED: [AtomicI64; 2] = [const { AtomicI64::new(0) }; 2];
        let until = Instant::now() + Duration::from_secs(2);
        let mut readers = Vec::new();
        for _ in 0..4 {
            let database = database.clone();
            readers.push(tokio::spawn(async move {
                let mut kept: [Option<(u64, i64)>; 2] = [None, None];
                let (mut asked, mut spared) = (0_u64, 0_u64);
                while Instant::now() < until {
                    for row in [0, 1] {
                        let least = ACKNOWLEDGED[row].load(Ordering::SeqCst);
                        let version = database.version(&["parent"]);
                        let value = match kept[row] {
                            Some((then, value)) if Some(then) == version => {
                                spared += 1;
                                value
                            }
                            _ => {
                                let sql = "SELECT words FROM parent WHERE id = $1";
                                let found = database.query_one(sql, &[Value::integer(row as i64 + 1)]).await.unwrap();
                                let value = found.unwrap().integer(0).unwrap();
                                kept[row] = version.map(|version| (version, value));
                                value
                            }
                        };
                        assert!(value >= least, "row {row}: {value} after {least}");
                        asked += 1;
                    }
                    tokio::task::yield_now().await;
                }
                (asked, spared)
            }));
        }
        let ours = tokio::spawn(async move {
            for count in 1.. {
                if Instant::now() >= until {
                    break;
                }
                // Every other commit is none that counts.
                database
                    .execute("INSERT INTO flat (id) VALUES ($1)", vec![Value::integer(1000 + count)])
                    .await
                    .unwrap();
                let sql = "UPDATE parent SET words = $1 WHERE id = 1";
                database.execute(sql, vec![Value::text(count.to_string())]).await.unwrap();
                ACKNOWLEDGED[0].store(count, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_micros(count as u64 % 700)).await;
            }
        });
        let other = place.other();
        let theirs = std::thread::spawn(move || {
            for count in 1.. {
                if Instant::now() >= until {
                    break;
                }
                other.execute("UPDATE parent SET words = $1 WHERE id = 2", [count.to_string()]).unwrap();
                ACKNOWLEDGED[1].store(count, Ordering::SeqCst);
                std::thread::sleep(Duration::from_micros(count as u64 % 1100));
            }
        });
        let (mut asked, mut spared) = (0, 0);
        for reader in readers {
            let (one, other) = reader.await.unwrap();
            (asked, spared) = (asked + one, spared + other);
        }
        ours.await.unwrap();
        tokio::task::spawn_blocking(|| theirs.join()).await.unwrap().unwrap();
        assert!(spared > 0 && spared < asked, "{spared} of {asked} were spared");
    }
}
