//! The tokens: what they say and who signs them.

use crate::crypto::Algorithm;
use crate::faults::TokenFault;
use crate::jwt;
use crate::keys::new_pair;
use crate::state::{Access, Authorization, Code, Esia, Grant, Login, uuid};
use serde_json::{Map, Value, json};

/// Life of a code, of an access token and of an id_token, in seconds.
const CODE_S: i64 = 240;
pub(crate) const ACCESS_S: i64 = 3600;
const ID_S: i64 = 10_800;

/// Where the person's browser is, as the code tells.
pub(crate) struct Browser<'a> {
    pub(crate) ip: String,
    pub(crate) agent: &'a str,
}

/// Issues a code for a consent given now.
pub(crate) fn issue_code(
    esia: &Esia,
    authorization: &Authorization,
    login: &Login,
    browser: &Browser<'_>,
) -> anyhow::Result<String> {
    let now = esia.now();
    let mut claims = common(esia, login, now, CODE_S);
    claims.extend(object(json!({
        "client_id": authorization.client,
        "scope": authorization.scopes.granted_for(login.account.oid),
        "auth_time": login.auth_time,
        "auth_mthd": "PWD",
        "urn:esia:client:state": authorization.state,
        "urn:esia:sbj": subject(login, "eid"),
        "params": {"remote_ip": browser.ip, "user_agent": browser.agent},
    })));
    let code = sign(esia, 1, "authorization_code", &Value::Object(claims))?;
    let issued = Code {
        grant: Grant {
            authorization: authorization.clone(),
            login: login.clone(),
        },
        expires: now + CODE_S,
        used: false,
    };
    // The same text within one second is the same code: a used one stays used.
    esia.memory().codes.entry(code.clone()).or_insert(issued);
    Ok(code)
}

/// Access token, id_token (with the scope `openid`) and refresh token (offline), with the fault that is due.
pub(crate) fn issue(esia: &Esia, grant: &Grant) -> anyhow::Result<Map<String, Value>> {
    let fault = esia.memory().faults.token.take();
    let (authorization, now) = (&grant.authorization, esia.now());
    let mut login = grant.login.clone();
    match fault {
        Some(TokenFault::OldAuthTime) => login.auth_time = now - 3600,
        Some(TokenFault::FutureAuthTime) => login.auth_time = now + 3600,
        _ => {}
    }
    let access = access_token(esia, authorization, &login, now, fault)?;
    let mut answer = object(json!({"access_token": access}));
    if authorization.scopes.cover("openid") {
        let id_token = id_token(esia, authorization, &login, now, fault)?;
        answer.insert("id_token".into(), id_token.into());
    }
    let mut memory = esia.memory();
    memory.accesses.insert(
        access,
        Access {
            account: login.account,
            scopes: authorization.scopes.clone(),
            expires: now + ACCESS_S,
        },
    );
    if authorization.offline {
        let token = uuid()?;
        memory.refreshes.insert(token.clone(), grant.clone());
        answer.insert("refresh_token".into(), token.into());
    }
    Ok(answer)
}

fn access_token(
    esia: &Esia,
    authorization: &Authorization,
    login: &Login,
    now: i64,
    fault: Option<TokenFault>,
) -> anyhow::Result<String> {
    let oid = login.account.oid;
    let mut scope = authorization.scopes.granted_for(oid);
    if let Some(organisations) = &authorization.scope_org {
        scope = format!("{scope} {organisations}");
    }
    let mut claims = common(esia, login, now, ACCESS_S);
    claims.extend(object(json!({
        "client_id": authorization.client,
        "scope": scope,
        "urn:esia:sbj_id": oid,
    })));
    match fault {
        Some(TokenFault::OtherSid) => drop(claims.insert("urn:esia:sid".into(), uuid()?.into())),
        Some(TokenFault::OtherAccess) => {
            drop(claims.insert("urn:esia:sbj_id".into(), (oid + 1).into()));
        }
        _ => {}
    }
    sign(esia, 1, "access", &Value::Object(claims))
}

