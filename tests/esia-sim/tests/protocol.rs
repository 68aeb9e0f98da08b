//! The simulator over HTTP: the whole way, and what it must refuse.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use podpis_esia_sim::{Faults, Options, Simulator, TeFault, TokenFault};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use streebog::{Digest as _, Streebog256};
use time::OffsetDateTime;

const REDIRECT: &str = "http://localhost:3000/esia/callback";
const SCOPE: &str = "openid fullname birthdate snils";
const STATE: &str = "6d9b2a4e-0f3c-4b5d-8e7f-102132435465";

/// A simulator with its keys in a folder of its own, and an honest client of it.
struct World {
    simulator: Simulator,
    key: SigningKey,
    dir: PathBuf,
    agent: ureq::Agent,
}

type Form = Vec<(&'static str, String)>;

impl World {
    fn new() -> Result<Self> {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "podpis-esia-sim-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let dir = std::env::temp_dir().join(name);
        let simulator =
            Simulator::start_with(SocketAddr::from(([127, 0, 0, 1], 0)), &dir, options)?;
        let key = SigningKey::from_pkcs8_pem(&std::fs::read_to_string(dir.join("client.pem"))?)?;
        let agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        Ok(Self {
            simulator,
            key,
            dir,
            agent,
        })
    }

    /// Parameters that both requests have, signed.
    fn signed(&self, timestamp: &str, code: &str) -> Result<Form> {
        let message = format!("PODPIS{SCOPE}{timestamp}{STATE}{REDIRECT}{code}");
        let signature: p256::ecdsa::Signature = self.key.sign(message.as_bytes());
        let spki = self.key.verifying_key().to_public_key_der()?;
        let hash: String = Streebog256::digest(spki.as_bytes())
            .iter()
            .map(|b| format!("{b:02X}"))
            .collect();
        Ok(vec![
            ("client_id", "PODPIS".into()),
            ("scope", SCOPE.into()),
            ("timestamp", timestamp.into()),
            ("state", STATE.into()),
            ("redirect_uri", REDIRECT.into()),
            (
                "client_secret",
                URL_SAFE_NO_PAD.encode(signature.to_bytes()),
            ),
            ("client_certificate_hash", hash),
        ])
    }

    fn authorize_form(&self) -> Result<Form> {
        let mut form = self.signed(&timestamp(0)?, "")?;
        form.extend([
            ("response_type", "code".into()),
            ("access_type", "online".into()),
        ]);
        Ok(form)
    }

    fn token_form(&self, code: &str) -> Result<Form> {
        let mut form = self.signed(&timestamp(0)?, code)?;
        form.extend([
            ("code", code.into()),
            ("grant_type", "authorization_code".into()),
            ("token_type", "Bearer".into()),
        ]);
        Ok(form)
    }

    fn get(&self, path: &str, bearer: Option<&str>) -> Result<Answer> {
        let mut request = self
            .agent
            .get(format!("http://{}{path}", self.simulator.address()));
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        Answer::of(request.call()?)
    }

    fn authorize(&self, form: &Form) -> Result<Answer> {
        self.get(&format!("/aas/oauth2/v2/ac?{}", encode(form)), None)
    }

    fn post(&self, path: &str, form: &Form) -> Result<Answer> {
        let request = self
            .agent
            .post(format!("http://{}{path}", self.simulator.address()));
        Answer::of(
            request
                .content_type("application/x-www-form-urlencoded")
                .send(encode(form))?,
        )
    }

    /// From the login page to the callback's parameters.
    fn sign_in(&self, person: &str, decision: &str) -> Result<Vec<(String, String)>> {
        let answer = self.authorize(&self.authorize_form()?)?;
        let id = answer
            .location
            .strip_prefix("/login?id=")
            .context("no login page")?
            .to_owned();
        let page = self.get(&answer.location, None)?;
        assert!(
            page.body
                .contains(&format!("data-testid=\"person-{person}\""))
        );
        assert!(
            page.body
                .contains("Симулятор ЕСИА — не настоящие Госуслуги")
        );
        let mut form = vec![("id", id), ("person", person.to_owned())];
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
        Ok(query_of(&answer.location))
    }

    fn code(&self, person: &str) -> Result<String> {
        let query = self.sign_in(person, "allow")?;
        assert_eq!(query[1], ("state".to_owned(), STATE.to_owned()));
        Ok(query[0].1.clone())
    }

    fn exchange(&self, person: &str) -> Result<Value> {
        let answer = self.post("/aas/oauth2/v3/te", &self.token_form(&self.code(person)?)?)?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Ok(serde_json::from_str(&answer.body)?)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

struct Answer {
    status: u16,
    location: String,
    body: String,
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
            body: response.body_mut().read_to_string()?,
        })
    }

    /// The ESIA code, wherever it stands.
    fn esia_code(&self) -> String {
        let text = format!("{} {}", self.location, self.body);
        text.split_once("ESIA-")
            .map(|(_, rest)| format!("ESIA-{}", &rest[..6]))
            .unwrap_or_default()
    }
}

