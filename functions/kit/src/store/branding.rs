//! A clinic's look: what its patients see on pages and in letters (`docs/branding.md`).

use crate::db::{Db, DbError, Row, Tx};
use podpis_shared::branding::{Color, Logo};
use podpis_shared::wire::account::ClinicRef;
use podpis_shared::{Email, Phone, Timestamp};

/// Logos of a clinic that are kept: the one in use, and earlier ones that letters still show.
const LOGOS_MAX: i64 = 20;

/// What a clinic has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branding {
    /// Name as patients know it.
    pub display_name: String,
    /// SHA-256 of the logo.
    pub logo: Option<String>,
    /// As chosen; `podpis_shared::branding::Palette` makes it readable.
    pub primary_color: Option<Color>,
    /// For patients' questions.
    pub support_phone: Option<Phone>,
    /// Likewise.
    pub support_email: Option<Email>,
}

/// A clinic as its patients see it; what it has not chosen has a default or is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The chosen name, else the registered one.
    pub name: String,
    /// The name that it was registered with by the operator: it stands in the protocol of every signature.
    pub registered_name: String,
    /// The logo, as a path of our own origin.
    pub logo: Option<Logo>,
    /// As chosen.
    pub color: Option<Color>,
    /// For patients' questions.
    pub support_phone: Option<Phone>,
    /// Likewise.
    pub support_email: Option<Email>,
}

/// A logo to be stored, already written anew.
#[derive(Clone, Debug)]
pub struct NewLogo {
    /// Of its bytes.
    pub sha256: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// PNG.
    pub png: Vec<u8>,
}

/// Where a logo is served by `patient`; it never changes.
pub fn logo_path(sha256: &str) -> String {
    format!("/patient/logo/{sha256}.png")
}

/// What a clinic has chosen, if it has.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, clinic_id: &str) -> Result<Option<Branding>, DbError> {
    let sql = "SELECT display_name, logo, primary_color, support_phone, support_email FROM branding WHERE clinic_id = ?1";
    let of = |row: Row| {
        Ok(Branding {
            display_name: row.text(0)?,
            logo: row.opt_text(1)?,
            primary_color: color(row.opt_text(2)?)?,
            support_phone: row.opt_text(3)?.and_then(|text| Phone::parse(&text)),
            support_email: row.opt_text(4)?.and_then(|text| Email::parse(&text)),
        })
    };
    db.first(sql, [clinic_id.into()]).await?.map(of).transpose()
}

/// How a clinic looks to its patients; `None` where there is no such clinic.
///
/// # Errors
/// As the database says.
pub async fn look(db: &Db, clinic_id: &str) -> Result<Option<Look>, DbError> {
    let sql = "SELECT c.name, b.display_name, b.primary_color, b.support_phone, b.support_email, l.sha256, l.width, \
               l.height FROM clinics c LEFT JOIN branding b ON b.clinic_id = c.id \
               LEFT JOIN logos l ON l.clinic_id = c.id AND l.sha256 = b.logo WHERE c.id = ?1";
    let of = |row: Row| {
        let registered_name = row.text(0)?;
        let pixels = |column| {
            u32::try_from(row.opt_int(column)?.unwrap_or_default())
                .map_err(|_| DbError::corrupt("logo"))
        };
        let logo = match row.opt_text(5)? {
            Some(sha256) => Some(Logo {
                src: logo_path(&sha256),
                width: pixels(6)?,
                height: pixels(7)?,
            }),
            None => None,
        };
        Ok(Look {
            name: row.opt_text(1)?.unwrap_or_else(|| registered_name.clone()),
            registered_name,
            logo,
            color: color(row.opt_text(2)?)?,
            support_phone: row.opt_text(3)?.and_then(|text| Phone::parse(&text)),
            support_email: row.opt_text(4)?.and_then(|text| Email::parse(&text)),
        })
    };
    db.first(sql, [clinic_id.into()]).await?.map(of).transpose()
}

/// Reads a clinic of a list: id, name and logo of the view `clinic_looks`, the first columns of a row.
///
/// # Errors
/// When a stored value is not what the code expects.
pub fn clinic(row: &Row) -> Result<ClinicRef, DbError> {
    Ok(ClinicRef {
        id: row.text(0)?,
        name: row.text(1)?,
        logo: row.opt_text(2)?.map(|sha256| logo_path(&sha256)),
    })
}

/// Bytes of a logo; whoever knows its hash may see it.
///
/// # Errors
/// As the database says.
pub async fn logo(db: &Db, sha256: &str) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT bytes FROM logos WHERE sha256 = ?1 LIMIT 1";
    db.first(sql, [sha256.into()])
        .await?
        .map(Row::into_bytes)
        .transpose()
}

/// Puts a look in the place of the earlier one; the oldest logos past [`LOGOS_MAX`] are forgotten.
///
/// # Errors
/// As the database says.
pub async fn put(
    tx: &Tx,
    clinic_id: &str,
    branding: &Branding,
    logo: Option<NewLogo>,
    at: Timestamp,
) -> Result<(), DbError> {
    if let Some(logo) = logo {
        let sql = "INSERT INTO logos (sha256, clinic_id, width, height, created_at, bytes) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (sha256, clinic_id) DO UPDATE SET created_at = ?5";
        let params = [
            logo.sha256.into(),
            clinic_id.into(),
            logo.width.into(),
            logo.height.into(),
            at.unix().into(),
            logo.png.into(),
        ];
        tx.execute(sql, params).await?;
        let sql = "DELETE FROM logos WHERE clinic_id = ?1 AND sha256 NOT IN (SELECT sha256 FROM logos \
                   WHERE clinic_id = ?1 ORDER BY created_at DESC, sha256 = ?2 DESC LIMIT ?3)";
        let params = [
            clinic_id.into(),
            branding.logo.as_deref().into(),
            LOGOS_MAX.into(),
        ];
        tx.execute(sql, params).await?;
    }
    let sql = "INSERT INTO branding (clinic_id, display_name, logo, primary_color, support_phone, support_email, \
               updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (clinic_id) DO UPDATE SET \
               display_name = ?2, logo = ?3, primary_color = ?4, support_phone = ?5, support_email = ?6, updated_at = ?7";
    let params = [
        clinic_id.into(),
        branding.display_name.as_str().into(),
        branding.logo.as_deref().into(),
        branding.primary_color.map(String::from).into(),
        branding
            .support_phone
            .as_ref()
            .map(|phone| phone.expose().to_owned())
            .into(),
        branding
            .support_email
            .as_ref()
            .map(|email| email.expose().to_owned())
            .into(),
        at.unix().into(),
    ];
    tx.execute(sql, params).await.map(drop)
}

fn color(text: Option<String>) -> Result<Option<Color>, DbError> {
    let parse = |text: String| Color::parse(&text).ok_or_else(|| DbError::corrupt("colour"));
    text.map(parse).transpose()
}
