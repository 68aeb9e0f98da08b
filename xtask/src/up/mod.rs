//! `cargo xtask up`: the whole product on this machine, with a demo clinic and a consent to sign.

mod children;
mod demo;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use self::children::Child;
use self::demo::Demo;
use crate::build;
use crate::ctx::{Ctx, run as run_command, step};
use crate::http::Http;
use crate::tools;

pub(crate) const HELP: &str = "builds, starts, sends sample documents, prints their addresses
[--port 3000] [--esia-port 3001] [--data ./data] [--fresh] [--release]";

/// What we keep in the data folder, and so what `--fresh` may delete there.
const OURS: &[&str] = &["db", "keys", "logs", "demo.json", "operator-token"];
/// How long a start may take: the first one compiles the components.
const START: Duration = Duration::from_secs(180);
/// A developer has one address and one sample phone, and signs in all day.
const CODE_LIMITS: &str = "open_client_hour=100000 open_recipient_hour=10000 open_recipient_day=10000 \
                           known_recipient_hour=10000 known_recipient_day=10000";
const SMS_LIMITS: &str = "text_recipient_hour=10000 text_recipient_day=10000";
/// A developer's programs all come from one address, and measure too.
const RATE_LIMITS: &str = "key_minute=600000 address_minute=60000";

pub(crate) fn run(ctx: &Ctx, args: lexopt::Parser) -> Result<()> {
    let options = Options::parse(ctx, args)?;
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // Nobody receives any more only when we are stopping already.
        let _ = stop.send(());
    })?;
    for (port, flag) in [(options.port, "--port"), (options.esia_port, "--esia-port")] {
        if TcpListener::bind(("127.0.0.1", port)).is_err() {
            bail!(
                "port {port} is busy: stop what listens there (an earlier `cargo xtask up`?) or choose another: {flag} N"
            );
        }
    }
    tools::install(tools::rust_targets)?;
    build::build_tools(ctx, options.release)?;
    build::build_functions(ctx)?;
    build::build_site(ctx, build::Effort::Quick)?;

    let data = Data::prepare(&options)?;
    let mut esia = start_esia(ctx, &options, &data)?;
    let mut runner = start_runner(ctx, &options, &data)?;
    let served = serve(ctx, &options, &data, &stopped, [&mut runner, &mut esia]);
    eprintln!("… stopping");
    runner.stop();
    esia.stop();
    served
}

/// Waits for readiness, seeds, prints, and stays until Ctrl-C or the death of a child.
fn serve(
    ctx: &Ctx,
    options: &Options,
    data: &Data,
    stopped: &mpsc::Receiver<()>,
    mut children: [&mut Child; 2],
) -> Result<()> {
    let base = format!("http://localhost:{}", options.port);
    let http = Http::new(&base);
    let ready = step("starting", || {
        let attempts = START.as_millis() / 100;
        for _ in 0..attempts {
            if http
                .get("/api/health", None)
                .is_ok_and(|(status, _)| status == 200)
            {
                return Ok(true);
            }
            children.iter_mut().try_for_each(|child| child.check())?;
            if stopped.recv_timeout(Duration::from_millis(100)).is_ok() {
                return Ok(false);
            }
        }
        bail!(
            "no answer from {base}/api/health in {} s; see {}",
            START.as_secs(),
            ctx.show(&data.logs)
        )
    })?;
    if !ready {
        return Ok(());
    }
    let demo = step("demo clinic and its documents", || {
        demo::seed(ctx, &http, data)
    })?;
    print_summary(ctx, options, data, &base, &demo);
    loop {
        if stopped.recv_timeout(Duration::from_millis(300)).is_ok() {
            return Ok(());
        }
        children.iter_mut().try_for_each(|child| child.check())?;
    }
}

fn print_summary(ctx: &Ctx, options: &Options, data: &Data, base: &str, demo: &Demo) {
    let Demo {
        clinic_id,
        link,
        api_key,
        sample,
        invitation,
    } = demo;
    let console = format!("{base}/clinic");
    let expires = demo::in_two_weeks();
    println!(
        "
Patient's link (open it at phone size; sign in as Иванова Мария Петровна):
  {link}

Personal account: {base}/account?clinic={clinic_id}
  (sign in with {phone}, codes at {base}/sandbox/messages)

The clinic's console, for its head ({head}):
  {console}

The demo clinic's API key:
  {api_key}

Send another document:
  curl -sS {base}/api/v1/documents -H 'Authorization: Bearer {api_key}' \\
    -F 'document={{\"kind\":\"ids\",\"title\":\"Информированное добровольное согласие\",\"patient\":{{\"last_name\":\"Иванова\",\"first_name\":\"Мария\",\"middle_name\":\"Петровна\",\"birth_date\":\"1985-03-12\",\"snils\":\"11223344595\",\"phone\":\"+79161234567\"}},\"delivery\":\"link\",\"method\":\"esia\",\"parties\":\"patient\",\"expires_at\":\"{expires}\"}};type=application/json' \\
    -F 'file=@{sample};type=application/pdf'

Messages:         {base}/sandbox/messages
Operator's token: {token}
ESIA simulator:   http://localhost:{esia_port}
Data:             {folder}   (logs in {logs})
Stop:             Ctrl-C

Podpis is up: {base}",
        phone = demo::PHONE,
        head = demo::HEAD,
        console = invitation.as_deref().unwrap_or(&console),
        sample = ctx.show(sample),
        token = data.operator_token,
        esia_port = options.esia_port,
        folder = ctx.show(&data.folder),
        logs = ctx.show(&data.logs),
    );
}

