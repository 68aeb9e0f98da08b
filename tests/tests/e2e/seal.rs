//! The operator's seal: who accepts it, with which key, and what happens without a time stamp.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::tsa::Tsa;
use podpis_tests::{Clinic, Person, Settings, Stack, Upload, judges, pdf, signer, wait_for};
use serde_json::{Value, json};

/// A document that needs the patient only, signed; its id.
fn signed(stack: &Stack, clinic: &mut Clinic) -> Result<(String, Upload)> {
    let upload =
        Upload::consent(Person::IVANOVA, pdf::consent()?).with("/kind", json!("pd_consent"));
    let (id, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    Ok((id, upload))
}

fn signed_pdf(clinic: &mut Clinic, id: &str) -> Result<Vec<u8>> {
    let path = format!("/api/v1/documents/{id}/signed");
    Ok(clinic.get(&path)?.expect(200)?.body)
}

fn level(clinic: &mut Clinic, id: &str) -> Result<String> {
    let document = clinic.document(id)?;
    let level = document["signatures"][0]["level"].as_str();
    Ok(level.context("no level")?.to_owned())
}

fn trust(stack: &Stack) -> Result<Value> {
    stack.anonymous().get("/api/v1/trust")?.expect(200)?.json()
}

fn roots(trust: &Value, list: &str) -> String {
    let items = trust[list].as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}

#[test]
fn a_sandbox_seals_with_a_key_of_its_own_and_says_so() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, upload) = signed(stack, &mut clinic)?;
    let sealed = signed_pdf(&mut clinic, &id)?;
    let verdict = judges::judge(&upload.pdf, &sealed)?;
    let trust = trust(stack)?;
    judges::openssl_accepts_seal(&sealed, &roots(&trust, "seal_roots"))?;
    ensure!(trust["sandbox"] == true && verdict.evidence["operator"]["sandbox"] == true);
    let protocol: String = verdict.protocol.split_whitespace().collect();
    ensure!(
        protocol.contains("неимеетюридическойсилы") && protocol.contains("УровеньB-B"),
        "{}",
        verdict.protocol
    );
    ensure!(level(&mut clinic, &id)? == "B-B");
    // Nothing secret is in the public list.
    ensure!(!trust.to_string().contains("PRIVATE"), "{trust}");
    let now = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?
        .json()?;
    judges::fits_its_schema(&now)
}

#[test]
fn the_key_is_the_operators_where_one_is_configured() -> Result<()> {
    for (kind, options) in [
        ("RSA", "rsa_keygen_bits:2048"),
        ("EC", "ec_paramgen_curve:P-256"),
    ] {
        let made = OperatorKey::make(kind, options)?;
        let Some(stack) = Stack::alone(Settings {
            variables: vec![
                ("SEAL_KEY", made.key),
                ("SEAL_CERTIFICATES", made.certificates.clone()),
                ("OPERATOR_NAME", "ООО «Оператор»".to_owned()),
            ],
            ..Settings::default()
        })?
        else {
            return Ok(());
        };
        let mut clinic = stack.clinic()?;
        let (id, upload) = signed(&stack, &mut clinic)?;
        let sealed = signed_pdf(&mut clinic, &id)?;
        let verdict = judges::judge(&upload.pdf, &sealed)?;
        judges::openssl_accepts_seal(&sealed, &made.root)?;
        ensure!(verdict.evidence["operator"]["name"] == "ООО «Оператор»");
        ensure!(
            roots(&trust(&stack)?, "seal_roots").trim() == made.root.trim(),
            "{kind}"
        );
    }
    Ok(())
}

#[test]
fn a_signer_beside_us_signs_and_is_not_believed_blindly() -> Result<()> {
    let made = OperatorKey::make("EC", "ec_paramgen_curve:P-256")?;
    let other = OperatorKey::make("EC", "ec_paramgen_curve:P-256")?;
    for (key, right) in [(&made.key, true), (&other.key, false)] {
        let Some(stack) = Stack::alone(Settings {
            variables: vec![
                ("SEAL_CERTIFICATES", made.certificates.clone()),
                ("SEAL_SIGNER_URL", signer::start(key)?),
            ],
            ..Settings::default()
        })?
        else {
            return Ok(());
        };
        let mut clinic = stack.clinic()?;
        let upload = Upload::consent(Person::IVANOVA, pdf::consent()?);
        let (id, link) = clinic.send_with_link(&upload)?;
        let answer = stack.patient(&link)?.sign_as("ivanova")?;
        if right {
            answer.expect(200)?;
            let sealed = signed_pdf(&mut clinic, &id)?;
            judges::judge(&upload.pdf, &sealed)?;
            judges::openssl_accepts_seal(&sealed, &made.root)?;
        } else {
            // A signature by another key than the certificate's seals nothing, and the document can still be signed.
            answer.expect(500)?;
            ensure!(clinic.document(&id)?["status"] == "opened");
        }
    }
    Ok(())
}

