//! The clinic's УКЭП, by OpenSSL with its GOST engine: handed in, checked, bound to what the patient signed, and the end of the document.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Clinic, Stack, Upload};
use serde_json::{Value, json};

/// A clinic's tools: an authority of its own, and certificates below it.
pub(crate) struct Tools(PathBuf);

/// What a certificate is for.
pub(crate) const SIGNER: &str =
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation";

impl Tools {
    /// An authority that the operator has added.
    pub(crate) fn trusted(stack: &Stack) -> Result<Self> {
        let tools = Self::new()?;
        let pem = fs::read_to_string(tools.0.join("root.pem"))?;
        let added = stack.operator().call(
            Method::POST,
            "/api/v1/operator/signing-authorities",
            Some(&json!({ "pem": pem })),
        )?;
        added.expect(201)?;
        Ok(tools)
    }

    fn new() -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "podpis-ukep-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let tools = Self(std::env::temp_dir().join(name));
        fs::create_dir_all(&tools.0)?;
        let name = format!("CN=УЦ {}", tools.0.display());
        let authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign";
        tools.certificate("root", "root", &name, authority)?;
        Ok(tools)
    }

    /// A key and a certificate of GOST R 34.10-2012; `subject` and `extensions` as in an OpenSSL configuration.
    pub(crate) fn certificate(
        &self,
        issuer: &str,
        name: &str,
        subject: &str,
        extensions: &str,
    ) -> Result<()> {
        fs::write(
            self.0.join("req.cnf"),
            format!(
                "oid_section=oids\n[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\nstring_mask=utf8only\n[oids]\n\
                 INNLE=1.2.643.100.4\n[dn]\n{subject}\n"
            ),
        )?;
        fs::write(self.0.join("x.cnf"), format!("[x]\n{extensions}\n"))?;
        self.openssl(&format!(
            "genpkey -engine gost -algorithm gost2012_256 -pkeyopt paramset:TCA -out {name}.key"
        ))?;
        self.openssl(&format!(
            "req -engine gost -new -config req.cnf -key {name}.key -out {name}.csr"
        ))?;
        let signer = match issuer == name {
            true => format!("-signkey {name}.key"),
            false => format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial"),
        };
        self.openssl(&format!(
            "x509 -engine gost -req -in {name}.csr {signer} -days 400 -extfile x.cnf -extensions x -out {name}.pem"
        ))
    }

    /// A detached signature over the bytes.
    pub(crate) fn sign(&self, bytes: &[u8], name: &str, more: &str) -> Result<Vec<u8>> {
        fs::write(self.0.join("content"), bytes)?;
        self.openssl(&format!(
            "cms -engine gost -sign -binary -in content -signer {name}.pem -inkey {name}.key -md md_gost12_256 \
             -cades -outform DER -out out.sig {more}"
        ))?;
        Ok(fs::read(self.0.join("out.sig"))?)
    }

    fn openssl(&self, arguments: &str) -> Result<()> {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "openssl {arguments}: {said}");
        Ok(())
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        // What can't be removed stays in the temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A document that waits for the clinic.
fn signed(stack: &Stack, clinic: &mut Clinic, upload: &Upload) -> Result<(String, Vec<u8>)> {
    let (id, link) = clinic.send_with_link(upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let path = format!("/api/v1/documents/{id}/signed");
    let pdf = clinic.get(&path)?.expect(200)?.body;
    ensure!(clinic.document(&id)?["status"] == "patient_signed");
    Ok((id, pdf))
}

pub(crate) fn hand_in(
    clinic: &mut Clinic,
    id: &str,
    parts: &[(&str, &[u8])],
    key: Option<&str>,
) -> Result<podpis_tests::client::Reply> {
    const BOUNDARY: &str = "podpis-ukep-5d1";
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut headers = vec![("content-type", kind.as_str())];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    let path = format!("/api/v1/documents/{id}/clinic-signature");
    clinic.send(Method::POST, &path, &headers, Some(body))
}

/// A certificate of the tests' clinics.
pub(crate) const OWN: &str = "O=ООО Клиника\ntitle=Главный врач\nCN=Петрова Анна Сергеевна\nSN=Петрова\nGN=Анна Сергеевна\nINNLE=7707083893";

fn clinics_own(document: &Value) -> Vec<Value> {
    let all = document["signatures"].as_array().into_iter().flatten();
    all.filter(|one| one["party"] == "clinic")
        .cloned()
        .collect()
}

#[test]
fn a_consent_is_completed_by_the_clinics_signature_and_by_no_other() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "clinic", OWN, SIGNER)?;
    tools.certificate(
        "root",
        "stranger",
        "O=ООО Чужая\nINNLE=7710140679\nCN=Чужой",
        SIGNER,
    )?;
    tools.certificate("root", "medic", "CN=Врач\nSNILS=11223344595", SIGNER)?;
    tools.certificate("root", "unfit", OWN, "keyUsage=critical,keyEncipherment")?;
    let foreign = Tools::new()?;
    foreign.certificate("root", "clinic", OWN, SIGNER)?;

    let (id, pdf) = signed(stack, &mut clinic, &Upload::small())?;
    let good = tools.sign(&pdf, "clinic", "")?;
    let mut broken = good.clone();
    let end = broken.len() - 5;
    broken[end] ^= 1;
    for (signature, code) in [
        (b"no signature".to_vec(), "signature_invalid"),
        (broken, "signature_invalid"),
        (
            tools.sign(&pdf[..pdf.len() - 1], "clinic", "")?,
            "digest_mismatch",
        ),
        (
            tools.sign(&pdf, "clinic", "-nodetach")?,
            "signature_not_detached",
        ),
        (tools.sign(&pdf, "unfit", "")?, "certificate_usage"),
        (foreign.sign(&pdf, "clinic", "")?, "certificate_untrusted"),
        (tools.sign(&pdf, "stranger", "")?, "wrong_signer"),
        (tools.sign(&pdf, "medic", "")?, "wrong_signer"),
    ] {
        hand_in(&mut clinic, &id, &[("signature", &signature)], None)?
            .problem(422, code)
            .with_context(|| code.to_owned())?;
    }
    let parts: [(&str, &[u8]); 2] = [("over", b"original"), ("signature", &good)];
    hand_in(&mut clinic, &id, &parts, None)?.problem(422, "digest_mismatch")?;
    hand_in(
        &mut clinic,
        &id,
        &[("role", b"head"), ("signature", &good)],
        None,
    )?
    .problem(409, "signer_role")?;
    hand_in(&mut clinic, &id, &[("over", b"signed")], None)?.problem(400, "bad_request")?;
    let before = clinic.document(&id)?;
    ensure!(
        before["status"] == "patient_signed" && clinics_own(&before).is_empty(),
        "{before}"
    );
    ensure!(
        !clinic
            .event_types(&id)?
            .iter()
            .any(|kind| kind == "document.clinic_signed")
    );

    let answer = hand_in(&mut clinic, &id, &[("signature", &good)], Some("once"))?
        .expect(200)?
        .json()?;
    ensure!(answer["status"] == "completed", "{answer}");
    let [own] =
        <[Value; 1]>::try_from(clinics_own(&answer)).map_err(|_| anyhow::anyhow!("{answer}"))?;
    ensure!(
        own["name"] == "Петрова Анна Сергеевна" && own["level"] == "CAdES-BES",
        "{own}"
    );
    ensure!(own["clinic"]["over"] == "signed" && own["clinic"]["time_evidence"] == "signing_time");
    // Again, with and without the key: the same answer.
    for key in [Some("once"), None] {
        let again = hand_in(&mut clinic, &id, &[("signature", &good)], key)?;
        ensure!(again.expect(200)?.json()? == answer);
    }
    hand_in(&mut clinic, &id, &[("signature", b"another")], Some("once"))?
        .problem(409, "idempotency_conflict")?;
    let late = tools.sign(&pdf, "clinic", "-keyid")?;
    hand_in(&mut clinic, &id, &[("signature", &late)], None)?.problem(409, "invalid_state")?;
    let types = clinic.event_types(&id)?;
    let place = |kind: &str| types.iter().position(|one| one == kind);
    let (taken, completed) = (place("document.clinic_signed"), place("document.completed"));
    ensure!(taken.is_some() && taken < completed, "{types:?}");

    let evidence = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?
        .json()?;
    let kept = &evidence["clinic_signatures"][0];
    ensure!(
        kept["certificate"]["owner"] == "Петрова Анна Сергеевна",
        "{kept}"
    );
    ensure!(
        kept["check"]["notice"]
            .as_str()
            .is_some_and(|text| text.contains("63-ФЗ"))
    );
    let journal = evidence["journal"]["entries"].to_string();
    ensure!(journal.contains("document.clinic_signed") && !journal.contains("Петрова"));
    Ok(())
}

