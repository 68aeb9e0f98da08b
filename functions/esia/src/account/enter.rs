//! Which account a person from ESIA gets into, and the session that begins there. One transaction.

use super::words;
use crate::db::logins::{self, Identified, Login};
use crate::refused::Refused;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::at_rest::Keys;
use podpis_kit::store::accounts::contacts::{self, Ended};
use podpis_kit::store::accounts::sessions::{self, Earlier, NewSession, Session};
use podpis_kit::store::accounts::{self, Account};
use podpis_kit::{Context, Db, Result, Tx, http, now, session};
use podpis_shared::Timestamp;
use podpis_shared::account::{Bind, BindFacts, bind, device_name, reach};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{EsiaLoggedIn, Gate, LoginPurpose};
use serde_json::json;

/// Finds or makes the account and begins the session.
///
/// # Errors
/// `wrong_person`, `signed_out`.
pub(super) async fn enter(
    context: &Context,
    headers: &HeaderMap,
    login: &Login,
    identified: &Identified,
) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let before = session::current(headers, &db, at).await?;
    let keys = Keys::load(&db).await?;
    let tx = db.begin().await?;
    let token = match sessions::earlier(&tx, &login.id).await? {
        Earlier::Renewed { token, .. } => token,
        Earlier::Ended => return Err(words::failure(&Refused::Session)),
        Earlier::None => {
            let entering = Entering {
                tx: &tx,
                keys: &keys,
                identified,
                at,
            };
            let found = match login.purpose {
                LoginPurpose::SignIn => Some(entering.sign_in().await?),
                LoginPurpose::Bind => {
                    let before = before
                        .as_ref()
                        .filter(|session| Some(&session.account_id) == login.account_id.as_ref());
                    entering
                        .bind(before.ok_or_else(session::signed_out)?)
                        .await?
                }
            };
            let Some(account_id) = found else {
                drop(tx);
                let db = Db::open().await?;
                logins::refuse(&db, &login.id, Code::WrongPerson, true).await?;
                return Err(words::of(Code::WrongPerson));
            };
            begin(&tx, &login.id, &account_id, before.as_ref(), context, at).await?
        }
    };
    logins::done(&tx, &login.id).await?;
    tx.commit().await?;
    answer(headers, &token).await
}

/// A repeat of what has been answered: the answer may have been lost on its way.
///
/// # Errors
/// `esia_session` where the session has ended.
pub(super) async fn again(headers: &HeaderMap, login: &Login) -> Result<Response> {
    let tx = Db::open().await?.begin().await?;
    let Earlier::Renewed { token, .. } = sessions::earlier(&tx, &login.id).await? else {
        return Err(words::failure(&Refused::Session));
    };
    tx.commit().await?;
    answer(headers, &token).await
}

async fn answer(headers: &HeaderMap, token: &str) -> Result<Response> {
    let mut response = http::json(StatusCode::OK, &EsiaLoggedIn { signed_in: true })?;
    session::give(headers, &mut response, token).await?;
    Ok(response)
}

/// Begins the session of whoever has come back from ESIA by the act `begun_by`; the cookie's value.
///
/// # Errors
/// As the database says.
pub(crate) async fn begin(
    tx: &Tx,
    begun_by: &str,
    account_id: &str,
    before: Option<&Session>,
    context: &Context,
    at: Timestamp,
) -> Result<String> {
    let data = json!({ "how": "esia", "device": device_name(context.user_agent.as_deref()) });
    accounts::log(tx, account_id, "signed_in", &data, at).await?;
    let new = NewSession {
        begun_by,
        account_id,
        how: "esia",
        contact_id: None,
        gate: None,
        signed_in: at,
    };
    Ok(sessions::begin(tx, new, before, context, at).await?)
}

/// Somebody whom ESIA has identified, inside the transaction.
pub(crate) struct Entering<'a> {
    pub(crate) tx: &'a Tx,
    pub(crate) keys: &'a Keys,
    pub(crate) identified: &'a Identified,
    pub(crate) at: Timestamp,
}

impl Entering<'_> {
    /// The person's own account; the first time a new one.
    async fn sign_in(&self) -> Result<String> {
        let id = match self.own().await? {
            Some(account) => account.id,
            None => self.create().await?,
        };
        self.confirm(&id).await?;
        Ok(id)
    }

    /// Confirms the account of a session, or joins it to the person's own. `None`: it is somebody else's.
    ///
    /// # Errors
    /// `signed_out` where the account is closed.
    pub(crate) async fn bind(&self, session: &Session) -> Result<Option<String>> {
        let account = accounts::find(self.tx, &session.account_id).await?;
        let account = account.ok_or_else(session::signed_out)?;
        let own = self.own().await?.filter(|own| own.id != account.id);
        let decision = bind(BindFacts {
            confirmed_as: account.esia_subject.as_deref(),
            person: account.person.as_ref(),
            gate: session.gate,
            subject: &self.identified.subject,
            esia: &self.identified.person,
            has_other: own.is_some(),
        });
        let id = match (decision, own) {
            (Bind::Refused, _) => return Ok(None),
            (Bind::Again | Bind::Confirm, _) | (Bind::Merge, None) => account.id,
            (Bind::Merge, Some(own)) => {
                let keep = Some(session.id.as_str());
                accounts::merge(self.tx, self.keys, &account, &own, keep, self.at).await?;
                own.id
            }
            (Bind::TakeContact, own) => {
                let id = match own {
                    Some(own) => own.id,
                    None => self.create().await?,
                };
                self.take_contact(session, &account, &id).await?;
                id
            }
        };
        self.confirm(&id).await?;
        if let (Some(Gate::Recycled), Some(contact)) = (session.gate, &session.contact_id) {
            // The number was silent, and ESIA says that it is still in the hands of the account's own person.
            contacts::prove(self.tx, contact, self.at).await?;
        }
        Ok(Some(id))
    }

    async fn own(&self) -> Result<Option<Account>> {
        accounts::by_esia(self.tx, &self.identified.subject).await
    }

    async fn create(&self) -> Result<String> {
        let id = accounts::create(self.tx, self.at).await?;
        accounts::log(self.tx, &id, "created", &json!({}), self.at).await?;
        Ok(id)
    }

    /// ESIA's word on whose account it is. A name may have changed since the last time.
    async fn confirm(&self, id: &str) -> Result<()> {
        let Identified { person, subject } = self.identified;
        accounts::confirm(self.tx, self.keys, id, subject, person, self.at).await?;
        Ok(accounts::log(self.tx, id, "confirmed", &json!({}), self.at).await?)
    }

    /// A silent number of nobody known leaves its account for that of whoever holds it now.
    async fn take_contact(&self, session: &Session, from: &Account, to: &str) -> Result<()> {
        let held = contacts::of_account(self.tx, &from.id).await?;
        let contact = held
            .iter()
            .find(|held| session.contact_id.as_deref() == Some(held.id.as_str()));
        let Some(held) = contact else {
            return Ok(());
        };
        contacts::end(self.tx, held, Ended::Recycled, self.at).await?;
        let data = json!({ "kind": held.contact.kind() });
        accounts::log(self.tx, &from.id, "contact_recycled", &data, self.at).await?;
        contacts::add(self.tx, to, &held.contact, reach(true, self.at), self.at).await?;
        Ok(accounts::log(self.tx, to, "contact_added", &data, self.at).await?)
    }
}
