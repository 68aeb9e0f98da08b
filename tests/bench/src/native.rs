//! The baseline: `mis`, `vault`, `deliver` and `sms` compiled for the host, behind axum, in one process.
//!
//! `podpis-bench-native ADDRESS DATABASE` serves until it is killed. Variables come from `SPIN_VARIABLE_*`, as for
//! the runner; like the runner it ticks `deliver` each second and logs a line for each request.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use spin_sdk::http::{Component, send, set_components};

const COMPONENTS: [(&str, Component); 4] = [
    ("mis", podpis_native_mis::serve),
    ("vault", podpis_native_vault::serve),
    ("deliver", podpis_native_deliver::serve),
    ("sms", podpis_native_sms::serve),
];

// More threads than processors: a statement that waits for the disk holds its thread.
#[tokio::main(worker_threads = 8)]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let address: SocketAddr = args.next().context("ADDRESS")?.parse()?;
    spin_sdk::sqlite::set_path(PathBuf::from(args.next().context("DATABASE")?));
    let variable = |(name, value): (String, String)| {
        Some((name.strip_prefix("SPIN_VARIABLE_")?.to_lowercase(), value))
    };
    spin_sdk::variables::set(std::env::vars().filter_map(variable));
    set_components(COMPONENTS);
    tokio::spawn(tick());
    // A route of its own would leave its parameters in the request.
    let router = Router::new().fallback(serve);
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn serve(request: Request) -> spin_sdk::http::Response {
    let start = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = podpis_native_mis::serve(request).await;
    let (status, ms) = (
        response.status().as_u16(),
        start.elapsed().as_secs_f64() * 1e3,
    );
    // One write: standard error has no buffer.
    let line = format!(
        "{{\"method\":\"{method}\",\"path\":\"{path}\",\"status\":{status},\"ms\":{ms:.3}}}\n"
    );
    eprint!("{line}");
    response
}

async fn tick() {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let request = Request::post("http://deliver.spin.internal/tick").body(Body::empty());
        if let Ok(request) = request {
            // A tick that fails is made up for by the next.
            let _ = send(request).await;
        }
    }
}
