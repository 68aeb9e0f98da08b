//! A clinic's own tools for its УКЭП: OpenSSL with its GOST engine, an authority, certificates, detached signatures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use http::Method;
use serde_json::json;

use crate::client::Reply;
use crate::{Clinic, Stack};

/// A certificate of the tests' clinics.
pub const OWN: &str = "O=ООО Клиника\ntitle=Главный врач\nCN=Петрова Анна Сергеевна\nSN=Петрова\nGN=Анна Сергеевна\nINNLE=7707083893";

/// A clinic's tools: an authority of its own, and certificates below it.
#[derive(Debug)]
pub struct Tools(PathBuf);

/// What a signer's certificate is for.
pub const SIGNER: &str =
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation";

/// A key of GOST R 34.10-2012, 256 bits.
const GOST: &str = "gost2012_256 -pkeyopt paramset:TCA";

impl Tools {
    /// An authority that the operator has added.
    ///
    /// # Errors
    /// Without OpenSSL's GOST engine, or when it isn't taken.
    pub fn trusted(stack: &Stack) -> Result<Self> {
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

    /// An authority that nobody has heard of.
    ///
    /// # Errors
    /// Without OpenSSL's GOST engine.
    pub fn new() -> Result<Self> {
        let tools = Self::empty()?;
        let name = format!("CN=УЦ {}", tools.0.display());
        let authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign";
        tools.certificate("root", "root", &name, authority)?;
        Ok(tools)
    }

    fn empty() -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "podpis-ukep-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let tools = Self(std::env::temp_dir().join(name));
        fs::create_dir_all(&tools.0)?;
        Ok(tools)
    }

    /// The authority of every sandbox, with the demo clinic's certificate `clinic`: what `docs/sandbox-ca` brings.
    ///
    /// # Errors
    /// When the files can't be copied.
    pub fn of_the_sandbox() -> Result<Self> {
        let tools = Self::empty()?;
        let brought = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sandbox-ca");
        for file in ["ca.pem", "ca.key", "clinic.pem", "clinic.key"] {
            fs::copy(brought.join(file), tools.0.join(file))?;
        }
        Ok(tools)
    }

    /// Where keys (`<name>.key`) and certificates (`<name>.pem`) are.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// A key and a certificate of GOST R 34.10-2012; `subject` and `extensions` as in an OpenSSL configuration.
    ///
    /// # Errors
    /// As OpenSSL says.
    pub fn certificate(
        &self,
        issuer: &str,
        name: &str,
        subject: &str,
        extensions: &str,
    ) -> Result<()> {
        self.certificate_of(GOST, issuer, name, subject, extensions)
    }

    /// Likewise, with a key as `openssl genpkey -algorithm` takes it.
    ///
    /// # Errors
    /// As OpenSSL says.
    pub fn certificate_of(
        &self,
        key: &str,
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
            "genpkey -engine gost -algorithm {key} -out {name}.key"
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
    ///
    /// # Errors
    /// As OpenSSL says.
    pub fn sign(&self, bytes: &[u8], name: &str, more: &str) -> Result<Vec<u8>> {
        fs::write(self.0.join("content"), bytes)?;
        self.openssl(&format!(
            "cms -engine gost -sign -binary -in content -signer {name}.pem -inkey {name}.key -md md_gost12_256 \
             -cades -outform DER -out out.sig {more}"
        ))?;
        Ok(fs::read(self.0.join("out.sig"))?)
    }

    /// A PDF of one page with this text, signed inside (PAdES).
    ///
    /// # Errors
    /// As OpenSSL says.
    pub fn sign_inside(&self, text: &str, name: &str) -> Result<Vec<u8>> {
        const ROOM: usize = 16 * 1024;
        let (range, contents) = ("#".repeat(50), "0".repeat(ROOM));
        let page = format!("BT /F1 12 Tf 20 100 Td ({text}) Tj ET");
        let objects = [
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>".to_owned(),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]/Contents 6 0 R\
             /Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
                .to_owned(),
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 0 0]/F 132/P 3 0 R/V 5 0 R>>"
                .to_owned(),
            format!(
                "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange{range}\
                 /Contents<{contents}>>>"
            ),
            format!("<</Length {}>>stream\n{page}\nendstream", page.len()),
        ];
        let (mut pdf, mut table) = ("%PDF-1.7\n".to_owned(), String::new());
        for (number, object) in (1..).zip(&objects) {
            table += &format!("{:010} 00000 n \n", pdf.len());
            pdf += &format!("{number} 0 obj\n{object}\nendobj\n");
        }
        let start = pdf.len();
        pdf += &format!(
            "xref\n0 7\n0000000000 65535 f \n{table}trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
        );
        let from = pdf.find(&contents).context("no room")? - 1;
        let to = from + ROOM + 2;
        let covered = format!("[0 {from} {to} {}]", pdf.len() - to);
        let pdf = pdf.replace(&range, &format!("{covered:<50}"));
        let (head, tail) = (&pdf.as_bytes()[..from], &pdf.as_bytes()[to..]);
        let message = self.sign(&[head, tail].concat(), name, "")?;
        let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
        ensure!(hex.len() <= ROOM, "the signature is too long");
        Ok(pdf
            .replace(&contents, &format!("{hex:0<ROOM$}"))
            .into_bytes())
    }

    /// Runs it in the folder of keys and certificates.
    ///
    /// # Errors
    /// As it says.
    pub fn openssl(&self, arguments: &str) -> Result<()> {
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

/// Hands in a signature by the API: parts of the form, and an `Idempotency-Key`.
///
/// # Errors
/// When nothing answers.
pub fn hand_in(
    clinic: &mut Clinic,
    id: &str,
    parts: &[(&str, &[u8])],
    key: Option<&str>,
) -> Result<Reply> {
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
