//! Counting of requests for `GET /api/metrics` (`docs/operations.md`).
//!
//! An instance notes in memory, and a task beside the answers adds what has come together to the database, half a second
//! later at most. Nothing waits for it; what an instance that is killed had not yet written is lost. Off unless the
//! variable `metrics` is `true`.

use crate::Db;
use crate::db::DbError;
use crate::store::metrics::{self, Latencies, Series};
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long requests are gathered.
const PAUSE: Duration = Duration::from_millis(500);

/// What this instance has not yet written: names of routes and numbers, nothing of a request.
static PENDING: Mutex<BTreeMap<Series, Latencies>> = Mutex::new(BTreeMap::new());

/// The route that took a request, on its way from the router to [`Watch::end`].
#[derive(Clone)]
struct Route(MatchedPath);

/// One request under way.
pub(crate) struct Watch {
    component: &'static str,
    method: &'static str,
    started: Instant,
}

/// Notes in the answer which route took the request.
pub(crate) async fn name_route(
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(Route(route));
    }
    response
}

impl Watch {
    /// Begins with a request; `None` where nothing is counted.
    pub(crate) async fn start(component: &'static str, method: &Method) -> Option<Self> {
        enabled().await.then(|| Self {
            component,
            method: name(method),
            started: Instant::now(),
        })
    }

    /// The answer's head is there.
    pub(crate) fn end(self, response: &mut Response) {
        let route: Option<Route> = response.extensions_mut().remove();
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.note(
            route.as_ref().map_or("none", |route| route.0.as_str()),
            response.status(),
            micros,
        );
    }

    fn note(self, route: &str, status: StatusCode, micros: u64) {
        let series = Series {
            component: self.component.to_owned(),
            method: self.method.to_owned(),
            route: route.to_owned(),
            status: status.as_u16(),
        };
        let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
        let first = pending.is_empty();
        pending.entry(series).or_default().add(micros);
        drop(pending);
        // Whoever is first starts the writer, which takes all that comes until then.
        if first {
            spin_sdk::wasip3::spawn(async {
                spin_sdk::time::sleep(PAUSE).await;
                if let Err(e) = write().await {
                    eprintln!("error at metrics: {e}");
                }
            });
        }
    }
}

async fn write() -> Result<(), DbError> {
    let pending = {
        let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *pending)
    };
    let tx = Db::open().await?.begin().await?;
    for (series, latencies) in &pending {
        metrics::add(&tx, series, latencies).await?;
    }
    tx.commit().await
}

/// The variable is read once an instance, which lives for seconds.
async fn enabled() -> bool {
    static ENABLED: OnceLock<bool> = OnceLock::new();
    if let Some(enabled) = ENABLED.get() {
        return *enabled;
    }
    let value = spin_sdk::variables::get("metrics").await;
    *ENABLED.get_or_init(|| value.is_ok_and(|value| value == "true"))
}

/// Anybody can send any method: only known ones get a series.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}