#[test]
fn outside_the_sandbox_nothing_is_taken_in_without_a_seal() -> Result<()> {
    let Some(stack) = Stack::alone(Settings {
        sandbox: false,
        ..Settings::default()
    })?
    else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    clinic
        .upload(&Upload::small())?
        .problem(503, "unavailable")?;
    stack
        .anonymous()
        .get("/api/v1/trust")?
        .problem(503, "unavailable")?;
    Ok(())
}

#[test]
fn a_time_stamp_is_put_in_while_sealing_or_later() -> Result<()> {
    let tsa = Tsa::start()?;
    let Some(stack) = Stack::alone(Settings {
        variables: vec![
            ("TSA_URL", tsa.url.clone()),
            ("TSA_ROOTS", tsa.root.clone()),
        ],
        ..Settings::default()
    })?
    else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;

    let (id, upload) = signed(&stack, &mut clinic)?;
    ensure!(level(&mut clinic, &id)? == "B-T");
    let stamped = signed_pdf(&mut clinic, &id)?;
    let verdict = judges::judge(&upload.pdf, &stamped)?;
    let protocol: String = verdict.protocol.split_whitespace().collect();
    ensure!(protocol.contains("УровеньB-T"), "{}", verdict.protocol);
    ensure!(roots(&trust(&stack)?, "tsa_roots").trim() == tsa.root.trim());

    tsa.set_down(true);
    let (id, upload) = signed(&stack, &mut clinic)?;
    // The person is not kept waiting, and nothing claims a time stamp that is not there.
    ensure!(level(&mut clinic, &id)? == "B-B");
    let sealed = signed_pdf(&mut clinic, &id)?;
    let verdict = judges::judge(&upload.pdf, &sealed)?;
    let protocol: String = verdict.protocol.split_whitespace().collect();
    ensure!(protocol.contains("УровеньB-B"), "{}", verdict.protocol);

    tsa.set_down(false);
    wait_for("the later time stamp", || {
        Ok((level(&mut clinic, &id)? == "B-T").then_some(()))
    })?;
    let later = signed_pdf(&mut clinic, &id)?;
    ensure!(later.starts_with(&sealed) && later.len() > sealed.len());
    // poppler does not know document time stamps; what it accepted is still there, byte for byte.
    judges::openssl_accepts_time_stamp(&later, &tsa.root)?;
    let evidence = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?
        .json()?;
    let entries = evidence["journal"]["entries"]
        .as_array()
        .context("no journal")?;
    ensure!(
        entries
            .iter()
            .any(|e| e["entry"]["type"] == "seal.timestamped"),
        "{evidence}"
    );
    // It is not an event of its own: the clinic's list goes on as it was.
    ensure!(
        !clinic
            .event_types(&id)?
            .iter()
            .any(|kind| kind.starts_with("seal."))
    );
    Ok(())
}

/// An operator's key under a root of its own, made by OpenSSL.
struct OperatorKey {
    key: String,
    certificates: String,
    root: String,
}

impl OperatorKey {
    fn make(kind: &str, options: &str) -> Result<Self> {
        let folder = podpis_tests::scratch()?;
        let run = |args: &str| -> Result<()> {
            let output = Command::new("openssl")
                .args(args.split_ascii_whitespace())
                .current_dir(&folder)
                .output()
                .context("openssl")?;
            ensure!(
                output.status.success(),
                "openssl {args}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            Ok(())
        };
        fs::write(
            folder.join("leaf.cnf"),
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n",
        )?;
        run(&format!(
            "genpkey -algorithm {kind} -pkeyopt {options} -out root.key"
        ))?;
        run(&format!(
            "genpkey -algorithm {kind} -pkeyopt {options} -out leaf.key"
        ))?;
        run("req -x509 -key root.key -sha256 -days 30 -subj /CN=Operator-root -out root.pem")?;
        run("req -new -key leaf.key -subj /CN=Operator-seal -out leaf.csr")?;
        run(
            "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -set_serial 7 -sha256 -days 20 -extfile leaf.cnf \
             -out leaf.pem",
        )?;
        let read = |name: &str| fs::read_to_string(folder.join(name));
        let root = read("root.pem")?;
        Ok(Self {
            key: read("leaf.key")?,
            certificates: read("leaf.pem")? + &root,
            root,
        })
    }
}
