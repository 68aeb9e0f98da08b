//! `podpis-runner`: serves an application until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use podpis_runner::app::Application;
use podpis_runner::host_sqlite::Crash;
use podpis_runner::limits::Limits;
use podpis_runner::load::Options;
use podpis_runner::log::{self, Level};
use podpis_runner::server;
use podpis_runner::ticker::{self, Tick, parse_duration};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Serves the components of a Spin manifest.
///
/// SPIN_VARIABLE_<NAME> in the environment sets an application variable.
/// Logs are JSON lines on standard error; "listening" means ready.
#[derive(Parser)]
struct Arguments {
    /// The manifest.
    #[arg(long, default_value = "spin.toml")]
    manifest: PathBuf,
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Folder of the databases.
    #[arg(long, default_value = ".spin")]
    data: PathBuf,
    /// Folder of compiled components [default: <DATA>/cache].
    #[arg(long)]
    cache: Option<PathBuf>,
    /// Configuration of the runtime, as in Spin: [outbound_networking] block_networks = ["private", "1.1.1.1/32"].
    #[arg(long)]
    runtime_config_file: Option<PathBuf>,
    /// POST to a private component in a fixed rhythm, for example deliver=/tick@1s.
    #[arg(long)]
    tick: Vec<Tick>,
    /// Memory of an instance.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory_mib: u32,
    /// Time of a request without progress.
    #[arg(long, default_value = "30s", value_parser = parse_duration)]
    timeout: Duration,
    /// Processor time of a request.
    #[arg(long, default_value = "10s", value_parser = parse_duration)]
    cpu_time: Duration,
    /// Most detailed lines of the log.
    #[arg(long, default_value = "info")]
    log_level: Level,
    /// For crash tests: end at once, as by SIGKILL, right before the N-th SQL
    /// statement since the start.
    #[arg(long, value_name = "N")]
    crash_after_sql: Option<u64>,
    /// Likewise at the N-th moment around which a restart finds something
    /// else: before and after each commit.
    #[arg(long, value_name = "N", conflicts_with = "crash_after_sql")]
    crash_at_commit: Option<u64>,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    log::set_level(arguments.log_level);
    match run(arguments) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            log::error(
                "cannot serve",
                serde_json::json!({ "error": format!("{error:#}") }),
            );
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(serve(arguments));
    // A statement that still runs may not hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    let options = Options {
        cache: arguments
            .cache
            .unwrap_or_else(|| arguments.data.join("cache")),
        manifest: arguments.manifest,
        data: arguments.data,
        runtime_config: arguments.runtime_config_file,
        limits: Limits {
            memory: usize::try_from(arguments.memory_mib)? << 20,
            timeout: arguments.timeout,
            cpu: arguments.cpu_time,
        },
        crash: arguments
            .crash_after_sql
            .map(Crash::Statement)
            .or(arguments.crash_at_commit.map(Crash::Commit)),
    };
    // First the port: a second runner on the same data must not start at all.
    let listener = TcpListener::bind(arguments.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let application = Application::load(&options, |name| std::env::var(name).ok())?;
    let url = format!("http://{}", listener.local_addr()?);
    for tick in arguments.tick {
        tokio::spawn(ticker::run(application.clone(), tick));
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    log::always("listening", serde_json::json!({ "url": url }));
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    server::serve(application, listener, stop).await;
    Ok(())
}
