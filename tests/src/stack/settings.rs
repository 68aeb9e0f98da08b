//! How a stack of one's own is set.

use std::path::PathBuf;

/// What a test may ask of its own stack.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Value of the variable `sandbox`.
    pub sandbox: bool,
    /// The runner calls `deliver`'s tick each second.
    pub tick: bool,
    /// The runner ends at once, as by SIGKILL.
    pub crash: Option<Crash>,
    /// ESIA's stand-in, and our client of it.
    pub esia: Esia,
    /// More application variables, and some in place of the harness's own.
    pub variables: Vec<(&'static str, String)>,
}

/// When the runner dies; counted from its start, from 1.
#[derive(Clone, Copy, Debug)]
pub enum Crash {
    /// Right before an SQL statement.
    Statement(u32),
    /// At a moment around which a restart finds something else: right before, and right after, each commit.
    Commit(u32),
}

impl Crash {
    /// At a commit; with `PODPIS_EVERY_STATEMENT` in the environment at a statement. What a transaction has not committed is gone
    /// whichever statement was its last, so the many more statements are for who doubts that.
    pub fn at(number: u32) -> Self {
        if std::env::var_os("PODPIS_EVERY_STATEMENT").is_some() {
            Self::Statement(number)
        } else {
            Self::Commit(number)
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sandbox: true,
            tick: true,
            crash: None,
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
