//! What the simulator remembers while it runs.

use crate::client::Client;
use crate::faults::Faults;
use crate::keys::Keys;
use crate::people::Account;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds that a login page stays usable.
const LOGIN_S: i64 = 3600;

/// A checked authorise request.
#[derive(Clone)]
pub(crate) struct Authorization {
    pub(crate) scopes: Vec<String>,
    pub(crate) scope: String,
    pub(crate) state: String,
    pub(crate) redirect_uri: String,
}

/// A person signed in at the simulator.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) account: &'static Account,
    pub(crate) sid: String,
    pub(crate) auth_time: i64,
}

/// An issued code.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) authorization: Authorization,
    pub(crate) login: Login,
    pub(crate) expires: i64,
    pub(crate) used: bool,
}

/// An issued access token.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) account: &'static Account,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: i64,
}

/// Everything that changes.
#[derive(Default)]
pub(crate) struct Memory {
    /// By the id in the login page's address, with the time of the request.
    pub(crate) pending: HashMap<String, (Authorization, i64)>,
    /// By the code.
    pub(crate) grants: HashMap<String, Grant>,
    /// By the access token.
    pub(crate) accesses: HashMap<String, Access>,
    /// By the browser's cookie, when single sign-on is on.
    pub(crate) logins: HashMap<String, Login>,
    /// What goes wrong next.
    pub(crate) faults: Faults,
}

/// The simulator's whole state.
pub(crate) struct Esia {
    pub(crate) keys: Keys,
    pub(crate) client: Client,
    pub(crate) issuer: String,
    pub(crate) single_sign_on: bool,
    shift: AtomicI64,
    memory: Mutex<Memory>,
}

impl Esia {
    pub(crate) fn new(keys: Keys, client: Client, issuer: String, single_sign_on: bool) -> Self {
        Self {
            keys,
            client,
            issuer,
            single_sign_on,
            shift: AtomicI64::new(0),
            memory: Mutex::default(),
        }
    }

    /// Seconds since 1970 by the simulator's clock.
    pub(crate) fn now(&self) -> i64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX) + self.shift.load(Ordering::Relaxed)
    }

    /// Moves the simulator's clock.
    pub(crate) fn advance(&self, seconds: i64) {
        self.shift.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The memory, without what is long over.
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        let now = self.now();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.pending.retain(|_, (_, at)| now - *at < LOGIN_S);
        memory
            .grants
            .retain(|_, grant| now - grant.expires < LOGIN_S);
        memory
            .accesses
            .retain(|_, access| now - access.expires < LOGIN_S);
        memory
    }
}

/// A random UUID (version 4).
pub(crate) fn uuid() -> anyhow::Result<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok([
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-"))
}