fn id_token(
    esia: &Esia,
    authorization: &Authorization,
    login: &Login,
    now: i64,
    fault: Option<TokenFault>,
) -> anyhow::Result<String> {
    let mut claims = common(esia, login, now, ID_S);
    claims.extend(object(json!({
        "aud": authorization.client,
        "sub": login.account.oid,
        "auth_time": login.auth_time,
        "amr": "PWD",
        "urn:esia:amd": "PWD",
        "urn:esia:sbj": subject(login, "lvl"),
    })));
    spoil_claims(&mut claims, login, now, fault);
    let claims = Value::Object(claims);

    let algorithm = esia.memory().settings.token_alg;
    let other = match algorithm {
        Algorithm::Gost => Algorithm::Rs256,
        Algorithm::Rs256 => Algorithm::Gost,
    };
    let sbt = match fault {
        Some(TokenFault::SbtSubstituted) => "access",
        _ => "id",
    };
    let text = match fault {
        Some(TokenFault::NotJson) => "sub=1".to_owned(),
        _ => jwt::payload(&claims),
    };
    let (named, signer) = match fault {
        Some(TokenFault::AlgNone) => {
            return Ok(jwt::token(&jwt::message("none", 0, sbt, &text), &[]));
        }
        Some(TokenFault::WrongAlg) => (other, algorithm),
        Some(TokenFault::OtherAlg) => (other, other),
        _ => (algorithm, algorithm),
    };
    let message = jwt::message(named.name(), 0, sbt, &text);
    let key = match fault {
        Some(TokenFault::ForeignKey) => new_pair(signer, esia.crypto.as_ref())?.key,
        _ => esia.memory().keys.of(signer).key.clone(),
    };
    let mut signature = esia.crypto.sign(signer, &key, message.as_bytes())?;
    match fault {
        Some(TokenFault::BadSignature) => {
            signature.iter_mut().skip(7).take(1).for_each(|b| *b ^= 1)
        }
        Some(TokenFault::ReversedSignature) => signature.reverse(),
        Some(TokenFault::Malformed) => return Ok(message),
        _ => {}
    }
    Ok(jwt::token(&message, &signature))
}

/// The faults that lie in what the id_token says.
fn spoil_claims(
    claims: &mut Map<String, Value>,
    login: &Login,
    now: i64,
    fault: Option<TokenFault>,
) {
    let oid = login.account.oid;
    let change = match fault {
        Some(TokenFault::Expired) => {
            json!({"nbf": now - 14_400, "iat": now - 14_400, "exp": now - 3600})
        }
        Some(TokenFault::NotYetValid) => json!({"nbf": now + 3600, "iat": now + 3600}),
        Some(TokenFault::WrongIss) => json!({"iss": "http://esia.example.org/"}),
        Some(TokenFault::WrongAud) => json!({"aud": "OTHER"}),
        Some(TokenFault::OtherSubject) => json!({"sub": oid + 1}),
        Some(TokenFault::SubString) => json!({"sub": oid.to_string()}),
        Some(TokenFault::AuthTimeMs) => json!({"auth_time": login.auth_time * 1000}),
        _ => json!({}),
    };
    claims.extend(object(change));
    match fault {
        Some(TokenFault::NoExp) => drop(claims.remove("exp")),
        Some(TokenFault::NoAuthTime) => drop(claims.remove("auth_time")),
        _ => {}
    }
    let Some(subject) = claims
        .get_mut("urn:esia:sbj")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    match fault {
        Some(TokenFault::NoIsTru) => drop(subject.remove("urn:esia:sbj:is_tru")),
        Some(TokenFault::LevelP) => drop(subject.insert("urn:esia:sbj:lvl".into(), "P".into())),
        Some(TokenFault::LevelKd) => drop(subject.insert("urn:esia:sbj:lvl".into(), "KD".into())),
        Some(TokenFault::SubString) => {
            drop(subject.insert("urn:esia:sbj:oid".into(), oid.to_string().into()));
        }
        _ => {}
    }
}

/// A token signed as the settings say.
fn sign(esia: &Esia, ver: u8, sbt: &str, claims: &Value) -> anyhow::Result<String> {
    let (algorithm, key) = {
        let memory = esia.memory();
        let algorithm = memory.settings.token_alg;
        (algorithm, memory.keys.of(algorithm).key.clone())
    };
    let message = jwt::message(algorithm.name(), ver, sbt, &jwt::payload(claims));
    let signature = esia.crypto.sign(algorithm, &key, message.as_bytes())?;
    Ok(jwt::token(&message, &signature))
}

/// Claims of every token.
fn common(esia: &Esia, login: &Login, now: i64, life: i64) -> Map<String, Value> {
    object(json!({
        "nbf": now, "iat": now, "exp": now + life, "iss": esia.issuer, "urn:esia:sid": login.sid,
    }))
}

/// `urn:esia:sbj`, with `eid` as in a code or `lvl` as in an id_token; `is_tru` only for a confirmed account.
fn subject(login: &Login, last: &str) -> Value {
    let account = login.account;
    let mut subject = object(json!({
        "urn:esia:sbj:typ": "P",
        "urn:esia:sbj:oid": account.oid,
        "urn:esia:sbj:nam": format!("OID.{}", account.oid),
    }));
    subject.insert(
        format!("urn:esia:sbj:{last}"),
        match last {
            "eid" => (account.oid * 10).into(),
            _ => account.level.claim().into(),
        },
    );
    if account.trusted {
        subject.insert("urn:esia:sbj:is_tru".into(), true.into());
    }
    Value::Object(subject)
}

/// The members of a `json!({…})`.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
