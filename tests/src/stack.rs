//! The product under test: runner (or Spin), ESIA simulator and a data folder.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail, ensure};

use crate::actors::{Clinic, Operator, Patient, Sandbox};
use crate::client::Client;
use crate::process::Process;
use crate::wait_for;

/// Token of the operator in a stack of our own.
const OPERATOR_TOKEN: &str = "operator-token-of-the-tests";

/// What a test may ask of its own stack.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Value of the variable `sandbox`.
    pub sandbox: bool,
    /// The runner calls `deliver`'s tick each second.
    pub tick: bool,
    /// The runner dies right after this many SQL statements, counted from its start.
    pub crash_after_sql: Option<u32>,
    /// More application variables, and some in place of the harness's own.
    pub variables: Vec<(&'static str, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sandbox: true,
            tick: true,
            crash_after_sql: None,
            variables: Vec::new(),
        }
    }
}

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
    folder: PathBuf,
    settings: Settings,
    port: u16,
    esia_port: u16,
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

    /// Tells the simulator what its next answers do wrong (`tests/esia-sim/src/faults.rs`).
    ///
    /// # Errors
    /// When the simulator doesn't take it.
    pub fn esia_fault(&self, faults: &serde_json::Value) -> Result<()> {
        let headers = [("content-type", "application/json")];
        let body = faults.to_string().into_bytes();
        let reply =
            Client::new(&self.esia).send(http::Method::POST, "/sim/next", &headers, Some(body))?;
        ensure!(
            reply.status.is_success(),
            "the simulator refused {faults}: {}",
            reply.text()
        );
        Ok(())
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

    /// Waits for the runtime's own end, as ordered with [`Settings::crash_after_sql`].
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
        own.runner = start_runtime(&own.folder, own.port, own.esia_port, &own.settings)?;
        wait_until_ready(&base, own.port, &own.settings, &mut own.runner)
    }

    /// The database's file, to be read or spoiled while the runtime is stopped.
    ///
    /// # Errors
    /// When the stack isn't ours.
    pub fn database(&mut self) -> Result<PathBuf> {
        Ok(self.ours()?.folder.join("db/sqlite_db.db"))
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
        let simulator = start_simulator(&folder, esia_port)?;
        let mut runner = start_runtime(&folder, port, esia_port, &settings)?;
        wait_until_ready(&base, port, &settings, &mut runner)?;
        let own = Own {
            folder,
            settings,
            port,
            esia_port,
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

/// Listening is enough where statements are counted: the health check has some of its own.
fn wait_until_ready(
    base: &str,
    port: u16,
    settings: &Settings,
    runner: &mut Process,
) -> Result<()> {
    let mut client = Client::new(base);
    wait_for("the runtime", || {
        if !runner.is_alive() {
            bail!("it has ended:\n{}", runner.last_lines());
        }
        let ready = if settings.crash_after_sql.is_some() {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        } else {
            client
                .get("/api/health")
                .is_ok_and(|reply| reply.status == 200)
        };
        Ok(ready.then_some(()))
    })
}

fn start_simulator(folder: &Path, port: u16) -> Result<Process> {
    let binary = binary("PODPIS_ESIA_SIM", "podpis-esia-sim")?;
    let keys = folder.join("keys");
    fs::create_dir_all(&keys)?;
    let status = Command::new(&binary)
        .arg("keys")
        .arg(&keys)
        .status()
        .context("podpis-esia-sim keys")?;
    ensure!(status.success(), "podpis-esia-sim keys: {status}");
    let listen = format!("127.0.0.1:{port}");
    let args = [
        "serve",
        "--listen",
        &listen,
        "--keys",
        keys.to_str().context("a path that isn't UTF-8")?,
    ];
    Process::start(&binary, &args, &[], folder, &folder.join("esia-sim.log"))
}

fn start_runtime(folder: &Path, port: u16, esia_port: u16, settings: &Settings) -> Result<Process> {
    let key = |name: &str| {
        fs::read_to_string(folder.join("keys").join(name)).with_context(|| name.to_owned())
    };
    let own = [
        ("SANDBOX", settings.sandbox.to_string()),
        ("PUBLIC_URL", format!("http://localhost:{port}")),
        ("OPERATOR_TOKEN", OPERATOR_TOKEN.to_owned()),
        ("ESIA_URL", format!("http://localhost:{esia_port}")),
        ("ESIA_KEYS", key("esia.pub.pem")?),
        ("ESIA_CLIENT_KEY", key("client.pem")?),
    ];
    let env: Vec<(String, String)> = own
        .into_iter()
        .chain(settings.variables.iter().cloned())
        .map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value))
        .collect();
    let data = folder.join("db");
    fs::create_dir_all(&data)?;
    let (root, listen, log) = (
        root(),
        format!("127.0.0.1:{port}"),
        folder.join("runtime.log"),
    );
    let text = |path: &Path| {
        path.to_str()
            .map(str::to_owned)
            .context("a path that isn't UTF-8")
    };
    if std::env::var("PODPIS_RUNTIME").is_ok_and(|runtime| runtime == "spin") {
        let args = [
            "up",
            "--from",
            "spin.toml",
            "--listen",
            &listen,
            "--state-dir",
            &text(&data)?,
        ]
        .map(str::to_owned);
        return Process::start(
            Path::new("spin"),
            &args.each_ref().map(String::as_str),
            &env,
            &root,
            &log,
        );
    }
    let cache = std::env::var_os("PODPIS_RUNNER_CACHE")
        .map_or_else(|| target().join("runner-cache"), PathBuf::from);
    let manifest = std::env::var("PODPIS_MANIFEST").unwrap_or_else(|_| "spin.toml".to_owned());
    let mut args = vec![
        "--manifest".to_owned(),
        manifest,
        "--listen".to_owned(),
        listen,
    ];
    args.extend([
        "--data".to_owned(),
        text(&data)?,
        "--cache".to_owned(),
        text(&cache)?,
    ]);
    if settings.tick {
        let ticks = [
            "--tick",
            "deliver=/tick@1s",
            "--tick",
            "vault=/timestamps@1s",
            "--tick",
            "vault=/journal/audit@2s",
        ];
        args.extend(ticks.map(str::to_owned));
    }
    if let Some(count) = settings.crash_after_sql {
        args.extend(["--crash-after-sql".to_owned(), count.to_string()]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    Process::start(
        &binary("PODPIS_RUNNER", "podpis-runner")?,
        &args,
        &env,
        &root,
        &log,
    )
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
