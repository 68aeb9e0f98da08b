//! `spin:sqlite`: databases as files, one new connection a handle, as Spin
//! opens them. A handle dropped within a transaction rolls it back.
//!
//! Statements run on threads that may block; rows travel in batches through a
//! bounded channel, so that a slow reader holds the statement, not memory.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::{Value as SqlValue, ValueRef};
use tokio::sync::{mpsc, oneshot};

use crate::bindings::spin::sqlite::sqlite::{Error, QueryResult, RowResult, Value};

/// Largest row, and largest answer of the call that is not streamed; Spin's limit.
const MAX_BYTES: usize = 128 * 1024 * 1024;
/// Rows are handed over in batches of about this many bytes.
const BATCH_BYTES: usize = 64 * 1024;
/// How long a statement waits for another writer.
const BUSY: Duration = Duration::from_secs(5);

/// The databases of the application.
#[derive(Debug)]
pub struct Databases {
    files: BTreeMap<String, PathBuf>,
    /// Open as long as the runner: the log is not folded back into the file
    /// each time the last handle of a component closes.
    _keepers: Mutex<Vec<rusqlite::Connection>>,
    statements: AtomicU64,
    moments: AtomicU64,
    crash: Option<Crash>,
}

/// When the process is to end as by a power cut; fault injection for crash tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// Right before the n-th statement since the start; 1 is the first.
    Statement(u64),
    /// At the n-th moment around which a restart finds something else: right before, and right after, each statement that ends a
    /// transaction or writes outside of one.
    Commit(u64),
}

impl Databases {
    /// Creates the files in `folder`: `sqlite_db.db` for `default`, else
    /// `<name>.db`; switches them to a write-ahead log.
    ///
    /// # Errors
    /// A folder or database that cannot be opened.
    pub fn open<'a>(
        folder: &Path,
        names: impl Iterator<Item = &'a str>,
        crash: Option<Crash>,
    ) -> anyhow::Result<Self> {
        // Patients' data: for this user alone.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let (mut files, mut keepers) = (BTreeMap::new(), Vec::new());
        for name in names {
            let file = if name == "default" {
                "sqlite_db.db".to_owned()
            } else {
                format!("{name}.db")
            };
            let path = folder.join(file);
            let connection = rusqlite::Connection::open(&path)?;
            connection
                .busy_timeout(BUSY)
                .and_then(|()| connection.pragma_update(None, "journal_mode", "wal"))
                .with_context(|| format!("database {name}"))?;
            files.insert(name.to_owned(), path);
            keepers.push(connection);
        }
        Ok(Self {
            files,
            _keepers: Mutex::new(keepers),
            statements: AtomicU64::new(0),
            moments: AtomicU64::new(0),
            crash,
        })
    }

    /// Statements executed since the start.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// A new handle; the file is opened by its first statement.
    pub(crate) fn connect(self: &Arc<Self>, name: &str) -> Result<Connection, Error> {
        let path = self.files.get(name).ok_or(Error::NoSuchDatabase)?;
        Ok(Connection(Arc::new(Shared {
            path: path.clone(),
            databases: self.clone(),
            connection: Mutex::new(None),
        })))
    }

    fn before(&self, lasting: bool) {
        let number = self.statements.fetch_add(1, Ordering::Relaxed) + 1;
        if self.crash == Some(Crash::Statement(number)) {
            end();
        }
        if lasting {
            self.moment();
        }
    }

    fn moment(&self) {
        let number = self.moments.fetch_add(1, Ordering::Relaxed) + 1;
        if self.crash == Some(Crash::Commit(number)) {
            end();
        }
    }
}

/// As a power cut would: no unwinding, no flush, no handlers.
fn end() {
    _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
}

/// A handle of a component.
#[derive(Clone)]
pub struct Connection(Arc<Shared>);

struct Shared {
    path: PathBuf,
    databases: Arc<Databases>,
    connection: Mutex<Option<rusqlite::Connection>>,
}

/// A running statement: its columns, then rows, then how it ended.
pub(crate) struct Running {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: mpsc::Receiver<Vec<RowResult>>,
    pub(crate) end: oneshot::Receiver<Result<(), Error>>,
}

