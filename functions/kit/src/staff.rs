//! The session of a clinic's staff: a cookie as strict as the account's, with shorter limits, and what its role lets.
//!
//! Whether somebody is still of the staff, and in which role, is read with every request: who is removed is out at once.

use crate::db::Db;
use crate::http::{Failure, Result};
use crate::store::staff::sessions;
use crate::{cookie, session};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::staff::Permission;
use podpis_shared::wire::staff::STAFF_HEADER;

pub use sessions::StaffSession;

/// A session ends when nobody used it for so long, in seconds: 8 hours, a working day.
pub const IDLE_S: i64 = 8 * 3600;

/// A session ends so long after signing in, in seconds: 24 hours.
pub const ABSOLUTE_S: i64 = 24 * 3600;

/// How long a browser keeps the cookie, in seconds: a week longer, so that the page can say why nobody is signed in any more.
const COOKIE_S: i64 = ABSOLUTE_S + 7 * 24 * 3600;

/// Between the two steps of signing in there may be so much time, in seconds: 15 minutes, to set up a phone.
pub const STEP_S: i64 = 15 * 60;

/// How long a sign-in counts as a fresh proof for a change of factors, in seconds: 15 minutes.
pub const PROOF_S: i64 = 15 * 60;

/// Names of the cookies.
const COOKIE: &str = "staff";
const STEP_COOKIE: &str = "staff-step";

/// A request comes from the console's own pages: every route of the staff asks this first.
///
/// # Errors
/// `bad_request` without the header [`STAFF_HEADER`], or where the browser names another site as its origin.
pub fn ours(headers: &HeaderMap) -> Result<()> {
    session::of_pages(headers, &[STAFF_HEADER], "console", "Podpis-Staff")
}

/// Whether a request to `/api/v1` speaks for a member of the staff: it has the console's header and no key of a MIS.
pub fn speaks(headers: &HeaderMap) -> bool {
    headers.contains_key(STAFF_HEADER) && !headers.contains_key(AUTHORIZATION)
}

/// The signed-in session of a request of the console.
///
/// # Errors
/// `signed_out` without a living one; those of [`ours`].
pub async fn session(headers: &HeaderMap, db: &Db, now: Timestamp) -> Result<StaffSession> {
    ours(headers)?;
    let Some(token) = cookie::get(headers, COOKIE).await? else {
        return Err(signed_out());
    };
    let hash = sha256_hex(token.as_bytes());
    match sessions::find(db, &hash, now).await? {
        Some(session) => Ok(session),
        None => Err(signed_out().ended(sessions::ended(db, &hash, now).await?)),
    }
}

/// The living session of this browser, if there is one.
///
/// # Errors
/// As the database says.
pub async fn current(headers: &HeaderMap, db: &Db, now: Timestamp) -> Result<Option<StaffSession>> {
    match cookie::get(headers, COOKIE).await? {
        Some(token) => Ok(sessions::find(db, &sha256_hex(token.as_bytes()), now).await?),
        None => Ok(None),
    }
}

/// Gives the browser the cookie of a new session, and takes that of its first step back.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn give(headers: &HeaderMap, response: &mut Response, token: &str) -> Result<()> {
    cookie::take(headers, response, STEP_COOKIE).await?;
    cookie::give(headers, response, COOKIE, token, COOKIE_S).await
}

/// Takes the session's cookie back.
///
/// # Errors
/// As [`give`].
pub async fn take(headers: &HeaderMap, response: &mut Response) -> Result<()> {
    cookie::take(headers, response, COOKIE).await
}

/// What the first step of signing in left in this browser.
///
/// # Errors
/// As [`give`].
pub async fn step(headers: &HeaderMap) -> Result<Option<String>> {
    cookie::get(headers, STEP_COOKIE).await
}

/// Leaves it there.
///
/// # Errors
/// As [`give`].
pub async fn give_step(headers: &HeaderMap, response: &mut Response, token: &str) -> Result<()> {
    cookie::give(headers, response, STEP_COOKIE, token, STEP_S).await
}

/// Nobody of the staff is signed in, or not any more.
pub fn signed_out() -> Failure {
    Failure::new(Code::SignedOut, "Войдите в кабинет клиники.")
}

impl StaffSession {
    /// The role lets do this.
    ///
    /// # Errors
    /// `role`, with what it does not let.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.role.may(permission) {
            return Ok(());
        }
        Err(Failure::new(Code::Role, permission.refusal()))
    }

    /// Who acts, as journal entries name it in `by`.
    pub fn actor(&self) -> String {
        format!("staff:{}", self.staff_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;
    use podpis_shared::staff::Role;

    fn request(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let of = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        pairs.iter().map(of).collect()
    }

    #[test]
    fn only_the_console_asks() {
        let (own, host) = (("podpis-staff", "1"), ("host", "sign.example.ru"));
        assert!(ours(&request(&[host, own])).is_ok());
        assert!(
            ours(&request(&[
                host,
                own,
                ("origin", "https://sign.example.ru")
            ]))
            .is_ok()
        );
        for foreign in [
            &[host][..],
            &[host, ("podpis-account", "1")],
            &[host, own, ("origin", "https://evil.example")],
            &[host, own, ("sec-fetch-site", "same-site")],
        ] {
            let refused = ours(&request(foreign)).unwrap_err();
            assert_eq!(refused.code(), Some(Code::BadRequest), "{foreign:?}");
        }
    }

    #[test]
    fn a_key_makes_it_a_mis() {
        assert!(speaks(&request(&[("podpis-staff", "1")])));
        assert!(!speaks(&request(&[
            ("podpis-staff", "1"),
            ("authorization", "Bearer k")
        ])));
        assert!(!speaks(&request(&[])));
    }

    #[test]
    fn a_role_may_what_its_row_says() {
        let mut session = StaffSession {
            session_id: "sts_1".into(),
            person_id: "per_1".into(),
            staff_id: "stf_1".into(),
            clinic_id: "cli_1".into(),
            clinic_name: "Клиника".into(),
            role: Role::Registrar,
            name: "Иванова".into(),
            email: "i@example.ru".into(),
            created_at: Timestamp::from_unix(0),
        };
        assert!(session.require(Permission::DocumentsSend).is_ok());
        let refused = session.require(Permission::Staff).unwrap_err();
        assert_eq!(refused.code(), Some(Code::Role));
        session.role = Role::Head;
        assert!(session.require(Permission::Staff).is_ok());
        assert_eq!(session.actor(), "staff:stf_1");
    }
}
