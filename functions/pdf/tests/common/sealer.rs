//! Seals with a key of the test's own, and what pdfsig makes of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use podpis_pdf::{Unsealed, append_protocol};

use crate::judges::printed;
use crate::{common, openssl};

/// A scratch folder with a key and its certificate.
pub(crate) struct Sealer {
    pub(crate) folder: PathBuf,
    pub(crate) certificate: PathBuf,
    key: PathBuf,
}

impl Sealer {
    /// A P-256 key with a certificate of its own making, in a folder of this process and this `name`.
    pub(crate) fn new(name: &str) -> Self {
        Self::with_key(name, &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
    }

    /// The same with another key: what follows OpenSSL's `-newkey`.
    pub(crate) fn with_key(name: &str, kind: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("podpis-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-nodes", "-days", "3650", "-newkey"]);
        command.args(kind).args(["-subj", "/CN=Podpis test seal"]);
        command
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate);
        let made = command.output().unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self {
            folder,
            key,
            certificate,
        }
    }

    /// The signature over this file, put in.
    pub(crate) fn embed(&self, file: Unsealed) -> Vec<u8> {
        let cms = openssl::sign(&file, &self.key, &self.certificate, &self.folder).unwrap();
        file.embed(&cms).unwrap()
    }

    /// The whole way from an original of so many pages.
    pub(crate) fn seal(&self, original: &[u8], pages: u32) -> Vec<u8> {
        let protocol = common::protocol(original, pages);
        let field = openssl::field();
        self.embed(append_protocol(original, &protocol, b"{}", Some(&field)).unwrap())
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Sealer {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What pdfsig says of each signature, in its order; certificates are not judged, the tests' are their own.
pub(crate) fn signatures(file: &Path) -> Vec<String> {
    let text = printed("pdfsig", &["-nocert"], file).unwrap();
    text.split("\nSignature #")
        .skip(1)
        .map(str::to_owned)
        .collect()
}

/// Fails unless the last signature is valid and covers the whole file.
pub(crate) fn assert_sealed(file: &Path) {
    let signatures = signatures(file);
    let last = signatures.last().unwrap();
    assert!(
        last.contains("Signature is Valid.") && last.contains("Total document signed"),
        "{}: {last}",
        file.display()
    );
}