#[test]
fn the_whole_way() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    let (header, payload) = parts(&code)?;
    assert_eq!(header["sbt"], "authorization_code");
    assert_eq!(payload["urn:esia:client:state"], STATE);
    assert_eq!(
        payload["exp"].as_i64().unwrap() - payload["iat"].as_i64().unwrap(),
        240
    );

    let answer = world.post("/aas/oauth2/v3/te", &world.token_form(&code)?)?;
    let tokens: Value = serde_json::from_str(&answer.body)?;
    assert_eq!(
        (&tokens["state"], &tokens["token_type"]),
        (&json!(STATE), &json!("Bearer"))
    );
    assert_eq!(tokens["expires_in"], 3600);
    assert!(tokens.get("refresh_token").is_none());

    let id_token = tokens["id_token"].as_str().unwrap();
    let (header, id) = parts(id_token)?;
    assert_eq!(
        header,
        json!({"ver": 0, "typ": "JWT", "sbt": "id", "alg": "RS256"})
    );
    let raw = String::from_utf8(URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap())?)?;
    assert!(
        raw.contains(r#""iss":"http:\/\/esia.gosuslugi.ru\/""#),
        "{raw}"
    );
    assert_eq!(
        (&id["aud"], &id["sub"]),
        (&json!("PODPIS"), &json!(1_000_299_353))
    );
    assert_eq!(id["urn:esia:sbj"]["urn:esia:sbj:is_tru"], true);
    assert_eq!(id["urn:esia:sbj"]["urn:esia:sbj:lvl"], "PR");

    let access = tokens["access_token"].as_str().unwrap();
    let (header, claims) = parts(access)?;
    assert_eq!(
        (&header["sbt"], &header["ver"]),
        (&json!("access"), &json!(1))
    );
    assert_eq!(claims["urn:esia:sid"], id["urn:esia:sid"]);
    assert_eq!(
        claims["scope"],
        "openid fullname?oid=1000299353 birthdate?oid=1000299353 snils?oid=1000299353"
    );
    assert!(claims.get("aud").is_none());

    for path in ["/rs/prns/1000299353", "/rs/prns/1000299353/"] {
        let person: Value = serde_json::from_str(&world.get(path, Some(access))?.body)?;
        assert_eq!(person["lastName"], "Иванова");
        assert_eq!(
            (&person["birthDate"], &person["snils"]),
            (&json!("12.03.1985"), &json!("112-233-445 95"))
        );
        assert_eq!(
            (&person["trusted"], &person["status"]),
            (&json!(true), &json!("REGISTERED"))
        );
        assert!(person.get("gender").is_none(), "not in the scope");
    }
    Ok(())
}

#[test]
fn an_unconfirmed_account_has_no_is_tru() -> Result<()> {
    let tokens = World::new()?.exchange("sidorova")?;
    let (_, id) = parts(tokens["id_token"].as_str().unwrap())?;
    assert!(id["urn:esia:sbj"].get("urn:esia:sbj:is_tru").is_none());
    assert_eq!(id["urn:esia:sbj"]["urn:esia:sbj:lvl"], "P");
    Ok(())
}

#[test]
fn a_person_may_deny() -> Result<()> {
    let query = World::new()?.sign_in("ivanova", "deny")?;
    assert_eq!(query[0], ("error".into(), "access_denied".into()));
    assert!(query[1].1.starts_with("ESIA-007004: "));
    assert_eq!(query[2], ("state".into(), STATE.into()));
    Ok(())
}