#[test]
fn medic_and_head_sign_in_their_order() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "head", OWN, SIGNER)?;
    tools.certificate("root", "medic", "CN=Врач\nSNILS=11223344595", SIGNER)?;
    let person = json!({"name": "Врач", "snils": "112-233-445 95", "role": "medic"});
    let listed = clinic
        .post("/api/v1/clinic-signers", &person)?
        .expect(201)?
        .json()?;
    let list = clinic.get("/api/v1/clinic-signers")?.expect(200)?.json()?;
    ensure!(list["items"] == json!([listed]), "{list}");

    let upload = Upload::small()
        .with(
            "/clinic_signers",
            json!([{"role": "medic"}, {"role": "head"}]),
        )
        .with("/clinic_signers_ordered", json!(true));
    let (id, pdf) = signed(stack, &mut clinic, &upload)?;
    let (medic, head) = (
        tools.sign(&pdf, "medic", "")?,
        tools.sign(&pdf, "head", "")?,
    );
    hand_in(
        &mut clinic,
        &id,
        &[("role", b"head"), ("signature", &head)],
        None,
    )?
    .problem(409, "signer_role")?;
    let answer = hand_in(&mut clinic, &id, &[("signature", &medic)], None)?.expect(200)?;
    ensure!(answer.json()?["status"] == "patient_signed");
    // Nobody signs twice.
    let again = tools.sign(&pdf, "medic", "-keyid")?;
    ensure!(
        hand_in(&mut clinic, &id, &[("signature", &again)], None)?
            .status
            .is_client_error()
    );
    let original = clinic
        .get(&format!("/api/v1/documents/{id}/original"))?
        .expect(200)?
        .body;
    let over = tools.sign(&original, "head", "")?;
    let parts: [(&str, &[u8]); 2] = [("over", b"original"), ("signature", &over)];
    let answer = hand_in(&mut clinic, &id, &parts, None)?
        .expect(200)?
        .json()?;
    ensure!(answer["status"] == "completed", "{answer}");
    let roles: Vec<_> = clinics_own(&answer)
        .iter()
        .map(|one| one["clinic"]["role"].clone())
        .collect();
    ensure!(roles == [json!("medic"), json!("head")], "{roles:?}");

    // Off the list, the medic signs nothing new.
    let path = format!(
        "/api/v1/clinic-signers/{}",
        listed["id"].as_str().context("id")?
    );
    stack
        .clinic()?
        .send(Method::DELETE, &path, &[], None)?
        .problem(404, "not_found")?;
    clinic.send(Method::DELETE, &path, &[], None)?.expect(204)?;
    let (id, pdf) = signed(stack, &mut clinic, &Upload::small())?;
    let medic = tools.sign(&pdf, "medic", "")?;
    hand_in(&mut clinic, &id, &[("signature", &medic)], None)?.problem(422, "wrong_signer")?;
    Ok(())
}

