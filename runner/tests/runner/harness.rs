//! Starts the runner on a manifest of the test and asks it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Nothing here takes this long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running runner with a folder of its own.
pub(crate) struct Runner {
    child: Child,
    /// `127.0.0.1:<port>`.
    pub(crate) address: String,
    /// Lines of its log, one JSON object each.
    log: Arc<Mutex<Vec<Value>>>,
    reader: Option<thread::JoinHandle<()>>,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A folder with a manifest whose only Wasm file is the guest.
///
/// `components` are whole `[component.…]` tables; `@guest@` stands for the path.
pub(crate) fn application(manifest: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let head = "spin_manifest_version = 2\n[application]\nname = \"test\"\n";
    let text = manifest.replace("@guest@", guest().to_str().unwrap());
    std::fs::write(folder.path().join("spin.toml"), format!("{head}{text}")).unwrap();
    folder
}

/// The usual application: `guest` answers everything, `inner` is private.
pub(crate) fn usual() -> TempDir {
    let folder = application(
        r#"
[variables]
greeting = { default = "hello" }
token = { required = true, secret = true }
outside = { default = "" }

[[trigger.http]]
route = "/..."
component = "guest"
[component.guest]
source = "@guest@"
allowed_outbound_hosts = ["http://inner.spin.internal", "http://self", "{{ outside }}"]
sqlite_databases = ["default", "second"]
files = [{ source = "files", destination = "/" }]
environment = { COLOUR = "red" }
[component.guest.variables]
greeting = "{{ greeting }}, world"
token = "{{ token }}"

[[trigger.http]]
route = { private = true }
component = "inner"
[component.inner]
source = "@guest@"
sqlite_databases = ["default"]
"#,
    );
    std::fs::create_dir(folder.path().join("files")).unwrap();
    std::fs::write(folder.path().join("files/note.txt"), "a note").unwrap();
    folder
}

impl Runner {
    /// Starts the usual application with more arguments.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_with(
            folder,
            arguments,
            &[("SPIN_VARIABLE_TOKEN", "s3cret-value")],
        )
    }

    /// Starts with an environment of its own and waits until it listens.
    pub(crate) fn start_with(
        folder: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut child = command(folder, arguments, environment).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let written = log.clone();
        let reader = thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let value =
                    serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
                written.lock().unwrap().push(value);
            }
        });
        let mut runner = Self {
            child,
            address: String::new(),
            log,
            reader: Some(reader),
        };
        let listening = runner.wait_for_log("listening", |line| line["msg"] == "listening");
        runner.address = listening["url"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap()
            .to_owned();
        runner
    }

    /// GET of a path.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    /// Any request, on a connection of its own.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut stream = self.connect();
        stream
            .write_all(&request(&self.address, method, path, headers, body))
            .unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        parse(&bytes)
    }

    /// A raw connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// The first line of the log that fits, waiting for it.
    pub(crate) fn wait_for_log(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(line) = self.log.lock().unwrap().iter().find(|line| fits(line)) {
                return line.clone();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!(
            "no log line: {what}; the log: {:#?}",
            self.log.lock().unwrap()
        );
    }

    /// Like [`Self::wait_for_log`], of lines that come from now on.
    pub(crate) fn wait_for_new_log(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.log.lock().unwrap().retain(|line| !fits(line));
        self.wait_for_log(what, fits)
    }

    /// Lines of the log so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.log.lock().unwrap().clone()
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let status = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for its end and the end of its log.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Runs a runner that is expected to refuse, and gives what it says.
pub(crate) fn refusal(folder: &Path, environment: &[(&str, &str)]) -> String {
    refusal_with(folder, &[], environment)
}

/// Like [`refusal`], with more arguments.
pub(crate) fn refusal_with(
    folder: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> String {
    let output = command(folder, arguments, environment).output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    last["error"].as_str().unwrap().to_owned()
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// `code` of a problem+json body.
    pub(crate) fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], self.status);
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// The bytes of a request that asks for the connection to be closed.
pub(crate) fn request(
    host: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        head += &format!("content-length: {}\r\n", body.len());
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

/// Reads an answer; a chunked body is put together.
pub(crate) fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(bytes)));
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let header = |line: &str| {
        line.split_once(": ")
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    let headers: Vec<_> = lines.filter_map(header).collect();
    let chunked = headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let rest = &bytes[end + 4..];
    let body = if chunked {
        unchunk(rest)
    } else {
        rest.to_vec()
    };
    Answer {
        status,
        headers,
        body: String::from_utf8(body).unwrap(),
    }
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
    body
}

fn command(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpis-runner"));
    command
        .args(["--listen", "127.0.0.1:0", "--manifest"])
        .arg(folder.join("spin.toml"))
        .arg("--data")
        .arg(folder.join("data"))
        .arg("--cache")
        .arg(target().join("runner-test-cache"))
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// The guest, built once for all tests of a process.
fn guest() -> &'static Path {
    static GUEST: OnceLock<PathBuf> = OnceLock::new();
    GUEST.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--release",
                "--target",
                "wasm32-wasip2",
                "--package",
                "podpis-runner-guest",
            ])
            .env("CARGO_TARGET_DIR", target())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success(), "the guest does not build");
        target().join("wasm32-wasip2/release/podpis_runner_guest.wasm")
    })
}

/// The target folder that this test was built in.
fn target() -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_podpis-runner"));
    binary.ancestors().nth(2).unwrap().to_owned()
}