#[test]
fn wrong_authorise_requests() -> Result<()> {
    let world = World::new()?;
    // What is changed, to what (nothing: left out), the code, whether it goes back to the client.
    let table: &[(&str, Option<&str>, &str, bool)] = &[
        ("client_id", None, "ESIA-007014", false),
        ("client_id", Some("OTHER"), "ESIA-007005", false),
        ("redirect_uri", None, "ESIA-007014", false),
        (
            "redirect_uri",
            Some("https://evil.example/"),
            "ESIA-007023",
            false,
        ),
        (
            "redirect_uri",
            Some("http://localhost:3000/other"),
            "ESIA-007053",
            true,
        ),
        ("response_type", None, "ESIA-007014", true),
        ("response_type", Some("token"), "ESIA-007009", true),
        ("access_type", None, "ESIA-007014", true),
        ("access_type", Some("sometimes"), "ESIA-007003", true),
        ("scope", None, "ESIA-007014", true),
        ("scope", Some("openid fullname"), "ESIA-007053", true),
        ("state", None, "ESIA-007014", true),
        ("state", Some("1"), "ESIA-007003", true),
        (
            "state",
            Some("00000000-0000-4000-8000-000000000000"),
            "ESIA-007053",
            true,
        ),
        ("timestamp", None, "ESIA-007014", true),
        (
            "timestamp",
            Some("2013.01.25 14:36:11 0400"),
            "ESIA-007014",
            true,
        ),
        (
            "timestamp",
            Some("2013.01.25 14:36:11 +0400"),
            "ESIA-007015",
            true,
        ),
        ("client_secret", None, "ESIA-007014", true),
        ("client_secret", Some("AAAA"), "ESIA-007053", true),
        ("client_certificate_hash", None, "ESIA-007014", true),
        ("client_certificate_hash", Some("AB"), "ESIA-007053", true),
    ];
    for (name, value, code, back) in table {
        let form = changed(world.authorize_form()?, name, *value);
        let answer = world.authorize(&form)?;
        assert_eq!(answer.esia_code(), *code, "{name} = {value:?}");
        assert_eq!(
            (answer.status, !answer.location.is_empty()),
            if *back { (302, true) } else { (400, false) },
            "{name}"
        );
    }
    let mut twice = world.authorize_form()?;
    twice.push(("scope", SCOPE.into()));
    assert_eq!(world.authorize(&twice)?.esia_code(), "ESIA-007003");
    Ok(())
}

#[test]
fn the_time_window_has_two_sides() -> Result<()> {
    let world = World::new()?;
    for (offset, fine) in [(-590, true), (590, true), (-660, false), (660, false)] {
        let mut form = world.signed(&timestamp(offset)?, "")?;
        form.extend([
            ("response_type", "code".into()),
            ("access_type", "online".into()),
        ]);
        let answer = world.authorize(&form)?;
        assert_eq!(
            answer.location.starts_with("/login"),
            fine,
            "{offset}: {}",
            answer.location
        );
    }
    Ok(())
}

#[test]
fn an_unescaped_plus_is_a_space() -> Result<()> {
    let world = World::new()?;
    let query = encode(&world.authorize_form()?).replace("%2B0000", "+0000");
    let answer = world.get(&format!("/aas/oauth2/v2/ac?{query}"), None)?;
    assert!(
        answer.location.contains("timestamp") && answer.esia_code() == "ESIA-007014",
        "{}",
        answer.location
    );
    Ok(())
}

#[test]
fn a_scope_that_is_not_granted() -> Result<()> {
    let world = World::new()?;
    let timestamp = timestamp(0)?;
    let message = format!("PODPISopenid id_doc{timestamp}{STATE}{REDIRECT}");
    let signature: p256::ecdsa::Signature = world.key.sign(message.as_bytes());
    let form = changed(world.authorize_form()?, "scope", Some("openid id_doc"));
    let form = changed(form, "timestamp", Some(&timestamp));
    let form = changed(
        form,
        "client_secret",
        Some(&URL_SAFE_NO_PAD.encode(signature.to_bytes())),
    );
    assert_eq!(world.authorize(&form)?.esia_code(), "ESIA-007006");
    Ok(())
}

