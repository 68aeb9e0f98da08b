//! Key files of OpenSSL's GOST engine, both ways; and the advice that the errors give, followed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

use std::path::PathBuf;
use std::process::Command;

use podpis_gost::{KeyFormError, ParamSet, PublicKey, SecretKey};

/// The engine's names: algorithm, parameter set.
const SETS: [(ParamSet, &str, &str); 12] = [
    (ParamSet::CryptoProA, "gost2012_256", "A"),
    (ParamSet::CryptoProB, "gost2012_256", "B"),
    (ParamSet::CryptoProC, "gost2012_256", "C"),
    (ParamSet::CryptoProXchA, "gost2012_256", "XA"),
    (ParamSet::CryptoProXchB, "gost2012_256", "XB"),
    (ParamSet::Tc26A256, "gost2012_256", "TCA"),
    (ParamSet::Tc26B256, "gost2012_256", "TCB"),
    (ParamSet::Tc26C256, "gost2012_256", "TCC"),
    (ParamSet::Tc26D256, "gost2012_256", "TCD"),
    (ParamSet::Tc26A512, "gost2012_512", "A"),
    (ParamSet::Tc26B512, "gost2012_512", "B"),
    (ParamSet::Tc26C512, "gost2012_512", "C"),
];

/// A folder that disappears with the test.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("podpis-forms-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    /// Runs `openssl` here, arguments divided by blanks; its failure ends the test.
    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()
            .unwrap_or_else(|error| panic!("openssl is needed for this test: {error}"));
        if !output.status.success() {
            panic!(
                "openssl {arguments}\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // What can't be removed stays in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn keys_of_the_engine_are_read_and_ours_are_read_by_it() {
    let dir = Dir::new("both");
    for (set, algorithm, name) in SETS {
        dir.openssl(&format!(
            "genpkey -engine gost -algorithm {algorithm} -pkeyopt paramset:{name} -out key.pem"
        ));
        dir.openssl("pkey -engine gost -in key.pem -pubout -out public.pem");
        dir.openssl("pkey -engine gost -in key.pem -outform DER -out key.der");
        let key = SecretKey::from_pkcs8_pem(&dir.text("key.pem")).unwrap();
        let public = PublicKey::from_pem(&dir.text("public.pem")).unwrap();
        assert_eq!(key.param_set(), set);
        assert_eq!(key.public_key(), public);
        let der = SecretKey::from_pkcs8_der(&dir.bytes("key.der")).unwrap();
        assert_eq!(der.to_bytes(), key.to_bytes());

        // What we write, the engine reads as the same key.
        dir.write("ours.pem", key.to_pkcs8_pem().as_bytes());
        dir.openssl("pkey -engine gost -in ours.pem -pubout -out again.pem");
        assert_eq!(PublicKey::from_pem(&dir.text("again.pem")).unwrap(), public);
        dir.write("public.pem", public.to_pem());
        dir.openssl("pkey -engine gost -pubin -in public.pem -pubout -out again.pem");
        assert_eq!(PublicKey::from_pem(&dir.text("again.pem")).unwrap(), public);
    }
}

#[test]
fn the_other_private_forms_mean_the_same_to_the_engine() {
    let dir = Dir::new("forms");
    dir.openssl("genpkey -engine gost -algorithm gost2012_256 -pkeyopt paramset:TCA -out key.pem");
    let key = SecretKey::from_pkcs8_pem(&dir.text("key.pem")).unwrap();
    let number = key.to_bytes();
    let plain = key.to_pkcs8_der();
    let big: Vec<u8> = number.iter().rev().copied().collect();
    let mut forms = vec![with(&plain, &[&[4, 32], &number[..]].concat())];
    // An INTEGER is positive: its first bit is clear.
    forms.push(match big[0] < 0x80 {
        true => with(&plain, &[&[2, 32], &big[..]].concat()),
        false => with(&plain, &[&[2, 33, 0], &big[..]].concat()),
    });
    for form in forms {
        dir.write("form.der", &form);
        dir.openssl("pkey -engine gost -inform DER -in form.der -pubout -out public.pem");
        let theirs = PublicKey::from_pem(&dir.text("public.pem")).unwrap();
        let ours = SecretKey::from_pkcs8_der(&form).unwrap();
        assert_eq!(ours.public_key(), theirs);
    }
}

#[test]
fn what_the_errors_advise_works() {
    let dir = Dir::new("advice");
    dir.openssl("genpkey -engine gost -algorithm gost2012_256 -pkeyopt paramset:XA -out key.pem");
    let key = SecretKey::from_pkcs8_pem(&dir.text("key.pem")).unwrap();
    let read = |name: &str| SecretKey::from_pkcs8_pem(&dir.text(name));

    dir.openssl("pkcs8 -topk8 -in key.pem -out encrypted.pem -passout pass:secret -engine gost");
    assert_eq!(read("encrypted.pem").unwrap_err(), KeyFormError::Encrypted);
    dir.openssl("pkcs8 -engine gost -in encrypted.pem -out plain.pem -passin pass:secret");
    assert_eq!(read("plain.pem").unwrap().to_bytes(), key.to_bytes());

    // A mask of 1: the key times the mask is the key (R 50.1.112-2016).
    let mut mask = [0; 32];
    mask[0] = 1;
    let masked = with(&key.to_pkcs8_der(), &[&key.to_bytes()[..], &mask].concat());
    assert_eq!(
        SecretKey::from_pkcs8_der(&masked).unwrap_err(),
        KeyFormError::Masked
    );
    dir.write("masked.der", &masked);
    dir.openssl("pkey -engine gost -inform DER -in masked.der -out plain.pem");
    assert_eq!(read("plain.pem").unwrap().to_bytes(), key.to_bytes());

    dir.openssl("req -engine gost -new -x509 -key key.pem -subj /CN=x -out certificate.pem");
    assert_eq!(
        read("certificate.pem").unwrap_err(),
        KeyFormError::Certificate
    );
    dir.openssl(
        "pkcs12 -engine gost -export -inkey key.pem -in certificate.pem -out file.pfx -passout pass:secret",
    );
    assert_eq!(
        SecretKey::from_pkcs8_der(&dir.bytes("file.pfx")).unwrap_err(),
        KeyFormError::Pkcs12
    );
    dir.openssl(
        "pkcs12 -engine gost -in file.pfx -nocerts -nodes -out plain.pem -passin pass:secret",
    );
    assert_eq!(read("plain.pem").unwrap().to_bytes(), key.to_bytes());

    for (command, fault) in [
        (
            "-algorithm gost2001 -pkeyopt paramset:A -engine gost",
            KeyFormError::Old,
        ),
        ("-algorithm RSA", KeyFormError::OtherAlgorithm("RSA".into())),
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            KeyFormError::OtherAlgorithm("ECDSA".into()),
        ),
        (
            "-algorithm ED25519",
            KeyFormError::OtherAlgorithm("Ed25519".into()),
        ),
        (
            "-algorithm gost2012_256 -pkeyopt paramset:0 -engine gost",
            KeyFormError::UnknownParameters("1.2.643.2.2.35.0".into()),
        ),
    ] {
        dir.openssl(&format!("genpkey {command} -out other.pem"));
        assert_eq!(read("other.pem").unwrap_err(), fault, "{command}");
    }
}

/// A PKCS#8 that holds something else than the plain number at its end.
fn with(plain: &[u8], held: &[u8]) -> Vec<u8> {
    let head = &plain[2..plain.len() - 34];
    let held = [&[4, u8::try_from(held.len()).unwrap()], held].concat();
    let body = [head, &held].concat();
    let length = u8::try_from(body.len()).unwrap();
    match length {
        0..128 => [&[0x30, length], &body[..]].concat(),
        _ => [&[0x30, 0x81, length], &body[..]].concat(),
    }
}
