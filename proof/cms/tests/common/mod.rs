//! A folder for `openssl`, and the authorities that the tests stand on.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file takes its part of it"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use podpis_cms::tsp::{self, TspError};
use podpis_cms::{Algorithm, Certificate, ContentType, HashKind, SoftwareKey, ToSign, make};
use podpis_shared::Timestamp;

/// What the tests sign.
pub(crate) const CONTENT: &[u8] = b"%PDF-1.7 a consent\n%%EOF\n";

pub(crate) fn digest(kind: HashKind) -> Vec<u8> {
    kind.digest(CONTENT)
}

pub(crate) fn content_sha256() -> [u8; 32] {
    HashKind::Sha256.digest(CONTENT).try_into().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A key with its certificate and everything above it.
pub(crate) struct Party {
    pub(crate) key: SoftwareKey,
    pub(crate) leaf: Certificate,
    pub(crate) intermediates: Vec<Certificate>,
    pub(crate) root: Certificate,
}

impl Party {
    /// The sandbox's own.
    pub(crate) fn sandbox() -> Self {
        let made = make::root_and_leaf(
            &[7; 32],
            at("2026-01-01T00:00:00Z"),
            at("2036-01-01T00:00:00Z"),
        )
        .unwrap();
        Self {
            key: SoftwareKey::from_pem(&made.leaf_key).unwrap(),
            leaf: one(&made.leaf),
            intermediates: Vec::new(),
            root: one(&made.root),
        }
    }

    pub(crate) fn seal(&self, timestamp: impl Fn(&[u8; 32]) -> Option<Vec<u8>>) -> Vec<u8> {
        let to_sign = ToSign::new(content_sha256(), &self.leaf, ContentType::Data).unwrap();
        let signature = self.key.sign(to_sign.message()).unwrap();
        let imprint = HashKind::Sha256.digest(&signature).try_into().unwrap();
        let token = timestamp(&imprint);
        to_sign
            .finish(
                self.key.algorithm(),
                &signature,
                &self.intermediates,
                token.as_deref(),
            )
            .unwrap()
    }
}

pub(crate) fn one(pem: &str) -> Certificate {
    Certificate::from_pem_many(pem).unwrap().remove(0)
}

/// A folder that disappears with the test.
pub(crate) struct Dir(PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let path = std::env::temp_dir().join(format!(
            "podpis-cms-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    pub(crate) fn certificate(&self, name: &str) -> Certificate {
        one(&self.text(&format!("{name}.pem")))
    }

    /// Runs `openssl` here, arguments divided by blanks; its failure ends the test.
    pub(crate) fn openssl(&self, arguments: &str) -> String {
        let (ok, said) = self.try_openssl(arguments);
        if !ok {
            panic!("openssl {arguments}\n{said}");
        }
        said
    }

    pub(crate) fn try_openssl(&self, arguments: &str) -> (bool, String) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()
            .unwrap_or_else(|error| panic!("openssl is needed for this test: {error}"));
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// A new key in `{name}.key`.
    pub(crate) fn key(&self, name: &str, algorithm: Algorithm) {
        let kind = match algorithm {
            Algorithm::EcdsaP256Sha256 => "EC -pkeyopt ec_paramgen_curve:P-256",
            Algorithm::RsaSha256 => "RSA -pkeyopt rsa_keygen_bits:2048",
        };
        self.openssl(&format!("genpkey -algorithm {kind} -out {name}.key"));
    }

    /// A self-signed authority in `{name}.pem`, for ten years from now.
    pub(crate) fn root(
        &self,
        name: &str,
        algorithm: Algorithm,
        extensions: &[&str],
    ) -> Certificate {
        self.key(name, algorithm);
        self.issue(name, name, name, extensions, "-days 3650")
    }

    /// A certificate in `{name}.pem` by an issuer, with a fresh key; `extensions` as in an OpenSSL configuration.
    pub(crate) fn below(
        &self,
        issuer: &str,
        name: &str,
        algorithm: Algorithm,
        extensions: &[&str],
    ) -> Certificate {
        self.key(name, algorithm);
        self.issue(issuer, name, name, extensions, "-days 3650")
    }

    /// As [`Dir::below`] for a key that is there, a subject and a validity of one's own.
    pub(crate) fn issue(
        &self,
        issuer: &str,
        name: &str,
        subject: &str,
        extensions: &[&str],
        validity: &str,
    ) -> Certificate {
        self.write(
            "extensions.cnf",
            format!("[x]\n{}\n", extensions.join("\n")),
        );
        self.openssl(&format!(
            "req -new -utf8 -key {name}.key -subj /O=Podpis/CN={subject} -out {name}.csr"
        ));
        let signer = if issuer == name {
            format!("-signkey {name}.key")
        } else {
            format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial")
        };
        self.openssl(&format!(
            "x509 -req -in {name}.csr {signer} -sha256 {validity} -extfile extensions.cnf -extensions x -out {name}.pem"
        ));
        self.certificate(name)
    }

    /// Root, intermediate and seal, all of one kind.
    pub(crate) fn party(&self, algorithm: Algorithm) -> Party {
        let root = self.root("root", algorithm, &CA);
        let intermediate = self.below("root", "middle", algorithm, &CA);
        let leaf = self.below("middle", "leaf", algorithm, &SEAL);
        Party {
            key: SoftwareKey::from_pem(&self.text("leaf.key")).unwrap(),
            leaf,
            intermediates: vec![intermediate],
            root,
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // What can't be removed stays in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Extensions of an authority.
pub(crate) const CA: [&str; 2] = [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
];

/// Extensions of a seal.
pub(crate) const SEAL: [&str; 2] = [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature,nonRepudiation",
];

/// Extensions of a time-stamp authority.
pub(crate) const TSA: [&str; 3] = [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    "extendedKeyUsage=critical,timeStamping",
];

/// A time-stamp authority of OpenSSL in a folder: its files are `{name}.pem` and `{name}.key`, its chain is `chain.pem`.
pub(crate) struct Authority<'a> {
    pub(crate) dir: &'a Dir,
    pub(crate) name: &'a str,
}

impl<'a> Authority<'a> {
    /// Below `tsa-root`, which is made too.
    pub(crate) fn new(dir: &'a Dir, algorithm: Algorithm, extensions: &[&str]) -> Self {
        dir.root("tsa-root", algorithm, &CA);
        dir.below("tsa-root", "tsa", algorithm, extensions);
        Self::of(dir, "tsa")
    }

    /// Of a certificate that is there.
    pub(crate) fn of(dir: &'a Dir, name: &'a str) -> Self {
        dir.write("chain.pem", dir.read("tsa-root.pem"));
        dir.write("serial", "01");
        dir.write(
            "tsa.cnf",
            "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n\
             signer_digest = sha256\naccuracy = secs:1\nclock_precision_digits = 3\nordering = yes\ntsa_name = yes\n\
             ess_cert_id_chain = no\ness_cert_id_alg = sha256\ncrypto_device = builtin\n",
        );
        Self { dir, name }
    }

    /// What it answers to a `TimeStampReq`.
    pub(crate) fn answer(&self, request: &[u8]) -> Vec<u8> {
        self.dir.write("request.tsq", request);
        self.dir.openssl(&format!(
            "ts -reply -config tsa.cnf -section t -queryfile request.tsq -signer {0}.pem -inkey {0}.key \
             -chain chain.pem -out response.tsr",
            self.name
        ));
        self.dir.read("response.tsr")
    }

    /// A token over a hash.
    pub(crate) fn token(&self, sha256: &[u8; 32]) -> Result<Vec<u8>, TspError> {
        let nonce = 0x8000_0000_0000_0001;
        let answer = self.answer(&tsp::request(sha256, nonce)?);
        let roots = [self.dir.certificate("tsa-root")];
        tsp::accept(&answer, sha256, nonce, &roots).map(|(token, _)| token)
    }
}
