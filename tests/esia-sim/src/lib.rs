//! A local stand-in for ESIA (Gosuslugi), strict where the real one is.
//!
//! It offers what a client uses: both versions of the authorise and token endpoints (`/aas/oauth2/ac` and `/te`,
//! `/aas/oauth2/v2/ac` and `/v3/te`) with login and consent pages, a person's data and collections under `/rs/prns/`,
//! and `/idp/ext/Logout`. Requests must be complete, timely and really signed by a registered certificate: with a raw
//! GOST R 34.10-2012 signature (v2), or with a CMS file (v1, GOST or RSA). Codes live 240 s and work once. Tokens are
//! signed with GOST or RS256, by the `openssl` program or by our own crates (see [`CryptoKind`]).
//! `/sim/next`, `/sim/settings`, `/sim/rotate` and `/sim/reset` order everything that can go wrong (see [`Faults`]).

#![forbid(unsafe_code)]

mod authorize;
mod broken;
mod client;
mod control;
mod crypto;
mod error;
mod faults;
mod jwt;
mod keys;
mod login;
mod pages;
mod params;
mod people;
mod pkce;
mod request;
mod rest;
mod scope;
mod serve;
mod settings;
mod state;
mod token;
mod tokens;

pub use crypto::{Algorithm, CryptoKind};
pub use error::EsiaCode;
pub use faults::{
    AuthorizeAnswer, AuthorizeFault, Faults, Outage, PrnsAnswer, PrnsFault, TeAnswer, TeFault,
    TokenFault,
};
pub use keys::write_missing;
pub use people::{Account, Group, Level, Organisation, PEOPLE};
pub use pkce::Pkce;
pub use settings::{Change, Down, Settings};

use anyhow::Context as _;
use client::Client;
use crypto::Crypto;
use keys::{EsiaKeys, Registered};
use state::Esia;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// What the simulator knows of its clients, and how it behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Mnemonic of the registered client, whose certificate is `client.cer.pem` in the folder of keys.
    pub client_id: String,
    /// Further certificates of that client (PEM; RSA ones serve v1 only).
    pub client_certificates: Vec<PathBuf>,
    /// Other systems: mnemonic and certificate (PEM) of each.
    pub other_clients: Vec<(String, PathBuf)>,
    /// Domains that `redirect_uri` may lead to. `https` only, except for this machine and numeric addresses.
    pub redirect_hosts: Vec<String>,
    /// `iss` of the tokens.
    pub issuer: String,
    /// How far the time of a request may be off, in seconds to either side.
    pub clock_window_s: i64,
    /// Whether a token request must carry another `state` than its authorise request, as ESIA's guide has it.
    /// Clients in use repeat it.
    pub strict_state: bool,
    /// Who signs and verifies.
    pub crypto: CryptoKind,
    /// What `POST /sim/settings` may change.
    pub settings: Settings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            client_id: "PODPIS".into(),
            client_certificates: Vec::new(),
            other_clients: Vec::new(),
            redirect_hosts: vec!["localhost".into(), "127.0.0.1".into()],
            issuer: "http://esia.gosuslugi.ru/".into(),
            clock_window_s: 600,
            strict_state: false,
            crypto: CryptoKind::Builtin,
            settings: Settings::default(),
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
    /// Serves on an address (port 0: any free one) in a thread of its own. Missing keys are written into the folder
    /// first.
    ///
    /// # Errors
    /// The keys can't be written or read, a certificate is none, or the address is taken.
    pub fn start(listen: SocketAddr, keys_dir: &Path, options: &Options) -> anyhow::Result<Self> {
        write_missing(keys_dir, options.crypto)?;
        let crypto = crypto::open(options.crypto)?;
        let clients = registered(keys_dir, options, crypto.as_ref())?;
        let keys = EsiaKeys::load(keys_dir)?;
        let esia = Arc::new(Esia::new(crypto, clients, options, keys));
        let listener =
            TcpListener::bind(listen).with_context(|| format!("cannot listen on {listen}"))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let serving = Arc::clone(&esia);
        let thread = std::thread::Builder::new()
            .name("esia-sim".into())
            .spawn(move || {
                runtime.block_on(async {
                    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                        return;
                    };
                    // Stopping does not wait for open connections: nothing here must survive.
                    tokio::select! { () = serve::serve(listener, serving) => {}, _ = stopped => {} }
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

    /// Moves the simulator's clock forward, so that codes and tokens run out.
    pub fn advance(&self, seconds: i64) {
        self.esia.advance(seconds);
    }

    /// Sets what the next answers do wrong, as `POST /sim/next` does.
    pub fn next(&self, faults: Faults) {
        self.esia.memory().faults.merge(faults);
    }

    /// Changes how it behaves, as `POST /sim/settings` does.
    pub fn change(&self, change: Change) {
        self.esia.memory().settings.apply(change);
    }

    /// Signs tokens with a new key from now on, and returns its certificate (PEM), as `POST /sim/rotate` does.
    ///
    /// # Errors
    /// No key could be made.
    pub fn rotate(&self) -> anyhow::Result<String> {
        control::rotate_key(&self.esia)
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

fn registered(
    keys_dir: &Path,
    options: &Options,
    crypto: &dyn Crypto,
) -> anyhow::Result<Vec<Client>> {
    let client = |id: &str, certificates: &[PathBuf]| -> anyhow::Result<Client> {
        Ok(Client {
            id: id.to_owned(),
            redirect_hosts: options.redirect_hosts.clone(),
            certificates: certificates
                .iter()
                .map(|path| Registered::load(path, crypto))
                .collect::<anyhow::Result<_>>()?,
        })
    };
    let mut own = vec![keys_dir.join("client.cer.pem")];
    own.extend(options.client_certificates.iter().cloned());
    let mut all = vec![client(&options.client_id, &own)?];
    for (id, certificate) in &options.other_clients {
        all.push(client(id, std::slice::from_ref(certificate))?);
    }
    Ok(all)
}
