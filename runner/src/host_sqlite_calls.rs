//! The calls of `spin:sqlite` as components make them; [`crate::host_sqlite`]
//! does the work.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::sync::mpsc;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Access, Accessor, Destination, FutureReader, Resource, StreamProducer, StreamReader,
    StreamResult, VecBuffer,
};

use crate::bindings::spin::sqlite::sqlite::{
    Error, Host, HostConnection, HostConnectionWithStore, QueryResult, RowResult, Value,
};
use crate::host_sqlite::{Connection, Running};
use crate::instance::{InstanceData, Own};

type Rows = (
    Vec<String>,
    StreamReader<RowResult>,
    FutureReader<Result<(), Error>>,
);

impl Host for InstanceData {}

impl HostConnection for InstanceData {
    async fn open(
        &mut self,
        database: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        open(self, &database)
    }

    async fn execute(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<QueryResult, Error>> {
        let connection = self.table.get(&connection)?.clone();
        Ok(connection.collect(statement, parameters).await)
    }

    async fn last_insert_rowid(
        &mut self,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<i64> {
        let connection = self.table.get(&connection)?.clone();
        Ok(connection.last_insert_rowid().await)
    }

    async fn changes(&mut self, connection: Resource<Connection>) -> wasmtime::Result<u64> {
        let connection = self.table.get(&connection)?.clone();
        Ok(connection.changes().await)
    }

    async fn drop(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        let connection = self.table.delete(connection)?;
        // Closing rolls back and may touch the disk: not on this thread.
        tokio::task::spawn_blocking(move || drop(connection));
        Ok(())
    }
}

impl HostConnectionWithStore<InstanceData> for Own {
    async fn open_async(
        store: &Accessor<InstanceData, Self>,
        database: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        store.with(|mut access| open(access.get(), &database))
    }

    async fn execute_async(
        store: &Accessor<InstanceData, Self>,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<Rows, Error>> {
        let connection = connection_of(store, &connection)?;
        let Running { columns, rows, end } = match connection.start(statement, parameters).await {
            Ok(running) => running,
            Err(error) => return Ok(Err(error)),
        };
        store.with(|mut access| {
            let rows = StreamReader::new(&mut access, RowProducer(rows))?;
            let end = FutureReader::new(&mut access, end)?;
            Ok(Ok((columns, rows, end)))
        })
    }

    async fn last_insert_rowid_async(
        store: &Accessor<InstanceData, Self>,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<i64> {
        Ok(connection_of(store, &connection)?.last_insert_rowid().await)
    }

    async fn changes_async(
        store: &Accessor<InstanceData, Self>,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<u64> {
        Ok(connection_of(store, &connection)?.changes().await)
    }
}

fn open(
    data: &mut InstanceData,
    database: &str,
) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
    if !data.component.databases.contains(database) {
        return Ok(Err(Error::AccessDenied));
    }
    let Some(application) = data.component.application.upgrade() else {
        return Ok(Err(Error::InvalidConnection));
    };
    match application.connect(database) {
        Ok(connection) => Ok(Ok(data.table.push(connection)?)),
        Err(error) => Ok(Err(error)),
    }
}

fn connection_of(
    store: &Accessor<InstanceData, Own>,
    connection: &Resource<Connection>,
) -> wasmtime::Result<Connection> {
    store.with(|mut access: Access<'_, InstanceData, Own>| {
        Ok(access.get().table.get(connection)?.clone())
    })
}

/// Hands batches of rows to the guest.
struct RowProducer(mpsc::Receiver<Vec<RowResult>>);

impl<D> StreamProducer<D> for RowProducer {
    type Item = RowResult;
    type Buffer = VecBuffer<RowResult>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, Self::Item, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        if destination.remaining(&mut store) == Some(0) {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        Poll::Ready(Ok(match self.0.poll_recv(context) {
            Poll::Pending if finish => StreamResult::Cancelled,
            polled => match ready!(polled) {
                Some(batch) => {
                    destination.set_buffer(batch.into());
                    StreamResult::Completed
                }
                None => StreamResult::Dropped,
            },
        }))
    }
}
