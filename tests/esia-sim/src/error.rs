//! ESIA's errors: the OAuth name, the code `ESIA-00xxxx`, and the text.

use std::fmt;

/// An error as ESIA words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EsiaError {
    /// The `error` of OAuth.
    pub(crate) error: &'static str,
    /// `ESIA-00xxxx`.
    pub(crate) code: &'static str,
    text: String,
}

impl EsiaError {
    fn new(error: &'static str, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            error,
            code,
            text: text.into(),
        }
    }

    pub(crate) fn missing(name: &str) -> Self {
        let text = format!("The request doesn't contain the mandatory parameter [{name}].");
        Self::new("invalid_request", "ESIA-007014", text)
    }

    pub(crate) fn malformed(name: &str) -> Self {
        let text = format!("The request parameter [{name}] is invalid or occurs more than once.");
        Self::new("invalid_request", "ESIA-007003", text)
    }

    pub(crate) fn denied() -> Self {
        let text = "The resource owner or authorization server denied the request.";
        Self::new("access_denied", "ESIA-007004", text)
    }

    pub(crate) fn unknown_client() -> Self {
        let text = "The client is not authorized to request an access token using this method.";
        Self::new("unauthorized_client", "ESIA-007005", text)
    }

    pub(crate) fn scope() -> Self {
        let text =
            "The requested scope is invalid, unknown, malformed or not granted to the client.";
        Self::new("invalid_scope", "ESIA-007006", text)
    }

    pub(crate) fn overloaded() -> Self {
        let text = "The server is temporarily unable to handle the request.";
        Self::new("temporarily_unavailable", "ESIA-007008", text)
    }

    pub(crate) fn response_type() -> Self {
        Self::new(
            "unsupported_response_type",
            "ESIA-007009",
            "The response type is not supported.",
        )
    }

    pub(crate) fn grant() -> Self {
        let text =
            "The code is invalid, expired, used, or was issued to another client or redirect_uri.";
        Self::new("invalid_grant", "ESIA-007011", text)
    }

    pub(crate) fn grant_type() -> Self {
        Self::new(
            "unsupported_grant_type",
            "ESIA-007012",
            "The grant type is not supported.",
        )
    }

    pub(crate) fn request_time() -> Self {
        Self::new(
            "invalid_request",
            "ESIA-007015",
            "The time of the request is wrong.",
        )
    }

    pub(crate) fn redirect_uri() -> Self {
        Self::new(
            "invalid_request",
            "ESIA-007023",
            "The redirect_uri is not registered.",
        )
    }

    pub(crate) fn client_secret() -> Self {
        Self::new(
            "access_denied",
            "ESIA-007053",
            "OAuthErrorEnum.clientSecretWrong",
        )
    }
}

/// `ESIA-007014: The request doesn't contain the mandatory parameter [scope].`
impl fmt::Display for EsiaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}
