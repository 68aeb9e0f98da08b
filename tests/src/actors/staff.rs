//! A member of a clinic's staff at the console: a browser, and a phone that OpenSSL stands in for.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use http::Method;
use podpis_shared::wire::staff::{PasskeyChallenge, PasskeyOptions, STAFF_HEADER};
use serde_json::{Value, json};

use super::{Clinic, Sandbox, unique};
use crate::client::{Client, Reply};
use crate::stack::data_folder;
use crate::wait_for;

/// Seconds that a code of the phone is shown for.
const STEP_S: u64 = 30;

/// Bits of `authenticatorData`: the person touched the device and was verified; a credential is attached.
const PRESENT_AND_VERIFIED: u8 = 0x05;
const ATTESTED: u8 = 0x40;

/// A browser with, or on its way to, a session of the console.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The browser: its cookies stay.
    pub client: Client,
    /// Of this person alone.
    pub email: String,
    /// As it was last set.
    pub password: String,
    /// Codes for a lost phone that were not used yet.
    pub recovery: Vec<String>,
    /// The phone's secret.
    secret: Vec<u8>,
    /// Steps whose codes were used.
    used: BTreeSet<u64>,
    /// Tokens of letters that were read.
    read: BTreeSet<String>,
}

impl Staff {
    /// Somebody who is of nobody's staff yet.
    pub fn nobody(base: &str) -> Self {
        Self {
            client: Client::new(base),
            email: format!("sotrudnik-{}@example.ru", unique()),
            password: "корова съела трактор".into(),
            recovery: Vec::new(),
            secret: Vec::new(),
            used: BTreeSet::new(),
            read: BTreeSet::new(),
        }
    }

    /// The same person at another browser, not signed in.
    pub fn elsewhere(&self) -> Self {
        Self {
            client: Client::new(self.client.base()),
            ..self.clone()
        }
    }

    /// Somebody who was invited by a clinic in this role, and came: signed in.
    ///
    /// # Errors
    /// When any step fails.
    pub fn joined(clinic: &mut Clinic, base: &str, role: &str) -> Result<Self> {
        let mut person = Self::nobody(base);
        person.invited_by(clinic, role)?;
        person.join()?;
        Ok(person)
    }

    /// A clinic invites this person; the id that they have in its staff.
    ///
    /// # Errors
    /// When the clinic can't.
    pub fn invited_by(&self, clinic: &mut Clinic, role: &str) -> Result<String> {
        let body = json!({ "email": self.email, "role": role });
        let made = clinic.post("/api/v1/staff", &body)?.expect(201)?.json()?;
        Ok(made["id"].as_str().context("no id")?.to_owned())
    }

    /// Follows the newest invitation to its end: name, password, phone.
    ///
    /// # Errors
    /// When any step fails.
    pub fn join(&mut self) -> Result<Value> {
        let token = self.letter("invite")?;
        let body = json!({ "token": token, "name": "Смирнова Ольга", "password": self.password });
        let step = self
            .post("/invitation/accept", &body)?
            .expect(200)?
            .json()?;
        self.enrol(&step)
    }

    /// The token of the newest letter of a kind, `invite`, `reset` or `factor`, that was not read before.
    ///
    /// # Errors
    /// When none comes.
    pub fn letter(&mut self, kind: &str) -> Result<String> {
        let mut sandbox = Sandbox::new(Client::new(self.client.base()));
        let mark = format!("/clinic#{kind}-");
        let token = wait_for(&format!("a letter «{kind}»"), || {
            let messages = sandbox.messages(&self.email)?;
            let words = messages
                .iter()
                .filter_map(|message| message["text"].as_str())
                .flat_map(str::split_whitespace);
            let token = |word: &str| word.split_once(&mark).map(|(_, token)| token.to_owned());
            let mut new = words
                .filter_map(token)
                .filter(|token| !self.read.contains(token));
            Ok(new.next())
        })?;
        self.read.insert(token.clone());
        Ok(token)
    }

