//! `POST /patient/account/gate`: the date of birth, or «this is not my account».

use super::view;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use podpis_kit::db::DbError;
use podpis_kit::store::accounts::contacts::{self, Ended, Held};
use podpis_kit::store::accounts::sessions::{self, NewSession, Session};
use podpis_kit::store::accounts::{self, Account, naming};
use podpis_kit::{Context, Db, Failure, Result, Tx, http, now, session};
use podpis_shared::account::{GATE_TRIES_S, GateFacts, GateOutcome, Reply, SILENCE_S, gate, reach};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{Gate, GateAnswer};
use podpis_shared::{Birthday, Person, Timestamp};
use serde_json::json;

/// Opens the gate, or gives whoever has a number anew an account of their own.
///
/// A wrong date and one that comes too late get the same answer.
///
/// # Errors
/// `gate_failed`, `signed_out`, `invalid` for what is no date.
pub(crate) async fn answer(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::any(&headers, &db, at).await?;
    let reply = read(http::read_json(&headers, body).await?)?;
    let tx = db.begin().await?;
    // Another request may have opened it, or ended the session.
    let session = sessions::by_id(&tx, &session.id, at)
        .await?
        .ok_or_else(session::signed_out)?;
    let Some(which) = session.gate else {
        drop(tx);
        return view::answer(Db::open().await?, &session, at).await;
    };
    let account = accounts::find(&tx, &session.account_id).await?;
    let account = account.ok_or_else(|| DbError::corrupt("session"))?;
    let held = contacts::of_account(&tx, &account.id).await?;
    let own = own_contact(&session, &held);
    let people = people(&tx, which, &held, own, at).await?;
    let facts = GateFacts {
        gate: which,
        wrong_tries: wrong_tries(&tx, &account.id, which, at).await?,
        person: account.person.as_ref(),
        people: &people,
    };
    let token = match gate(facts, reply) {
        GateOutcome::Open(person) => {
            open(&tx, &session, which, own, person.as_deref(), at).await?;
            None
        }
        GateOutcome::Wrong => {
            let data = json!({ "gate": which });
            accounts::log(&tx, &account.id, "gate_wrong", &data, at).await?;
            tx.commit().await?;
            return Err(failed());
        }
        GateOutcome::Spent => return Err(failed()),
        GateOutcome::Anew => Some(begin_anew(&tx, &session, &account, own, &context, at).await?),
        GateOutcome::Estranged => {
            contacts::estrange(&tx, &account.id, at).await?;
            accounts::log(&tx, &account.id, "estranged", &json!({}), at).await?;
            sessions::open_gate(&tx, &session, which).await?;
            None
        }
    };
    tx.commit().await?;
    match token {
        Some(token) => view::signed_in(&headers, &token, at).await,
        None => {
            let session = Session {
                gate: None,
                ..session
            };
            view::answer(Db::open().await?, &session, at).await
        }
    }
}

fn read(answer: GateAnswer) -> Result<Reply> {
    match answer {
        GateAnswer::NotMine => Ok(Reply::NotMine),
        GateAnswer::BirthDate { birth_date } => {
            let born = Birthday::parse(&birth_date);
            let wrong = || Failure::new(Code::Invalid, "Введите дату рождения полностью.");
            born.map(Reply::Born).ok_or_else(wrong)
        }
    }
}

/// The contact that this session signed in with, where the account holds it still.
fn own_contact<'a>(session: &Session, held: &'a [Held]) -> Option<&'a Held> {
    let id = session.contact_id.as_deref()?;
    held.iter().find(|held| held.id == id)
}

async fn people(
    tx: &Tx,
    which: Gate,
    held: &[Held],
    own: Option<&Held>,
    at: Timestamp,
) -> Result<Vec<Person>> {
    match (which, own) {
        (Gate::Who, _) => naming::candidates(tx, held).await,
        // The clinics' confirmation: what they have sent to this very contact since it fell silent.
        (Gate::Recycled, Some(own)) => {
            naming::named_since(tx, &own.contact, at.plus(-SILENCE_S)).await
        }
        (Gate::Recycled, None) => Ok(Vec::new()),
    }
}

/// Wrong dates that still count: of the last day, or, at a silent number, all since somebody got through.
async fn wrong_tries(tx: &Tx, account_id: &str, which: Gate, at: Timestamp) -> Result<u32> {
    let since = match which {
        Gate::Who => at.plus(-GATE_TRIES_S),
        Gate::Recycled => Timestamp::from_unix(0),
    };
    Ok(accounts::wrong_tries(tx, account_id, since).await?)
}

async fn open(
    tx: &Tx,
    session: &Session,
    which: Gate,
    own: Option<&Held>,
    person: Option<&Person>,
    at: Timestamp,
) -> Result<()> {
    naming::write(tx, &session.account_id, person, at).await?;
    if let Some(own) = own {
        contacts::prove(tx, &own.id, at).await?;
    }
    sessions::open_gate(tx, session, which).await?;
    let (account, data) = (&session.account_id, json!({ "gate": which }));
    Ok(accounts::log(tx, account, "gate_opened", &data, at).await?)
}

/// The contact leaves the account for a new one, which shows nothing of what was before.
async fn begin_anew(
    tx: &Tx,
    session: &Session,
    old: &Account,
    own: Option<&Held>,
    context: &Context,
    at: Timestamp,
) -> Result<String> {
    let own = own.ok_or_else(session::signed_out)?;
    contacts::end(tx, own, Ended::Recycled, at).await?;
    let data = json!({ "kind": own.contact.kind() });
    accounts::log(tx, &old.id, "contact_recycled", &data, at).await?;
    let account_id = accounts::create(tx, at).await?;
    accounts::log(tx, &account_id, "created", &json!({}), at).await?;
    let contact_id = contacts::add(tx, &account_id, &own.contact, reach(true, at), at).await?;
    let new = NewSession {
        begun_by: &format!("gate:{}", session.id),
        account_id: &account_id,
        how: own.contact.kind(),
        contact_id: Some(&contact_id),
        gate: None,
        signed_in: at,
    };
    Ok(sessions::begin(tx, new, Some(session), context, at).await?)
}

/// Tells nothing: neither whether the date was right nor what else was missing.
fn failed() -> Failure {
    let detail = "Подтвердить не получилось. Проверьте дату рождения или войдите через Госуслуги: после трёх ошибок \
                  останется только этот способ.";
    Failure::new(Code::GateFailed, detail)
}