#[test]
fn signatures_in_any_base64() -> Result<()> {
    let world = World::new()?;
    for engine in [&URL_SAFE, &STANDARD] {
        let form = world.authorize_form()?;
        let raw = URL_SAFE_NO_PAD.decode(&form[5].1)?;
        let answer = world.authorize(&changed(form, "client_secret", Some(&engine.encode(raw))))?;
        assert!(answer.location.starts_with("/login"), "{}", answer.location);
    }
    Ok(())
}

#[test]
fn wrong_token_requests() -> Result<()> {
    let world = World::new()?;
    let table: &[(&str, Option<&str>, &str)] = &[
        ("grant_type", None, "ESIA-007014"),
        ("grant_type", Some("password"), "ESIA-007012"),
        ("client_id", Some("OTHER"), "ESIA-007005"),
        ("token_type", Some("Mac"), "ESIA-007003"),
        ("state", None, "ESIA-007014"),
        ("state", Some("x"), "ESIA-007003"),
        ("code", None, "ESIA-007014"),
        ("code", Some("a.b.c"), "ESIA-007053"),
        (
            "redirect_uri",
            Some("http://localhost:3000/"),
            "ESIA-007053",
        ),
        ("scope", Some("openid"), "ESIA-007053"),
        (
            "timestamp",
            Some("2013.01.25 14:36:11 +0400"),
            "ESIA-007015",
        ),
        ("client_certificate_hash", None, "ESIA-007014"),
        ("client_certificate_hash", Some("00"), "ESIA-007053"),
        ("client_secret", Some("AAAA"), "ESIA-007053"),
    ];
    let code = world.code("ivanova")?;
    for (name, value, esia) in table {
        let answer = world.post(
            "/aas/oauth2/v3/te",
            &changed(world.token_form(&code)?, name, *value),
        )?;
        assert_eq!(
            (answer.status, answer.esia_code().as_str()),
            (400, *esia),
            "{name} = {value:?}: {}",
            answer.body
        );
    }
    // A signature without the code in it does not do, and none of all this used the code up.
    let mut form = world.signed(&timestamp(0)?, "")?;
    form.extend([
        ("code", code.clone()),
        ("grant_type", "authorization_code".into()),
        ("token_type", "Bearer".into()),
    ]);
    assert_eq!(
        world.post("/aas/oauth2/v3/te", &form)?.esia_code(),
        "ESIA-007053"
    );
    assert_eq!(
        world
            .post("/aas/oauth2/v3/te", &world.token_form(&code)?)?
            .status,
        200
    );
    Ok(())
}

#[test]
fn a_code_works_once() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    assert_eq!(
        world
            .post("/aas/oauth2/v3/te", &world.token_form(&code)?)?
            .status,
        200
    );
    let again = world.post("/aas/oauth2/v3/te", &world.token_form(&code)?)?;
    assert_eq!(
        (again.status, again.esia_code().as_str()),
        (400, "ESIA-007011")
    );
    let body: Value = serde_json::from_str(&again.body)?;
    assert_eq!(
        (&body["error"], &body["state"]),
        (&json!("invalid_grant"), &json!(STATE))
    );
    Ok(())
}

#[test]
fn a_code_lives_four_minutes_and_a_token_an_hour() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    world.simulator.advance(241);
    assert_eq!(
        world
            .post("/aas/oauth2/v3/te", &world.token_form(&code)?)?
            .esia_code(),
        "ESIA-007011"
    );
    let tokens = world.exchange("ivanova")?;
    world.simulator.advance(3601);
    let answer = world.get("/rs/prns/1000299353", tokens["access_token"].as_str())?;
    assert_eq!(
        (answer.status, answer.esia_code().as_str()),
        (401, "ESIA-005013")
    );
    Ok(())
}

#[test]
fn the_token_request_may_stand_in_the_query() -> Result<()> {
    let world = World::new()?;
    let query = encode(&world.token_form(&world.code("ivanova")?)?);
    let answer = world.post(&format!("/aas/oauth2/v3/te?{query}"), &Form::new())?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    Ok(())
}

