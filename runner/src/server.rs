//! HTTP/1.1 towards the outside, and a stop that lets requests finish.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use wasmtime_wasi_http::Error;

use crate::app::Application;
use crate::log;

/// A client has this long to send the head of its request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Requests that run when the runner is stopped have this long to end.
const GRACE: Duration = Duration::from_secs(10);

/// Serves connections until `stop` resolves, then lets what runs finish.
pub async fn serve(
    application: Arc<Application>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) {
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    connections.spawn(connection(application.clone(), stream, client));
                }
                Err(error) => {
                    log::error("cannot accept", serde_json::json!({ "error": error.to_string() }));
                    // Out of descriptors: give connections a moment to close.
                    sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    application.stop();
    log::info(
        "stopping",
        serde_json::json!({ "connections": connections.len() }),
    );
    let finish = async {
        while connections.join_next().await.is_some() {}
        // Work that a component goes on with after its answer.
        while application.instances.load(Relaxed) > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let finished = timeout(GRACE, finish).await.is_ok();
    let fields =
        serde_json::json!({ "finished": finished, "sql_statements": application.statements() });
    log::info("stopped", fields);
}

async fn connection(application: Arc<Application>, stream: TcpStream, client: SocketAddr) {
    // Small pieces of a streamed answer must not wait for each other.
    _ = stream.set_nodelay(true);
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
        let application = application.clone();
        let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
        async move { Ok::<_, Infallible>(application.serve(request, client).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = application.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        log::debug(
            "connection ended",
            serde_json::json!({ "error": error.to_string() }),
        );
    }
}
