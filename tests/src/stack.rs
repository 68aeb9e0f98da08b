//! The product under test: runner (or Spin), ESIA simulator and a data folder.

mod launch;
mod settings;
mod simulator;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use http::Method;
use serde_json::Value;

use crate::actors::{Account, Clinic, Member, Operator, Patient, Sandbox};
use crate::client::{Client, Reply};
use crate::process::Process;
use crate::signer::EsiaSigner;

use self::launch::Place;
pub use self::settings::{Crash, Esia, Settings};
pub use self::simulator::Simulator;

/// Token of the operator in a stack of our own.
const OPERATOR_TOKEN: &str = "operator-token-of-the-tests";

/// A running product.
#[derive(Debug)]
pub struct Stack {
    base: String,
    esia: String,
    operator_token: String,
    /// Absent for a stack that was running before the tests.
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    place: Place,
    settings: Settings,
    runner: Process,
    simulator: Process,
}

/// One stack for all tests of a binary; the outcome of its start is kept, so that a failed start is told by each.
static SHARED: LazyLock<Result<Stack, String>> = LazyLock::new(|| {
    Stack::given()
        .map_or_else(|| Stack::start(Settings::default()), Ok)
        .map_err(|e| format!("{e:#}"))
});

impl Stack {
    /// The stack that tests share.
    ///
    /// # Errors
    /// When it didn't start.
    pub fn shared() -> Result<&'static Self> {
        SHARED.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// A stack for one test alone; `None` when the stack is given from outside, so the test can't be run.
    ///
    /// # Errors
    /// When it didn't start.
    pub fn alone(settings: Settings) -> Result<Option<Self>> {
        if Self::given().is_some() {
            eprintln!("skipped: needs a stack of its own");
            return Ok(None);
        }
        Self::start(settings).map(Some)
    }

    /// Where the product is served.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where the ESIA simulator is served.
    pub fn esia(&self) -> &str {
        &self.esia
    }

