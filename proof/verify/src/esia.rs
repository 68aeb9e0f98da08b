//! ESIA's own word: the id_token that the operator got for this signature.
//!
//! The signature and the claims are checked as `functions/esia` did it at the time, with the time of signing in the
//! place of the clock. ESIA's token names no document: that it was got for this one is the operator's word, which the
//! times and the fingerprint support.

use crate::case::{self, Evidence, LEEWAY_S, NO_TRUST};
use crate::code::is_made_by_accepting;
use crate::report::{Check, CheckId, Outcome};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_evidence::{Esia, KeySet, Oid, Signature, Trust, TrustedKey, salted};
use podpis_shared::hash::sha256_hex;
use podpis_shared::person::same_name;
use podpis_shared::{Birthday, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longest token that is looked at, in bytes; ESIA's take 1 to 2 KiB.
const TOKEN_MAX: usize = 16 * 1024;

/// An `auth_time` above this is in milliseconds, as it was until 2020.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// The method says ESIA, and ESIA's word is not there.
const MISSING: &str =
    "В доказательствах нет ответа Госуслуг, хотя подпись названа сделанной через них.";

/// What ESIA signs its tokens with.
const ALGORITHMS: [&str; 2] = ["GOST3410_2012_256", "RS256"];

/// `esia-token`: ESIA signed it, for this operator, at the time of signing.
pub(crate) fn token(evidence: &Evidence, trust: Option<&Trust>) -> Check {
    let id = CheckId::EsiaToken;
    let Some(signature) = evidence.patient() else {
        return Check::fail(
            id,
            "В доказательствах нет подписи, а значит, и ответа Госуслуг.",
        );
    };
    let Some(esia) = &signature.esia else {
        return Check::fail(id, MISSING);
    };
    let Some(token) = Token::read(&esia.id_token) else {
        return Check::fail(id, "Ответ Госуслуг испорчен: он не читается.");
    };
    let check = match fault(&token, esia, signature, trust) {
        Some(fault) => Check::fail(id, fault),
        None => signed(&token, evidence, esia, signature.signed_at, trust),
    };
    check
        .detail("Алгоритм подписи", &token.header.alg)
        .detail("SHA-256 ключа Госуслуг", &esia.key_sha256)
        .detail("Издатель", &token.claims.iss)
        .detail("Получатель", &token.claims.aud)
        .detail("Человек вошёл", token.claims.signed_in().moscow())
        .detail("Способ входа", token.claims.way())
        .detail(
            "Ответ действителен до",
            Timestamp::from_unix(token.claims.exp).moscow(),
        )
}

/// `esia-person`: the number in the token is the number behind the fingerprint, and both names agree.
///
/// `token_result` says how [`token`] ended: a number that ESIA did not sign proves nobody.
pub(crate) fn person(evidence: &Evidence, token_result: Outcome) -> Check {
    let id = CheckId::EsiaPerson;
    let Some(signature) = evidence.patient() else {
        return Check::fail(
            id,
            "В доказательствах нет подписи: не сказано, кто подписал.",
        );
    };
    let Some(esia) = &signature.esia else {
        return Check::fail(id, MISSING);
    };
    let Some(token) = Token::read(&esia.id_token) else {
        return Check::fail(id, "Ответ Госуслуг не читается: неизвестно, кто входил.");
    };
    match person_fault(&token, evidence, esia, signature) {
        Some(fault) => Check::fail(id, fault),
        None if token_result != Outcome::Pass => Check::unchecked(
            id,
            "Номер учётной записи и имя сходятся, но не установлено, что ответ действительно дали Госуслуги.",
        ),
        // Nobody but ESIA has named whoever accepts in their own account.
        None if is_made_by_accepting(evidence) => Check::pass(
            id,
            "В ответе Госуслуг стоит номер учётной записи подписавшего. Имя к этому номеру оператор получил от Госуслуг \
             и записал сам: соглашение принято в личном кабинете того же человека.",
        ),
        None => Check::pass(
            id,
            "В ответе Госуслуг стоит номер учётной записи подписавшего. Имя к этому номеру оператор получил от Госуслуг \
             и записал сам: оно совпадает с именем, которое указала клиника.",
        ),
    }
    .detail(
        if is_made_by_accepting(evidence) {
            "Имя в соглашении"
        } else {
            "Имя по данным клиники"
        },
        &signature.signer.name,
    )
    .detail("Имя по данным Госуслуг", &esia.name)
    .detail("Дата рождения", signature.signer.birth_date.map_or_else(|| "не указана".into(), Birthday::dotted))
    .detail("СНИЛС (скрыт)", signature.signer.snils_masked.as_deref().unwrap_or("не указан"))
    .detail("Отпечаток номера учётной записи", &esia.subject_fingerprint)
    .detail(
        "Для суда",
        "Полные СНИЛС, телефон и номер учётной записи записаны солёными хешами: тот, кто знает значение, может сверить его. \
         Имя по номеру учётной записи подтвердит Минцифры по запросу суда.",
    )
}

struct Token<'a> {
    header: Header,
    claims: Claims,
    message: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    sbt: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Oid,
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
    auth_time: i64,
    /// A word, contrary to OpenID Connect; whatever else it may become changes no verdict.
    amr: Option<Value>,
    #[serde(rename = "urn:esia:sbj")]
    subject: Subject,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(rename = "urn:esia:sbj:oid")]
    oid: Oid,
    #[serde(rename = "urn:esia:sbj:is_tru")]
    trusted: Option<bool>,
    #[serde(rename = "urn:esia:sbj:lvl")]
    level: Option<String>,
}

