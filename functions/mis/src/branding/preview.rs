//! What a clinic's look comes to: a page with both themes and a letter, which loads nothing.

use axum::body::Body;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_kit::html::escaped;
use podpis_kit::store::branding::Look;
use podpis_kit::{Failure, Result};
use podpis_shared::branding::{Color, Palette, Theme};
use sha2::{Digest as _, Sha256};

/// The product's own colour, where the clinic has chosen none.
const OWN: &str = "#09545a";

/// The product's own style, as on the patient's pages.
const STYLE: &str = "*{box-sizing:border-box}body{margin:0;padding:16px;background:#8a9695;font:18px/1.5 system-ui,sans-serif}\
.themes{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));max-width:72rem;margin:0 auto}\
section{border-radius:16px;overflow:hidden;padding:16px;background:var(--paper);color:var(--ink)}\
h1,h2,p{margin:0}h2{font-size:1rem;font-weight:600;padding-bottom:12px;color:var(--soft)}\
.top{display:grid;gap:10px;padding:4px 8px 12px}.logo{display:block;max-width:min(100%,14rem);max-height:3.6rem;\
padding:6px;border-radius:10px;background:#fff;width:auto;height:auto}\
.name{font-size:1.11rem;font-weight:700;color:var(--main)}.what{color:var(--soft)}\
.card{background:var(--card);border-radius:16px;padding:20px;display:grid;gap:14px}\
h1{font-size:1.39rem;line-height:1.25}.tint{background:var(--tint);color:var(--main);border-radius:12px;padding:10px 14px}\
.button{background:var(--main);color:var(--on);border-radius:14px;padding:14px 22px;font-weight:600;text-align:center}\
.link{color:var(--main);font-weight:600}";

/// The page.
///
/// # Errors
/// 500 where a header can't be written.
pub(super) fn page(look: &Look, png: Option<&[u8]>) -> Result<Response> {
    let own = Color::parse(OWN).ok_or_else(|| Failure::internal("preview", "colour"))?;
    let palette = Palette::of(look.color.unwrap_or(own));
    let logo = png.map(|png| format!("data:image/png;base64,{}", STANDARD.encode(png)));
    let style = format!(
        "{STYLE}.light{{{}--paper:#f3f6f6;--card:#fff;--ink:#14211f;--soft:#3e4d47}}\
         .dark{{{}--paper:#0f1617;--card:#182224;--ink:#eef4f3;--soft:#b4c4c2}}",
        variables(palette.light),
        variables(palette.dark)
    );
    let light = theme(look, logo.as_deref(), "light", "Светлая тема");
    let dark = theme(look, logo.as_deref(), "dark", "Тёмная тема");
    let letter = letter(look, logo.as_deref());
    let name = escaped(&look.name);
    let html = format!(
        "<!doctype html><html lang=\"ru\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Вид страниц: {name}</title>\
         <style>{style}</style></head><body><main class=\"themes\">{light}{dark}{letter}</main></body></html>"
    );
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; frame-ancestors 'none'; sandbox",
        STANDARD.encode(Sha256::digest(style.as_bytes()))
    );
    let policy =
        HeaderValue::from_str(&policy).map_err(|e| Failure::internal("preview", e.to_string()))?;
    let mut response = (StatusCode::OK, Body::from(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn variables(theme: Theme) -> String {
    let Theme { main, on, tint, .. } = theme;
    format!("--main:{main};--on:{on};--tint:{tint};")
}

/// The page of a document.
fn theme(look: &Look, logo: Option<&str>, class: &str, title: &str) -> String {
    format!(
        "<section class=\"{class}\"><h2>{title}</h2><div class=\"top\">{}<p class=\"name\">{}</p>\
         <p class=\"what\">просит подписать документ</p></div><div class=\"card\">\
         <h1>Согласие на приём врача</h1><p class=\"tint\">Подписать до 1 декабря</p>\
         <p class=\"button\">Подписать через Госуслуги</p>{}</div></section>",
        picture(look, logo),
        escaped(&look.name),
        contacts(look)
    )
}

/// A letter: e-mail programs show it on white.
fn letter(look: &Look, logo: Option<&str>) -> String {
    format!(
        "<section class=\"light\"><h2>Письмо</h2><div class=\"card\">{}<p class=\"name\">{}</p>\
         <p>Вам пришёл документ на подпись.</p><p class=\"button\">Открыть документ</p>{}</div></section>",
        picture(look, logo),
        escaped(&look.name),
        contacts(look)
    )
}

fn picture(look: &Look, logo: Option<&str>) -> String {
    match (logo, &look.logo) {
        (Some(src), Some(size)) => format!(
            "<img class=\"logo\" src=\"{src}\" alt=\"\" width=\"{}\" height=\"{}\">",
            size.width, size.height
        ),
        _ => String::new(),
    }
}

fn contacts(look: &Look) -> String {
    let phone = look.support_phone.iter().map(|phone| phone.expose());
    let email = look.support_email.iter().map(|email| email.expose());
    let links = phone.chain(email);
    links
        .map(|text| format!("<p class=\"link\">{}</p>", escaped(text)))
        .collect()
}
