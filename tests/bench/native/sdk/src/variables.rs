//! Application variables.

use std::collections::HashMap;
use std::sync::OnceLock;

static VARIABLES: OnceLock<HashMap<String, String>> = OnceLock::new();

/// Sets all variables; the first call counts.
pub fn set(variables: impl IntoIterator<Item = (String, String)>) {
    VARIABLES.get_or_init(|| variables.into_iter().collect());
}

/// The value of a variable.
///
/// # Errors
/// A name that was not set.
#[expect(clippy::unused_async, reason = "as in the SDK")]
pub async fn get(name: &str) -> Result<String, String> {
    let variables = VARIABLES.get();
    variables
        .and_then(|all| all.get(name))
        .cloned()
        .ok_or_else(|| format!("{name} is not set"))
}