impl<'a> Token<'a> {
    fn read(token: &'a str) -> Option<Self> {
        if token.len() > TOKEN_MAX {
            return None;
        }
        // The signature covers the text as received; it is never written anew.
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        Some(Self {
            header: decode(header)?,
            claims: decode(claims)?,
            message,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }
}

impl Claims {
    fn way(&self) -> &'static str {
        match self.amr.as_ref().and_then(Value::as_str) {
            Some("PWD") => "пароль (PWD)",
            Some("DS") => "электронная подпись (DS)",
            _ => "не указан",
        }
    }

    fn signed_in(&self) -> Timestamp {
        Timestamp::from_unix(if self.auth_time > MILLISECONDS_FROM {
            self.auth_time / 1000
        } else {
            self.auth_time
        })
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// What is wrong with the token, whoever signed it.
fn fault(
    token: &Token<'_>,
    esia: &Esia,
    signature: &Signature,
    trust: Option<&Trust>,
) -> Option<&'static str> {
    let claims = &token.claims;
    let signed_in = claims.signed_in().unix();
    let signed = signature.signed_at.unix();
    let started = signature.browser.started_at.unix();
    if token.header.sbt.as_deref() != Some("id") {
        Some("Это не тот ответ Госуслуг, который подтверждает вход человека.")
    } else if trust.is_some_and(|trust| claims.iss != trust.esia_issuer) {
        Some("Ответ выдан не Госуслугами.")
    } else if trust.is_some_and(|trust| claims.aud != trust.esia_client_id) {
        Some("Ответ Госуслуг выдан другому получателю, не этому оператору.")
    } else if claims.exp < signed - LEEWAY_S {
        Some("Ответ Госуслуг истёк раньше, чем документ подписали.")
    } else if claims.iat.max(claims.nbf.unwrap_or(claims.iat)) > signed + LEEWAY_S {
        Some("Ответ Госуслуг выдан позже, чем документ подписали.")
    } else if signed_in < started - LEEWAY_S {
        Some(
            "Человек вошёл на Госуслуги раньше, чем нажал кнопку подписания: это вход не ради этой подписи.",
        )
    } else if signed_in > signed + LEEWAY_S {
        Some("Человек вошёл на Госуслуги позже, чем документ подписали.")
    } else if signed_in != esia.auth_time.unix() {
        Some("Время входа в доказательствах не такое, как в ответе Госуслуг.")
    // `is_tru` is absent where the account is not confirmed; `lvl` is absent in older tokens.
    } else if claims.subject.trusted != Some(true)
        || claims
            .subject
            .level
            .as_deref()
            .is_some_and(|level| level != "PR")
    {
        Some("Учётная запись на Госуслугах не подтверждена: ею нельзя подписывать такие документы.")
    } else {
        None
    }
}

/// Whether ESIA signed it: the key must stand in the trust list, never only in the bundle.
fn signed(
    token: &Token<'_>,
    evidence: &Evidence,
    esia: &Esia,
    at: Timestamp,
    trust: Option<&Trust>,
) -> Check {
    let id = CheckId::EsiaToken;
    let alg = token.header.alg.as_str();
    if !ALGORITHMS.contains(&alg) {
        return Check::fail(
            id,
            "Ответ подписан способом, которым Госуслуги не подписывают.",
        );
    }
    let made = |pem: &String| -> Option<TrustedKey> {
        let keys = KeySet::from_pem(pem).ok()?;
        let (message, signature) = (token.message.as_bytes(), token.signature.as_slice());
        keys.find(alg, message, signature, at)
            .or_else(|| keys.find_at_any_time(alg, message, signature))
            .cloned()
    };
    let own = || made(&esia.key_pem);
    let Some(trust) = trust else {
        return match own() {
            Some(_) => Check::unchecked(id, NO_TRUST),
            None => Check::fail(
                id,
                "Подпись под ответом Госуслуг не сходится с ключом, который приложен к доказательствам.",
            ),
        };
    };
    // A key may stand there twice: bare, or with its certificate of the year before.
    let found: Vec<TrustedKey> = trust.esia_keys.iter().filter_map(made).collect();
    let valid = found.iter().find(|key| key.valid_at(at));
    match valid.or(found.first()) {
        Some(key) if key.sha256 != esia.key_sha256 => Check::fail(
            id,
            "В доказательствах назван не тот ключ Госуслуг, которым подписан ответ.",
        ),
        Some(key) if !key.valid_at(at) => Check::fail(
            id,
            "Сертификат Госуслуг, которым подписан ответ, не действовал, когда подписали документ.",
        ),
        Some(_) => Check::pass(
            id,
            "Ответ подписан ключом Госуслуг и получен во время подписания: человек с подтверждённой учётной записью вошёл \
             после того, как нажал кнопку.",
        ),
        None if !case::list_covers(trust, &evidence.bundle) && own().is_some() => Check::unchecked(
            id,
            "Ключа, которым подписан ответ, нет в списке доверия: список старше документа или другого оператора.",
        ),
        None => Check::fail(id, "Подпись под ответом сделана не Госуслугами."),
    }
}

fn person_fault(
    token: &Token<'_>,
    evidence: &Evidence,
    esia: &Esia,
    signature: &Signature,
) -> Option<&'static str> {
    let oid = token.claims.subject.oid.0;
    let fingerprint =
        sha256_hex(format!("podpis:esia:{}:{oid}", evidence.bundle.document.id).as_bytes());
    let hashed = &signature.signer.hashed;
    let salted_oid = salted(&hashed.salt, "esia_oid", &oid.to_string());
    if token.claims.sub.0 != oid {
        Some("В ответе Госуслуг два разных номера учётной записи.")
    } else if fingerprint != esia.subject_fingerprint
        || hashed
            .esia_oid
            .as_ref()
            .is_some_and(|hash| *hash != salted_oid)
    {
        Some(
            "Ответ Госуслуг — о другом человеке: номер учётной записи не тот, что записан у подписавшего.",
        )
    } else if !same_name(&esia.name, &signature.signer.name) {
        Some("Имя по данным Госуслуг не совпадает с именем, которое указала клиника.")
    } else if esia.birth_date.is_none() || esia.birth_date != signature.signer.birth_date {
        Some("Дата рождения по данным Госуслуг не совпадает с той, которую указала клиника.")
    } else {
        None
    }
}
