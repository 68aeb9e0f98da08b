//! The table that this installation decides by: the builtin one with the operator's rows (`docs/policy.md`).

use crate::http::{Failure, Result};
use crate::vars;
use podpis_shared::policy::{Table, TableError};

/// The table in force. Every decision is made by it; read once a decision, so that its version is the version kept.
///
/// # Errors
/// 500 where the operator's rows can't be taken: nothing is decided by another table than the one that was asked for.
pub async fn table() -> Result<Table> {
    let table = configured().await?;
    table.map_err(|error| Failure::internal("policy_rows", error.to_string()))
}

/// What the variables say, for the health page; decisions use [`table`].
///
/// # Errors
/// As [`vars::get`].
pub async fn configured() -> Result<Result<Table, TableError>> {
    let rows = vars::get("policy_rows").await?;
    if rows.trim().is_empty() {
        return Ok(Ok(Table::builtin().clone()));
    }
    let allow_looser = vars::get("policy_override").await? == "true";
    Ok(Table::with_override(&rows, allow_looser))
}