    /// Sets the phone up that `step` shows, and confirms it; who is signed in then.
    ///
    /// # Errors
    /// When any step fails.
    pub fn enrol(&mut self, step: &Value) -> Result<Value> {
        ensure!(step["second"] == "enrol", "{step}");
        let secret = step["totp"]["secret"].as_str().context("no secret")?;
        self.secret = from_base32(secret)?;
        self.used.clear();
        let code = self.fresh_code()?.context("no fresh code")?;
        let body = json!({ "code": code });
        let done = self.post("/totp/confirm", &body)?.expect(200)?.json()?;
        let codes = done["recovery_codes"].as_array().context("no codes")?;
        let codes = codes.iter().filter_map(Value::as_str);
        self.recovery = codes.map(str::to_owned).collect();
        Ok(done["me"].clone())
    }

    /// The secret that a page shows is typed into the phone.
    ///
    /// # Errors
    /// When it is no Base32.
    pub fn shown(&mut self, secret: &str) -> Result<()> {
        self.secret = from_base32(secret.trim())?;
        self.used.clear();
        Ok(())
    }

    /// The first step with the password; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn first(&mut self) -> Result<Reply> {
        let body = json!({ "email": self.email, "password": self.password });
        self.post("/sign-in", &body)
    }

    /// Signs in with the password and whatever second factor is at hand; who is signed in then.
    ///
    /// # Errors
    /// When any step fails.
    pub fn sign_in(&mut self) -> Result<Value> {
        self.first()?.expect(200)?;
        self.second()
    }

    /// The second step: a code of the phone that was not used yet, else a recovery code, so that nobody waits for the clock.
    ///
    /// # Errors
    /// When it is refused.
    pub fn second(&mut self) -> Result<Value> {
        let body = match self.fresh_code()? {
            Some(code) => json!({ "totp": code }),
            None => json!({ "recovery": self.recovery.pop().context("no recovery code left")? }),
        };
        self.post("/second", &body)?.expect(200)?.json()
    }

    /// A code of the phone that was not used yet, nor any later one; `None` until the clock moves on.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn fresh_code(&mut self) -> Result<Option<String>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / STEP_S;
        let after = self.used.last().map_or(0, |last| last + 1);
        let step = now.max(after);
        if step > now + 1 {
            return Ok(None);
        }
        self.used.insert(step);
        self.code_of(step).map(Some)
    }

    /// The code that was last used.
    ///
    /// # Errors
    /// When there is none.
    pub fn used_code(&self) -> Result<String> {
        self.code_of(*self.used.last().context("none was used")?)
    }

    /// Six digits that no step near now shows.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn wrong_code(&self) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / STEP_S;
        let near = (now - 3..now + 20).map(|step| self.code_of(step));
        let near = near.collect::<Result<BTreeSet<_>>>()?;
        let free = (100_000..).map(|code: u32| code.to_string());
        let mut free = free.filter(|code| !near.contains(code));
        free.next().context("none is free")
    }

    /// RFC 6238 by OpenSSL.
    fn code_of(&self, step: u64) -> Result<String> {
        let key: String = self
            .secret
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let key = format!("hexkey:{key}");
        let args = ["dgst", "-sha1", "-mac", "HMAC", "-macopt", &key, "-binary"];
        let hash = openssl(&args, &step.to_be_bytes())?;
        let offset = usize::from(hash.last().context("no hash")? & 0x0f);
        let four = hash.get(offset..offset + 4).context("a short hash")?;
        let number = u32::from_be_bytes(four.try_into()?) & 0x7fff_ffff;
        Ok(format!("{:06}", number % 1_000_000))
    }

    /// A GET; `path` follows `/staff`.
    ///
    /// # Errors
    /// When no answer came.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        self.send(Method::GET, &format!("/staff{path}"), None)
    }

    /// A POST likewise.
    ///
    /// # Errors
    /// When no answer came.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Reply> {
        self.send(Method::POST, &format!("/staff{path}"), Some(body))
    }

    /// Any call of the console, of `/staff` or `/api/v1`.
    ///
    /// # Errors
    /// When no answer came.
    pub fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Reply> {
        let mut headers = vec![(STAFF_HEADER, "1")];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(|body| body.to_string().into_bytes());
        self.client.send(method, path, &headers, body)
    }
}