#[test]
fn person_data_need_the_right_token() -> Result<()> {
    let world = World::new()?;
    let tokens = world.exchange("ivanova")?;
    for token in [None, Some("x"), tokens["id_token"].as_str()] {
        let answer = world.get("/rs/prns/1000299353", token)?;
        assert_eq!(
            (answer.status, answer.esia_code().as_str()),
            (401, "ESIA-005011")
        );
    }
    let answer = world.get("/rs/prns/1000299354", tokens["access_token"].as_str())?;
    assert_eq!(
        (answer.status, answer.esia_code().as_str()),
        (403, "ESIA-005029")
    );
    Ok(())
}

#[test]
fn faults_happen_once() -> Result<()> {
    let world = World::new()?;
    let fault = world
        .agent
        .post(format!("http://{}/sim/next", world.simulator.address()))
        .content_type("application/json")
        .send(json!({"te": "html"}).to_string())?;
    assert_eq!(fault.status().as_u16(), 204);
    let code = world.code("ivanova")?;
    assert!(
        world
            .post("/aas/oauth2/v3/te", &world.token_form(&code)?)?
            .body
            .starts_with("<html>")
    );
    assert_eq!(
        world
            .post("/aas/oauth2/v3/te", &world.token_form(&code)?)?
            .status,
        200,
        "the code is still good"
    );

    world.simulator.next(Faults {
        te: Some(TeFault::ExpiresInString),
        ..Faults::default()
    });
    assert_eq!(world.exchange("ivanova")?["expires_in"], "3600");
    assert_eq!(world.exchange("ivanova")?["expires_in"], 3600);
    Ok(())
}

#[test]
fn token_faults_change_what_they_say() -> Result<()> {
    let world = World::new()?;
    let id_with = |fault| {
        world.simulator.next(Faults {
            token: Some(fault),
            ..Faults::default()
        });
        parts(
            world.exchange("ivanova")?["id_token"]
                .as_str()
                .context("no id_token")?,
        )
    };
    assert_eq!(id_with(TokenFault::AlgNone)?.0["alg"], "none");
    assert_eq!(id_with(TokenFault::SbtSubstituted)?.0["sbt"], "access");
    assert_eq!(id_with(TokenFault::WrongAud)?.1["aud"], "OTHER");
    assert!(id_with(TokenFault::AuthTimeMs)?.1["auth_time"].as_i64() > Some(100_000_000_000));
    Ok(())
}

#[test]
fn single_sign_on_gives_the_old_sign_in_until_logout() -> Result<()> {
    let world = World::with(Options {
        single_sign_on: true,
        ..Options::default()
    })?;
    let answer = world.authorize(&world.authorize_form()?)?;
    let id = answer
        .location
        .strip_prefix("/login?id=")
        .context("no login page")?
        .to_owned();
    let form = vec![
        ("id", id),
        ("person", "ivanova".into()),
        ("decision", "allow".into()),
    ];
    let request = world.agent.post(format!(
        "http://{}/login/decision",
        world.simulator.address()
    ));
    let response = request
        .content_type("application/x-www-form-urlencoded")
        .send(encode(&form))?;
    let cookie = response.headers()["set-cookie"]
        .to_str()?
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();

    let with_cookie = |path: String| {
        let url = format!("http://{}{path}", world.simulator.address());
        Answer::of(world.agent.get(url).header("cookie", &cookie).call()?)
    };
    let authorize = || {
        with_cookie(format!(
            "/aas/oauth2/v2/ac?{}",
            encode(&world.authorize_form()?)
        ))
    };
    assert!(authorize()?.location.starts_with(REDIRECT), "straight back");
    let logout = |target: &str| {
        with_cookie(format!(
            "/idp/ext/Logout?{}",
            encode(&vec![
                ("client_id", "PODPIS".into()),
                ("redirect_url", target.into()),
            ])
        ))
    };
    assert_eq!(logout("https://evil.example/")?.esia_code(), "ESIA-007023");
    assert_eq!(
        logout("http://localhost:3000/esia/login")?.location,
        "http://localhost:3000/esia/login"
    );
    assert!(authorize()?.location.starts_with("/login"), "asks again");
    Ok(())
}

