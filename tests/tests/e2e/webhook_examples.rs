//! The examples that check a webhook's signature, as `docs/webhooks.md` gives them to developers: each tells what is genuine from
//! what is not. What they are held against are the vectors of that page.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// A request as a receiver gets it, and what is true of it.
struct Case {
    secret: String,
    timestamp: String,
    signature: String,
    body: String,
    now: i64,
    genuine: bool,
    what: &'static str,
}

impl Case {
    fn json(&self) -> String {
        serde_json::json!({
            "secret": self.secret, "timestamp": self.timestamp, "signature": self.signature, "body": self.body,
            "now": self.now,
        })
        .to_string()
    }

    fn base64(&self) -> String {
        let now = self.now.to_string();
        let parts = [
            &self.secret,
            &self.timestamp,
            &self.signature,
            &self.body,
            &now,
        ];
        parts.map(|part| STANDARD.encode(part)).join(" ")
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn cases() -> Result<Vec<Case>> {
    let page = fs::read_to_string(repository().join("docs/webhooks.md"))?;
    let vectors = page
        .split("```json vectors\n")
        .nth(1)
        .context("no vectors")?;
    let vectors = vectors.split("```").next().unwrap_or_default();
    let vectors: Vec<Value> = serde_json::from_str(vectors)?;
    let mut cases = Vec::new();
    for vector in &vectors {
        let text = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
        let at = vector["timestamp"].as_i64().context("timestamp")?;
        let mut case = |genuine: bool, what: &'static str, change: &dyn Fn(&mut Case)| {
            let mut case = Case {
                secret: text("secret"),
                timestamp: at.to_string(),
                signature: text("signature"),
                body: text("body"),
                now: at,
                genuine,
                what,
            };
            change(&mut case);
            cases.push(case);
        };
        case(true, "as it is", &|_| ());
        case(true, "five minutes old", &|c| c.now += 300);
        case(true, "of a clock that is ahead", &|c| c.now -= 300);
        case(true, "among others, with spaces", &|c| {
            c.signature = format!("v2=00, {} ,v1=00", c.signature);
        });
        if vector["old_secret"].is_string() {
            case(true, "by the old secret", &|c| {
                c.secret = text("old_secret")
            });
        }
        case(false, "too old", &|c| c.now += 301);
        case(false, "of the future", &|c| c.now -= 301);
        case(false, "another secret", &|c| c.secret.push('x'));
        case(false, "another body", &|c| c.body.push(' '));
        case(false, "another time", &|c| {
            c.timestamp = (at + 1).to_string();
        });
        case(false, "no time", &|c| c.timestamp.clear());
        case(false, "a time that is none", &|c| c.timestamp.push('x'));
        case(false, "no signature", &|c| c.signature.clear());
        case(false, "no version", &|c| {
            c.signature = c.signature.replace("v1=", "");
        });
        case(false, "a shorter signature", &|c| {
            c.signature.truncate(3 + 63);
        });
    }
    Ok(cases)
}

/// Hands the cases to a program, one a line, and compares what it says of each.
fn judge(mut program: Command, line: fn(&Case) -> String) -> Result<()> {
    let cases = cases()?;
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| {
            format!("{program:?}: `cargo xtask test --only e2e` installs what it needs")
        })?;
    let mut input = child.stdin.take().context("stdin")?;
    for case in &cases {
        writeln!(input, "{}", line(case))?;
    }
    drop(input);
    let output = child.wait_with_output()?;
    let said = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{program:?}: {}", output.status);
    ensure!(
        cases.len() > 50 && said.lines().count() == cases.len(),
        "{program:?} said {said:?}"
    );
    for (case, said) in cases.iter().zip(said.lines()) {
        ensure!(
            said == case.genuine.to_string(),
            "{program:?} says {said}: {}, {}",
            case.what,
            case.json()
        );
    }
    Ok(())
}

fn script(program: &str, example: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(repository().join("docs/webhooks").join(example));
    command
}

#[test]
fn python() -> Result<()> {
    judge(script("python3", "verify.py"), Case::json)
}

#[test]
fn php() -> Result<()> {
    judge(script("php", "verify.php"), Case::json)
}

#[test]
fn csharp() -> Result<()> {
    let program = podpis_tests::scratch()?.join("verify.exe");
    let mut compiler = Command::new("mcs");
    compiler
        .arg("-warnaserror")
        .arg(format!("-out:{}", program.display()))
        .arg(repository().join("docs/webhooks/Verify.cs"))
        .arg(repository().join("tests/fixtures/webhooks/Cases.cs"));
    let output = compiler
        .output()
        .context("mcs: `cargo xtask test --only e2e` installs it")?;
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{complained}");
    let mut run = Command::new("mono");
    run.arg(program);
    judge(run, Case::base64)
}
