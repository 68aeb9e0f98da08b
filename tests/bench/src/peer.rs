//! Servers as processes.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use podpis_tests::wait_for;

/// A running server. Dropping kills it.
#[derive(Debug)]
pub struct Server {
    /// Its port on 127.0.0.1.
    pub port: u16,
    child: Child,
}

impl Server {
    /// Starts what `command` says for a free port, and waits until it listens; its output goes to `log` in `folder`,
    /// which is empty before.
    ///
    /// # Errors
    /// When it doesn't listen.
    pub fn start(folder: &Path, command: impl FnOnce(u16) -> Command) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::create(folder.join("log"))?;
        let mut command = command(port);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let server = Self { port, child };
        wait_for("a server", || {
            Ok(TcpStream::connect(("127.0.0.1", port)).ok().map(drop))
        })?;
        Ok(server)
    }

    /// Starts our runner with the component of one benchmark: `tests/bench/<name>/spin.toml`.
    ///
    /// # Errors
    /// When it doesn't listen.
    pub fn runner(name: &str) -> Result<Self> {
        let program =
            std::env::var_os("PODPIS_RUNNER").context("run this by `cargo xtask bench`")?;
        let manifest = format!("{}/{name}/spin.toml", env!("CARGO_MANIFEST_DIR"));
        let folder = crate::scratch()?.join(name);
        Self::start(&folder, |port| {
            let mut command = Command::new(program);
            command
                .args(["--manifest", &manifest, "--cpu-time", "60s"])
                .args(["--listen", &format!("127.0.0.1:{port}")])
                .arg("--data")
                .arg(&folder);
            command
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only for a process that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
