//! OpenSSL's GOST engine as judge of our requests, and as ESIA and as a signer in their places.
//!
//! The client is written from the same sheet as the simulator, so what both of them take for right proves little.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures::executor::block_on;
use podpis_cms::Certificate;
use podpis_esia::protocol::{Attempt, Client, SCOPE, Version};
use podpis_esia::signer::{
    ClientCertificate, HttpSigner, RequestSigner as _, SignerError, SoftwareSigner,
};
use podpis_esia::token::{self, Checks, TokenError};
use podpis_evidence::KeySet;
use podpis_shared::{Sensitive, Timestamp};
use serde_json::json;
use std::process::Command;
use tempfile::TempDir;

/// The engine's names of every parameter set of 256 bits.
const SETS: [&str; 9] = ["A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD"];

const ATTEMPT: Attempt<'static> = Attempt {
    state: "6d9b2a4e-0f3c-4b5d-8e7f-102132435465",
    browser: "cookie",
};
const OWN_STATE: &str = "b1946ac9-2492-4234-9c23-000000000001";
const REDIRECT: &str = "https://sign.example.ru/esia/callback";

/// A folder with a key and a self-signed certificate that the engine made: `key.pem`, `public.pem`, `cer.pem`.
struct Party {
    dir: TempDir,
    certificate: Certificate,
}

impl Party {
    fn gost(set: &str) -> Self {
        Self::of(
            &format!("gost2012_256 -pkeyopt paramset:{set}"),
            "md_gost12_256",
        )
    }

    fn rsa() -> Self {
        Self::of("RSA -pkeyopt rsa_keygen_bits:2048", "sha256")
    }

    fn of(algorithm: &str, hash: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let openssl = |arguments: &str| openssl(&dir, arguments);
        assert!(openssl(&format!(
            "genpkey -engine gost -algorithm {algorithm} -out key.pem"
        )));
        assert!(openssl(&format!(
            "req -engine gost -new -x509 -key key.pem -{hash} -subj /O=Podpis/CN=PODPIS -days 3650 -out cer.pem"
        )));
        assert!(openssl(
            "x509 -engine gost -in cer.pem -pubkey -noout -out public.pem"
        ));
        let pem = std::fs::read_to_string(dir.path().join("cer.pem")).unwrap();
        let certificate = Certificate::from_pem_many(&pem).unwrap().remove(0);
        Self { dir, certificate }
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.dir.path().join(name)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.dir.path().join(name), bytes).unwrap();
    }

    fn openssl(&self, arguments: &str) -> bool {
        openssl(&self.dir, arguments)
    }

    /// A moment in which the certificate is valid.
    fn now(&self) -> Timestamp {
        self.certificate.not_before().plus(3600)
    }

    fn client_certificate(&self) -> ClientCertificate {
        ClientCertificate::from_pem(&self.text("cer.pem"), self.now()).unwrap()
    }

    fn signer(&self) -> SoftwareSigner {
        SoftwareSigner::from_pem(&self.text("key.pem"), self.client_certificate()).unwrap()
    }

    /// The engine's signature over a message.
    fn sign(&self, message: &[u8], hash: &str) -> Vec<u8> {
        self.write("message", message);
        let arguments = format!("dgst -engine gost -{hash} -sign key.pem -out signature message");
        assert!(self.openssl(&arguments));
        self.read("signature")
    }

    /// Whether the engine takes a signature over a message.
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.write("message", message);
        self.write("signature", signature);
        self.openssl(
            "dgst -engine gost -md_gost12_256 -verify public.pem -signature signature message",
        )
    }

    /// `header.payload.signature`, signed by the engine.
    fn token(&self, alg: &str, hash: &str, sbt: &str, claims: &serde_json::Value) -> String {
        let header = json!({"ver": 0, "typ": "JWT", "sbt": sbt, "alg": alg}).to_string();
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = URL_SAFE_NO_PAD.encode(self.sign(message.as_bytes(), hash));
        format!("{message}.{signature}")
    }
}

/// Runs `openssl`, arguments divided by blanks, and tells whether it succeeded.
fn openssl(dir: &TempDir, arguments: &str) -> bool {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(dir.path())
        .output()
        .unwrap();
    output.status.success()
}

fn client(version: Version) -> Client {
    Client {
        esia_url: "https://esia.example".into(),
        client_id: "PODPIS".into(),
        redirect_uri: REDIRECT.into(),
        version,
        pkce: true,
    }
}

/// A parameter of a query or form, decoded.
fn value(query: &str, name: &str) -> String {
    let query = query.split_once('?').map_or(query, |(_, query)| query);
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .unwrap()
}