#[test]
fn keys_are_kept_and_private() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new()?;
    let read = |name: &str| std::fs::read_to_string(world.dir.join(name));
    let before = [
        read("client.pem")?,
        read("esia.pem")?,
        read("client.pub.pem")?,
        read("esia.pub.pem")?,
    ];
    podpis_esia_sim::write_missing(&world.dir)?;
    assert_eq!(
        before,
        [
            read("client.pem")?,
            read("esia.pem")?,
            read("client.pub.pem")?,
            read("esia.pub.pem")?
        ]
    );
    assert_eq!(
        world.dir.join("esia.pem").metadata()?.permissions().mode() & 0o777,
        0o600
    );
    assert!(before[3].starts_with("-----BEGIN PUBLIC KEY-----"));
    Ok(())
}

/// An independent judge of the tokens' signatures.
#[test]
fn openssl_accepts_the_tokens() -> Result<()> {
    let world = World::new()?;
    let tokens = world.exchange("ivanova")?;
    let (message, signature) = tokens["id_token"]
        .as_str()
        .and_then(|t| t.rsplit_once('.'))
        .context("no token")?;
    std::fs::write(world.dir.join("message"), message)?;
    std::fs::write(
        world.dir.join("signature"),
        URL_SAFE_NO_PAD.decode(signature)?,
    )?;
    let Some(verdict) = openssl(
        &world.dir,
        &[
            "dgst",
            "-sha256",
            "-verify",
            "esia.pub.pem",
            "-signature",
            "signature",
            "message",
        ],
    ) else {
        eprintln!("openssl is not installed: skipped");
        return Ok(());
    };
    assert!(verdict, "openssl refuses the id_token's signature");
    Ok(())
}

/// An independent client: the request is signed by OpenSSL with the key file.
#[test]
fn a_request_signed_by_openssl_is_accepted() -> Result<()> {
    let world = World::new()?;
    let timestamp = timestamp(0)?;
    std::fs::write(
        world.dir.join("message"),
        format!("PODPIS{SCOPE}{timestamp}{STATE}{REDIRECT}"),
    )?;
    if openssl(
        &world.dir,
        &[
            "dgst",
            "-sha256",
            "-sign",
            "client.pem",
            "-out",
            "signature",
            "message",
        ],
    )
    .is_none()
    {
        eprintln!("openssl is not installed: skipped");
        return Ok(());
    }
    let signature = p256::ecdsa::Signature::from_der(&std::fs::read(world.dir.join("signature"))?)?;
    let form = changed(world.authorize_form()?, "timestamp", Some(&timestamp));
    let form = changed(
        form,
        "client_secret",
        Some(&URL_SAFE_NO_PAD.encode(signature.to_bytes())),
    );
    let answer = world.authorize(&form)?;
    assert!(answer.location.starts_with("/login"), "{}", answer.location);
    Ok(())
}

fn openssl(dir: &Path, args: &[&str]) -> Option<bool> {
    let output = std::process::Command::new("openssl")
        .args(args)
        .current_dir(dir)
        .output()
        .ok()?;
    Some(output.status.success())
}

fn timestamp(offset: i64) -> Result<String> {
    let at = OffsetDateTime::from(std::time::SystemTime::now()) + time::Duration::seconds(offset);
    let format =
        time::macros::format_description!("[year].[month].[day] [hour]:[minute]:[second] +0000");
    Ok(at.to_offset(time::UtcOffset::UTC).format(&format)?)
}

fn encode(form: &Form) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

fn query_of(location: &str) -> Vec<(String, String)> {
    let query = location.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn changed(form: Form, name: &str, value: Option<&str>) -> Form {
    let new = |(key, old): (&'static str, String)| match (key == name, value) {
        (false, _) => Some((key, old)),
        (true, value) => value.map(|value| (key, value.to_owned())),
    };
    form.into_iter().filter_map(new).collect()
}

fn parts(token: &str) -> Result<(Value, Value)> {
    let mut parts = token.split('.');
    let mut part = || -> Result<Value> {
        Ok(serde_json::from_slice(
            &URL_SAFE_NO_PAD.decode(parts.next().context("too few parts")?)?,
        )?)
    };
    Ok((part()?, part()?))
}
