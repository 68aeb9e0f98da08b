//! OpenSSL's GOST engine, both ways, for every set: keys, public keys, signatures of messages and of digests.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

use std::path::PathBuf;
use std::process::Command;

use podpis_gost::{ParamSet, SecretKey, streebog};

use crate::samples::Samples;

/// Keys of each set, with a message each.
const KEYS: usize = 3;

#[test]
fn the_engine_verifies_what_we_sign() {
    let dir = Dir::new("ours");
    let mut samples = Samples(31);
    for &set in ParamSet::ALL {
        for _ in 0..KEYS {
            let key = samples.key(set);
            dir.write("key.pem", key.to_pkcs8_pem().as_bytes());
            dir.openssl("pkey -engine gost -in key.pem -pubout -out public.pem", &[]);
            // Its public key is ours: computed there from the secret alone.
            let theirs = podpis_gost::PublicKey::from_pem(&dir.text("public.pem")).unwrap();
            assert_eq!(theirs.to_bytes(), key.public_key().to_bytes(), "{set:?}");

            let length = samples.below(500);
            let message = samples.bytes(length);
            dir.write("message", &message);
            dir.write("signature", key.sign_with(&message, &samples.bytes(16)));
            let verify = "dgst -engine gost -verify public.pem -signature signature";
            dir.openssl(verify, &[digest(set), "message"]);

            dir.write("digest", streebog(set.size(), &message));
            dir.write("signature", key.sign(&message));
            dir.openssl(
                "pkeyutl -engine gost -verify -inkey key.pem -in digest -sigfile signature",
                &[],
            );
            // It does look.
            dir.write("digest", samples.bytes(set.size()));
            assert!(!dir.try_openssl(
                "pkeyutl -engine gost -verify -inkey key.pem -in digest -sigfile signature",
                &[],
            ));
        }
    }
}

#[test]
fn we_verify_what_the_engine_signs() {
    let dir = Dir::new("theirs");
    let mut samples = Samples(32);
    for &set in ParamSet::ALL {
        for _ in 0..KEYS {
            let (algorithm, name) = engine(set);
            let paramset = format!("paramset:{name}");
            dir.openssl(
                "genpkey -engine gost -out key.pem",
                &["-algorithm", algorithm, "-pkeyopt", &paramset],
            );
            let key = SecretKey::from_pkcs8_pem(&dir.text("key.pem")).unwrap();
            assert_eq!(key.param_set(), set);
            let public = key.public_key();

            let length = samples.below(500);
            let message = samples.bytes(length);
            dir.write("message", &message);
            let sign = "dgst -engine gost -sign key.pem -out signature";
            dir.openssl(sign, &[digest(set), "message"]);
            let signature = dir.bytes("signature");
            assert!(public.verify(&message, &signature), "{set:?}");
            assert!(!public.verify(&[&message[..], &[0]].concat(), &signature));

            let digest = samples.bytes(set.size());
            dir.write("digest", &digest);
            let sign = "pkeyutl -engine gost -sign -inkey key.pem -in digest -out signature";
            dir.openssl(sign, &[]);
            assert!(
                public.verify_digest(&digest, &dir.bytes("signature")),
                "{set:?}"
            );
        }
    }
}

/// The engine's names: algorithm, parameter set.
fn engine(set: ParamSet) -> (&'static str, &'static str) {
    match set {
        ParamSet::CryptoProA => ("gost2012_256", "A"),
        ParamSet::CryptoProB => ("gost2012_256", "B"),
        ParamSet::CryptoProC => ("gost2012_256", "C"),
        ParamSet::CryptoProXchA => ("gost2012_256", "XA"),
        ParamSet::CryptoProXchB => ("gost2012_256", "XB"),
        ParamSet::Tc26A256 => ("gost2012_256", "TCA"),
        ParamSet::Tc26B256 => ("gost2012_256", "TCB"),
        ParamSet::Tc26C256 => ("gost2012_256", "TCC"),
        ParamSet::Tc26D256 => ("gost2012_256", "TCD"),
        ParamSet::Tc26A512 => ("gost2012_512", "A"),
        ParamSet::Tc26B512 => ("gost2012_512", "B"),
        ParamSet::Tc26C512 => ("gost2012_512", "C"),
    }
}

fn digest(set: ParamSet) -> &'static str {
    match set.size() {
        32 => "-md_gost12_256",
        _ => "-md_gost12_512",
    }
}

/// A folder that disappears with the test.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("podpis-gost-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    fn openssl(&self, arguments: &str, more: &[&str]) {
        assert!(
            self.try_openssl(arguments, more),
            "openssl {arguments} {more:?}"
        );
    }

    /// Runs `openssl` here, `arguments` divided by blanks; whether it was content.
    fn try_openssl(&self, arguments: &str, more: &[&str]) -> bool {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .args(more)
            .current_dir(&self.0)
            .output();
        match output {
            Ok(output) => output.status.success(),
            Err(error) => panic!("openssl is needed for this test: {error}"),
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
