//! Starting the processes of a stack.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use super::{Crash, Esia, OPERATOR_TOKEN, Settings, binary, root, target};
use crate::client::Client;
use crate::process::Process;
use crate::signer::EsiaSigner;
use crate::wait_for;

/// Tests share one address and a few phones: limits by these would count tests, not people.
const CODE_LIMITS: &str = "open_client_hour=100000 open_recipient_hour=10000 open_recipient_day=10000 \
                           known_recipient_hour=10000 known_recipient_day=10000";

/// Likewise, and some tests send thousands of documents of one clinic.
const RATE_LIMITS: &str = "key_minute=1000000 address_minute=1000000";
const SMS_LIMITS: &str = "text_recipient_hour=10000 text_recipient_day=10000";

/// What of a stack stays the same when its processes are started again.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) port: u16,
    pub(super) esia_port: u16,
    /// Where our signatures for ESIA are made, unless by the product itself.
    pub(super) signer: Option<EsiaSigner>,
}

/// Writes the keys of both sides into `keys` of a stack's folder.
pub(super) fn keys(folder: &Path) -> Result<()> {
    let keys = folder.join("keys");
    fs::create_dir_all(&keys)?;
    let binary = binary("PODPIS_ESIA_SIM", "podpis-esia-sim")?;
    let status = Command::new(binary).arg("keys").arg(&keys).status();
    let status = status.context("podpis-esia-sim keys")?;
    ensure!(status.success(), "podpis-esia-sim keys: {status}");
    Ok(())
}

/// Listening is enough where statements are counted: the health check has some of its own.
pub(super) fn wait_until_ready(
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
        let ready = if settings.crash.is_some() {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        } else {
            client
                .get("/api/health")
                .is_ok_and(|reply| reply.status == 200)
        };
        Ok(ready.then_some(()))
    })
}

impl Place {
    /// Starts the ESIA simulator and waits until it listens.
    pub(super) fn simulator(&self, esia: &Esia) -> Result<Process> {
        let mut args = vec![
            "serve".to_owned(),
            "--listen".to_owned(),
            format!("127.0.0.1:{}", self.esia_port),
            "--keys".to_owned(),
            text(&self.folder.join("keys"))?,
            "--crypto".to_owned(),
            if esia.openssl { "openssl" } else { "builtin" }.to_owned(),
            "--token-alg".to_owned(),
            if esia.rs256 { "rs256" } else { "gost" }.to_owned(),
            "--pkce".to_owned(),
            if esia.pkce { "required" } else { "off" }.to_owned(),
        ];
        if esia.single_sign_on {
            args.push("--single-sign-on".to_owned());
        }
        for certificate in &esia.client_certificates {
            args.extend(["--client-certificate".to_owned(), text(certificate)?]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut simulator = Process::start(
            &binary("PODPIS_ESIA_SIM", "podpis-esia-sim")?,
            &args,
            &[],
            &self.folder,
            &self.folder.join("esia-sim.log"),
        )?;
        wait_for("the ESIA simulator", || {
            ensure!(simulator.is_alive(), "{}", simulator.last_lines());
            Ok(TcpStream::connect(("127.0.0.1", self.esia_port))
                .is_ok()
                .then_some(()))
        })?;
        Ok(simulator)
    }

    /// Starts the runner, or `spin up` where that is asked for.
    pub(super) fn runtime(&self, settings: &Settings) -> Result<Process> {
        let data = self.folder.join("db");
        fs::create_dir_all(&data)?;
        let (data, listen) = (text(&data)?, format!("127.0.0.1:{}", self.port));
        let spin = std::env::var("PODPIS_RUNTIME").is_ok_and(|runtime| runtime == "spin");
        let (program, args) = if spin {
            let args = ["up", "--from", "spin.toml", "--listen", &listen];
            let mut args = args.map(str::to_owned).to_vec();
            args.extend(["--state-dir".to_owned(), data]);
            (PathBuf::from("spin"), args)
        } else {
            let runner = binary("PODPIS_RUNNER", "podpis-runner")?;
            (runner, runner_args(settings, listen, data)?)
        };
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (env, log) = (self.variables(settings)?, self.folder.join("runtime.log"));
        Process::start(&program, &args, &env, &root(), &log)
    }

    /// The application's variables as the environment gives them.
    fn variables(&self, settings: &Settings) -> Result<Vec<(String, String)>> {
        let key = |name: &str| {
            let text = fs::read_to_string(self.folder.join("keys").join(name));
            text.with_context(|| name.to_owned())
        };
        let esia = &settings.esia;
        let (algorithm, certificate) = if esia.rs256 {
            ("RS256", "esia.rsa.cer.pem")
        } else {
            ("GOST3410_2012_256", "esia.cer.pem")
        };
        let mut own = vec![
            ("SANDBOX", settings.sandbox.to_string()),
            ("PUBLIC_URL", format!("http://localhost:{}", self.port)),
            ("OPERATOR_TOKEN", OPERATOR_TOKEN.to_owned()),
            ("STORAGE_KEY", key("storage.key")?.trim().to_owned()),
            ("ESIA_URL", format!("http://localhost:{}", self.esia_port)),
            ("ESIA_KEYS", key(certificate)?),
            ("ESIA_ALGORITHMS", algorithm.to_owned()),
            (
                "ESIA_PROTOCOL",
                if esia.v1 { "v1" } else { "v2" }.to_owned(),
            ),
            (
                "ESIA_PKCE",
                if esia.pkce { "S256" } else { "off" }.to_owned(),
            ),
            ("ESIA_CLIENT_CERTIFICATE", key("client.cer.pem")?),
            ("CODE_LIMITS", CODE_LIMITS.to_owned()),
            ("WEBHOOK_HTTP", "http://*:*".to_owned()),
            ("RATE_LIMITS", RATE_LIMITS.to_owned()),
            ("SMS_LIMITS", SMS_LIMITS.to_owned()),
        ];
        match &self.signer {
            Some(signer) => own.extend([
                ("ESIA_SIGNER_URL", signer.url.clone()),
                ("ESIA_SIGNER_TOKEN", EsiaSigner::TOKEN.to_owned()),
            ]),
            None => own.push(("ESIA_CLIENT_KEY", key("client.pem")?)),
        }
        Ok(own
            .into_iter()
            .chain(settings.variables.iter().cloned())
            .map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value))
            .collect())
    }
}

fn runner_args(settings: &Settings, listen: String, data: String) -> Result<Vec<String>> {
    let cache = std::env::var_os("PODPIS_RUNNER_CACHE")
        .map_or_else(|| target().join("runner-cache"), PathBuf::from);
    let manifest = std::env::var("PODPIS_MANIFEST").unwrap_or_else(|_| "spin.toml".to_owned());
    let pairs = [
        ("--manifest", manifest),
        ("--listen", listen),
        ("--data", data),
        ("--cache", text(&cache)?),
    ];
    let mut args: Vec<String> = pairs
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value])
        .collect();
    if settings.tick {
        for tick in [
            "deliver=/tick@1s",
            "vault=/timestamps@1s",
            "vault=/journal/audit@2s",
        ] {
            args.extend(["--tick", tick].map(str::to_owned));
        }
    }
    match settings.crash {
        Some(Crash::Statement(n)) => args.extend(["--crash-after-sql".to_owned(), n.to_string()]),
        Some(Crash::Commit(n)) => args.extend(["--crash-at-commit".to_owned(), n.to_string()]),
        None => {}
    }
    Ok(args)
}

fn text(path: &Path) -> Result<String> {
    let text = path.to_str().context("a path that isn't UTF-8")?;
    Ok(text.to_owned())
}
