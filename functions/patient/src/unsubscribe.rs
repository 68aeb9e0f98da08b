//! `/patient/unsubscribe/{token}`: the address in a letter that ends such letters (RFC 8058). A `GET` changes nothing: it shows
//! a button; the `POST` comes from that button or from a mail service, without a session.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use podpis_kit::store::letters;
use podpis_kit::{Db, Result, now};

/// The page posts to its own address, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

const STYLE: &str = "body{font:18px/1.5 sans-serif;max-width:32em;margin:3em auto;padding:0 1em;color:#1f2933;\
                     background:#fff}button{font:inherit;padding:.6em 1.2em}";

pub(crate) fn routes() -> Router {
    Router::new().route("/patient/unsubscribe/{token}", get(ask).post(stop))
}

/// Shows the button.
async fn ask(Path(token): Path<String>) -> Result<Response> {
    let db = Db::open().await?;
    Ok(match letters::mailbox(&db, &token).await? {
        Some(_) => page(
            StatusCode::OK,
            "Отключить письма?",
            "<p>На ваш адрес больше не будут приходить письма о документах. Включить их снова можно в личном кабинете.</p>\
             <form method=\"post\"><button>Отключить письма</button></form>",
        ),
        None => unknown(),
    })
}

/// Ends the letters; twice is as good as once.
async fn stop(Path(token): Path<String>) -> Result<Response> {
    let db = Db::open().await?;
    let Some(mailbox) = letters::mailbox(&db, &token).await? else {
        return Ok(unknown());
    };
    let tx = db.begin().await?;
    letters::stop(&tx, &mailbox, now()).await?;
    tx.commit().await?;
    Ok(page(
        StatusCode::OK,
        "Письма отключены",
        "<p>Письма о документах на ваш адрес больше не приходят. Включить их снова можно в личном кабинете.</p>",
    ))
}

fn unknown() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "Адрес неизвестен",
        "<p>Откройте ссылку из письма ещё раз или отключите письма в личном кабинете.</p>",
    )
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html><html lang=\"ru\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{body}\
         </body></html>"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (status, headers, html).into_response()
}