#[derive(Debug)]
struct Options {
    port: u16,
    esia_port: u16,
    data: PathBuf,
    fresh: bool,
    release: bool,
}

impl Options {
    fn parse(ctx: &Ctx, mut args: lexopt::Parser) -> Result<Self> {
        use lexopt::ValueExt as _;
        let mut options = Self {
            port: 3000,
            esia_port: 3001,
            data: ctx.root.join("data"),
            fresh: false,
            release: false,
        };
        while let Some(arg) = args.next()? {
            match arg {
                lexopt::Arg::Long("port") => options.port = args.value()?.parse()?,
                lexopt::Arg::Long("esia-port") => options.esia_port = args.value()?.parse()?,
                lexopt::Arg::Long("data") => options.data = std::path::absolute(args.value()?)?,
                lexopt::Arg::Long("fresh") => options.fresh = true,
                lexopt::Arg::Long("release") => options.release = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// The data folder.
#[derive(Debug)]
struct Data {
    folder: PathBuf,
    db: PathBuf,
    keys: PathBuf,
    logs: PathBuf,
    operator_token: String,
}

impl Data {
    fn prepare(options: &Options) -> Result<Self> {
        let folder = options.data.clone();
        if options.fresh {
            for name in OURS {
                remove(&folder.join(name))?;
            }
        }
        let [db, keys, logs] = ["db", "keys", "logs"].map(|name| folder.join(name));
        for folder in [&db, &keys, &logs] {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        let operator_token = operator_token(&folder.join("operator-token"))?;
        Ok(Self {
            folder,
            db,
            keys,
            logs,
            operator_token,
        })
    }
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The given token, else the one kept in `file`, else a new one kept there.
fn operator_token(file: &Path) -> Result<String> {
    if let Ok(token) = std::env::var("SPIN_VARIABLE_OPERATOR_TOKEN") {
        return Ok(token);
    }
    if let Ok(token) = fs::read_to_string(file) {
        return Ok(token.trim().to_owned());
    }
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("no randomness from the system")?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    demo::write_secret(file, token.as_bytes())?;
    Ok(token)
}

fn start_esia(ctx: &Ctx, options: &Options, data: &Data) -> Result<Child> {
    let binary = ctx.tool("podpis-esia-sim", options.release);
    run_command(Command::new(&binary).arg("keys").arg(&data.keys)).with_context(|| {
        format!(
            "the keys in {} are of another version: begin anew with --fresh",
            data.keys.display()
        )
    })?;
    let mut command = Command::new(binary);
    command
        .args([
            "serve",
            "--listen",
            &format!("127.0.0.1:{}", options.esia_port),
            "--keys",
        ])
        .arg(&data.keys);
    Child::start(
        "ESIA simulator",
        &mut command,
        &data.logs.join("esia-sim.log"),
    )
}

fn start_runner(ctx: &Ctx, options: &Options, data: &Data) -> Result<Child> {
    let key = |name: &str| {
        let path = data.keys.join(name);
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    };
    let mut command = Command::new(ctx.tool("podpis-runner", options.release));
    command
        .current_dir(&ctx.root)
        .args([
            "--manifest",
            "spin.toml",
            "--listen",
            &format!("127.0.0.1:{}", options.port),
            "--data",
        ])
        .arg(&data.db)
        .arg("--cache")
        .arg(ctx.target.join("runner-cache"))
        .args([
            "--tick",
            "deliver=/tick@1s",
            "--tick",
            "vault=/timestamps@10s",
        ])
        .args(["--tick", "vault=/journal/audit@60s"])
        .env("SPIN_VARIABLE_SANDBOX", "true")
        .env(
            "SPIN_VARIABLE_PUBLIC_URL",
            format!("http://localhost:{}", options.port),
        )
        .env("SPIN_VARIABLE_OPERATOR_TOKEN", &data.operator_token)
        .env("SPIN_VARIABLE_CODE_LIMITS", CODE_LIMITS)
        .env("SPIN_VARIABLE_WEBHOOK_HTTP", "http://*:*")
        .env("SPIN_VARIABLE_SMS_LIMITS", SMS_LIMITS)
        .env("SPIN_VARIABLE_RATE_LIMITS", RATE_LIMITS)
        .env(
            "SPIN_VARIABLE_ESIA_URL",
            format!("http://localhost:{}", options.esia_port),
        )
        .env("SPIN_VARIABLE_ESIA_KEYS", key("esia.cer.pem")?)
        .env("SPIN_VARIABLE_ESIA_CLIENT_KEY", key("client.pem")?)
        .env(
            "SPIN_VARIABLE_ESIA_CLIENT_CERTIFICATE",
            key("client.cer.pem")?,
        )
        .env("SPIN_VARIABLE_STORAGE_KEY", key("storage.key")?.trim());
    Child::start("runner", &mut command, &data.logs.join("runner.log"))
}
