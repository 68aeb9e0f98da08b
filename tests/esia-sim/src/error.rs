//! ESIA's errors: the OAuth name, the code `ESIA-00xxxx`, and the text.

use serde::Deserialize;
use std::fmt;

/// Code, `error` of OAuth (RFC 6749, 4.1.2.1 and 5.2), text. The pairs of 007004, 007005, 007014 and 007053 were
/// seen in ESIA's answers; the other texts are our wording.
const TABLE: &[(&str, &str, &str)] = &[
    (
        "ESIA-007002",
        "unauthorized_client",
        "The certificate doesn't belong to the client with this mnemonic.",
    ),
    (
        "ESIA-007003",
        "invalid_request",
        "A request parameter is missing, invalid or occurs more than once.",
    ),
    (
        "ESIA-007004",
        "access_denied",
        "The resource owner or authorization server denied the request.",
    ),
    (
        "ESIA-007005",
        "unauthorized_client",
        "The client is not authorized to request an access token using this method.",
    ),
    (
        "ESIA-007006",
        "invalid_scope",
        "The requested scope is invalid, unknown, malformed or not granted to the client.",
    ),
    (
        "ESIA-007007",
        "server_error",
        "The authorization server met an unexpected condition.",
    ),
    (
        "ESIA-007008",
        "temporarily_unavailable",
        "The server is temporarily unable to handle the request.",
    ),
    (
        "ESIA-007009",
        "unsupported_response_type",
        "The response type is not supported.",
    ),
    (
        "ESIA-007011",
        "invalid_grant",
        "The code or refresh token is invalid, expired, used, or was issued to another client or redirect_uri.",
    ),
    (
        "ESIA-007012",
        "unsupported_grant_type",
        "The grant type is not supported.",
    ),
    (
        "ESIA-007013",
        "invalid_scope",
        "The request doesn't name a scope.",
    ),
    (
        "ESIA-007014",
        "invalid_request",
        "The request doesn't contain the mandatory parameter.",
    ),
    (
        "ESIA-007015",
        "invalid_request",
        "The time of the request is wrong.",
    ),
    ("ESIA-007019", "access_denied", "OAuthErrorEnum.noGrants"),
    (
        "ESIA-007023",
        "invalid_request",
        "The redirect_uri is not registered.",
    ),
    (
        "ESIA-007038",
        "invalid_request",
        "The request parameters can't be read.",
    ),
    (
        "ESIA-007039",
        "invalid_request",
        "The request doesn't contain code_challenge.",
    ),
    (
        "ESIA-007040",
        "invalid_grant",
        "The code_verifier doesn't match the code_challenge.",
    ),
    (
        "ESIA-007046",
        "access_denied",
        "A one-time password can't be sent, but the scope demands a second factor.",
    ),
    (
        "ESIA-007053",
        "access_denied",
        "OAuthErrorEnum.clientSecretWrong",
    ),
    (
        "ESIA-007055",
        "access_denied",
        "The system demands a confirmed account.",
    ),
    ("ESIA-007060", "invalid_request", "The roles are invalid."),
    ("ESIA-007061", "invalid_request", "The obj_type is invalid."),
    (
        "ESIA-007062",
        "access_denied",
        "The user's type or role doesn't fit.",
    ),
    (
        "ESIA-007194",
        "invalid_scope",
        "The person is no employee of the organisation in the scope.",
    ),
    (
        "ESIA-008010",
        "unauthorized_client",
        "The client could not be authenticated.",
    ),
];

/// A code that ESIA knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct EsiaCode(usize);

impl TryFrom<String> for EsiaCode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        TABLE
            .iter()
            .position(|(code, ..)| *code == text)
            .map(Self)
            .ok_or_else(|| format!("the simulator knows no error {text:?}"))
    }
}

/// An error as ESIA words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EsiaError {
    /// The `error` of OAuth.
    pub(crate) error: &'static str,
    /// `ESIA-00xxxx`.
    pub(crate) code: &'static str,
    text: String,
}

impl From<EsiaCode> for EsiaError {
    fn from(code: EsiaCode) -> Self {
        let (code, error, text) = TABLE[code.0];
        Self {
            error,
            code,
            text: text.to_owned(),
        }
    }
}

impl EsiaError {
    fn new(error: &'static str, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            error,
            code,
            text: text.into(),
        }
    }

    /// The error of the table.
    fn known(wanted: &'static str) -> Self {
        let row = TABLE.iter().find(|(code, ..)| *code == wanted);
        let (error, text) = row.map_or(("server_error", ""), |(_, error, text)| (error, text));
        Self::new(error, wanted, text)
    }

    pub(crate) fn certificate() -> Self {
        Self::known("ESIA-007002")
    }

    pub(crate) fn malformed(name: &str) -> Self {
        let text = format!("The request parameter [{name}] is invalid or occurs more than once.");
        Self::new("invalid_request", "ESIA-007003", text)
    }

    pub(crate) fn denied() -> Self {
        Self::known("ESIA-007004")
    }

    pub(crate) fn unknown_client() -> Self {
        Self::known("ESIA-007005")
    }

    pub(crate) fn scope() -> Self {
        Self::known("ESIA-007006")
    }

    /// The simulator itself failed; the reason goes to its log.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "used as map_err(EsiaError::internal)"
    )]
    pub(crate) fn internal(why: anyhow::Error) -> Self {
        eprintln!(
            "{}",
            serde_json::json!({"msg": "broken", "why": format!("{why:#}")})
        );
        Self::known("ESIA-007007")
    }

    pub(crate) fn overloaded() -> Self {
        Self::known("ESIA-007008")
    }

    pub(crate) fn response_type() -> Self {
        Self::known("ESIA-007009")
    }

    pub(crate) fn grant() -> Self {
        Self::known("ESIA-007011")
    }

    pub(crate) fn grant_type() -> Self {
        Self::known("ESIA-007012")
    }

    pub(crate) fn no_scope() -> Self {
        Self::known("ESIA-007013")
    }

    pub(crate) fn missing(name: &str) -> Self {
        let text = format!("The request doesn't contain the mandatory parameter [{name}].");
        Self::new("invalid_request", "ESIA-007014", text)
    }

    pub(crate) fn request_time() -> Self {
        Self::known("ESIA-007015")
    }

    pub(crate) fn redirect_uri() -> Self {
        Self::known("ESIA-007023")
    }

    pub(crate) fn no_challenge() -> Self {
        Self::known("ESIA-007039")
    }

    pub(crate) fn verifier() -> Self {
        Self::known("ESIA-007040")
    }

    pub(crate) fn client_secret() -> Self {
        Self::known("ESIA-007053")
    }

    pub(crate) fn unconfirmed() -> Self {
        Self::known("ESIA-007055")
    }

    pub(crate) fn not_employed() -> Self {
        Self::known("ESIA-007194")
    }
}

/// `ESIA-007014: The request doesn't contain the mandatory parameter [scope].`
impl fmt::Display for EsiaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}
