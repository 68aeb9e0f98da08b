//! How a stack of one's own is set.

use std::path::PathBuf;

/// What a test may ask of its own stack.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Value of the variable `sandbox`.
    pub sandbox: bool,
    /// The runner calls `deliver`'s tick each second.
    pub tick: bool,
    /// The runner dies right after this many SQL statements, counted from its start.
    pub crash_after_sql: Option<u32>,
    /// ESIA's stand-in, and our client of it.
    pub esia: Esia,
    /// More application variables, and some in place of the harness's own.
    pub variables: Vec<(&'static str, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sandbox: true,
            tick: true,
            crash_after_sql: None,
            esia: Esia::USUAL,
            variables: Vec::new(),
        }
    }
}

/// ESIA's stand-in, and how our client is set towards it.
#[derive(Clone, Debug)]
pub struct Esia {
    /// OpenSSL's GOST engine signs ESIA's tokens and checks our requests; otherwise our own implementation does both.
    pub openssl: bool,
    /// Tokens are signed with RSA, as for systems that were registered long ago.
    pub rs256: bool,
    /// The old pair of endpoints, `ac` and `te`.
    pub v1: bool,
    /// ESIA asks for a PKCE challenge, and we send one.
    pub pkce: bool,
    /// A browser that signed in before comes back with its old sign-in.
    pub single_sign_on: bool,
    /// Our signatures are made by a signer beside the product: OpenSSL.
    pub signer: bool,
    /// Certificates that ESIA knows besides our client's.
    pub client_certificates: Vec<PathBuf>,
}

impl Esia {
    /// v2 with GOST on both sides, where a witness that we didn't write is ESIA's side.
    pub const USUAL: Self = Self {
        openssl: true,
        rs256: false,
        v1: false,
        pkce: false,
        single_sign_on: false,
        signer: false,
        client_certificates: Vec::new(),
    };
}

impl From<Esia> for Settings {
    fn from(esia: Esia) -> Self {
        Self {
            esia,
            ..Self::default()
        }
    }
}
