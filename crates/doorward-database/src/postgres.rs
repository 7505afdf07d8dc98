//! Postgres through an async pool.
//!
//! Values travel in the binary protocol; dates are `timestamptz` cut to milliseconds, as Better Auth keeps them.

use std::{borrow::Cow, time::Duration};

use sqlx::{
    Column as _, Connection as _, Either, Encode, Executor, Postgres as Driver, Row as _, Type, TypeInfo, ValueRef,
    encode::IsNull,
    error::BoxDynError,
    pool::PoolConnection,
    postgres::{PgArgumentBuffer, PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow, PgTypeInfo},
    query::Query,
};

use crate::{Batch, Dialect, Error, Options, Outcome, Row, Stamp, Value, outage::Outage, row::Answer};

/// 2000-01-01T00:00:00Z, where Postgres starts counting, in milliseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000;

/// How long a connection is waited for: less than people do.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct Postgres {
    pool: PgPool,
    outage: Outage,
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self, Error> {
        let connect: PgConnectOptions =
            url.parse().map_err(|_| Error::Address("the Postgres address cannot be read".into()))?;
        let mode = if options.read_only { "on" } else { "off" };
        let connect = connect.options([("default_transaction_read_only", mode)]);
        let place = format!("{}:{}", connect.get_host(), connect.get_port());
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(PATIENCE)
            .connect_with(connect)
            .await
            .map_err(|error| match error {
                // Refusals are tried again until then, since a Postgres may be starting beside us.
                sqlx::Error::PoolTimedOut => {
                    Error::Unavailable(format!("nothing answered at {place} within {} s", PATIENCE.as_secs()))
                }
                other => named(&other),
            })?;
        Ok(Self { pool, outage: Outage::default() })
    }

    pub(crate) async fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let mut connection = self.connection().await?;
        let found = bound(sql, params).fetch_all(&mut *connection).await.map_err(|error| named(&error))?;
        rows(&found)
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<Vec<Outcome>, Error> {
        let mut connection = self.connection().await?;
        let mut transaction = connection.begin().await.map_err(|error| named(&error))?;
        let mut outcomes = Vec::with_capacity(batch.statements.len());
        for (position, part) in batch.statements.iter().enumerate() {
            let outcome = run(&mut transaction, part.sql.text(Dialect::Postgres), &part.params).await?;
            if part.required && outcome.changed == 0 {
                return Err(Error::NothingChanged(position)); // dropping the transaction rolls it back
            }
            outcomes.push(outcome);
        }
        transaction.commit().await.map_err(|error| named(&error))?;
        Ok(outcomes)
    }
}

impl Postgres {
    async fn connection(&self) -> Result<PoolConnection<Driver>, Error> {
        self.outage.may_try()?;
        let acquired = self.pool.acquire().await;
        match &acquired {
            Ok(_) => self.outage.is_over(),
            // With every connection in use it is we who are busy, and not the database that is gone.
            Err(sqlx::Error::PoolTimedOut) if self.pool.size() < self.pool.options().get_max_connections() => {
                self.outage.goes_on();
            }
            Err(_) => {}
        }
        acquired.map_err(|error| named(&error))
    }
}

/// Runs one statement and collects both its count and its rows, whatever kind it is.
async fn run(transaction: &mut sqlx::PgTransaction<'_>, sql: &'static str, params: &[Value]) -> Result<Outcome, Error> {
    let (mut changed, mut found) = (0, Vec::new());
    let mut stream = transaction.fetch_many(bound(sql, params));
    while let Some(step) = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await {
        match step.map_err(|error| named(&error))? {
            Either::Left(done) => changed += done.rows_affected(),
            Either::Right(row) => found.push(row),
        }
    }
    Ok(Outcome { changed, rows: rows(&found)? })
}

fn bound<'q>(sql: &'static str, params: &'q [Value]) -> Query<'q, Driver, PgArguments> {
    let mut query = sqlx::query(sql);
    for value in params {
        query = match value {
            Value::Text(text) => query.bind(text.as_deref().map(without_nul)),
            Value::Integer(number) => query.bind(*number),
            Value::Boolean(truth) => query.bind(*truth),
            Value::Time(stamp) => query.bind(stamp.map(Timestamp)),
        };
    }
    query
}

/// Postgres holds no NUL in a text. A look for one finds nothing, as it should, and what is stored shows that something
/// was there.
fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// A date on its way to or from a `timestamptz` column: microseconds since 2000.
struct Timestamp(Stamp);

impl Type<Driver> for Timestamp {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("TIMESTAMPTZ")
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        matches!(info.name(), "TIMESTAMPTZ" | "TIMESTAMP")
    }
}

impl Encode<'_, Driver> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Driver>::encode_by_ref(&((self.0.milliseconds() - POSTGRES_EPOCH) * 1000), buffer)
    }
}

fn rows(found: &[PgRow]) -> Result<Vec<Row>, Error> {
    let mut answer = Answer::of(found.first().map_or(0, |row| row.columns().len()));
    for row in found {
        answer.next_row();
        for column in row.columns() {
            let at = column.ordinal();
            let raw = row.try_get_raw(at).map_err(|error| named(&error))?;
            if raw.is_null() {
                answer.push_null();
                continue;
            }
            let kind = raw.type_info();
            let bytes = raw.as_bytes().map_err(|error| Error::Other(error.to_string()))?;
            let unread = Error::Column { column: at, expected: "a type this server reads" };
            push(&mut answer, kind.name(), bytes).ok_or(unread)?;
        }
    }
    Ok(answer.rows())
}

/// One value in the binary format of the Postgres protocol.
fn push(answer: &mut Answer, kind: &str, bytes: &[u8]) -> Option<()> {
    match kind {
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "JSON" | "UNKNOWN" => answer.push_text(bytes),
        "BOOL" => answer.push_boolean(*bytes.first()? != 0),
        "INT2" => answer.push_integer(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        "INT4" => answer.push_integer(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        "INT8" => answer.push_integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        "FLOAT8" => answer.push_real(f64::from_be_bytes(bytes.try_into().ok()?)),
        "TIMESTAMPTZ" | "TIMESTAMP" => {
            let microseconds = i64::from_be_bytes(bytes.try_into().ok()?);
            answer.push_time(Stamp::from_milliseconds(microseconds.div_euclid(1000) + POSTGRES_EPOCH));
        }
        "UUID" => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let part = |from: usize, to: usize| digits.get(from..to);
            answer.push_text(
                [part(0, 8)?, part(8, 12)?, part(12, 16)?, part(16, 20)?, part(20, 32)?].join("-").as_bytes(),
            );
        }
        "VOID" => answer.push_null(),
        _ => return None,
    }
    Some(())
}

fn named(error: &sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            match code.as_ref() {
                "23505" | "23503" | "23502" => Error::Constraint(
                    database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned),
                ),
                // Read-only transaction, lock timeout, disk full, too many connections, shutting down, starting up.
                "25006" | "55P03" | "40001" | "40P01" | "53100" | "53200" | "53300" | "57P01" | "57P02" | "57P03" => {
                    Error::Unavailable(database.message().to_owned())
                }
                // A NUL in a text, which SQLite would store and Postgres will not: refused before it gets here.
                _ => Error::Other(database.message().to_owned()),
            }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Protocol(_) => Error::Unavailable(error.to_string()),
        other => Error::Other(other.to_string()),
    }
}
