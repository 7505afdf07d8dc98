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
        ("CREATE TRIGGER busy AFTER INSERT ON flat BEGIN UPDATE parent SET words = 'seen'; END", [true, true, true]),
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

#[tokio::test]
async fn a_batch_about_somebody_counts_for_them_alone() {
    let (place, database) = Place::new("owner").await;
    let people = ["ada", "eve"];
    let versions = || people.map(|person| database.version_for(person, &["parent"]).unwrap());
    let changed = |before: [u64; 2]| {
        let after = versions();
        [before[0] != after[0], before[1] != after[1]]
    };
    for sql in ["INSERT INTO flat VALUES (7, '')", "UPDATE flat SET words = 'new'", "DELETE FROM flat WHERE id = 7"] {
        let (before, tables) = (versions(), database.version(&["parent"]));
        database.execute_about("ada", sql, vec![]).await.unwrap();
        assert_eq!(changed(before), [true, false], "{sql}");
        assert_eq!(database.version(&["parent"]), tables, "{sql}");
    }
    let before = versions();
    database.execute("INSERT INTO child VALUES (2, 1)", vec![]).await.unwrap();
    assert_eq!(changed(before), [false, false], "nobody's, in a table that was not asked for");
    for sql in ["UPDATE parent SET words = 'new' WHERE id = 1", "DELETE FROM parent WHERE id = 1"] {
        let before = versions();
        database.execute(sql, vec![]).await.unwrap();
        assert_eq!(changed(before), [true, true], "{sql}");
    }
    let before = versions();
    place.other().execute_batch("INSERT INTO flat VALUES (8, '')").unwrap();
    assert_eq!(changed(before), [true, true], "another program says of nobody");
    let before = versions();
    database.execute_about("ada", "INSERT INTO nowhere VALUES (1)", vec![]).await.unwrap_err();
    assert_eq!(changed(before), [false, false], "nothing was stored");
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
    let before = sqlite.version(&["parent"], None);
    assert!(before.is_some());
    (sqlite.readers.let_go())();
    assert_eq!(sqlite.version(&["parent"], None), None);
    // The file of the index is another one now, and what happened meanwhile is not missed.
    place.other().execute_batch("UPDATE parent SET words = 'meanwhile'").unwrap();
    sqlite.query("SELECT 1 FROM parent", &[]).await.unwrap();
    let after = sqlite.version(&["parent"], None);
    assert!(after.is_some() && after != before);
    place.other().execute_batch("UPDATE parent SET words = 'later'").unwrap();
    assert_ne!(sqlite.version(&["parent"], None), after);
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
    assert_eq!(sqlite.version(&["parent"], None), None);
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

/// One of two numbers that only grow: how it is read, the version that is told of it, and the least it must be.
#[derive(Clone, Copy)]
struct Counted {
    sql: &'static str,
    of: &'static str,
    version: fn(&Database, &str) -> Option<u64>,
    acknowledged: &'static AtomicI64,
}

/// Four readers at once, until the end: each keeps what it read for as long as the version is the same, and must never
/// have less than what was acknowledged before it asked.
async fn read_until(until: Instant, database: &Database, numbers: [Counted; 2]) {
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let database = database.clone();
        readers.spawn(async move {
            let mut kept: [Option<(u64, i64)>; 2] = [None, None];
            let (mut asked, mut spared) = (0_u64, 0_u64);
            while Instant::now() < until {
                for (number, kept) in numbers.iter().zip(&mut kept) {
                    let least = number.acknowledged.load(Ordering::SeqCst);
                    let version = (number.version)(&database, number.of);
                    let value = match *kept {
                        Some((then, value)) if Some(then) == version => {
                            spared += 1;
                            value
                        }
                        _ => {
                            let found = database.query_one(number.sql, &[number.of.into()]).await.unwrap();
                            let value = found.unwrap().integer(0).unwrap();
                            *kept = version.map(|version| (version, value));
                            value
                        }
                    };
                    assert!(value >= least, "{}: {value} after {least}", number.of);
                    asked += 1;
                }
                tokio::task::yield_now().await;
            }
            (asked, spared)
        });
    }
    let counts = readers.join_all().await;
    let (asked, spared) = counts.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    assert!(spared > 0 && spared < asked, "{spared} of {asked} were spared");
}

/// A writer of ours and one of another program count up.
#[tokio::test(flavor = "multi_thread", worker_threads = 6)]
async fn what_is_kept_is_never_older_than_what_was_acknowledged() {
    static ACKNOWLEDGED: [AtomicI64; 2] = [const { AtomicI64::new(0) }; 2];
    let (place, database) = Place::new("race").await;
    let until = Instant::now() + Duration::from_secs(2);
    let own = database.clone();
    let ours = tokio::spawn(async move {
        for count in 1.. {
            if Instant::now() >= until {
                break;
            }
            // Every other commit is none that counts.
            own.execute("INSERT INTO flat (id) VALUES ($1)", vec![Value::integer(1000 + count)]).await.unwrap();
            let sql = "UPDATE parent SET words = $1 WHERE id = 1";
            own.execute(sql, vec![Value::text(count.to_string())]).await.unwrap();
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
    let number = |of, acknowledged| Counted {
        sql: "SELECT words FROM parent WHERE id = $1",
        of,
        version: |database, _| database.version(&["parent"]),
        acknowledged,
    };
    read_until(until, &database, [number("1", &ACKNOWLEDGED[0]), number("2", &ACKNOWLEDGED[1])]).await;
    ours.await.unwrap();
    tokio::task::spawn_blocking(|| theirs.join()).await.unwrap().unwrap();
}

/// Two people's lists grow side by side, often in one commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 6)]
async fn what_is_kept_of_somebody_is_never_older_than_what_was_acknowledged() {
    static ACKNOWLEDGED: [AtomicI64; 2] = [const { AtomicI64::new(0) }; 2];
    const PEOPLE: [&str; 2] = ["ada", "eve"];
    let (_place, database) = Place::new("lists").await;
    database.execute("CREATE TABLE task (owner text, id integer)", vec![]).await.unwrap();
    let until = Instant::now() + Duration::from_secs(2);
    let mut writers = tokio::task::JoinSet::new();
    for (person, acknowledged) in PEOPLE.into_iter().zip(&ACKNOWLEDGED) {
        let database = database.clone();
        writers.spawn(async move {
            for count in 1.. {
                if Instant::now() >= until {
                    break;
                }
                let params = vec![person.into(), Value::integer(count)];
                database.execute_about(person, "INSERT INTO task VALUES ($1, $2)", params).await.unwrap();
                acknowledged.store(count, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_micros(count as u64 * 7 % 900)).await;
            }
        });
    }
    let number = |at: usize| Counted {
        sql: "SELECT count(*) FROM task WHERE owner = $1",
        of: PEOPLE[at],
        version: |database, person| database.version_for(person, &["parent"]),
        acknowledged: &ACKNOWLEDGED[at],
    };
    read_until(until, &database, [number(0), number(1)]).await;
    writers.join_all().await;
}
