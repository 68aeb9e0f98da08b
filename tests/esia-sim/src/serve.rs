//! The HTTP side: connections, routes, and what happens while ESIA is out of order.

use crate::faults::{AuthorizeFault, Outage, PrnsFault, TeFault};
use crate::settings::Down;
use crate::state::Esia;
use crate::{authorize, control, login, rest, token};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use http_body_util::BodyExt as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower_service::Service as _;

/// Who is at the other end of the connection.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Put on an answer that is not sent: the connection ends instead.
#[derive(Clone, Copy)]
struct HangUp;

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, esia: Arc<Esia>) {
    let router = router(esia);
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of descriptors, for one: connections must end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            let answer = router.clone().call(request);
            async move {
                match answer.await {
                    Ok(answer) if answer.extensions().get::<HangUp>().is_some() => {
                        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
                    }
                    Ok(answer) => Ok(answer),
                    Err(never) => match never {},
                }
            }
        });
        // A connection that ends badly concerns nobody else.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn router(esia: Arc<Esia>) -> Router {
    let real = Router::new()
        .route("/aas/oauth2/ac", get(authorize::begin_v1))
        .route("/aas/oauth2/v2/ac", get(authorize::begin_v2))
        .route("/aas/oauth2/te", post(token::exchange_v1))
        .route("/aas/oauth2/v3/te", post(token::exchange_v3))
        .route("/login", get(login::page).post(login::choose))
        .route("/login/decision", post(login::decide))
        .route("/idp/ext/Logout", get(login::logout))
        .nest("/rs", rest::routes())
        .layer(from_fn_with_state(Arc::clone(&esia), trouble));
    Router::new()
        .merge(real)
        .nest("/sim", control::routes())
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(esia)
}

/// Answers in the stead of an endpoint that is out of order.
async fn trouble(State(esia): State<Arc<Esia>>, request: Request, next: Next) -> Response {
    let (down, slow, once, wait) = {
        let mut memory = esia.memory();
        let (once, wait) = match request.uri().path() {
            path if path.ends_with("/ac") => match memory.faults.authorize {
                Some(AuthorizeFault::Outage(outage)) => {
                    memory.faults.authorize = None;
                    (Some(outage), None)
                }
                _ => (None, None),
            },
            path if path.ends_with("/te") => {
                let wait = memory.faults.delay_ms.take();
                match memory.faults.te {
                    Some(TeFault::Outage(outage)) => {
                        memory.faults.te = None;
                        (Some(outage), wait)
                    }
                    _ => (None, wait),
                }
            }
            path if path.starts_with("/rs/") => match memory.faults.prns {
                Some(PrnsFault::Outage(outage)) => {
                    memory.faults.prns = None;
                    (Some(outage), None)
                }
                _ => (None, None),
            },
            _ => (None, None),
        };
        (memory.settings.down, memory.settings.delay_ms, once, wait)
    };
    let (outage, late) = match down {
        None => (once, None),
        Some(Down::Refuse) => (Some(Outage::Closed), None),
        Some(Down::Error503) => (Some(Outage::Error503), None),
        Some(Down::Html) => (Some(Outage::Html), None),
        Some(Down::Half) => (Some(Outage::Half), None),
        Some(Down::Slow) => (once, Some(slow)),
    };
    tokio::time::sleep(Duration::from_millis(
        wait.unwrap_or_default() + late.unwrap_or_default(),
    ))
    .await;
    match outage {
        None => next.run(request).await,
        Some(Outage::Error500) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Outage::Error503) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Outage::Html) => Html(
            "<html><head><title>Симулятор ЕСИА</title></head><body><h1>Сервис временно недоступен</h1></body></html>",
        )
        .into_response(),
        Some(Outage::Closed) => {
            let mut answer = Response::default();
            answer.extensions_mut().insert(HangUp);
            answer
        }
        Some(Outage::Half) => half(next.run(request).await).await,
    }
}

/// The first half of an answer; then the connection ends.
async fn half(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let whole = match body.collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(_) => Bytes::new(),
    };
    // An answer without a body must end in the middle, too.
    head.headers
        .insert(CONTENT_LENGTH, (whole.len().max(2)).into());
    let first = whole.slice(..whole.len() / 2);
    let parts = futures::stream::unfold(Some(first), |first| async move {
        if let Some(first) = first {
            return Some((Ok(first), None));
        }
        // Time for the first half to leave.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), None))
    });
    Response::from_parts(head, Body::from_stream(parts))
}
