//! Clients of ESIA that we did not write sign in at our simulator (tests/witness/README.md).

mod fuzz;
mod metrics;
mod pades;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Esia, Simulator, Visitor, scratch};
use serde_json::{Value, json};

/// Where `cargo xtask test` has installed them.
fn installed() -> Result<PathBuf> {
    std::env::var_os("PODPIS_WITNESS")
        .map(PathBuf::from)
        .context("the witness clients are not installed: `cargo xtask test --only e2e` does it and says what fails")
}

/// A client's registered RSA key, as systems had them before GOST became the rule, and an ESIA that knows it.
struct Set {
    simulator: Simulator,
    folder: PathBuf,
}

impl Set {
    fn up() -> Result<Self> {
        let folder = scratch()?;
        let request = "req -x509 -newkey rsa:2048 -nodes -sha256 -days 2 -subj /CN=WITNESS";
        for name in ["client", "stranger"] {
            let files = format!(" -keyout {name}.pem -out {name}.cer.pem");
            run(
                "openssl",
                &folder,
                format!("{request}{files}").split_ascii_whitespace(),
            )?;
        }
        let simulator = Simulator::start(&Esia {
            rs256: true,
            client_certificates: vec![folder.join("client.cer.pem")],
            ..Esia::USUAL
        })?;
        let certificate = simulator.folder().join("keys/esia.rsa.cer.pem");
        let public = Command::new("openssl")
            .args(["x509", "-pubkey", "-noout", "-in"])
            .arg(certificate)
            .output()?;
        fs::write(folder.join("esia.pub.pem"), public.stdout)?;
        Ok(Self { simulator, folder })
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Walks through ESIA's pages as Иванова; what the callback gets.
    fn sign_in(&self, url: &str) -> Result<Vec<(String, String)>> {
        let back = Visitor::new(self.simulator.url()).walk(url, "ivanova", true)?;
        let back = url::Url::parse(&back)?;
        ensure!(back.path() == "/callback", "{back}");
        Ok(back.query_pairs().into_owned().collect())
    }
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Result<&'a str> {
    let pair = pairs.iter().find(|(key, _)| key == name);
    Ok(&pair.with_context(|| format!("{name}: {pairs:?}"))?.1)
}

fn run<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    folder: &Path,
    args: impl IntoIterator<Item = S>,
) -> Result<Vec<u8>> {
    let mut command = Command::new(&program);
    let output = command.args(args).current_dir(folder).output();
    let output = output.with_context(|| format!("{:?}", program.as_ref()))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}

fn script(name: &str) -> String {
    format!("{}/witness/{name}", env!("CARGO_MANIFEST_DIR"))
}

const REDIRECT: &str = "http://localhost:9/callback";
const STATE: &str = "0b0ec5ec-3b27-4d5d-a1a5-2ea8a5b0ab11";

/// PyPI `esia-connector`: detached PKCS#7 with signed attributes, and its own check of the id_token.
struct EsiaConnector<'a> {
    set: &'a Set,
    settings: String,
}

impl<'a> EsiaConnector<'a> {
    fn new(set: &'a Set, key: &str) -> Result<Self> {
        let settings = json!({
            "esia_client_id": "PODPIS", "redirect_uri": REDIRECT, "esia_service_url": set.simulator.url(),
            "certificate_file": set.path(&format!("{key}.cer.pem")), "private_key_file": set.path(&format!("{key}.pem")),
            "esia_scope": "openid fullname birthdate snils contacts id_doc", "esia_token_check_key": set.path("esia.pub.pem"),
        });
        let file = set.path(&format!("{key}.json"));
        fs::write(&file, settings.to_string())?;
        Ok(Self {
            set,
            settings: file,
        })
    }

    fn call(&self, args: &[&str]) -> Result<Value> {
        let script = script("esia_connector_v1.py");
        let args = [&[script.as_str(), &self.settings], args].concat();
        let python = installed()?.join("python/bin/python");
        Ok(serde_json::from_slice(&run(
            python,
            &self.set.folder,
            args,
        )?)?)
    }
}