impl Connection {
    /// Starts a statement.
    pub(crate) async fn start(
        &self,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<Running, Error> {
        let (columns_tx, columns) = oneshot::channel();
        let (rows_tx, rows) = mpsc::channel(4);
        let (end_tx, end) = oneshot::channel();
        let shared = self.0.clone();
        tokio::task::spawn_blocking(move || {
            let sink = Sink {
                columns: Some(columns_tx),
                rows: rows_tx,
                batch: Vec::new(),
                bytes: 0,
            };
            let ended = shared.run(&statement, parameters, sink);
            // First let go of the connection: this may be its last owner.
            drop(shared);
            _ = end_tx.send(ended);
        });
        // An error before the columns are known is told by `end`, as in Spin.
        Ok(Running {
            columns: columns.await.unwrap_or_default(),
            rows,
            end,
        })
    }

    /// Runs a statement and collects its rows.
    pub(crate) async fn collect(
        &self,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<QueryResult, Error> {
        let mut running = self.start(statement, parameters).await?;
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(batch) = running.rows.recv().await {
            bytes += batch.iter().map(row_bytes).sum::<usize>();
            if bytes > MAX_BYTES {
                return Err(too_large());
            }
            rows.extend(batch);
        }
        running
            .end
            .await
            .unwrap_or_else(|_| Err(Error::Io("the statement was abandoned".into())))?;
        Ok(QueryResult {
            columns: running.columns,
            rows,
        })
    }

    /// Rowid of the last INSERT on this handle, 0 before the first.
    pub(crate) async fn last_insert_rowid(&self) -> i64 {
        self.ask(rusqlite::Connection::last_insert_rowid).await
    }

    /// Rows changed by the last INSERT, UPDATE or DELETE on this handle.
    pub(crate) async fn changes(&self) -> u64 {
        self.ask(rusqlite::Connection::changes).await
    }

    /// Waits for a statement still running, so it asks on a blocking thread.
    async fn ask<R: Default + Send + 'static>(
        &self,
        question: impl Fn(&rusqlite::Connection) -> R + Send + 'static,
    ) -> R {
        let shared = self.0.clone();
        let asked = tokio::task::spawn_blocking(move || shared.lock().as_ref().map(question));
        asked.await.ok().flatten().unwrap_or_default()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<rusqlite::Connection>> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, text: &str, parameters: Vec<Value>, mut sink: Sink) -> Result<(), Error> {
        let mut slot = self.lock();
        let connection = match &mut *slot {
            Some(connection) => connection,
            empty => empty.insert(open(&self.path).map_err(io)?),
        };
        let mut statement = connection.prepare_cached(text).map_err(io)?;
        sink.columns(statement.column_names());
        let alone = connection.is_autocommit();
        let lasting = if alone {
            !statement.readonly() && !begins(text, "BEGIN")
        } else {
            begins(text, "COMMIT")
        };
        self.databases.before(lasting);
        let parameters = rusqlite::params_from_iter(parameters.into_iter().map(to_sql));
        let mut rows = statement.query(parameters).map_err(io)?;
        while let Some(row) = rows.next().map_err(io)? {
            sink.row(convert(row)?)?;
        }
        if lasting {
            self.databases.moment();
        }
        sink.flush()
    }
}

fn begins(statement: &str, word: &str) -> bool {
    let start = statement.trim_start().get(..word.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn open(path: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        // Another file would be outside of what the manifest grants.
        AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }));
    Ok(connection)
}

/// Where a running statement puts what it finds.
struct Sink {
    columns: Option<oneshot::Sender<Vec<String>>>,
    rows: mpsc::Sender<Vec<RowResult>>,
    batch: Vec<RowResult>,
    bytes: usize,
}

impl Sink {
    fn columns(&mut self, names: Vec<&str>) {
        if let Some(sender) = self.columns.take() {
            _ = sender.send(names.into_iter().map(str::to_owned).collect());
        }
    }

    fn row(&mut self, row: RowResult) -> Result<(), Error> {
        let bytes = row_bytes(&row);
        if bytes > MAX_BYTES {
            return Err(too_large());
        }
        self.bytes += bytes;
        self.batch.push(row);
        if self.bytes < BATCH_BYTES {
            Ok(())
        } else {
            self.flush()
        }
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.bytes = 0;
        if self.batch.is_empty() {
            return Ok(());
        }
        let gone = |_| Error::Io("the rows are no longer read".into());
        self.rows
            .blocking_send(std::mem::take(&mut self.batch))
            .map_err(gone)
    }
}

fn convert(row: &rusqlite::Row<'_>) -> Result<RowResult, Error> {
    let count = row.as_ref().column_count();
    let values = (0..count)
        .map(|index| from_sql(row.get_ref(index).map_err(io)?))
        .collect::<Result<_, _>>()?;
    Ok(RowResult { values })
}

fn from_sql(value: ValueRef<'_>) -> Result<Value, Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => return Err(Error::Io("a text value is not UTF-8".into())),
        },
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    })
}

fn to_sql(value: Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Integer(integer) => SqlValue::Integer(integer),
        Value::Real(real) => SqlValue::Real(real),
        Value::Text(text) => SqlValue::Text(text),
        Value::Blob(blob) => SqlValue::Blob(blob),
    }
}

fn row_bytes(row: &RowResult) -> usize {
    let bytes = |value: &Value| match value {
        Value::Text(text) => text.len(),
        Value::Blob(blob) => blob.len(),
        Value::Null | Value::Integer(_) | Value::Real(_) => 0,
    };
    row.values
        .iter()
        .map(|value| size_of::<Value>() + bytes(value))
        .sum()
}

fn io(error: rusqlite::Error) -> Error {
    Error::Io(error.to_string())
}

fn too_large() -> Error {
    Error::Io(format!("query result exceeds limit of {MAX_BYTES} bytes"))
}
