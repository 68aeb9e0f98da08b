//! Requests to hosts outside.
//!
//! A name is resolved once; the addresses that come out are checked, and the connection goes to one of those. So a name
//! that resolves to something else a moment later (DNS rebinding) leads nowhere else.

use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Sleep, timeout};
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use crate::networks::BlockedNetworks;

/// Patience of whoever names none; Spin's default.
const PATIENCE: Duration = Duration::from_secs(600);

static TLS: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.into(),
    };
    let config = ClientConfig::builder().with_root_certificates(roots);
    Arc::new(config.with_no_client_auth())
});

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Sends a request and gives the head of the answer; whoever takes it polls the second half until the body is there.
pub(crate) async fn send(
    mut request: Request<WasiBody>,
    options: RequestOptions,
    blocked: &BlockedNetworks,
) -> Result<
    (
        Response<WasiBody>,
        impl Future<Output = Result<(), Error>> + Send + use<>,
    ),
    Error,
> {
    let stream = connect(request.uri(), options, blocked).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Scheme and authority stand in the request line for proxies only.
    let path = request.uri().path_and_query();
    let path = path.map_or("/", |path| path.as_str()).to_owned();
    *request.uri_mut() = Uri::builder()
        .path_and_query(path)
        .build()
        .map_err(|_| Error::HttpRequestUriInvalid)?;
    let mut connection = Box::pin(connection);
    let mut answered = Box::pin(timeout(
        options.first_byte_timeout.unwrap_or(PATIENCE),
        sender.send_request(request),
    ));
    let mut ended = false;
    let answer = tokio::select! {
        biased;
        answer = &mut answered => answer,
        end = &mut connection => {
            ended = true;
            end?;
            answered.await
        }
    };
    let answer = answer.map_err(|_| Error::ConnectionReadTimeout)??;
    let patience = options.between_bytes_timeout.unwrap_or(PATIENCE);
    let response = answer.map(|body| Answer::new(body, patience).boxed_unsync());
    Ok((response, async move {
        if ended {
            return Ok(());
        }
        connection.await.map_err(|error| match error.is_timeout() {
            true => Error::HttpResponseTimeout,
            false => error.into(),
        })
    }))
}

async fn connect(
    uri: &Uri,
    options: RequestOptions,
    blocked: &BlockedNetworks,
) -> Result<Box<dyn Stream>, Error> {
    let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
    let tls = uri.scheme() == Some(&Scheme::HTTPS);
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let connected = async {
        let stream = connect_tcp(authority.host(), port, blocked).await?;
        if tls {
            return connect_tls(authority, stream).await;
        }
        Ok(Box::new(stream) as Box<dyn Stream>)
    };
    let patience = options.connect_timeout.unwrap_or(PATIENCE);
    timeout(patience, connected)
        .await
        .map_err(|_| Error::ConnectionTimeout)?
}

async fn connect_tcp(host: &str, port: u16, blocked: &BlockedNetworks) -> Result<TcpStream, Error> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = lookup_host((host, port)).await;
    let found: Vec<_> = found.map_err(Error::Connect)?.collect();
    let open: Vec<_> = found
        .iter()
        .copied()
        .filter(|address| !blocked.is_blocked(address.ip()))
        .collect();
    if open.is_empty() && !found.is_empty() {
        return Err(Error::DestinationIpProhibited);
    }
    TcpStream::connect(&*open).await.map_err(Error::Connect)
}

async fn connect_tls(authority: &Authority, stream: TcpStream) -> Result<Box<dyn Stream>, Error> {
    let host = authority.host();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::HttpRequestUriInvalid)?;
    let connector = TlsConnector::from(TLS.clone());
    let stream = connector.connect(name, stream).await.map_err(Error::Tls)?;
    Ok(Box::new(stream))
}

/// The body of an answer; a pause that is too long ends it.
struct Answer {
    body: Incoming,
    patience: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Answer {
    fn new(body: Incoming, patience: Duration) -> Self {
        Self {
            body,
            patience,
            pause: None,
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.pause = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::from)));
        }
        let patience = self.patience;
        let pause = self
            .pause
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(pause.as_mut().poll(context));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
