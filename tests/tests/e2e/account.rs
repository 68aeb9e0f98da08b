//! The personal account: signing in, signing by a code, whose account it is, families, rights, outsiders.

mod accept_esia;
mod family;
mod identity;
mod model;
mod outsider;
mod rights;
mod sign_code;
mod sign_in;
mod stored;

use anyhow::{Context as _, Result};
use podpis_shared::wire::account::AccountView;
use podpis_tests::time::{days_go_by, documents_grow_old, while_stopped};
use podpis_tests::{Account, Clinic, Right, Stack};

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
