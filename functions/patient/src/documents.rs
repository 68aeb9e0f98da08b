//! The documents of an account: `GET /patient/account/documents`.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use podpis_kit::extract::Query;
use podpis_kit::store::accounts::documents::{self, Filter, Query as Page};
use podpis_kit::{Failure, Result, access, http, now};
use podpis_shared::problem::Code;
use serde::Deserialize;

/// Documents of a page where none is asked for.
const LIMIT_DEFAULT: u32 = 50;

/// Documents of a page at most.
const LIMIT_MAX: u32 = 200;

/// Longest search, in characters.
const SEARCH_MAX: usize = 200;

/// The route of the list.
pub(crate) fn routes() -> Router {
    Router::new().route("/patient/account/documents", get(list))
}

#[derive(Default, Deserialize)]
struct Asked {
    filter: Option<String>,
    clinic: Option<String>,
    q: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

impl Asked {
    /// Checked; an empty text is as good as none.
    fn page(&self) -> Result<Page<'_>> {
        let invalid = |detail: &str| Failure::new(Code::Invalid, detail);
        let filter = match given(&self.filter) {
            None | Some("all") => Filter::All,
            Some("to_sign") => Filter::ToSign,
            Some("signed") => Filter::Signed,
            Some(_) => return Err(invalid("filter is to_sign, signed or all")),
        };
        let search = given(&self.q);
        if search.is_some_and(|text| text.chars().count() > SEARCH_MAX) {
            return Err(invalid("Слишком длинный запрос."));
        }
        let after = given(&self.after).map(|text| {
            Page::cursor(text).ok_or_else(|| invalid("after is not a cursor of this list"))
        });
        let limit = match given(&self.limit) {
            None => LIMIT_DEFAULT,
            Some(text) => {
                let limit = text
                    .parse()
                    .ok()
                    .filter(|limit| (1..=LIMIT_MAX).contains(limit));
                limit.ok_or_else(|| invalid("limit is a number from 1 to 200"))?
            }
        };
        Ok(Page {
            filter,
            clinic: given(&self.clinic),
            search,
            after: after.transpose()?,
            limit,
        })
    }
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.trim().is_empty())
}

/// A page of the account's documents.
///
/// # Errors
/// `signed_out`, `gated`, `invalid`.
async fn list(headers: HeaderMap, Query(asked): Query<Asked>) -> Result<Response> {
    let now = now();
    let signed_in = access::account(&headers, now).await?;
    let page = asked.page()?;
    let found = documents::list(&signed_in.db, &signed_in.account.id, page, now).await?;
    http::json(StatusCode::OK, &found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, value: &str) -> Asked {
        let mut asked = Asked::default();
        let field = match name {
            "filter" => &mut asked.filter,
            "clinic" => &mut asked.clinic,
            "q" => &mut asked.q,
            "after" => &mut asked.after,
            _ => &mut asked.limit,
        };
        *field = Some(value.into());
        asked
    }

    #[test]
    fn what_may_be_asked() {
        let nothing = Asked::default();
        let page = nothing.page().unwrap();
        assert_eq!(
            (page.filter, page.limit, page.after),
            (Filter::All, 50, None)
        );
        for (name, value) in [
            ("filter", "to_sign"),
            ("filter", "signed"),
            ("filter", ""),
            ("limit", "1"),
            ("limit", "200"),
            ("limit", ""),
            ("after", "1795000000:doc_1"),
            ("q", "договор"),
            ("clinic", "cl_1"),
        ] {
            assert!(asked(name, value).page().is_ok(), "{name}={value}");
        }
        assert!(asked("q", "  ").page().unwrap().search.is_none());
        for (name, value) in [
            ("filter", "mine"),
            ("limit", "0"),
            ("limit", "201"),
            ("limit", "-1"),
            ("limit", "x"),
            ("after", "doc_1"),
            ("q", &"щ".repeat(201)),
        ] {
            let refused = asked(name, value).page().map(|_| ()).unwrap_err();
            assert_eq!(refused.code(), Some(Code::Invalid), "{name}={value}");
        }
    }
}
