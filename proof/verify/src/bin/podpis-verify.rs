//! `podpis-verify file.pdf`: the verifier for a terminal and for scripts.

#![forbid(unsafe_code)]

use podpis_evidence::Trust;
use podpis_shared::Timestamp;
use podpis_verify::{Input, Outcome, Report, Verdict, verify};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

/// What the user reads on a mistake and on `--help`.
const USAGE: &str = "\
podpis-verify ФАЙЛ.pdf [--sig ФАЙЛ.sig] [--evidence ФАЙЛ.json] [--trust trust.json] [--at ВРЕМЯ] [--json]

Проверяет подписанный документ без сети.

  --sig ФАЙЛ        отдельная подпись клиники (CMS, DER или PEM)
  --evidence ФАЙЛ   более новые доказательства, полученные от оператора
  --trust ФАЙЛ      список доверия оператора (GET /api/v1/trust); без него проверяется не всё
  --at ВРЕМЯ        считать, что сейчас это время, например 2029-11-22T12:00:00Z
  --json            ответ для программ, podpis-report/1

Код выхода: 0 — подтверждено, 1 — не прошло, 2 — проверено не всё, 64 — ошибка в команде, 66 — файл не читается.
";

/// Exit codes of sysexits.h.
const EX_USAGE: u8 = 64;
const EX_NOINPUT: u8 = 66;

/// No file that we read is larger, in bytes: a sealed document takes at most a few MiB over its original's 25.
const FILE_MAX: u64 = 128 * 1024 * 1024;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(lexopt::Parser::from_env()) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return print(USAGE, ExitCode::SUCCESS),
        Err(error) => {
            eprint!("podpis-verify: {error}\n\n{USAGE}");
            return ExitCode::from(EX_USAGE);
        }
    };
    match arguments.report() {
        Ok(report) => {
            let text = if arguments.json {
                json(&report)
            } else {
                plain(&report)
            };
            print(&text, exit_code(report.verdict))
        }
        Err(error) => {
            eprintln!("podpis-verify: {error}");
            ExitCode::from(EX_NOINPUT)
        }
    }
}

struct Arguments {
    pdf: PathBuf,
    sig: Option<PathBuf>,
    evidence: Option<PathBuf>,
    trust: Option<PathBuf>,
    at: Option<Timestamp>,
    json: bool,
}

impl Arguments {
    /// `None`: help was asked for.
    fn parse(mut parser: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::*;
        let (mut pdf, mut sig, mut evidence, mut trust, mut at, mut json) =
            (None, None, None, None, None, false);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("sig") => once(&mut sig, parser.value()?, "--sig")?,
                Long("evidence") => once(&mut evidence, parser.value()?, "--evidence")?,
                Long("trust") => once(&mut trust, parser.value()?, "--trust")?,
                Long("at") => {
                    let time = parser
                        .value()?
                        .parse_with(|text| Timestamp::parse(text).ok_or("не время"))?;
                    at = Some(time);
                }
                Long("json") => json = true,
                Short('h') | Long("help") => return Ok(None),
                Value(value) => once(&mut pdf, value, "ФАЙЛ.pdf")?,
                other => return Err(other.unexpected()),
            }
        }
        let pdf = pdf.ok_or("не назван файл")?;
        Ok(Some(Self {
            pdf,
            sig,
            evidence,
            trust,
            at,
            json,
        }))
    }

    fn report(&self) -> Result<Report, String> {
        let pdf = read(&self.pdf)?;
        let sig = self.sig.as_ref().map(read).transpose()?;
        let evidence = self.evidence.as_ref().map(read).transpose()?;
        let trust = self.trust.as_ref().map(read_trust).transpose()?;
        Ok(verify(Input {
            pdf: &pdf,
            clinic_signature: sig.as_deref(),
            newer_evidence: evidence.as_deref(),
            trust: trust.as_ref(),
            now: self.at.unwrap_or_else(now),
        }))
    }
}

fn once(place: &mut Option<PathBuf>, value: OsString, name: &str) -> Result<(), lexopt::Error> {
    match place.replace(value.into()) {
        None => Ok(()),
        Some(_) => Err(format!("{name} назван дважды").into()),
    }
}

fn read(path: &PathBuf) -> Result<Vec<u8>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = std::fs::File::open(path).map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(FILE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(format!("{}: больше {} МиБ", path.display(), FILE_MAX >> 20));
    }
    Ok(bytes)
}

fn read_trust(path: &PathBuf) -> Result<Trust, String> {
    let trust: Trust = serde_json::from_slice(&read(path)?)
        .map_err(|error| format!("{}: это не список доверия: {error}", path.display()))?;
    if trust.format == podpis_evidence::TRUST_FORMAT {
        Ok(trust)
    } else {
        Err(format!(
            "{}: неизвестный вид списка доверия: {}",
            path.display(),
            trust.format
        ))
    }
}

fn now() -> Timestamp {
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        });
    Timestamp::from_unix(seconds)
}

fn exit_code(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Valid => 0,
        Verdict::Invalid => 1,
        Verdict::Incomplete => 2,
    })
}

fn json(report: &Report) -> String {
    // A report holds nothing that JSON can't say.
    serde_json::to_string_pretty(report).unwrap_or_default() + "\n"
}

fn plain(report: &Report) -> String {
    let mut text = format!("{}\n{}\n\n", report.headline, report.lead);
    for fact in &report.facts {
        text += &format!("{}: {}\n", fact.label, fact.value);
    }
    text.push('\n');
    for check in &report.checks {
        let mark = match check.result {
            Outcome::Pass => "да ",
            Outcome::Fail => "НЕТ",
            Outcome::Unchecked => " — ",
        };
        text += &format!("[{mark}] {}. {}\n", check.title, check.text);
        for fact in &check.details {
            text += &format!("        {}: {}\n", fact.label, fact.value);
        }
    }
    if !report.later.is_empty() {
        text += "\nПосле подписания:\n";
    }
    for event in &report.later {
        let at = event
            .at
            .map_or_else(|| "время неизвестно".into(), Timestamp::moscow);
        text += &format!("  {at}: {}\n", event.text);
    }
    text += &format!("\nПроверено {}.\n", report.checked_at.moscow());
    // What stands in a file could otherwise steer the terminal.
    text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}")
}

/// A reader that closed its end early has what it wanted.
fn print(text: &str, code: ExitCode) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(EX_NOINPUT),
        _ => code,
    }
}
