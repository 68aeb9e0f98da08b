//! CSV for accounting, as Excel and 1C in Russia open it: UTF-8 with a byte order mark, semicolons, decimal commas, CRLF.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use podpis_kit::{Failure, Result};
use podpis_shared::usage::{Month, Statement};

/// Excel takes a file without it for one of the system's old encoding.
pub(super) const BOM: &str = "\u{feff}";

/// A month's account: its lines and the total.
pub(super) fn statement(month: Month, statement: &Statement) -> Result<Response> {
    let mut text = String::from(BOM);
    text += &line([
        "Месяц",
        "Код",
        "Услуга",
        "Количество",
        "Цена, руб.",
        "Сумма, руб.",
    ]);
    let month_text = month.to_string();
    for of in &statement.lines {
        text += &line([
            &month_text,
            of.item.as_str(),
            of.title,
            &of.count.to_string(),
            &rubles(of.price_kopecks.into()),
            &rubles(of.sum_kopecks),
        ]);
    }
    text += &line([
        &month_text,
        "total",
        "Итого",
        "",
        "",
        &rubles(statement.total_kopecks),
    ]);
    file(&format!("usage-{month}.csv"), Body::from(text))
}

/// An answer to be saved under a name.
pub(super) fn file(name: &str, body: Body) -> Result<Response> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.map_err(|e| Failure::internal("csv", e.to_string()))?;
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    headers.insert(CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// One line with its end.
pub(super) fn line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let fields: Vec<String> = fields.into_iter().map(field).collect();
    format!("{}\r\n", fields.join(";"))
}

/// `1234,05`: kopecks as roubles, without a float.
pub(super) fn rubles(kopecks: u64) -> String {
    format!("{},{:02}", kopecks / 100, kopecks % 100)
}

/// Quoted where it must be (RFC 4180). What a table program would run as a formula gets an apostrophe in front.
fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([';', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
