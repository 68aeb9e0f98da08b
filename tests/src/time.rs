//! Time that goes by: a stack's database is changed as time would change it.

use anyhow::Result;

use crate::{Settings, Stack};

/// Changes the database as time would, while nobody uses it.
///
/// # Errors
/// When the stack can't be stopped, changed or started again.
pub fn while_stopped(
    stack: &mut Stack,
    change: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<()>,
) -> Result<()> {
    stack.stop()?;
    let database = rusqlite::Connection::open(stack.database()?)?;
    change(&database)?;
    drop(database);
    stack.start_again(Settings::default())
}

/// So many days go by for every account, its contacts, sessions and codes; documents stay as they are.
///
/// # Errors
/// As [`while_stopped`].
pub fn days_go_by(stack: &mut Stack, days: i64) -> Result<()> {
    let seconds = days * 24 * 3600;
    while_stopped(stack, |db| {
        for (table, columns) in [
            ("accounts", &["created_at", "confirmed_at"][..]),
            ("account_contacts", &["since", "proven_at"]),
            ("account_sessions", &["created_at", "seen_at", "expires_at"]),
            ("account_documents", &["created_at"]),
            (
                "codes",
                &["issued_at", "expires_at", "sent_at", "verified_at"],
            ),
        ] {
            let set: Vec<String> = columns
                .iter()
                .map(|column| format!("{column} = {column} - {seconds}"))
                .collect();
            db.execute(&format!("UPDATE {table} SET {}", set.join(", ")), [])?;
        }
        Ok(())
    })
}

/// So many days go by for the documents as well.
///
/// # Errors
/// As [`while_stopped`].
pub fn documents_grow_old(stack: &mut Stack, days: i64) -> Result<()> {
    let seconds = days * 24 * 3600;
    while_stopped(stack, |db| {
        for table in ["documents", "addressees"] {
            let sql = format!("UPDATE {table} SET created_at = created_at - {seconds}");
            db.execute(&sql, [])?;
        }
        Ok(())
    })
}

/// So many seconds go by for the codes on their way.
///
/// # Errors
/// As [`while_stopped`].
pub fn codes_grow_old(stack: &mut Stack, seconds: i64) -> Result<()> {
    while_stopped(stack, |db| {
        let sql = "UPDATE codes SET issued_at = issued_at - ?1, expires_at = expires_at - ?1, sent_at = sent_at - ?1";
        db.execute(sql, [seconds]).map(drop)
    })
}

/// Minutes ahead of UTC of a place where it is now this hour of the day.
pub fn where_it_is(hour: i64) -> i64 {
    let minutes = i64::from(time::OffsetDateTime::now_utc().hour()) * 60;
    (hour * 60 - minutes + 12 * 60).rem_euclid(24 * 60) - 12 * 60
}
