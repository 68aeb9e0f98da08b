//! ESIA's OAuth 2.0, version 2 (authorise) and 3 (token): addresses, forms, and the strings that are signed.

use crate::signer::{RequestSigner, SignerError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use podpis_shared::Timestamp;

/// What we ask to know: the account's number and level, full name, date of birth, SNILS. Nothing more.
pub const SCOPE: &str = "openid fullname birthdate snils";

/// Unreserved characters of RFC 3986 stay, everything else is encoded.
///
/// ESIA reads a raw `+` as a space and then complains of the timestamp (ESIA-007014).
const STRICT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One signing act on its way through ESIA and back.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The act's `state`, a UUID.
    pub state: &'a str,
    /// Value of the cookie of the browser that started it; a secret between that browser and us.
    pub browser: &'a str,
}

/// Our system as ESIA knows it.
#[derive(Clone, Debug)]
pub struct Client {
    /// ESIA's address without a slash at the end.
    pub esia_url: String,
    /// Mnemonic of our system.
    pub client_id: String,
    /// Where ESIA sends the browser back to.
    pub redirect_uri: String,
}

impl Client {
    /// Address of ESIA's sign-in page for one signing act.
    ///
    /// # Errors
    /// When the request can't be signed.
    pub async fn authorize_url(
        &self,
        attempt: Attempt<'_>,
        now: Timestamp,
        signer: &impl RequestSigner,
    ) -> Result<String, SignerError> {
        let signed = self.signed(attempt.state, now, "", signer).await?;
        let more = [("response_type", "code"), ("access_type", "online")];
        let pairs = signed
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain(more);
        Ok(format!(
            "{}/aas/oauth2/v2/ac?{}",
            self.esia_url,
            query(pairs)
        ))
    }

    /// Body of the token request, `application/x-www-form-urlencoded`.
    ///
    /// `own_state` is a UUID of this request, other than the act's; ESIA's answer repeats it.
    ///
    /// # Errors
    /// When the request can't be signed.
    pub async fn token_form(
        &self,
        code: &str,
        _attempt: Attempt<'_>,
        own_state: &str,
        now: Timestamp,
        signer: &impl RequestSigner,
    ) -> Result<String, SignerError> {
        let signed = self.signed(own_state, now, code, signer).await?;
        let more = [
            ("code", code),
            ("grant_type", "authorization_code"),
            ("token_type", "Bearer"),
        ];
        Ok(query(
            signed
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .chain(more),
        ))
    }

    /// Where the token request goes.
    pub fn token_url(&self) -> String {
        format!("{}/aas/oauth2/v3/te", self.esia_url)
    }

    /// Where a person's data are read.
    pub fn person_url(&self, oid: u64) -> String {
        format!("{}/rs/prns/{oid}", self.esia_url)
    }

    /// Ends the browser's session at ESIA and comes back to `back`. The parameter is `redirect_url`, not `…uri`.
    pub fn logout_url(&self, back: &str) -> String {
        let pairs = [
            ("client_id", self.client_id.as_str()),
            ("redirect_url", back),
        ];
        format!(
            "{}/idp/ext/Logout?{}",
            self.esia_url,
            query(pairs.into_iter())
        )
    }

    /// The string to sign: plain concatenation, no separators; `code` is empty in an authorise request.
    fn signing_string(&self, timestamp: &str, state: &str, code: &str) -> String {
        [
            &self.client_id,
            SCOPE,
            timestamp,
            state,
            &self.redirect_uri,
            code,
        ]
        .concat()
    }

    /// Parameters that both requests have.
    async fn signed(
        &self,
        state: &str,
        now: Timestamp,
        code: &str,
        signer: &impl RequestSigner,
    ) -> Result<[(&'static str, String); 7], SignerError> {
        let timestamp = timestamp(now);
        let signature = signer
            .sign(self.signing_string(&timestamp, state, code).as_bytes())
            .await?;
        Ok([
            ("client_id", self.client_id.clone()),
            ("client_secret", URL_SAFE_NO_PAD.encode(signature)),
            (
                "client_certificate_hash",
                signer.certificate_hash().to_owned(),
            ),
            ("redirect_uri", self.redirect_uri.clone()),
            ("scope", SCOPE.to_owned()),
            ("state", state.to_owned()),
            ("timestamp", timestamp),
        ])
    }
}

/// `name=value&…`, strictly encoded.
pub fn query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pair = |(name, value)| format!("{name}={}", utf8_percent_encode(value, STRICT));
    pairs.map(pair).collect::<Vec<_>>().join("&")
}

