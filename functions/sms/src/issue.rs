//! `POST /codes`: makes a code and sends it.

use crate::check::context_of;
use crate::codes::{self, Digits, LIFETIME, NotYet, RESENDS_MAX, Round};
use crate::db::sends::Kind;
use crate::db::{self, NewCode};
use crate::email::{self, Letter};
use crate::gateways::Reason;
use crate::limits::{By, client, count, wait};
use crate::pepper::Pepper;
use crate::send::{self, Message, Outcome};
use crate::settings::Settings;
use crate::text::{DOTS, Facts};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::at_rest::Keys;
use podpis_kit::{Context, Db, Failure, Result, http, now, random};
use podpis_shared::problem::Code;
use podpis_shared::wire::code::{Channel, Issue, Issued, Purpose};
use podpis_shared::{Email, Phone, Timestamp};
use zeroize::Zeroizing;

/// Makes a code for a purpose and a subject, in the place of an earlier one, and sends it.
///
/// # Errors
/// `too_many_requests` with `Retry-After`; `invalid` for what no code may be sent for; `unavailable` where it can't be
/// sent.
pub(crate) async fn issue(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let issue: Issue = http::read_json(&headers, body).await?;
    let settings = Settings::load().await?;
    let facts = facts(&issue, &settings)?;
    let client = issue
        .client_addr
        .as_ref()
        .and_then(|address| client(address.expose()));
    let db = Db::open().await?;
    let pepper = Pepper::load(&db).await?;
    let (id, digits) = (random::id("code")?, Digits::random()?);
    let kept_context = match &issue.context {
        Some(context) => {
            let keys = Keys::load(&db).await?;
            Some(keys.seal_text(&context_of(&id), context.expose())?)
        }
        None => None,
    };
    let (hash, kept) = (
        pepper.hash(&id, issue.purpose, &issue.subject, digits.expose()),
        facts.text(DOTS),
    );

    let at = now();
    // A flood is refused without the lock for writing; what counts is decided once more under it.
    allowed(&db, &issue, &settings, client.as_deref(), at).await?;
    let tx = db.begin().await?;
    let round = match allowed(&tx, &issue, &settings, client.as_deref(), at).await {
        Ok(round) => round,
        Err(refused) => {
            tx.commit().await?;
            return Err(refused);
        }
    };
    let expires_at = at.plus(LIFETIME);
    let code = NewCode {
        id: &id,
        purpose: issue.purpose,
        subject: &issue.subject,
        channel: issue.channel,
        recipient: issue.to.expose(),
        clinic_id: issue.clinic_id.as_deref(),
        document_id: issue.document_id.as_deref(),
        client: client.as_deref(),
        hash: &hash,
        text: &kept,
        context: kept_context.as_deref(),
        round: round.number,
        issued_at: at,
        expires_at,
    };
    db::replace(&tx, &code).await?;
    tx.commit().await?;

    send(&context, &id, &issue, &facts, &digits).await?;
    let issued = Issued {
        id,
        resend_at: round.resend_at,
        expires_at,
        resends_left: round.resends_left,
    };
    http::json(StatusCode::CREATED, &issued)
}

/// Hands the message over, and keeps what came of it. The row is there before: a crash here leaves a code that nobody
/// knows, and never a sent one that nobody counts. Where nobody knows whether the gateway has it, the code works: the
/// person may be holding it.
async fn send(
    context: &Context,
    id: &str,
    issue: &Issue,
    facts: &Facts<'_>,
    digits: &Digits,
) -> Result<()> {
    let text = Zeroizing::new(facts.text(digits.expose()));
    let sent = match issue.channel {
        Channel::Sms => by_sms(id, issue, &text).await,
        Channel::Email => by_email(context, id, issue, facts, &text).await,
    };
    if sent.is_err() {
        db::failed(&Db::open().await?, id).await?;
    }
    sent
}

async fn by_sms(id: &str, issue: &Issue, text: &str) -> Result<()> {
    let message = Message {
        id,
        kind: Kind::Code,
        clinic_id: issue.clinic_id.as_deref(),
        document_id: issue.document_id.as_deref(),
        to: issue.to.expose(),
        text,
    };
    let refused = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    match send::send(&message).await? {
        Outcome::Taken { .. } | Outcome::Delivered { .. } | Outcome::Unknown => Ok(()),
        Outcome::Failed(Reason::OptedOut) => {
            refused("Владелец этого номера запретил присылать ему такие СМС.")
        }
        Outcome::Failed(Reason::BadNumber | Reason::NoRoute) => {
            refused("СМС на этот номер не доставить. Проверьте номер.")
        }
        Outcome::Failed(_) => Err(Failure::new(
            Code::Unavailable,
            "Код отправить не удалось. Попробуйте другой способ.",
        )),
    }
}

