//! TLS towards the relay: rustls over RustCrypto's algorithms. No fallback, no exceptions: the certificate must be valid for
//! the relay's name under the given roots.

use super::settings::Relay;
use crate::attempt::Failed;
use podpis_shared::delivery::Reason;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::io::{Read as _, Write as _};
use std::sync::Arc;

/// The client's side of TLS, without a connection of its own.
pub(super) struct Tls(Box<ClientConnection>);

const FAILED: Failed = Failed::for_now(Reason::Tls);

impl Tls {
    /// Begins; nothing is said yet.
    pub(super) fn new(relay: &Relay) -> Result<Self, Failed> {
        let name = ServerName::try_from(relay.name.clone());
        let name = name.map_err(|_| misconfigured("smtp_name is no name of a host"))?;
        let provider = Arc::new(rustls_rustcrypto::provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| FAILED)?
            .with_root_certificates(roots(&relay.roots)?)
            .with_no_client_auth();
        let connection = ClientConnection::new(Arc::new(config), name).map_err(|_| FAILED)?;
        Ok(Self(Box::new(connection)))
    }

    /// Whether both sides have still to agree.
    pub(super) fn is_handshaking(&self) -> bool {
        self.0.is_handshaking()
    }

    /// Takes what came from the other side.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Failed> {
        while !bytes.is_empty() {
            self.0.read_tls(&mut bytes).map_err(|_| FAILED)?;
            if let Err(error) = self.0.process_new_packets() {
                eprintln!("warn at mail: TLS: {error}");
                return Err(FAILED);
            }
        }
        Ok(())
    }

    /// What is to be sent.
    pub(super) fn outgoing(&mut self) -> Result<Vec<u8>, Failed> {
        let mut bytes = Vec::new();
        while self.0.wants_write() {
            self.0.write_tls(&mut bytes).map_err(|_| FAILED)?;
        }
        Ok(bytes)
    }

    /// What the other side said, decrypted; empty where there is nothing yet.
    pub(super) fn read(&mut self) -> Result<Vec<u8>, Failed> {
        let mut bytes = vec![0; 4096];
        match self.0.reader().read(&mut bytes) {
            Ok(0) => Err(Failed::for_now(Reason::Connection)),
            Ok(length) => {
                bytes.truncate(length);
                Ok(bytes)
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(Vec::new()),
            Err(_) => Err(Failed::for_now(Reason::Connection)),
        }
    }

    /// Encrypts.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        self.0.writer().write_all(bytes).map_err(|_| FAILED)
    }
}

/// Those of the variable, or those of browsers.
fn roots(pem: &str) -> Result<RootCertStore, Failed> {
    if pem.trim().is_empty() {
        return Ok(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        });
    }
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let added = certificate.ok().and_then(|c| roots.add(c).ok());
        added.ok_or_else(|| misconfigured("smtp_roots holds no certificate in PEM"))?;
    }
    Ok(roots)
}

fn misconfigured(what: &str) -> Failed {
    eprintln!("error at settings: {what}");
    Failed::for_now(Reason::NotConfigured)
}