/// An authenticator: OpenSSL holds the key and signs.
#[derive(Debug)]
pub struct Passkey {
    folder: PathBuf,
    id: Vec<u8>,
    /// `SubjectPublicKeyInfo` in DER.
    public_key: Vec<u8>,
    /// How often it has signed.
    count: u32,
    /// The page that asks it, as its browser says.
    pub origin: String,
}

impl Passkey {
    /// A new one for the site at this address.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn new(base: &str) -> Result<Self> {
        let folder = data_folder()?;
        let key = openssl(
            &["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
            b"",
        )?;
        let public_key = openssl(&["pkey", "-pubout", "-outform", "DER"], &key)?;
        fs::write(folder.join("passkey.pem"), &key)?;
        Ok(Self {
            folder,
            id: unique().into_bytes(),
            public_key,
            count: 0,
            origin: base.to_owned(),
        })
    }

    /// What a browser says when it is created.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn create(&self, options: &PasskeyOptions) -> Result<Value> {
        let mut data = self.data(&options.rp_id, PRESENT_AND_VERIFIED | ATTESTED)?;
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len())?.to_be_bytes());
        data.extend(&self.id);
        // The coordinates are the end of the key; here they stand in COSE's form (RFC 9053).
        let (x, y) = (self.public_key.len() - 64, self.public_key.len() - 32);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&self.public_key[x..y]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&self.public_key[y..]);
        let client = self.client_data("webauthn.create", &options.challenge);
        Ok(json!({
            "name": "Ключ теста", "algorithm": -7,
            "credential_id": BASE64URL.encode(&self.id), "public_key": BASE64URL.encode(&self.public_key),
            "authenticator_data": BASE64URL.encode(data), "client_data_json": BASE64URL.encode(client),
        }))
    }

    /// What a browser says when it signs: the body of `POST /staff/second`.
    ///
    /// # Errors
    /// When OpenSSL fails.
    pub fn sign(&mut self, asked: &PasskeyChallenge) -> Result<Value> {
        self.count += 1;
        let data = self.data(&asked.rp_id, PRESENT_AND_VERIFIED)?;
        let client = self.client_data("webauthn.get", &asked.challenge);
        let hash = openssl(&["dgst", "-sha256", "-binary"], &client)?;
        let key = self.folder.join("passkey.pem");
        let key = key.to_str().context("a path that is no text")?;
        let signed = [data.as_slice(), &hash].concat();
        let signature = openssl(&["dgst", "-sha256", "-sign", key], &signed)?;
        Ok(json!({ "passkey": {
            "credential_id": BASE64URL.encode(&self.id), "authenticator_data": BASE64URL.encode(data),
            "client_data_json": BASE64URL.encode(client), "signature": BASE64URL.encode(signature),
        }}))
    }

    fn data(&self, rp_id: &str, flags: u8) -> Result<Vec<u8>> {
        let mut data = openssl(&["dgst", "-sha256", "-binary"], rp_id.as_bytes())?;
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        Ok(data)
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let data = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }
}

fn openssl(args: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("openssl")?;
    child.stdin.take().context("no stdin")?.write_all(input)?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "openssl {args:?}: {said}");
    Ok(output.stdout)
}

/// RFC 4648; blanks do not count.
fn from_base32(text: &str) -> Result<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().filter(|byte| *byte != b' ') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => anyhow::bail!("no Base32: {text}"),
        };
        held = (held << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff)?);
        }
    }
    Ok(bytes)
}
