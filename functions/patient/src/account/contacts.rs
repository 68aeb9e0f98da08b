//! Phones and e-mails of an account: proving a further one, proving one anew, taking one off.

use super::{codes, view};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::at_rest::Keys;
use podpis_kit::db::DbError;
use podpis_kit::extract::Path;
use podpis_kit::store::accounts::contacts::{self, Contact, Ended, Held};
use podpis_kit::store::accounts::sessions::{self, Earlier, NewSession, Session};
use podpis_kit::store::accounts::{self, Account, naming};
use podpis_kit::{Context, Db, Failure, Result, Tx, http, now, random, session};
use podpis_shared::Timestamp;
use podpis_shared::account::{
    CONTACTS_MAX, Other, Proof, Take, TakeFacts, may_change, reach, silent, take_contact,
};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{Level, NewContact, TypedCode};
use podpis_shared::wire::code::Purpose;
use serde_json::json;

/// `POST /patient/account/contacts`: sends a code to a further phone or e-mail, or to one that the account has already.
///
/// # Errors
/// `proof_needed`, `invalid`, `signed_out`, `gated`; those of `sms`.
pub(crate) async fn ask(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let request: NewContact = http::read_json(&headers, body).await?;
    let contact = codes::contact(&request.contact)?;
    let held = contacts::of_account(&db, &session.account_id).await?;
    check(&session, &held, &contact, at)?;
    let browser = match session::browser(&headers).await? {
        Some(browser) => browser,
        None => random::token()?,
    };
    let asker = asker(&session, &browser);
    let sent = codes::send(&context, &headers, Purpose::Contact, &contact, &asker).await?;
    let mut response = http::json(StatusCode::OK, &sent)?;
    session::mark(&headers, &mut response, &browser).await?;
    Ok(response)
}

/// `POST /patient/account/contacts/code`: the right code gives the account its contact. The session goes on under a new cookie.
///
/// # Errors
/// `code_wrong`, `code_expired`, `proof_needed`, `contact_taken`, `invalid`, `signed_out`, `gated`.
pub(crate) async fn take(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let typed: TypedCode = http::read_json(&headers, body).await?;
    let browser = session::browser(&headers).await?.ok_or_else(codes::over)?;
    let asker = asker(&session, &browser);
    let (contact, verified) = codes::check(&context, &db, Purpose::Contact, &typed, &asker).await?;
    let tx = db.begin().await?;
    let token = match sessions::earlier(&tx, &typed.code_id).await? {
        Earlier::Renewed { token, .. } => token,
        Earlier::Ended => return Err(codes::over()),
        Earlier::None => {
            let session = sessions::by_id(&tx, &session.id, at).await?;
            let session = session.ok_or_else(session::signed_out)?;
            let taking = Taking {
                tx: &tx,
                session: &session,
                contact: &contact,
                at,
            };
            let (contact_id, fresh) = taking.take(verified.issued_at).await?;
            let how = contact.kind();
            let new = NewSession {
                begun_by: &typed.code_id,
                account_id: &session.account_id,
                how: if fresh { how } else { &session.how },
                contact_id: if fresh {
                    Some(&contact_id)
                } else {
                    session.contact_id.as_deref()
                },
                gate: None,
                signed_in: if fresh { at } else { session.created_at },
            };
            sessions::begin(&tx, new, Some(&session), &context, at).await?
        }
    };
    tx.commit().await?;
    view::signed_in(&headers, &token, at).await
}

/// `DELETE /patient/account/contacts/{id}`: takes one off; never the last way in.
///
/// # Errors
/// `not_found`, `last_contact`, `proof_needed`, `signed_out`, `gated`.
pub(crate) async fn remove(headers: HeaderMap, Path(id): Path<String>) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let tx = db.begin().await?;
    let account = account(&tx, &session.account_id).await?;
    let held = contacts::of_account(&tx, &account.id).await?;
    let one = held.iter().find(|held| held.id == id);
    let one = one.ok_or_else(Failure::not_found)?;
    if held.len() == 1 && account.esia_subject.is_none() {
        let detail = "Это единственный способ войти. Сначала добавьте другой или подтвердите кабинет через Госуслуги.";
        return Err(Failure::new(Code::LastContact, detail));
    }
    if !may_change(
        proof(&session, &held),
        session.created_at,
        at,
        is_phone(&one.contact),
    ) {
        return Err(proof_needed());
    }
    contacts::end(&tx, one, Ended::Removed, at).await?;
    let data = json!({ "kind": one.contact.kind() });
    accounts::log(&tx, &account.id, "contact_removed", &data, at).await?;
    tx.commit().await?;
    view::answer(Db::open().await?, &session, at).await
}

/// A contact on its way to an account, inside a transaction.
struct Taking<'a> {
    tx: &'a Tx,
    session: &'a Session,
    contact: &'a Contact,
    at: Timestamp,
}

