//! Lists: `?limit=` from 1 to 200 and `?after=<cursor>`.

use podpis_kit::{Failure, Result};
use podpis_shared::problem::Code;

const LIMIT_DEFAULT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// The limit asked for.
///
/// # Errors
/// `bad_request` outside of 1 to 200.
pub(crate) fn limit(text: Option<&str>) -> Result<i64> {
    let Some(text) = text else {
        return Ok(LIMIT_DEFAULT);
    };
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| Failure::new(Code::BadRequest, "limit is a number from 1 to 200"))
}

/// The cursor asked for.
///
/// # Errors
/// `bad_request` for what is no cursor of ours.
pub(crate) fn after(text: Option<&str>) -> Result<Option<i64>> {
    let cursor = |text: &str| text.parse().ok().filter(|after| *after >= 0);
    text.map(|text| {
        cursor(text).ok_or_else(|| Failure::new(Code::BadRequest, "after is not a cursor"))
    })
    .transpose()
}

/// The parameters as the description of the API tells of them.
#[cfg(test)]
pub(crate) mod schema {
    use super::{LIMIT_DEFAULT, LIMIT_MAX};
    use schemars::JsonSchema;

    /// Items of a page.
    #[derive(JsonSchema)]
    #[schemars(inline, transparent)]
    #[expect(dead_code, reason = "only its schema is asked for")]
    pub(crate) struct Limit(
        #[schemars(range(min = 1, max = LIMIT_MAX), extend("default" = LIMIT_DEFAULT))] i64,
    );

    /// Cursor: `next` of the page before.
    #[derive(JsonSchema)]
    #[schemars(inline, transparent)]
    #[expect(dead_code, reason = "only its schema is asked for")]
    pub(crate) struct After(String);
}
