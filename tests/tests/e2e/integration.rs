//! What `docs/mis-integration.md` promises: its commands and its client work, and its table of errors is the code's.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_shared::problem::Code;
use podpis_tests::{Clinic, Stack, Upload, judges, scratch};
use serde_json::json;

const PAGE: &str = include_str!("../../../docs/mis-integration.md");
/// Where the person does what no command can.
const PERSON: &str = "<!-- here the person signs -->";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The page's shell commands, one after the other.
fn commands(text: &str) -> String {
    let blocks = text.split("```sh\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("```"));
    blocks.map(|(block, _)| block).collect()
}

/// Runs commands where the last ones left off: variables and functions stay.
fn run(folder: &Path, environment: &[(&str, &str)], commands: &str) -> Result<String> {
    let script = format!(
        "set -eu; if [ -e state ]; then . ./state; fi; set -x\n{commands}\n\
         set +x; {{ declare -p BASE API_KEY PDF PHONE ID LINK; declare -f field; }} > state"
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .envs(environment.iter().copied())
        .current_dir(folder)
        .output()
        .context("bash")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

#[test]
fn the_commands_of_the_page_lead_to_a_signed_document() -> Result<()> {
    let stack = Stack::shared()?;
    let folder = scratch()?;
    let pdf = root().join("tests/fixtures/consent/consent.pdf");
    let phone = Upload::small().phone;
    let (before, after) = PAGE.split_once(PERSON).context("no person in the page")?;
    ensure!(
        before.matches("```sh").count() == 4 && after.matches("```sh").count() == 2,
        "the page has other commands than this test knows"
    );
    let environment = [
        ("BASE", stack.base()),
        ("OPERATOR_TOKEN", stack.operator_token()),
        ("PDF", pdf.to_str().context("path")?),
        ("PHONE", phone.as_str()),
    ];
    let output = run(&folder, &environment, &commands(before))?;
    let link = output.lines().last().context("no link")?;
    stack.patient(link)?.sign_as("ivanova")?.expect(200)?;
    let output = run(&folder, &[], &commands(after))?;
    ensure!(output.contains("document.patient_signed"), "{output}");
    ensure!(output.contains("begins with the very bytes"), "{output}");
    judges::judge(&fs::read(pdf)?, &fs::read(folder.join("signed.pdf"))?).map(drop)
}

/// The example with its files, as a MIS starts it.
struct Example {
    folder: PathBuf,
    upload: Upload,
}

impl Example {
    fn new() -> Result<Self> {
        let (folder, upload) = (scratch()?, Upload::small());
        fs::write(folder.join("document.json"), upload.document.to_string())?;
        fs::write(folder.join("file.pdf"), &upload.pdf)?;
        Ok(Self { folder, upload })
    }

    fn command(&self, stack: &Stack, clinic: &Clinic) -> Command {
        let mut command = Command::new("python3");
        command
            .arg(root().join("docs/examples/podpis_client.py"))
            .args(["document.json", "file.pdf", "signed.pdf"])
            .env("PODPIS_URL", stack.base())
            .env("PODPIS_API_KEY", &clinic.api_key)
            .current_dir(&self.folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

#[test]
fn the_example_client_waits_fetches_and_checks() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let example = Example::new()?;
    let mut child = example.command(stack, &clinic).spawn().context("python3")?;
    let mut id = String::new();
    BufReader::new(child.stdout.take().context("stdout")?).read_line(&mut id)?;
    let link = stack.sandbox().link(&example.upload.phone)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{output:?}");
    let signed = fs::read(example.folder.join("signed.pdf"))?;
    judges::judge(&example.upload.pdf, &signed)?;

    // Started once more it finds its own document again.
    let again = example.command(stack, &clinic).output()?;
    ensure!(again.status.success() && again.stdout == id.as_bytes());
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(1), "{list}");
    Ok(())
}

#[test]
fn the_example_client_tells_how_else_it_ends() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let example = Example::new()?;
    let mut child = example.command(stack, &clinic).spawn().context("python3")?;
    let mut id = String::new();
    BufReader::new(child.stdout.take().context("stdout")?).read_line(&mut id)?;
    let path = format!("/api/v1/documents/{}/cancel", id.trim());
    clinic.post(&path, &json!({}))?.expect(200)?;
    let output = child.wait_with_output()?;
    ensure!(output.status.code() == Some(1), "{output:?}");
    ensure!(!example.folder.join("signed.pdf").exists());

    clinic.api_key.push('x');
    let refused = example.command(stack, &clinic).output()?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(
        refused.status.code() == Some(2) && said.contains("unauthorized"),
        "{refused:?}"
    );
    Ok(())
}

#[test]
fn the_table_of_errors_is_that_of_the_code() -> Result<()> {
    let (_, rest) = PAGE.split_once("<!-- codes:").context("no table")?;
    let (table, _) = rest.split_once("<!-- end of codes -->").context("no end")?;
    let mut listed = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let name = cells.next().unwrap_or_default().trim_matches('`');
        if name == "code" {
            continue;
        }
        let code = Code::parse(name).with_context(|| format!("{name} is no code"))?;
        ensure!(
            cells.next() == Some(code.status().to_string().as_str()),
            "{name}: status"
        );
        listed.push(code);
    }
    let order = |code: &Code| Code::ALL.iter().position(|one| one == code);
    ensure!(listed.is_sorted_by_key(order), "not in the code's order");
    for code in Code::ALL {
        ensure!(
            listed.contains(code) != of_the_pages(*code),
            "{} is missing, or is none of a MIS",
            code.as_str()
        );
    }
    // A sample from the running system.
    let mut clinic = Stack::shared()?.clinic()?;
    let sent = clinic.send(Method::POST, "/api/v1/documents", &[], None)?;
    ensure!(
        listed
            .iter()
            .any(|code| code.status() == sent.status.as_u16())
    );
    Ok(())
}

/// Codes that only the person's pages get.
fn of_the_pages(code: Code) -> bool {
    let name = code.as_str();
    ["esia_", "link_", "code_", "phone_", "gate"]
        .iter()
        .any(|start| name.starts_with(start))
        || [
            Code::SignedOut,
            Code::HashMismatch,
            Code::NotFullyShown,
            Code::ConsentChanged,
            Code::AlreadySigned,
            Code::WrongPerson,
            Code::ProofNeeded,
            Code::ContactTaken,
            Code::LastContact,
            Code::WrongPassword,
            Code::WrongCode,
            Code::WeakPassword,
        ]
        .contains(&code)
}