async fn by_email(
    context: &Context,
    id: &str,
    issue: &Issue,
    facts: &Facts<'_>,
    text: &str,
) -> Result<()> {
    let letter = Letter {
        id,
        to: issue.to.expose(),
        subject: facts.subject().unwrap_or_default(),
        text,
    };
    let receipt = email::hand_over(context, &letter).await?;
    let tx = Db::open().await?.begin().await?;
    db::taken(&tx, id, &receipt, now()).await?;
    Ok(tx.commit().await?)
}

/// What the text is made of, where a code may be sent for this at all.
fn facts<'a>(issue: &'a Issue, settings: &'a Settings) -> Result<Facts<'a>> {
    let invalid = |detail: &str| Failure::new(Code::Invalid, detail);
    let digest = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if issue.subject.len() != 64 || !issue.subject.bytes().all(digest) {
        return Err(invalid("subject is not SHA-256 in lower-case hex"));
    }
    let to = issue.to.expose();
    match issue.channel {
        Channel::Sms if Phone::parse(to).is_none() => {
            return Err(invalid("to is not a phone in E.164 form"));
        }
        // Pumping pays abroad.
        Channel::Sms if !settings.allows(to) => {
            return Err(invalid(
                "Коды по СМС отправляются только на российские мобильные номера: +7 9…",
            ));
        }
        Channel::Email if Email::parse(to).is_none() || *to != to.to_lowercase() => {
            return Err(invalid("to is not an e-mail address in lower case"));
        }
        // Whatever the document: e-mail is no way to sign one (`Method::Email`).
        Channel::Email if issue.purpose == Purpose::Sign => {
            return Err(invalid(
                "a document is not signed with a code from an e-mail",
            ));
        }
        Channel::Sms | Channel::Email => {}
    }
    let facts = Facts {
        purpose: issue.purpose,
        channel: issue.channel,
        service: &settings.service,
        clinic: issue.clinic_name.as_deref().unwrap_or_default(),
        title: issue.title.as_deref().unwrap_or_default(),
        host: settings
            .host(&issue.host)
            .ok_or_else(|| invalid("host is no host name"))?,
    };
    if !facts.are_whole() {
        return Err(invalid(
            "clinic_name and title are needed: the text names them",
        ));
    }
    Ok(facts)
}

/// Whether one more code may go out now.
async fn allowed(
    db: &Db,
    issue: &Issue,
    settings: &Settings,
    client: Option<&str>,
    at: Timestamp,
) -> Result<Round> {
    let sent = db::sent(db, issue.purpose, &issue.subject, at).await?;
    let round = codes::next_round(&sent, at).map_err(|not_yet| too_soon(not_yet, at))?;
    let mut full: Option<Timestamp> = None;
    for limit in settings.limits.of(issue.purpose) {
        let key = match limit.by {
            By::Recipient => Some(issue.to.expose().as_str()),
            By::Client => client,
            By::Document => issue.document_id.as_deref(),
            By::Clinic => issue.clinic_id.as_deref(),
            By::Total => None,
        };
        if key.is_none() && limit.by != By::Total {
            continue;
        }
        let until = db::full_until(db, limit, issue.purpose, key, at).await?;
        if until.is_some() {
            eprintln!("codes: the limit {} is reached", limit.name);
        }
        full = full.max(until);
    }
    match full {
        None => Ok(round),
        Some(until) => {
            let wait = wait(at, until);
            let detail = format!("Слишком много запросов кода. Попробуйте снова через {wait}.");
            Err(too_many(detail, at, until))
        }
    }
}

fn too_soon(not_yet: NotYet, at: Timestamp) -> Failure {
    match not_yet {
        NotYet::Soon(until) => {
            let wait = wait(at, until);
            let detail = format!("Код уже отправлен. Новый можно запросить через {wait}.");
            too_many(detail, at, until)
        }
        NotYet::Spent(until) => {
            let times = count(i64::from(RESENDS_MAX) + 1, ["раз", "раза", "раз"]);
            let wait = wait(at, until);
            let detail = format!("Код отправлен уже {times}. Новый можно запросить через {wait}.");
            too_many(detail, at, until)
        }
    }
}

fn too_many(detail: String, at: Timestamp, until: Timestamp) -> Failure {
    let seconds = until.unix().saturating_sub(at.unix()).max(1);
    Failure::new(Code::TooMany, detail).retry_after(u32::try_from(seconds).unwrap_or(3600))
}
