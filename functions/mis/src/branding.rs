//! The clinic's look on the patient's pages and in letters: `/api/v1/branding` (`docs/branding.md`).

mod logo;
mod preview;

use crate::answer::{FromJson, Json, Sent, form};
use crate::auth::{Clinic, Session};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_kit::store::branding::{self, Branding, Look, NewLogo};
use podpis_kit::store::{Event, journal};
use podpis_kit::{Db, Failure, Result, Tx, now};
#[cfg(test)]
use podpis_shared::branding::NAME_MAX;
use podpis_shared::branding::{Color, LOGO_MAX, Logo, Palette, display_name};
use podpis_shared::problem::Code;
use podpis_shared::{Email, Phone, Timestamp};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Largest body: a logo in Base64 and the rest.
const BODY_MAX: usize = LOGO_MAX / 3 * 4 + 16 * 1024;

/// The whole look: what is absent is not shown. What an answer says beside it is taken and not looked at, so that an answer
/// can be changed and sent back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PutBranding"))]
pub(crate) struct Put {
    /// Letters, digits, spaces and common punctuation.
    #[cfg_attr(test, schemars(length(min = 1, max = NAME_MAX)))]
    display_name: String,
    /// PNG of up to 256 KiB and 16 to 1024 pixels a side; only its pixels are kept.
    #[serde(default)]
    logo_png_base64: Option<String>,
    /// `#rrggbb`; pages show variants that can be read.
    #[serde(default)]
    primary_color: Option<Color>,
    #[serde(default)]
    support_phone: Option<Phone>,
    #[serde(default)]
    support_email: Option<Email>,
    /// Not looked at.
    #[serde(default, rename = "registered_name")]
    #[cfg_attr(test, schemars(with = "serde_json::Value", extend("readOnly" = true)))]
    _registered_name: Option<IgnoredAny>,
    /// Not looked at.
    #[serde(default, rename = "logo")]
    #[cfg_attr(test, schemars(with = "serde_json::Value", extend("readOnly" = true)))]
    _logo: Option<IgnoredAny>,
    /// Not looked at.
    #[serde(default, rename = "colors")]
    #[cfg_attr(test, schemars(with = "serde_json::Value", extend("readOnly" = true)))]
    _colors: Option<IgnoredAny>,
}

/// The look as it is shown.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "Branding", deny_unknown_fields)
)]
pub(crate) struct View {
    /// The name that the pages show.
    #[cfg_attr(test, schemars(length(min = 1, max = NAME_MAX)))]
    display_name: String,
    /// The name that the operator registered; it stands in every protocol.
    registered_name: String,
    /// PNG as it was written anew; only the pixels were kept.
    logo_png_base64: Option<String>,
    logo: Option<Logo>,
    /// `#rrggbb`, as it was chosen; pages show variants that can be read.
    primary_color: Option<Color>,
    /// The variants that pages show.
    colors: Option<Palette>,
    support_phone: Option<Phone>,
    support_email: Option<Email>,
}

/// `GET /api/v1/branding`: what was chosen, or the defaults.
pub(crate) async fn read(Session { clinic, db }: Session) -> Result<Json<View>> {
    let (look, png) = shown(&db, &clinic.id).await?;
    Ok(Json(View::of(look, png.as_deref())))
}

/// `PUT /api/v1/branding`. Repeating it changes nothing.
///
/// # Errors
/// `invalid` names the field; `too_large`, `unsupported_media_type`. Nothing changes then.
pub(crate) async fn put(
    Session { clinic, db }: Session,
    FromJson(put): FromJson<Put, BODY_MAX>,
) -> Result<Json<View>> {
    let (new, logo) = checked(put)?;
    let at = now();
    let tx = db.begin().await?;
    change(&tx, &clinic, &new, logo, at).await?;
    let (look, png) = shown(&tx, &clinic.id).await?;
    tx.commit().await?;
    Ok(Json(View::of(look, png.as_deref())))
}

/// `GET /api/v1/branding/preview`: a page that shows the look in both themes and in a letter.
pub(crate) async fn preview(Session { clinic, db }: Session) -> Result<Sent<form::Html>> {
    let (look, png) = shown(&db, &clinic.id).await?;
    preview::page(&look, png.as_deref()).map(Sent::from)
}

/// `POST /api/v1/branding/preview`: the same of a look that is not stored.
///
/// # Errors
/// As [`put`].
pub(crate) async fn preview_of(
    Session { clinic, db }: Session,
    FromJson(put): FromJson<Put, BODY_MAX>,
) -> Result<Sent<form::Html>> {
    let (new, logo) = checked(put)?;
    let look = branding::look(&db, &clinic.id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let look = Look {
        name: new.display_name,
        logo: logo.as_ref().map(|logo| Logo {
            src: branding::logo_path(&logo.sha256),
            width: logo.width,
            height: logo.height,
        }),
        color: new.primary_color,
        support_phone: new.support_phone,
        support_email: new.support_email,
        ..look
    };
    let png = logo.as_ref().map(|logo| logo.png.as_slice());
    preview::page(&look, png).map(Sent::from)
}

/// The step: the look and its journal entry, where something changes.
async fn change(
    tx: &Tx,
    clinic: &Clinic,
    new: &Branding,
    logo: Option<NewLogo>,
    at: Timestamp,
) -> Result<()> {
    if branding::find(tx, &clinic.id).await?.as_ref() == Some(new) {
        return Ok(());
    }
    branding::put(tx, &clinic.id, new, logo, at).await?;
    let facts = clinic.by.signed(json!({
        "display_name": new.display_name, "logo_sha256": new.logo, "primary_color": new.primary_color,
        "support_phone": new.support_phone.is_some(), "support_email": new.support_email.is_some(),
    }));
    journal::append(tx, &clinic.id, None, Event::BrandingChanged, at, facts).await?;
    Ok(())
}

async fn shown(db: &Db, clinic_id: &str) -> Result<(Look, Option<Vec<u8>>)> {
    let look = branding::look(db, clinic_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let png = match branding::find(db, clinic_id)
        .await?
        .and_then(|chosen| chosen.logo)
    {
        Some(sha256) => branding::logo(db, &sha256).await?,
        None => None,
    };
    Ok((look, png))
}

/// Every rule of a look.
fn checked(put: Put) -> Result<(Branding, Option<NewLogo>)> {
    let invalid = |detail: String| Failure::new(Code::Invalid, detail);
    let display_name = display_name(&put.display_name).map_err(|e| invalid(e.to_string()))?;
    let logo = match &put.logo_png_base64 {
        Some(text) => {
            let bytes = STANDARD.decode(text.trim());
            let bytes = bytes.map_err(|_| invalid("logo_png_base64 is not Base64".into()))?;
            let logo = logo::written_anew(&bytes);
            Some(logo.map_err(|e| invalid(format!("logo_png_base64: {e}")))?)
        }
        None => None,
    };
    let branding = Branding {
        display_name,
        logo: logo.as_ref().map(|logo| logo.sha256.clone()),
        primary_color: put.primary_color,
        support_phone: put.support_phone,
        support_email: put.support_email,
    };
    Ok((branding, logo))
}

impl View {
    fn of(look: Look, png: Option<&[u8]>) -> Self {
        Self {
            display_name: look.name,
            registered_name: look.registered_name,
            logo_png_base64: png.map(|png| STANDARD.encode(png)),
            logo: look.logo,
            primary_color: look.color,
            colors: look.color.map(Palette::of),
            support_phone: look.support_phone,
            support_email: look.support_email,
        }
    }
}