#[test]
fn a_signature_comes_only_where_it_is_waited_for() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "clinic", OWN, SIGNER)?;
    let (open, _) = clinic.send_with_link(&Upload::small())?;
    let early = tools.sign(b"%PDF-1.7", "clinic", "")?;
    hand_in(&mut clinic, &open, &[("signature", &early)], None)?.problem(409, "not_signed")?;
    let alone = Upload::small().with("/kind", json!("pd_consent"));
    let (id, link) = clinic.send_with_link(&alone)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let pdf = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?
        .body;
    let signature = tools.sign(&pdf, "clinic", "")?;
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?.problem(409, "invalid_state")?;
    let contradicts = alone.with("/clinic_signers", json!([{"role": "medic"}]));
    clinic.upload(&contradicts)?.problem(422, "invalid")?;

    // A revoked certificate, and an authority that the operator has retired.
    let (id, pdf) = signed(stack, &mut clinic, &Upload::small())?;
    let signature = tools.sign(&pdf, "clinic", "")?;
    fs::write(
        tools.0.join("ca.cnf"),
        "[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\ndefault_md=md_gost12_256\ndefault_crl_days=30\nunique_subject=no\n",
    )?;
    fs::write(tools.0.join("index.txt"), "")?;
    let ca = "ca -engine gost -config ca.cnf -cert root.pem -keyfile root.key";
    tools.openssl(&format!("{ca} -revoke clinic.pem"))?;
    tools.openssl(&format!("{ca} -gencrl -out list.crl"))?;
    let list = fs::read_to_string(tools.0.join("list.crl"))?;
    let brought = stack
        .operator()
        .post_bytes("/api/v1/operator/revocation-lists", list.into_bytes())?
        .expect(201)?
        .json()?;
    ensure!(brought["revoked"] == 1, "{brought}");
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?
        .problem(422, "certificate_revoked")?;
    let other = Tools::trusted(stack)?;
    other.certificate("root", "clinic", OWN, SIGNER)?;
    let signature = other.sign(&pdf, "clinic", "")?;
    let authorities = "/api/v1/operator/signing-authorities";
    let all = stack
        .operator()
        .call(Method::GET, authorities, None)?
        .expect(200)?
        .json()?;
    let newest = all["items"].as_array().into_iter().flatten();
    let name = other.0.display().to_string();
    let sha256 = newest
        .filter(|one| {
            one["subject"]
                .as_str()
                .is_some_and(|text| text.contains(&name))
        })
        .find_map(|one| one["sha256"].as_str())
        .context("the authority")?;
    let path = format!("{authorities}/{sha256}");
    stack
        .operator()
        .call(Method::DELETE, &path, None)?
        .expect(204)?;
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?
        .problem(422, "certificate_untrusted")?;
    Ok(())
}
