//! A local stand-in for ESIA (Gosuslugi), strict where the real one is.
//!
//! It offers what a signing act uses: `GET /aas/oauth2/v2/ac` with its login and
//! consent pages, `POST /aas/oauth2/v3/te`, `GET /rs/prns/{oid}`,
//! `GET /idp/ext/Logout`. Requests must be complete, timely and really signed;
//! codes live 240 s and work once; tokens are signed with RS256.
//! `POST /sim/next` orders faults (see [`Faults`]).
//!
//! Until requests carry GOST signatures, `client_secret` is a raw ECDSA signature
//! (P-256, SHA-256, `r‖s`) over the same string that the GOST one will cover, and
//! `client_certificate_hash` is Streebog-256 over our public key instead of a certificate.

#![forbid(unsafe_code)]

mod authorize;
mod client;
mod error;
mod faults;
mod jwt;
mod keys;
mod pages;
mod params;
mod people;
mod rest;
mod state;
mod token;

pub use faults::{AuthorizeFault, Faults, PrnsFault, TeFault, TokenFault};
pub use keys::write_missing;
pub use people::{Account, Level, PEOPLE};

use anyhow::Context as _;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use state::Esia;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// What the simulator knows of its client, and how it behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Mnemonic of the registered client.
    pub client_id: String,
    /// Domains that `redirect_uri` may lead to. `https` only, except for this machine and numeric addresses.
    pub redirect_hosts: Vec<String>,
    /// `iss` of the tokens.
    pub issuer: String,
    /// Whether a signed-in browser comes back without the login page, and with the old `auth_time`, as at ESIA.
    pub single_sign_on: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            client_id: "PODPIS".into(),
            redirect_hosts: vec!["localhost".into(), "127.0.0.1".into()],
            issuer: "http://esia.gosuslugi.ru/".into(),
            single_sign_on: false,
        }
    }
}

/// A running simulator; it stops when this is dropped.
pub struct Simulator {
    address: SocketAddr,
    esia: Arc<Esia>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Serves on an address (port 0: any free one) with the default [`Options`], in a thread of its own.
    /// Missing keys are written into the folder first.
    ///
    /// # Errors
    /// The keys can't be written or read, or the address is taken.
    pub fn start(listen: SocketAddr, keys_dir: &Path) -> anyhow::Result<Self> {
        Self::start_with(listen, keys_dir, Options::default())
    }

    /// Likewise with other options.
    ///
    /// # Errors
    /// As [`Simulator::start`].
    pub fn start_with(
        listen: SocketAddr,
        keys_dir: &Path,
        options: Options,
    ) -> anyhow::Result<Self> {
        write_missing(keys_dir)?;
        let client = client::Client {
            id: options.client_id,
            redirect_hosts: options.redirect_hosts,
        };
        let keys = keys::Keys::load(keys_dir)?;
        let esia = Arc::new(Esia::new(
            keys,
            client,
            options.issuer,
            options.single_sign_on,
        ));
        let listener =
            TcpListener::bind(listen).with_context(|| format!("cannot listen on {listen}"))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let router = router(Arc::clone(&esia));
        let (stop, stopped) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new()
            .name("esia-sim".into())
            .spawn(move || {
                runtime.block_on(async {
                    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                        return;
                    };
                    let serving = axum::serve(listener, router).into_future();
                    // Stopping does not wait for open connections: nothing here must survive.
                    tokio::select! { _ = serving => {}, _ = stopped => {} }
                });
            })?;
        Ok(Self {
            address,
            esia,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://localhost:3001`: the application variable `esia_url`.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// Moves the simulator's clock forward, so that codes and tokens run out.
    pub fn advance(&self, seconds: i64) {
        self.esia.advance(seconds);
    }

    /// Sets what the next answers do wrong, as `POST /sim/next` does.
    pub fn next(&self, faults: Faults) {
        self.esia.memory().faults.merge(faults);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the thread is gone already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn router(esia: Arc<Esia>) -> Router {
    Router::new()
        .route("/aas/oauth2/v2/ac", get(authorize::begin))
        .route("/aas/oauth2/v3/te", post(token::exchange))
        .route("/login", get(authorize::login_page).post(authorize::choose))
        .route("/login/decision", post(authorize::decide))
        .route("/rs/prns/{oid}", get(rest::person))
        .route("/rs/prns/{oid}/", get(rest::person))
        .route("/idp/ext/Logout", get(rest::logout))
        .route("/sim/next", post(rest::next))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(esia)
}
