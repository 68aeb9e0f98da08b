//! The database: a handle, transactions, migrations.
//!
//! A [`Tx`] that is dropped without a commit takes its connection along, and
//! the database rolls it back.

use crate::http::Failure;
use spin_sdk::sqlite::{Connection, RowResult};
use std::sync::atomic::{AtomicBool, Ordering};

pub use spin_sdk::sqlite::Value;

/// Numbered migrations, in order; what has been released is never changed.
const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_first.sql")];

/// Set once this instance has seen the schema at its newest version.
static MIGRATED: AtomicBool = AtomicBool::new(false);

/// A connection.
pub struct Db(Connection);

/// A connection inside a transaction; derefs to [`Db`].
pub struct Tx(Db);

/// One row of an answer.
pub struct Row(RowResult);

/// What the database says; the text goes to the log, never to a caller.
#[derive(Debug)]
pub struct DbError(String);

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// As the database says.
    pub async fn open() -> Result<Self, DbError> {
        let db = Self(
            Connection::open_default()
                .await
                .map_err(|e| DbError(e.to_string()))?,
        );
        if MIGRATED.load(Ordering::Relaxed) {
            return Ok(db);
        }
        db.migrate().await?;
        MIGRATED.store(true, Ordering::Relaxed);
        Self::reopen().await
    }

    /// All rows.
    ///
    /// # Errors
    /// As the database says.
    pub async fn query(
        &self,
        sql: &str,
        params: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>, DbError> {
        let result = self
            .0
            .execute(sql, params)
            .await
            .map_err(|e| DbError(e.to_string()))?;
        let rows = result.collect().await.map_err(|e| DbError(e.to_string()))?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As the database says.
    pub async fn first(
        &self,
        sql: &str,
        params: impl IntoIterator<Item = Value>,
    ) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Changes data; gives the number of rows changed.
    ///
    /// # Errors
    /// As the database says; [`DbError::is_conflict`] tells a broken uniqueness.
    pub async fn execute(
        &self,
        sql: &str,
        params: impl IntoIterator<Item = Value>,
    ) -> Result<u64, DbError> {
        self.query(sql, params).await?;
        Ok(self.0.changes().await)
    }

    /// Starts a transaction that holds the write lock from its first moment on.
    ///
    /// # Errors
    /// When the lock can't be had within the busy timeout.
    pub async fn begin(self) -> Result<Tx, DbError> {
        self.query("BEGIN IMMEDIATE", []).await?;
        Ok(Tx(self))
    }

    async fn reopen() -> Result<Self, DbError> {
        Ok(Self(
            Connection::open_default()
                .await
                .map_err(|e| DbError(e.to_string()))?,
        ))
    }

    async fn migrate(&self) -> Result<(), DbError> {
        self.query("PRAGMA journal_mode = WAL", []).await?;
        self.query(
            "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)",
            [],
        )
        .await?;
        let tx = Self::reopen().await?.begin().await?;
        let done = tx
            .first("SELECT coalesce(max(version), 0) FROM schema_version", [])
            .await?;
        let done = done.map_or(Ok(0), |row| row.int(0))?;
        for (number, sql) in (1i64..)
            .zip(MIGRATIONS)
            .filter(|(number, _)| *number > done)
        {
            for statement in sql
                .split("\n\n")
                .filter(|s| s.lines().any(|l| !l.is_empty() && !l.starts_with("--")))
            {
                tx.query(statement, []).await?;
            }
            tx.query(
                "INSERT INTO schema_version (version) VALUES (?1)",
                [number.into()],
            )
            .await?;
        }
        tx.commit().await
    }
}

impl Tx {
    /// Makes everything since [`Db::begin`] last.
    ///
    /// # Errors
    /// As the database says; then nothing of it happened.
    pub async fn commit(self) -> Result<(), DbError> {
        self.query("COMMIT", []).await.map(|_| ())
    }
}

impl std::ops::Deref for Tx {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.0
    }
}

impl Row {
    /// Text of a column.
    ///
    /// # Errors
    /// When the column is NULL or of another type: the schema is not what the code expects.
    pub fn text(&self, column: usize) -> Result<String, DbError> {
        self.opt_text(column)?
            .ok_or_else(|| DbError(format!("column {column} is NULL")))
    }

    /// Text of a column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, DbError> {
        match self.0.values.get(column) {
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(DbError(format!("column {column} is not text"))),
        }
    }

    /// Integer of a column.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.opt_int(column)?
            .ok_or_else(|| DbError(format!("column {column} is NULL")))
    }

    /// Integer of a column that may be NULL.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, DbError> {
        match self.0.values.get(column) {
            Some(Value::Integer(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            _ => Err(DbError(format!("column {column} is not an integer"))),
        }
    }

    /// Bytes of the only column.
    ///
    /// # Errors
    /// When it is no blob.
    pub fn into_bytes(self) -> Result<Vec<u8>, DbError> {
        match self.0.values.into_iter().next() {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(DbError("the column is not a blob".into())),
        }
    }
}

impl DbError {
    /// A stored value that the code cannot read: the data or the code is wrong.
    pub fn corrupt(what: &str) -> Self {
        Self(format!("stored {what} cannot be read"))
    }

    /// Something of the host that a change needs failed.
    pub fn host(what: &str, error: impl std::fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }

    /// A row with this key is already there.
    pub fn is_conflict(&self) -> bool {
        self.0.contains("UNIQUE constraint failed")
    }
}

impl std::fmt::Display for DbError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DbError {}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        if error.0.contains("database is locked") {
            return Self::busy();
        }
        Self::internal("database", error.0)
    }
}
