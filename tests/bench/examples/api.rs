//! Intake and status requests a second: through the runner, and natively. See `docs/benchmarks.md`.

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result};
use hyper::Method;
use podpis_bench::load::Shot;
use podpis_bench::peer::Server;
use podpis_bench::stats::{Series, row};
use podpis_tests::client::Client;
use podpis_tests::{Settings, Stack, Upload, pdf};
use serde_json::json;

/// Requests of one round, and connections that send them.
const STATUS: (usize, usize) = (2_000, 8);
/// The same of intake: `vault` takes four files at a time.
const INTAKE: (usize, usize) = (100, 4);
/// What is still on its way after intake gets this long before the next turn.
const PAUSE: Duration = Duration::from_millis(1500);

/// Token of the operator at the baseline.
const OPERATOR_TOKEN: &str = "operator-token-of-the-benchmarks";

/// What a key may ask in a minute: counted as ever, and never reached.
const RATE_LIMITS: &str = "key_minute=100000000";

fn main() -> Result<()> {
    let native = native()?;
    let stack = Stack::alone(Settings {
        variables: vec![("RATE_LIMITS", RATE_LIMITS.to_owned())],
        ..Settings::default()
    })?;
    let stack = stack.context("needs a runner of its own")?;
    let clinic = stack.clinic()?;
    let port = stack.base().rsplit(':').next().context("a port")?.parse()?;
    let mut theirs = Target::new(native.port, native_key(native.port)?)?;
    let mut ours = Target::new(port, clinic.api_key)?;
    for target in [&mut theirs, &mut ours] {
        target.round()?; // Not counted: both warm up.
        target.forget();
    }
    for round in 0..podpis_bench::rounds(7) {
        let mut turns = [&mut theirs, &mut ours];
        if round % 2 == 1 {
            turns.reverse();
        }
        for target in turns {
            target.round()?;
        }
    }
    println!("| requests a second | native | Wasm | Wasm : native |\n|---|---|---|---|");
    row("status", "GET", &theirs.status_series, &ours.status_series);
    row(
        "intake of the sample consent",
        "POST",
        &theirs.intake_series,
        &ours.intake_series,
    );
    Ok(())
}

struct Target {
    port: u16,
    status: Shot,
    intake: Shot,
    status_series: Series,
    intake_series: Series,
}

impl Target {
    fn new(port: u16, key: String) -> Result<Self> {
        let (content_type, body) = Upload::small().file(pdf::consent()?).multipart();
        let authorization = format!("Bearer {key}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", content_type.as_str()),
        ];
        let sent = Client::new(&format!("http://localhost:{port}"))
            .send(
                Method::POST,
                "/api/v1/documents",
                &headers,
                Some(body.clone()),
            )?
            .expect(201)?
            .json()?;
        let path = format!("/api/v1/documents/{}", sent["id"].as_str().context("id")?);
        let headers = vec![
            ("authorization", authorization),
            ("content-type", content_type),
        ];
        let intake = Shot {
            method: Method::POST,
            path: "/api/v1/documents".to_owned(),
            headers: headers.clone(),
            body: body.into(),
            status: 201,
        };
        let status = Shot {
            method: Method::GET,
            path,
            headers,
            body: hyper::body::Bytes::new(),
            status: 200,
        };
        Ok(Self {
            port,
            status,
            intake,
            status_series: Series::default(),
            intake_series: Series::default(),
        })
    }

    fn round(&mut self) -> Result<()> {
        self.status_series
            .push(self.status.fire(self.port, STATUS.1, STATUS.0)?);
        self.intake_series
            .push(self.intake.fire(self.port, INTAKE.1, INTAKE.0)?);
        sleep(PAUSE);
        Ok(())
    }

    fn forget(&mut self) {
        self.status_series = Series::default();
        self.intake_series = Series::default();
    }
}

fn native() -> Result<Server> {
    let program = podpis_bench::beside("podpis-bench-native")?;
    let folder = podpis_bench::scratch()?.join("native");
    Server::start(&folder, |port| {
        let mut command = Command::new(program);
        command
            .arg(format!("127.0.0.1:{port}"))
            .arg(folder.join("native.db"));
        command.env("SPIN_VARIABLE_SANDBOX", "true");
        command.env(
            "SPIN_VARIABLE_PUBLIC_URL",
            format!("http://localhost:{port}"),
        );
        command.env("SPIN_VARIABLE_OPERATOR_TOKEN", OPERATOR_TOKEN);
        command.env("SPIN_VARIABLE_DELIVERY_TIMES", "");
        command.env("SPIN_VARIABLE_WEBHOOK_KEY", "");
        command.env("SPIN_VARIABLE_RATE_LIMITS", RATE_LIMITS);
        command
    })
}

fn native_key(port: u16) -> Result<String> {
    let body = json!({"name": "Клиника «Тест»", "inn": "7707083893", "timezone": "Europe/Moscow"});
    let bearer = format!("Bearer {OPERATOR_TOKEN}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let made = Client::new(&format!("http://localhost:{port}"))
        .send(
            Method::POST,
            "/api/v1/operator/clinics",
            &headers,
            Some(body.to_string().into_bytes()),
        )?
        .expect(201)?
        .json()?;
    made["api_key"]
        .as_str()
        .map(str::to_owned)
        .context("api_key")
}