impl Taking<'_> {
    /// Gives the contact to the account; its id, and whether the code counts as a new sign-in.
    async fn take(&self, asked_at: Timestamp) -> Result<(String, bool)> {
        let account = account(self.tx, &self.session.account_id).await?;
        let held = contacts::of_account(self.tx, &account.id).await?;
        check(self.session, &held, self.contact, asked_at)?;
        let holder = contacts::holder(self.tx, self.contact).await?;
        let own = holder.as_ref().filter(|held| held.account_id == account.id);
        let theirs = match holder.as_ref().filter(|_| own.is_none()) {
            Some(held) => Some(Theirs::of(self.tx, held).await?),
            None => None,
        };
        let facts = TakeFacts {
            own: own.is_some(),
            person: account.person.as_ref(),
            other: theirs.as_ref().map(|theirs| theirs.facts(self.at)),
        };
        match (take_contact(facts), own, &theirs) {
            (Take::Again, Some(own), _) => {
                contacts::prove(self.tx, &own.id, self.at).await?;
                self.log(&account.id, "contact_proven").await?;
                Ok((own.id.clone(), true))
            }
            (Take::Merge, _, Some(theirs)) => {
                self.replace_phones(&held).await?;
                let keys = Keys::load(self.tx).await?;
                accounts::merge(self.tx, &keys, &theirs.account, &account, None, self.at).await?;
                contacts::prove(self.tx, &theirs.held.id, self.at).await?;
                self.added(&account.id, theirs.held.id.clone()).await
            }
            (Take::Move, _, Some(theirs)) => {
                contacts::end(self.tx, &theirs.held, Ended::Moved, self.at).await?;
                self.log(&theirs.account.id, "contact_moved").await?;
                self.add(&account.id, &held).await
            }
            _ => self.add(&account.id, &held).await,
        }
    }

    async fn add(&self, account_id: &str, held: &[Held]) -> Result<(String, bool)> {
        self.replace_phones(held).await?;
        let reach = reach(contacts::given_up(self.tx, self.contact).await?, self.at);
        let id = contacts::add(self.tx, account_id, self.contact, reach, self.at).await;
        let id = id.map_err(|error| {
            if error.is_conflict() {
                let detail = "Этот номер или адрес только что занят. Попробуйте ещё раз.";
                Failure::new(Code::ContactTaken, detail)
            } else {
                error.into()
            }
        })?;
        self.added(account_id, id).await
    }

    async fn added(&self, account_id: &str, id: String) -> Result<(String, bool)> {
        self.log(account_id, "contact_added").await?;
        // A code from the account's new phone is as good as a sign-in by it.
        Ok((id, is_phone(self.contact)))
    }

    /// An account has one phone: a further one takes the place of what there is.
    async fn replace_phones(&self, held: &[Held]) -> Result<()> {
        if !is_phone(self.contact) {
            return Ok(());
        }
        for old in held.iter().filter(|held| is_phone(&held.contact)) {
            contacts::end(self.tx, old, Ended::Replaced, self.at).await?;
            self.log(&old.account_id, "contact_replaced").await?;
        }
        Ok(())
    }

    async fn log(&self, account_id: &str, what: &str) -> Result<(), DbError> {
        let data = json!({ "kind": self.contact.kind() });
        accounts::log(self.tx, account_id, what, &data, self.at).await
    }
}

/// Another account that holds the contact.
struct Theirs {
    account: Account,
    held: Held,
    several: bool,
}

impl Theirs {
    async fn of(tx: &Tx, held: &Held) -> Result<Self> {
        let account = account(tx, &held.account_id).await?;
        let several = if account.person.is_none() {
            let all = contacts::of_account(tx, &account.id).await?;
            naming::candidates(tx, &all).await?.len() > 1
        } else {
            false
        };
        let held = held.clone();
        Ok(Self {
            account,
            held,
            several,
        })
    }

    fn facts(&self, at: Timestamp) -> Other<'_> {
        Other {
            person: self.account.person.as_ref(),
            confirmed: self.account.level == Level::Confirmed,
            silent: silent(self.held.proven_at, at),
            unclear: self.several,
        }
    }
}

async fn account(tx: &Tx, id: &str) -> Result<Account> {
    let account = accounts::find(tx, id).await?;
    account.ok_or_else(session::signed_out)
}

/// Whether a session may ask for this contact: `asked_at`, a moment within its fresh proof.
fn check(session: &Session, held: &[Held], contact: &Contact, asked_at: Timestamp) -> Result<()> {
    if held.iter().any(|held| held.contact == *contact) {
        return Ok(());
    }
    let phone = is_phone(contact) && held.iter().any(|held| is_phone(&held.contact));
    if !may_change(proof(session, held), session.created_at, asked_at, phone) {
        return Err(proof_needed());
    }
    if !phone && held.len() >= CONTACTS_MAX {
        let detail = "В кабинете уже слишком много номеров и адресов. Удалите лишние.";
        return Err(Failure::new(Code::Invalid, detail));
    }
    Ok(())
}

/// What the session's sign-in proves still.
fn proof(session: &Session, held: &[Held]) -> Proof {
    if session.how == "esia" {
        return Proof::Esia;
    }
    let own = held
        .iter()
        .find(|held| session.contact_id.as_deref() == Some(held.id.as_str()));
    match own.map(|held| &held.contact) {
        Some(Contact::Phone(_)) => Proof::Phone,
        Some(Contact::Email(_)) => Proof::Email,
        None => Proof::Gone,
    }
}

fn proof_needed() -> Failure {
    let detail = "Подтвердите, что это вы: войдите ещё раз по прежнему номеру или через Госуслуги. После этого есть \
                  15 минут, чтобы изменить номер или адрес.";
    Failure::new(Code::ProofNeeded, detail)
}

const fn is_phone(contact: &Contact) -> bool {
    matches!(contact, Contact::Phone(_))
}

/// Who asks for a code: the account, in this browser.
fn asker(session: &Session, browser: &str) -> String {
    format!("{}:{browser}", session.account_id)
}