/// `client_id‖scope‖timestamp‖state‖redirect_uri[‖code]`, put together from what the request itself carries.
#[test]
fn requests_of_the_second_protocol_are_signed() {
    for set in SETS {
        let party = Party::gost(set);
        let (signer, client) = (party.signer(), client(Version::V2));
        let url = block_on(client.authorize_url(ATTEMPT, party.now(), &signer)).unwrap();
        let form =
            block_on(client.token_form("a.b.c", ATTEMPT, OWN_STATE, party.now(), &signer)).unwrap();
        assert!(party.openssl("x509 -engine gost -in cer.pem -outform DER -out cer.der"));
        assert!(party.openssl("dgst -engine gost -md_gost12_256 -binary -out hash cer.der"));
        let hash = podpis_shared::hash::hex(&party.read("hash")).to_uppercase();
        for (query, code) in [(&url, ""), (&form, "a.b.c")] {
            let part = |name| value(query, name);
            let text = [
                part("client_id"),
                part("scope"),
                part("timestamp"),
                part("state"),
                part("redirect_uri"),
                code.to_owned(),
            ]
            .concat();
            let signature = URL_SAFE_NO_PAD.decode(part("client_secret")).unwrap();
            assert_eq!(signature.len(), 64, "{set}");
            assert!(party.verifies(text.as_bytes(), &signature), "{set}");
            assert!(!party.verifies(&text.as_bytes()[1..], &signature), "{set}");

            assert_eq!(part("client_certificate_hash"), hash);
        }
    }
}

/// `scope‖timestamp‖client_id‖state` under a detached CMS, in both requests.
#[test]
fn requests_of_the_first_protocol_are_signed() {
    for set in SETS {
        let party = Party::gost(set);
        let (signer, client) = (party.signer(), client(Version::V1));
        let url = block_on(client.authorize_url(ATTEMPT, party.now(), &signer)).unwrap();
        let form =
            block_on(client.token_form("a.b.c", ATTEMPT, OWN_STATE, party.now(), &signer)).unwrap();
        for query in [&url, &form] {
            let text = format!(
                "{SCOPE}{}PODPIS{}",
                value(query, "timestamp"),
                value(query, "state")
            );
            let cms = URL_SAFE_NO_PAD
                .decode(value(query, "client_secret"))
                .unwrap();
            party.write("cms.der", &cms);
            party.write("text", text.as_bytes());
            party.write("other", format!("{text} ").as_bytes());
            let verifies = |content: &str| {
                party.openssl(&format!(
                    "cms -engine gost -verify -binary -inform DER -in cms.der -content {content} -CAfile cer.pem \
                     -purpose any -attime {} -out verified",
                    party.now().unix()
                ))
            };
            assert!(verifies("text"), "{set}");
            assert_eq!(party.read("verified"), text.as_bytes());
            assert!(!verifies("other"), "{set}");
        }
    }
}

/// The engine behind an HTTP signer: its order is ESIA's; CryptoPro's is the same backwards.
#[test]
fn a_signer_beside_us() {
    let party = Party::gost("XA");
    let signer = |reversed| HttpSigner {
        url: "https://signer.example/sign".into(),
        token: Sensitive::new(String::new()),
        reversed,
        certificate: party.client_certificate(),
    };
    let message = b"PODPISopenid fullname birthdate snils";
    let signature = party.sign(message, "md_gost12_256");
    let backwards: Vec<u8> = signature.iter().rev().copied().collect();
    let answer = |bytes: &[u8]| json!({"signature": STANDARD.encode(bytes)}).to_string();
    let accept = |reversed, bytes| signer(reversed).accept(message, answer(bytes).as_bytes());
    assert_eq!(accept(false, &signature).as_ref(), Ok(&signature));
    assert_eq!(accept(true, &backwards).as_ref(), Ok(&signature));
    assert_eq!(accept(false, &backwards), Err(SignerError::Reversed(true)));
    assert_eq!(accept(true, &signature), Err(SignerError::Reversed(false)));
    assert!(party.verifies(message, &block_on(party.signer().sign(message)).unwrap()));
}

/// The engine in ESIA's place, with both algorithms.
#[test]
fn tokens_are_checked() {
    for (party, alg, hash) in SETS
        .map(|set| (Party::gost(set), "GOST3410_2012_256", "md_gost12_256"))
        .into_iter()
        .chain([(Party::rsa(), "RS256", "sha256")])
    {
        let now = party.now().unix();
        let sid = "8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67";
        let id = json!({
            "aud": "PODPIS", "sub": 1_000_299_353, "nbf": now, "iat": now, "exp": now + 10_800, "amr": "PWD",
            "iss": "http://esia.gosuslugi.ru/", "auth_time": now - 5, "urn:esia:sid": sid,
            "urn:esia:sbj": {"urn:esia:sbj:typ": "P", "urn:esia:sbj:is_tru": true, "urn:esia:sbj:oid": 1_000_299_353}
        });
        let access = json!({
            "nbf": now, "iat": now, "exp": now + 3600, "iss": "http://esia.gosuslugi.ru/", "client_id": "PODPIS",
            "urn:esia:sid": sid, "urn:esia:sbj_id": 1_000_299_353
        });
        let id = party.token(alg, hash, "id", &id);
        let access = party.token(alg, hash, "access", &access);
        let checks = Checks {
            issuer: "http://esia.gosuslugi.ru/",
            client_id: "PODPIS",
            now: party.now(),
            started_at: party.now().plus(-60),
        };
        let keys = |pem: &str| KeySet::from_pem(pem).unwrap().only(&[alg]);
        let sign_in = token::verify(&id, &access, &keys(&party.text("cer.pem")), checks).unwrap();
        assert_eq!(sign_in.oid, 1_000_299_353);

        // Another certificate does not, also where the right one is not among them.
        let other = include_str!("esia.gost.cer.pem").to_owned() + include_str!("esia.pub.pem");
        let error = token::verify(&id, &access, &keys(&other), checks).unwrap_err();
        assert_eq!(error, TokenError::Signature);
    }
}