#[test]
fn esia_connector_signs_in_and_reads_the_person() -> Result<()> {
    let set = Set::up()?;
    let client = EsiaConnector::new(&set, "client")?;
    let begun = client.call(&["authorize", STATE])?;
    let back = set.sign_in(begun["url"].as_str().context("no url")?)?;
    ensure!(value(&back, "state")? == STATE, "{back:?}");
    let code = value(&back, "code")?;
    let found = client.call(&["complete", code, STATE])?;
    ensure!(found["oid"] == 1_000_299_353, "{found}");
    let person = &found["person"];
    ensure!(
        person["lastName"] == "Иванова" && person["trusted"] == true,
        "{found}"
    );
    ensure!(
        person["birthDate"] == "12.03.1985" && person["snils"] == "112-233-445 95",
        "{found}"
    );
    let mobile = found["contacts"]["elements"]
        .as_array()
        .context("contacts")?;
    ensure!(
        mobile.iter().any(|contact| contact["type"] == "MBT"),
        "{found}"
    );
    ensure!(found["documents"]["elements"].is_array(), "{found}");

    // The code has been used.
    let again = client.call(&["complete", code, STATE])?;
    ensure!(again["error"] == "HttpError", "{again}");
    ensure!(
        again["text"].as_str().is_some_and(|t| t.contains("400")),
        "{again}"
    );
    Ok(())
}

#[test]
fn esia_connector_refuses_a_token_of_another_key() -> Result<()> {
    let set = Set::up()?;
    let client = EsiaConnector::new(&set, "client")?;
    let begun = client.call(&["authorize", STATE])?;
    let back = set.sign_in(begun["url"].as_str().context("no url")?)?;
    let other = ["pkey", "-in", "stranger.pem", "-pubout"];
    fs::write(
        set.path("esia.pub.pem"),
        run("openssl", &set.folder, other)?,
    )?;
    let refused = client.call(&["complete", value(&back, "code")?, STATE])?;
    ensure!(refused["error"] == "IncorrectMarkerError", "{refused}");
    Ok(())
}

#[test]
fn esia_refuses_a_certificate_that_is_not_registered() -> Result<()> {
    let set = Set::up()?;
    let stranger = EsiaConnector::new(&set, "stranger")?;
    let begun = stranger.call(&["authorize", STATE])?;
    let back = set.sign_in(begun["url"].as_str().context("no url")?)?;
    let said = value(&back, "error_description")?;
    ensure!(
        ["ESIA-007053", "ESIA-007002", "ESIA-007005", "ESIA-008010"]
            .iter()
            .any(|code| said.starts_with(code)),
        "{back:?}"
    );
    Ok(())
}

/// npm `esia`: PKCS#7 with the content attached and no signed attributes.
#[test]
fn the_package_of_npm_signs_in_and_reads_the_person() -> Result<()> {
    let modules = installed()?.join("node");
    if !modules.is_dir() {
        eprintln!("skipped: node is not on this machine");
        return Ok(());
    }
    let set = Set::up()?;
    let settings = json!({
        "clientId": "PODPIS", "redirectUri": REDIRECT, "esiaUrl": set.simulator.url(),
        "scope": "openid fullname birthdate snils",
        "certificate": fs::read_to_string(set.path("client.cer.pem"))?,
        "key": fs::read_to_string(set.path("client.pem"))?,
    });
    fs::write(set.path("npm.json"), settings.to_string())?;
    let call = |args: &[&str]| -> Result<Value> {
        let begin = [
            script("esia_v1.mjs"),
            modules.display().to_string(),
            set.path("npm.json"),
        ];
        let args = begin.iter().map(String::as_str).chain(args.iter().copied());
        Ok(serde_json::from_slice(&run("node", &set.folder, args)?)?)
    };
    let begun = call(&["authorize"])?;
    let back = set.sign_in(begun["url"].as_str().context("no url")?)?;
    ensure!(begun["state"] == value(&back, "state")?, "{begun} {back:?}");
    let found = call(&["complete", value(&back, "code")?])?;
    ensure!(
        found["marker"]["decodedAccessToken"]["urn:esia:sbj_id"] == 1_000_299_353,
        "{found}"
    );
    ensure!(found["data"][0]["firstName"] == "Мария", "{found}");
    Ok(())
}