    /// The operator's token.
    pub fn operator_token(&self) -> &str {
        &self.operator_token
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base)
    }

    /// The operator.
    pub fn operator(&self) -> Operator {
        Operator::new(self.anonymous(), &self.operator_token)
    }

    /// A new clinic.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn clinic(&self) -> Result<Clinic> {
        self.operator().create_clinic("Клиника «Тест»")
    }

    /// The messages that would have been sent.
    pub fn sandbox(&self) -> Sandbox {
        Sandbox::new(self.anonymous())
    }

    /// Who opens `link`.
    ///
    /// # Errors
    /// When that is no link of this stack.
    pub fn patient(&self, link: &str) -> Result<Patient> {
        Patient::open(self.anonymous(), &self.esia, link)
    }

    /// Somebody at the personal account, not signed in.
    pub fn account(&self) -> Account {
        Account::new(self.anonymous(), &self.esia)
    }

    /// Somebody whom a clinic has invited in this role, and who has joined its staff.
    ///
    /// # Errors
    /// When any step fails.
    pub fn member(&self, clinic: &mut Clinic, role: &str) -> Result<Member> {
        Member::joined(clinic, &self.base, role)
    }

    /// Tells the simulator what its next answers do wrong (`tests/esia-sim/src/faults.rs`).
    ///
    /// # Errors
    /// When the simulator doesn't take it.
    pub fn esia_fault(&self, faults: &Value) -> Result<()> {
        self.simulator("/sim/next", faults).map(drop)
    }

    /// Changes how the simulator behaves until further notice.
    ///
    /// # Errors
    /// When the simulator doesn't take it.
    pub fn esia_set(&self, settings: &Value) -> Result<()> {
        self.simulator("/sim/settings", settings).map(drop)
    }

    /// ESIA signs its tokens with a new key from now on; the certificate of that key, PEM.
    ///
    /// # Errors
    /// When the simulator doesn't do it.
    pub fn esia_rotate(&self) -> Result<String> {
        let answer = self.simulator("/sim/rotate", &serde_json::json!({}))?;
        let pem = answer.json()?["certificate_pem"].take();
        Ok(pem.as_str().context("no certificate")?.to_owned())
    }

    fn simulator(&self, path: &str, body: &Value) -> Result<Reply> {
        let headers = [("content-type", "application/json")];
        let bytes = body.to_string().into_bytes();
        let reply = Client::new(&self.esia).send(Method::POST, path, &headers, Some(bytes))?;
        ensure!(
            reply.status.is_success(),
            "the simulator refused {path} {body}: {}",
            reply.text()
        );
        Ok(reply)
    }

    /// The signer beside the product, which makes our signatures for ESIA.
    ///
    /// # Errors
    /// When the stack was started without one.
    pub fn esia_signer(&self) -> Result<&EsiaSigner> {
        let own = self.own.as_ref();
        own.and_then(|own| own.place.signer.as_ref())
            .context("this stack has no signer")
    }

    /// `kill -9` of the runtime.
    ///
    /// # Errors
    /// When it was dead already.
    pub fn kill(&mut self) -> Result<()> {
        self.ours()?.runner.kill()
    }

    /// SIGTERM to the runtime; returns when it has ended.
    ///
    /// # Errors
    /// When it doesn't stop.
    pub fn stop(&mut self) -> Result<()> {
        self.ours()?.runner.stop()
    }

    /// ESIA goes away.
    ///
    /// # Errors
    /// When it was away already.
    pub fn stop_esia(&mut self) -> Result<()> {
        self.ours()?.simulator.kill()
    }

    /// ESIA comes back, with the keys that it had.
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn start_esia(&mut self) -> Result<()> {
        let own = self.ours()?;
        own.simulator = own.place.simulator(&own.settings.esia)?;
        Ok(())
    }

    /// Waits for the runtime's own end, as ordered with [`Settings::crash`].
    ///
    /// # Errors
    /// When the stack isn't ours.
    pub fn ended(&mut self) -> Result<()> {
        self.ours()?.runner.ended()
    }

    /// Whether the runtime runs.
    ///
    /// # Errors
    /// When the stack isn't ours.
    pub fn is_alive(&mut self) -> Result<bool> {
        Ok(self.ours()?.runner.is_alive())
    }

    /// Starts the runtime again on the same data, port and keys, once the earlier one has ended.
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn start_again(&mut self, settings: Settings) -> Result<()> {
        let base = self.base.clone();
        let own = self.ours()?;
        own.settings = settings;
        own.runner = own.place.runtime(&own.settings)?;
        launch::wait_until_ready(&base, own.place.port, &own.settings, &mut own.runner)
    }

    /// The database's file, to be read or spoiled while the runtime is stopped.
    ///
    /// # Errors
    /// When the stack isn't ours.
    pub fn database(&mut self) -> Result<PathBuf> {
        Ok(self.ours()?.place.folder.join("db/sqlite_db.db"))
    }

    /// The most memory that the runtime has had since its start, in bytes.
    ///
    /// # Errors
    /// When the stack isn't ours, or the system doesn't tell.
    pub fn peak_memory(&mut self) -> Result<u64> {
        self.ours()?.runner.peak_memory()
    }

    /// Where everything of this stack lies: database (`db`), keys (`keys`) and logs (`*.log`).
    ///
    /// # Errors
    /// When the stack isn't ours.
    pub fn folder(&mut self) -> Result<PathBuf> {
        Ok(self.ours()?.place.folder.clone())
    }

    fn ours(&mut self) -> Result<&mut Own> {
        self.own
            .as_mut()
            .context("this stack was running before the tests")
    }

    fn given() -> Option<Self> {
        let variable = |name: &str| std::env::var(name).ok();
        Some(Self {
            base: variable("PODPIS_BASE")?,
            esia: variable("PODPIS_ESIA").unwrap_or_else(|| "http://localhost:3001".to_owned()),
            operator_token: variable("PODPIS_OPERATOR_TOKEN").unwrap_or_default(),
            own: None,
        })
    }

    fn start(settings: Settings) -> Result<Self> {
        let folder = data_folder()?;
        let (port, esia_port) = (free_port()?, free_port()?);
        let (base, esia) = (
            format!("http://localhost:{port}"),
            format!("http://localhost:{esia_port}"),
        );
        launch::keys(&folder)?;
        let signer = (settings.esia.signer)
            .then(|| EsiaSigner::start(&folder.join("keys/client.pem")))
            .transpose()?;
        let place = Place {
            folder,
            port,
            esia_port,
            signer,
        };
        let simulator = place.simulator(&settings.esia)?;
        let mut runner = place.runtime(&settings)?;
        launch::wait_until_ready(&base, port, &settings, &mut runner)?;
        let own = Own {
            place,
            settings,
            runner,
            simulator,
        };
        Ok(Self {
            base,
            esia,
            operator_token: OPERATOR_TOKEN.to_owned(),
            own: Some(own),
        })
    }
}

/// The folder of `spin.toml`.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// Cargo's target directory: the test binary lies in its `debug/deps`.
pub(crate) fn target() -> PathBuf {
    let binary = std::env::current_exe().unwrap_or_default();
    binary
        .ancestors()
        .nth(3)
        .map_or_else(|| root().join("target"), Path::to_owned)
}

fn binary(variable: &str, name: &str) -> Result<PathBuf> {
    let path =
        std::env::var_os(variable).map_or_else(|| target().join("debug").join(name), PathBuf::from);
    ensure!(
        path.is_file(),
        "{} is not there: run the tests with `cargo xtask test`",
        path.display()
    );
    Ok(path)
}

pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A new folder `target/test-data/<process>-<number>`; those of processes that are gone are deleted.
///
/// # Errors
/// As the file system says.
pub fn data_folder() -> Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let parent = target().join("test-data");
    fs::create_dir_all(&parent)?;
    for entry in fs::read_dir(&parent)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.split('-').next().unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            // Another test process may be deleting the same.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let folder = parent.join(format!(
        "{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    ));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
