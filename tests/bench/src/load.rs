//! Load: a number of requests over a few connections that stay open, as fast as they are answered.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One request, sent many times.
#[derive(Clone, Debug)]
pub struct Shot {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: Bytes,
    /// The status that it must be answered with.
    pub status: u16,
}

impl Shot {
    /// Sends it `count` times over `connections`; how many were answered in a second.
    ///
    /// # Errors
    /// A connection that fails, or any other status than the wanted one.
    pub fn fire(&self, port: u16, connections: usize, count: usize) -> Result<f64> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let start = Instant::now();
            let each = count.div_ceil(connections);
            let all = (0..connections).map(|_| self.connection(port, each));
            futures::future::try_join_all(all).await?;
            Ok((each * connections) as f64 / start.elapsed().as_secs_f64())
        })
    }

    async fn connection(&self, port: u16, count: usize) -> Result<()> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let work = async move {
            for _ in 0..count {
                let mut request = Request::builder().method(&self.method).uri(&self.path);
                request = request.header(HOST, format!("localhost:{port}"));
                for (name, value) in &self.headers {
                    request = request.header(*name, value);
                }
                let answer = sender
                    .send_request(request.body(Full::new(self.body.clone()))?)
                    .await?;
                let status = answer.status().as_u16();
                let body = answer.into_body().collect().await?.to_bytes();
                ensure!(
                    status == self.status,
                    "{} {}: {status}: {}",
                    self.method,
                    self.path,
                    String::from_utf8_lossy(&body)
                );
            }
            Ok(())
        };
        let (done, ended) = futures::join!(work, connection);
        done.and_then(|()| ended.context("connection"))
    }
}
