//! SQLite, from a pool.
//!
//! Statements run where they are awaited: they take microseconds, and handing them to another thread would cost more.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

static STATEMENTS: AtomicU64 = AtomicU64::new(0);

static POOL: OnceLock<Pool> = OnceLock::new();

struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<rusqlite::Connection>>,
    /// SQLite has one writer at a time: writers wait here instead of asking again and again.
    writer: Arc<Semaphore>,
}

/// Sets the database file; the first call counts.
pub fn set_path(path: PathBuf) {
    POOL.get_or_init(|| Pool {
        path,
        idle: Mutex::default(),
        writer: Arc::new(Semaphore::new(1)),
    });
}

/// Statements run since the start.
pub fn statements() -> u64 {
    STATEMENTS.load(Ordering::Relaxed)
}

/// What SQLite says.
#[derive(Debug)]
pub struct Error(String);

/// A value of a column or of a parameter.
#[derive(Clone, Debug)]
pub enum Value {
    /// INTEGER.
    Integer(i64),
    /// REAL.
    Real(f64),
    /// TEXT.
    Text(String),
    /// BLOB.
    Blob(Vec<u8>),
    /// NULL.
    Null,
}

/// One row.
#[derive(Debug)]
pub struct RowResult {
    /// Its values.
    pub values: Vec<Value>,
}

/// An answer.
#[derive(Debug)]
pub struct QueryResult(Vec<RowResult>);

/// A connection of the pool.
pub struct Connection(Mutex<Lease>);

struct Lease {
    /// Absent only while it is being dropped.
    connection: Option<rusqlite::Connection>,
    writing: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// Takes a connection from the pool, or opens one more.
    ///
    /// # Errors
    /// As SQLite says.
    #[expect(clippy::unused_async, reason = "as in the SDK")]
    pub async fn open_default() -> Result<Self, Error> {
        let pool = pool()?;
        let idle = pool
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open(&pool.path)?,
        };
        Ok(Self(Mutex::new(Lease {
            connection: Some(connection),
            writing: None,
        })))
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// As SQLite says.
    pub async fn execute(
        &self,
        statement: impl AsRef<str>,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Result<QueryResult, Error> {
        let statement = statement.as_ref();
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
        if statement.starts_with("BEGIN") {
            let permit = pool()?
                .writer
                .clone()
                .acquire_owned()
                .await
                .map_err(error)?;
            self.lease().writing = Some(permit);
        }
        let mut lease = self.lease();
        let connection = lease
            .connection
            .as_ref()
            .ok_or_else(|| Error("closed".into()))?;
        let mut prepared = connection.prepare_cached(statement).map_err(error)?;
        let columns = prepared.column_count();
        let mut found = prepared
            .query(rusqlite::params_from_iter(parameters))
            .map_err(error)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(error)? {
            let values =
                (0..columns).map(|column| row.get_ref(column).map(Value::from).map_err(error));
            rows.push(RowResult {
                values: values.collect::<Result<_, _>>()?,
            });
        }
        drop(found);
        drop(prepared);
        if connection.is_autocommit() {
            lease.writing = None;
        }
        Ok(QueryResult(rows))
    }

    /// Rows changed by the last statement that changed any.
    #[expect(clippy::unused_async, reason = "as in the SDK")]
    pub async fn changes(&self) -> u64 {
        self.lease()
            .connection
            .as_ref()
            .map_or(0, rusqlite::Connection::changes)
    }

    fn lease(&self) -> std::sync::MutexGuard<'_, Lease> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueryResult {
    /// All rows.
    ///
    /// # Errors
    /// None: they are here already.
    #[expect(clippy::unused_async, reason = "as in the SDK")]
    pub async fn collect(self) -> Result<Vec<RowResult>, Error> {
        Ok(self.0)
    }
}

impl Drop for Lease {
    /// Back to the pool; a transaction that was not committed is rolled back.
    fn drop(&mut self) {
        let (Some(connection), Ok(pool)) = (self.connection.take(), pool()) else {
            return;
        };
        if connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok() {
            pool.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }
}

fn pool() -> Result<&'static Pool, Error> {
    POOL.get().ok_or_else(|| Error("no database".into()))
}

fn open(path: &std::path::Path) -> Result<rusqlite::Connection, Error> {
    let connection = rusqlite::Connection::open(path).map_err(error)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(error)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn error(error: impl std::fmt::Display) -> Error {
    Error(error.to_string())
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
