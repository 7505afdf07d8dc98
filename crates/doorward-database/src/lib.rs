//! One way to run SQL on SQLite and on Postgres.
//!
//! The table files of Doorward write one text per query (`$1` placeholders, quoted camelCase names) and never ask
//! which database is behind it. This crate makes that true: [`Value`]s go in, [`Row`]s come out, and what belongs
//! together is an atomic [`Batch`].
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use doorward_database::{Batch, Database, Options, Value};
//!
//! let folder = std::env::temp_dir().join(format!("doorward-doc-{}", std::process::id()));
//! std::fs::create_dir_all(&folder).unwrap();
//! let database = Database::open(&format!("sqlite://{}", folder.join("doc.db").display()), &Options::default()).await?;
//! let mut batch = Batch::new();
//! batch.add("CREATE TABLE IF NOT EXISTS note (id text PRIMARY KEY, words text NOT NULL)", vec![]);
//! batch.add("INSERT INTO note VALUES ($1, $2) ON CONFLICT DO NOTHING", vec![Value::text("1"), Value::text("hello")]);
//! database.commit(batch).await?;
//! let rows = database.query("SELECT words FROM note WHERE id = $1", &[Value::text("1")]).await?;
//! assert_eq!(rows[0].text(0)?, "hello");
//! # std::fs::remove_dir_all(&folder).unwrap();
//! # Ok::<(), doorward_database::Error>(()) }).unwrap();
//! ```
//!
//! Two measured decisions shape it. SQLite is read inline, on the thread that asks (a cached statement costs less
//! than handing the work to another thread), and written through **one** writer thread that commits all waiting
//! batches together, so writers never wait for each other's lock and one disk sync serves many. Postgres goes
//! through an async pool.
//!
//! There are no interactive transactions: a batch is decided by its statements ([`Batch::require`] aborts it when a
//! statement changes nothing), never by code that runs while a lock is held. That keeps every decision in one SQL
//! statement, where two processes cannot race.
//!
//! This crate knows no table and no person; what is stored is the business of whoever writes the SQL.

mod batch;
mod database;
mod error;
mod generations;
mod outage;
mod postgres;
mod row;
mod schema;
mod sqlite;
mod stamp;
mod value;

pub use batch::{Batch, Outcome, Sql};
pub use database::{Database, Dialect, Options};
pub use error::Error;
pub use generations::Generations;
pub use row::Row;
pub use schema::Column;
pub use stamp::Stamp;
pub use value::Value;
