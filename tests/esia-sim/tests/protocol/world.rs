//! A simulator with its keys in a folder of its own, and an honest client of it.

use crate::openssl;
use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_esia_sim::{CryptoKind, Options, Simulator, write_missing};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;
use time::OffsetDateTime;

pub(crate) const REDIRECT: &str = "http://localhost:3000/esia/callback";
pub(crate) const SCOPE: &str = "openid fullname birthdate snils";
pub(crate) const STATE: &str = "6d9b2a4e-0f3c-4b5d-8e7f-102132435465";
/// Number of `ivanova`.
pub(crate) const OID: u64 = 1_000_299_353;

pub(crate) type Form = Vec<(&'static str, String)>;

pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) dir: TempDir,
    agent: ureq::Agent,
}

/// What a request says and who signs it; a test changes what it is about.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) scope_org: Option<String>,
    pub(crate) state: String,
    pub(crate) timestamp: String,
    pub(crate) redirect_uri: String,
    pub(crate) access_type: &'static str,
    /// Signs with `<signer>.pem`, named by `<signer>.cer.pem`.
    pub(crate) signer: String,
}

impl World {
    pub(crate) fn new() -> Result<Self> {
        Self::with(|_, _| Ok(()))
    }

    /// With options changed, perhaps by files in the folder.
    pub(crate) fn with(change: impl FnOnce(&mut Options, &Path) -> Result<()>) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        for (name, content) in keys()? {
            std::fs::write(dir.path().join(name), content)?;
        }
        let mut options = Options {
            crypto: CryptoKind::OpenSsl,
            ..Options::default()
        };
        change(&mut options, dir.path())?;
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let simulator = Simulator::start(listen, dir.path(), &options)?;
        let agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        Ok(Self {
            simulator,
            dir,
            agent,
        })
    }

    pub(crate) fn ask(&self) -> Result<Ask> {
        Ok(Ask {
            client_id: "PODPIS".into(),
            scope: SCOPE.into(),
            scope_org: None,
            state: STATE.into(),
            timestamp: timestamp(0)?,
            redirect_uri: REDIRECT.into(),
            access_type: "online",
            signer: "client".into(),
        })
    }

    /// Parameters of `/aas/oauth2/v2/ac`.
    pub(crate) fn authorize_form(&self, ask: &Ask) -> Result<Form> {
        let mut form = self.signed(ask, &ask.redirect_uri)?;
        form.extend([
            ("redirect_uri", ask.redirect_uri.clone()),
            ("response_type", "code".into()),
            ("access_type", ask.access_type.into()),
        ]);
        Ok(form)
    }

    /// Parameters of `/aas/oauth2/v3/te`.
    pub(crate) fn token_form(&self, ask: &Ask, code: &str) -> Result<Form> {
        let mut form = self.signed(ask, &format!("{}{code}", ask.redirect_uri))?;
        form.extend([
            ("redirect_uri", ask.redirect_uri.clone()),
            ("code", code.into()),
            ("grant_type", "authorization_code".into()),
            ("token_type", "Bearer".into()),
        ]);
        Ok(form)
    }

    /// What every request of v2 has, signed over `client_id‖scope‖scope_org‖timestamp‖state‖tail`.
    pub(crate) fn signed(&self, ask: &Ask, tail: &str) -> Result<Form> {
        let organisations = ask.scope_org.clone().unwrap_or_default();
        let message = [
            &ask.client_id,
            &ask.scope,
            &organisations,
            &ask.timestamp,
            &ask.state,
            tail,
        ]
        .concat();
        let dir = self.dir.path();
        let signature = openssl::sign(dir, &format!("{}.pem", ask.signer), &message)?;
        let hash = openssl::certificate_hash(dir, &format!("{}.cer.pem", ask.signer))?;
        let mut form = vec![
            ("client_id", ask.client_id.clone()),
            ("scope", ask.scope.clone()),
            ("timestamp", ask.timestamp.clone()),
            ("state", ask.state.clone()),
            ("client_secret", URL_SAFE_NO_PAD.encode(signature)),
            ("client_certificate_hash", hash),
        ];
        if ask.scope_org.is_some() {
            form.push(("scope_org", organisations));
        }
        Ok(form)
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.call()?)
    }

    pub(crate) fn bearer(&self, path: &str, token: &str) -> Result<Answer> {
        self.get(path, &[("authorization", &format!("Bearer {token}"))])
    }

    pub(crate) fn authorize(&self, form: &Form) -> Result<Answer> {
        self.get(&format!("/aas/oauth2/v2/ac?{}", encode(form)), &[])
    }

    pub(crate) fn te(&self, form: &Form) -> Result<Answer> {
        self.post("/aas/oauth2/v3/te", form)
    }

    pub(crate) fn post(&self, path: &str, form: &Form) -> Result<Answer> {
        self.send(path, "application/x-www-form-urlencoded", encode(form))
    }

    /// Speaks to `/sim/…`.
    pub(crate) fn sim(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(path, "application/json", body.to_string())
    }

    pub(crate) fn fault(&self, faults: &Value) -> Result<()> {
        let answer = self.sim("/sim/next", faults)?;
        ensure!(answer.status == 204, "{faults}: {}", answer.body);
        Ok(())
    }

    pub(crate) fn set(&self, settings: &Value) -> Result<()> {
        let answer = self.sim("/sim/settings", settings)?;
        ensure!(answer.status == 204, "{settings}: {}", answer.body);
        Ok(())
    }

    fn send(&self, path: &str, kind: &str, body: String) -> Result<Answer> {
        Answer::of(
            self.agent
                .post(self.url(path))
                .content_type(kind)
                .send(body)?,
        )
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.simulator.address())
    }

    /// From the answer of an authorise endpoint through the pages; the answer that leads back.
    pub(crate) fn through_pages(
        &self,
        answer: &Answer,
        person: &str,
        decision: &str,
    ) -> Result<Answer> {
        let id = answer
            .location
            .strip_prefix("/login?id=")
            .with_context(|| format!("no login page but {} {}", answer.location, answer.body))?;
        let page = self.get(&answer.location, &[])?;
        assert!(
            page.body
                .contains(&format!("data-testid=\"person-{person}\""))
        );
        assert!(
            page.body
                .contains("Симулятор ЕСИА — не настоящие Госуслуги")
        );
        let mut form = vec![("id", id.to_owned()), ("person", person.to_owned())];
        let page = self.post("/login", &form)?;
        assert!(
            page.body.contains("data-testid=\"esia-allow\"")
                && page.body.contains("data-testid=\"esia-deny\"")
        );
        form.push(("decision", decision.to_owned()));
        let answer = self.post("/login/decision", &form)?;
        assert_eq!(answer.status, 302);
        assert_eq!(
            self.post("/login/decision", &form)?.status,
            400,
            "a login page works once"
        );
        Ok(answer)
    }

    /// A code for this request of v2.
    pub(crate) fn code_for(&self, ask: &Ask, person: &str) -> Result<String> {
        let answer = self.authorize(&self.authorize_form(ask)?)?;
        let back = self.through_pages(&answer, person, "allow")?;
        assert_eq!(back.parameter("state"), Some(ask.state.clone()));
        back.parameter("code")
            .with_context(|| format!("no code: {}", back.location))
    }

    pub(crate) fn code(&self, person: &str) -> Result<String> {
        self.code_for(&self.ask()?, person)
    }

    /// The whole way: tokens of v2.
    pub(crate) fn tokens_for(&self, ask: &Ask, person: &str) -> Result<Value> {
        let code = self.code_for(ask, person)?;
        self.te(&self.token_form(ask, &code)?)?.json(200)
    }

    pub(crate) fn tokens(&self, person: &str) -> Result<Value> {
        self.tokens_for(&self.ask()?, person)
    }

    /// An access token for these scopes.
    pub(crate) fn access(&self, person: &str, scope: &str) -> Result<String> {
        let ask = Ask {
            scope: scope.into(),
            ..self.ask()?
        };
        text(&self.tokens_for(&ask, person)?, "access_token")
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Result<Self> {
        let location = response
            .headers()
            .get("location")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        Ok(Self {
            status: response.status().as_u16(),
            location,
            headers: response.headers().clone(),
            body: response.body_mut().read_to_string()?,
        })
    }

    /// The ESIA code, wherever it stands.
    pub(crate) fn esia_code(&self) -> String {
        let text = format!("{} {}", self.location, self.body);
        text.split_once("ESIA-")
            .map(|(_, rest)| format!("ESIA-{}", &rest[..6]))
            .unwrap_or_default()
    }

    /// A parameter of the address that the answer leads to.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let query = self.location.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub(crate) fn json(&self, status: u16) -> Result<Value> {
        ensure!(self.status == status, "{}: {}", self.status, self.body);
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// The time that a request states, some seconds off.
pub(crate) fn timestamp(offset: i64) -> Result<String> {
    let at = OffsetDateTime::from(std::time::SystemTime::now()) + time::Duration::seconds(offset);
    let format =
        time::macros::format_description!("[year].[month].[day] [hour]:[minute]:[second] +0000");
    Ok(at.to_offset(time::UtcOffset::UTC).format(&format)?)
}

pub(crate) fn encode(form: &Form) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

/// The form with a parameter changed, or left out.
pub(crate) fn changed(form: Form, name: &str, value: Option<&str>) -> Form {
    let new = |(key, old): (&'static str, String)| match (key == name, value) {
        (false, _) => Some((key, old)),
        (true, value) => value.map(|value| (key, value.to_owned())),
    };
    form.into_iter().filter_map(new).collect()
}

/// A member that is a string.
pub(crate) fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value[name]
        .as_str()
        .with_context(|| format!("no {name} in {value}"))?
        .to_owned())
}

/// Header and payload of a token.
pub(crate) fn parts(token: &str) -> Result<(Value, Value)> {
    let mut parts = token.split('.');
    let mut part = || -> Result<Value> {
        Ok(serde_json::from_slice(
            &URL_SAFE_NO_PAD.decode(parts.next().context("too few parts")?)?,
        )?)
    };
    Ok((part()?, part()?))
}

/// Names and contents.
type Files = Vec<(String, Vec<u8>)>;

/// The key files, made once for all tests.
fn keys() -> Result<&'static [(String, Vec<u8>)]> {
    static KEYS: OnceLock<Result<Files, String>> = OnceLock::new();
    let made = KEYS.get_or_init(|| make_keys().map_err(|e| format!("{e:#}")));
    made.as_deref().map_err(|e| anyhow::anyhow!("{e}"))
}

fn make_keys() -> Result<Files> {
    let dir = tempfile::tempdir()?;
    write_missing(dir.path(), CryptoKind::OpenSsl)?;
    std::fs::read_dir(dir.path())?
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok((name, std::fs::read(entry.path())?))
        })
        .collect()
}
