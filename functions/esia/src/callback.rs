//! `GET /esia/callback`: where ESIA sends the browser back to. It is inert: it hands the parameters
//! to the page in the fragment, and the page completes the act by a POST.

use crate::place::{Place, place};
use crate::protocol::query;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};

/// Longest value that is passed on, in bytes. A code is a signed token of 1 to 2 KiB.
const VALUE_MAX: usize = 6 * 1024;

/// Redirects to the page where the act began; nothing is changed.
pub async fn callback(RawQuery(raw): RawQuery) -> Response {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(raw.as_deref().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let place = match pairs.iter().find(|(name, _)| name == "state") {
        Some((_, state)) => place(state).await,
        None => Place::Link,
    };
    (StatusCode::SEE_OTHER, [(LOCATION, page(place, &pairs))]).into_response()
}

/// `/d/#esia?state=…&code=…`, or with `error` and `error_description`: known names only, each once, encoded anew.
fn page(place: Place, pairs: &[(String, String)]) -> String {
    let known = ["state", "code", "error", "error_description"]
        .into_iter()
        .filter_map(|name| {
            let value = pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())?;
            (!value.is_empty() && value.len() <= VALUE_MAX).then_some((name, value))
        });
    format!("{}#esia?{}", place.address(), query(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(place: Place, raw: &str) -> String {
        let pairs: Vec<_> = form_urlencoded::parse(raw.as_bytes())
            .into_owned()
            .collect();
        page(place, &pairs)
    }

    #[test]
    fn values_are_encoded_anew() {
        for (raw, location) in [
            ("code=a.b-_.c&state=1-2", "/d/#esia?state=1-2&code=a.b-_.c"),
            (
                "error=access_denied&error_description=ESIA-007004%3A+The+owner&state=1",
                "/d/#esia?state=1&error=access_denied&error_description=ESIA-007004%3A%20The%20owner",
            ),
            (
                "state=1&code=%22%3E%3Cscript%3E%0D%0Aset-cookie%3A",
                "/d/#esia?state=1&code=%22%3E%3Cscript%3E%0D%0Aset-cookie%3A",
            ),
            ("state=a%26code%3Db", "/d/#esia?state=a%26code%3Db"),
            (
                "state=1&state=2&next=https%3A%2F%2Fevil.example",
                "/d/#esia?state=1",
            ),
            ("code=%FF", "/d/#esia?code=%EF%BF%BD"),
            ("", "/d/#esia?"),
        ] {
            assert_eq!(page_of(Place::Link, raw), location, "{raw}");
        }
        let long = format!("state=1&code={}", "a".repeat(VALUE_MAX + 1));
        assert_eq!(page_of(Place::Link, &long), "/d/#esia?state=1");
    }

    #[test]
    fn what_began_in_the_account_goes_back_there() {
        for (place, location) in [
            (Place::Link, "/d/#esia?state=1"),
            (Place::Consultation, "/c/#esia?state=1"),
            (Place::Document, "/account/document#esia?state=1"),
            (Place::Agreement, "/account/agreement#esia?state=1"),
            (Place::Account, "/account#esia?state=1"),
        ] {
            assert_eq!(page_of(place, "state=1"), location);
        }
    }
}
