//! What the simulator remembers while it runs.

use crate::client::Client;
use crate::crypto::Crypto;
use crate::faults::Faults;
use crate::keys::EsiaKeys;
use crate::people::Account;
use crate::request::Version;
use crate::scope::Scopes;
use crate::settings::Settings;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds that a login page stays usable.
const LOGIN_S: i64 = 3600;

/// A checked authorise request.
#[derive(Clone)]
pub(crate) struct Authorization {
    /// Mnemonic of the client that sent it.
    pub(crate) client: String,
    pub(crate) version: Version,
    pub(crate) scopes: Scopes,
    /// `scope` and `scope_org` as they were sent.
    pub(crate) scope: String,
    pub(crate) scope_org: Option<String>,
    pub(crate) state: String,
    pub(crate) redirect_uri: String,
    /// `access_type=offline`: there will be a refresh token.
    pub(crate) offline: bool,
    /// `code_challenge`.
    pub(crate) challenge: Option<String>,
}

/// A person signed in at the simulator.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) account: &'static Account,
    pub(crate) sid: String,
    pub(crate) auth_time: i64,
}

/// What a person has allowed.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) authorization: Authorization,
    pub(crate) login: Login,
}

/// An issued code.
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) expires: i64,
    pub(crate) used: bool,
}

/// An issued access token.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) account: &'static Account,
    pub(crate) scopes: Scopes,
    pub(crate) expires: i64,
}

/// Everything that changes.
pub(crate) struct Memory {
    /// By the id in the login page's address, with the time of the request.
    pub(crate) pending: HashMap<String, (Authorization, i64)>,
    /// By the code.
    pub(crate) codes: HashMap<String, Code>,
    /// By the access token.
    pub(crate) accesses: HashMap<String, Access>,
    /// By the refresh token.
    pub(crate) refreshes: HashMap<String, Grant>,
    /// By the browser's cookie, when single sign-on is on.
    pub(crate) logins: HashMap<String, Login>,
    /// What goes wrong next.
    pub(crate) faults: Faults,
    /// How it behaves.
    pub(crate) settings: Settings,
    /// What tokens are signed with.
    pub(crate) keys: EsiaKeys,
}

impl Memory {
    fn new(settings: Settings, keys: EsiaKeys) -> Self {
        Self {
            pending: HashMap::new(),
            codes: HashMap::new(),
            accesses: HashMap::new(),
            refreshes: HashMap::new(),
            logins: HashMap::new(),
            faults: Faults::default(),
            settings,
            keys,
        }
    }
}

/// The simulator's whole state.
pub(crate) struct Esia {
    pub(crate) crypto: Box<dyn Crypto>,
    pub(crate) clients: Vec<Client>,
    pub(crate) issuer: String,
    /// How far the time of a request may be off, in seconds to either side.
    pub(crate) clock_window_s: i64,
    /// Whether a token request must carry another `state` than the authorise request.
    pub(crate) strict_state: bool,
    start: (Settings, EsiaKeys),
    shift: AtomicI64,
    memory: Mutex<Memory>,
}

impl Esia {
    pub(crate) fn new(
        crypto: Box<dyn Crypto>,
        clients: Vec<Client>,
        options: &crate::Options,
        keys: EsiaKeys,
    ) -> Self {
        let start = (options.settings.clone(), keys);
        Self {
            crypto,
            clients,
            issuer: options.issuer.clone(),
            clock_window_s: options.clock_window_s,
            strict_state: options.strict_state,
            memory: Mutex::new(Memory::new(start.0.clone(), start.1.clone())),
            start,
            shift: AtomicI64::new(0),
        }
    }

    /// The registered system of that mnemonic.
    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
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

    /// As if just started: settings, keys and clock as at first, everything else forgotten.
    pub(crate) fn reset(&self) {
        self.shift.store(0, Ordering::Relaxed);
        *self.memory() = Memory::new(self.start.0.clone(), self.start.1.clone());
    }

    /// The memory, without what is long over.
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        let now = self.now();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.pending.retain(|_, (_, at)| now - *at < LOGIN_S);
        memory.codes.retain(|_, code| now - code.expires < LOGIN_S);
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
