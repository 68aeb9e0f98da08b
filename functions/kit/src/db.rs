//! The database: a handle, transactions, migrations.
//!
//! A [`Tx`] that is dropped without a commit takes its connection along, and
//! the database rolls it back.

use crate::http::Failure;
use spin_sdk::sqlite::{Connection, RowResult};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

pub use spin_sdk::sqlite::Value;

/// Numbered migrations, in order; what has been released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_journal.sql"),
    include_str!("../migrations/0003_seal.sql"),
    include_str!("../migrations/0004_esia.sql"),
    include_str!("../migrations/0005_account.sql"),
    include_str!("../migrations/0006_usage.sql"),
    include_str!("../migrations/0007_outbox.sql"),
    include_str!("../migrations/0008_branding.sql"),
    include_str!("../migrations/0009_webhooks.sql"),
    include_str!("../migrations/0010_requests.sql"),
    include_str!("../migrations/0011_esia_acceptances.sql"),
    include_str!("../migrations/0012_keeping.sql"),
    include_str!("../migrations/0013_notices.sql"),
    include_str!("../migrations/0014_sms.sql"),
    include_str!("../migrations/0015_letters.sql"),
    include_str!("../migrations/0016_backlog.sql"),
    include_str!("../migrations/0017_clinic_signatures.sql"),
    include_str!("../migrations/0018_final_versions.sql"),
    include_str!("../migrations/0019_templates.sql"),
    include_str!("../migrations/0020_consultations.sql"),
    include_str!("../migrations/0021_staff.sql"),
    include_str!("../migrations/0022_packages.sql"),
    include_str!("../migrations/0023_api_keys.sql"),
    include_str!("../migrations/0024_kept_signatures.sql"),
    include_str!("../migrations/0025_session_ends.sql"),
    include_str!("../migrations/0026_told_together.sql"),
];

/// Set once this instance has seen the schema at its newest version.
static MIGRATED: AtomicBool = AtomicBool::new(false);

/// Connections that this instance has open and nobody uses. They have seen the schema at its
/// newest version, are in no transaction, and hold nothing of a request.
static IDLE: Mutex<Vec<Connection>> = Mutex::new(Vec::new());

/// As many as an instance serves requests at a time.
const IDLE_MAX: usize = 16;

/// How the text of [`DbError::broken_journal`] begins.
const BROKEN_JOURNAL: &str = "the journal does not add up";

/// A connection, given back for the next request when dropped.
pub struct Db {
    /// `None` only while being dropped.
    connection: Option<Connection>,
    /// A statement has not ended, or has failed: nobody knows the connection's state.
    unsure: AtomicBool,
    /// Between BEGIN and COMMIT.
    in_transaction: bool,
}

/// A connection inside a transaction; derefs to [`Db`].
pub struct Tx(Db);

/// One row of an answer.
pub struct Row(RowResult);

/// What the database says; the text goes to the log, never to a caller.
#[derive(Debug)]
pub struct DbError(String);

impl Db {
    /// Opens the database; the first connection of an instance brings its schema up to date.
    ///
    /// # Errors
    /// As the database says.
    pub async fn open() -> Result<Self, DbError> {
        // The lock is poisoned only by a panic, which ends the instance.
        if let Some(connection) = IDLE.lock().ok().and_then(|mut idle| idle.pop()) {
            return Ok(Self::of(connection));
        }
        if !MIGRATED.load(Ordering::Relaxed) {
            Self::connect().await?.migrate().await?;
            MIGRATED.store(true, Ordering::Relaxed);
        }
        Self::connect().await
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
        self.unsure.store(true, Ordering::Relaxed);
        let result = self.connection()?.execute(sql, params).await?;
        let rows = result.collect().await?;
        self.unsure.store(false, Ordering::Relaxed);
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
        Ok(self.connection()?.changes().await)
    }

    /// Starts a transaction that holds the write lock from its first moment on.
    ///
    /// # Errors
    /// When the lock can't be had within the busy timeout.
    pub async fn begin(mut self) -> Result<Tx, DbError> {
        self.query("BEGIN IMMEDIATE", []).await?;
        self.in_transaction = true;
        Ok(Tx(self))
    }

    async fn connect() -> Result<Self, DbError> {
        Ok(Self::of(Connection::open_default().await?))
    }

    const fn of(connection: Connection) -> Self {
        Self {
            connection: Some(connection),
            unsure: AtomicBool::new(false),
            in_transaction: false,
        }
    }

    fn connection(&self) -> Result<&Connection, DbError> {
        self.connection
            .as_ref()
            .ok_or_else(|| DbError("the connection is closed".into()))
    }

    async fn migrate(self) -> Result<(), DbError> {
        let mode = self.first("PRAGMA journal_mode", []).await?;
        if mode.is_none_or(|row| row.text(0).is_ok_and(|mode| mode != "wal")) {
            self.query("PRAGMA journal_mode = WAL", []).await?;
        }
        let version = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";
        self.query(version, []).await?;
        let tx = self.begin().await?;
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

impl Drop for Db {
    fn drop(&mut self) {
        if self.in_transaction || self.unsure.load(Ordering::Relaxed) {
            return;
        }
        if let (Some(connection), Ok(mut idle)) = (self.connection.take(), IDLE.lock())
            && idle.len() < IDLE_MAX
        {
            idle.push(connection);
        }
    }
}

impl Tx {
    /// Makes everything since [`Db::begin`] last.
    ///
    /// # Errors
    /// As the database says; then nothing of it happened.
    pub async fn commit(mut self) -> Result<(), DbError> {
        self.query("COMMIT", []).await?;
        self.0.in_transaction = false;
        Ok(())
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

    /// Bytes of the first column.
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

    /// A journal that doesn't add up; nothing may be added to it.
    pub fn broken_journal(clinic_id: &str, how: &str) -> Self {
        Self(format!("{BROKEN_JOURNAL} ({clinic_id}): {how}"))
    }

    /// Whether it is [`DbError::broken_journal`].
    pub fn is_broken_journal(&self) -> bool {
        self.0.starts_with(BROKEN_JOURNAL)
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

impl From<spin_sdk::sqlite::Error> for DbError {
    fn from(error: spin_sdk::sqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        if error.0.contains("database is locked") {
            return Self::busy();
        }
        if error.is_broken_journal() {
            return Self::broken_journal(error.0);
        }
        Self::internal("database", error.0)
    }
}
