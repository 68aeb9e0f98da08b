//! The personal account: signing in, signing by a code, whose account it is, families, rights, outsiders.

mod accept_esia;
mod family;
mod identity;
mod model;
mod outsider;
mod rights;
mod sign_code;
mod sign_in;

use anyhow::{Context as _, Result};
use podpis_shared::wire::account::AccountView;
use podpis_tests::{Account, Clinic, Right, Settings, Stack};

/// A new clinic with a user agreement in force.
fn clinic_with_agreement(stack: &Stack) -> Result<Clinic> {
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    Ok(clinic)
}

/// Somebody who signed in by a code to `phone` and accepted the clinic's agreement.
fn registered(stack: &Stack, clinic: &Clinic, phone: &str) -> Result<(Account, AccountView)> {
    let mut account = stack.account();
    account.sign_in(phone)?;
    account
        .sign_by_code(Right::Agreement(&clinic.id), phone)?
        .expect(200)
        .context("accepting")?;
    let view = account.view()?;
    Ok((account, view))
}

/// Changes the database as time would, while nobody uses it.
fn while_stopped(
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
fn days_go_by(stack: &mut Stack, days: i64) -> Result<()> {
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
fn documents_grow_old(stack: &mut Stack, days: i64) -> Result<()> {
    let seconds = days * 24 * 3600;
    while_stopped(stack, |db| {
        for table in ["documents", "addressees"] {
            let sql = format!("UPDATE {table} SET created_at = created_at - {seconds}");
            db.execute(&sql, [])?;
        }
        Ok(())
    })
}