/// A random UUID (RFC 9562, version 4), the form that ESIA demands of `state`.
pub fn uuid(mut random: [u8; 16]) -> String {
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let hex = podpis_shared::hash::hex(&random);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// `2013.01.25 14:36:11 +0400`; ours are in UTC.
fn timestamp(at: Timestamp) -> String {
    format!(
        "{} +0000",
        at.to_string()
            .trim_end_matches('Z')
            .replace('-', ".")
            .replace('T', " ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use std::cell::RefCell;

    /// Remembers what it was asked to sign.
    struct Recorder(RefCell<String>);

    impl RequestSigner for Recorder {
        async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
            *self.0.borrow_mut() = String::from_utf8_lossy(message).into_owned();
            Ok(vec![0xfb; 64])
        }

        fn certificate_hash(&self) -> &str {
            "0A"
        }
    }

    fn client() -> Client {
        Client {
            esia_url: "https://esia.example".into(),
            client_id: "PODPIS".into(),
            redirect_uri: "https://sign.example.ru/esia/callback".into(),
        }
    }

    const STATE: &str = "6d9b2a4e-0f3c-4b5d-8e7f-102132435465";
    const ATTEMPT: Attempt<'static> = Attempt {
        state: STATE,
        browser: "",
    };

    #[test]
    fn authorise_request_by_the_sheet() {
        let recorder = Recorder(RefCell::default());
        let now = Timestamp::parse("2026-11-22T11:05:31Z").unwrap();
        let url = block_on(client().authorize_url(ATTEMPT, now, &recorder)).unwrap();
        // client_id‖scope‖timestamp‖state‖redirect_uri
        assert_eq!(
            recorder.0.take(),
            "PODPISopenid fullname birthdate snils2026.11.22 11:05:31 +0000\
             6d9b2a4e-0f3c-4b5d-8e7f-102132435465https://sign.example.ru/esia/callback"
        );
        let secret = URL_SAFE_NO_PAD.encode([0xfb; 64]);
        assert_eq!(
            url,
            format!(
                "https://esia.example/aas/oauth2/v2/ac?client_id=PODPIS&client_secret={secret}\
                 &client_certificate_hash=0A&redirect_uri=https%3A%2F%2Fsign.example.ru%2Fesia%2Fcallback\
                 &scope=openid%20fullname%20birthdate%20snils&state={STATE}\
                 &timestamp=2026.11.22%2011%3A05%3A31%20%2B0000&response_type=code&access_type=online"
            )
        );
    }

    #[test]
    fn token_request_by_the_sheet() {
        let recorder = Recorder(RefCell::default());
        let now = Timestamp::parse("2026-01-02T03:04:05Z").unwrap();
        let form =
            block_on(client().token_form("a.b-_.c", ATTEMPT, STATE, now, &recorder)).unwrap();
        // The same string with the code at its end.
        assert_eq!(
            recorder.0.take(),
            "PODPISopenid fullname birthdate snils2026.01.02 03:04:05 +0000\
             6d9b2a4e-0f3c-4b5d-8e7f-102132435465https://sign.example.ru/esia/callbacka.b-_.c"
        );
        let names: Vec<_> = form
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(
            names,
            [
                "client_id",
                "client_secret",
                "client_certificate_hash",
                "redirect_uri",
                "scope",
                "state",
                "timestamp",
                "code",
                "grant_type",
                "token_type"
            ]
        );
        assert!(form.ends_with("&code=a.b-_.c&grant_type=authorization_code&token_type=Bearer"));
    }

    #[test]
    fn other_addresses() {
        assert_eq!(
            client().token_url(),
            "https://esia.example/aas/oauth2/v3/te"
        );
        assert_eq!(
            client().person_url(1_000_299_353),
            "https://esia.example/rs/prns/1000299353"
        );
        assert_eq!(
            client().logout_url("https://sign.example.ru/esia/login?state=1"),
            "https://esia.example/idp/ext/Logout?client_id=PODPIS\
             &redirect_url=https%3A%2F%2Fsign.example.ru%2Fesia%2Flogin%3Fstate%3D1"
        );
    }

    #[test]
    fn uuids_have_version_and_variant() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }
}
