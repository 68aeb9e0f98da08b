//! The list of an account's documents, page by page.

use super::{SIGNED, TO_SIGN, UNREAD, VISIBLE, clinics, fold};
use crate::db::{Db, DbError, Row, Value};
use crate::store::branding;
use podpis_shared::wire::account::{ClinicRef, DocumentItem, DocumentPage};
use podpis_shared::wire::mis::Representative;
use podpis_shared::{Kind, Method, Person, Purpose, Status, Timestamp};

/// Words of a search that count; the rest is not looked at.
const WORDS_MAX: usize = 8;

/// Which documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Those that wait for this person, the nearest deadline first.
    ToSign,
    /// Signed ones, newest first.
    Signed,
    /// All, newest first.
    All,
}

/// A page that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Which documents.
    pub filter: Filter,
    /// Only those of one clinic.
    pub clinic: Option<&'a str>,
    /// Only those whose title or clinic has every word of it.
    pub search: Option<&'a str>,
    /// Behind this cursor.
    pub after: Option<(i64, &'a str)>,
    /// At most so many.
    pub limit: u32,
}

impl<'a> Query<'a> {
    /// Reads a cursor; `None` where it is none of ours.
    pub fn cursor(text: &'a str) -> Option<(i64, &'a str)> {
        let (at, id) = text.split_once(':')?;
        let ours = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let is_id = (1..=64).contains(&id.len()) && id.bytes().all(ours);
        Some((at.parse().ok()?, id)).filter(|_| is_id)
    }
}

/// A page of documents; after [`super::sync`].
///
/// # Errors
/// As the database says.
pub async fn list(
    db: &Db,
    account_id: &str,
    query: Query<'_>,
    now: Timestamp,
) -> Result<DocumentPage, DbError> {
    let mut params: Vec<Value> = vec![account_id.into(), now.unix().into()];
    let mut push = |value: Value| {
        params.push(value);
        format!("?{}", params.len())
    };
    let (what, order, ahead) = match query.filter {
        Filter::ToSign => (TO_SIGN, "d.expires_at", false),
        Filter::Signed => (SIGNED, "o.created_at", true),
        Filter::All => ("1 = 1", "o.created_at", true),
    };
    let mut wheres = format!("{VISIBLE} AND {what}");
    if let Some(clinic) = query.clinic {
        wheres += &format!(" AND o.clinic_id = {}", push(clinic.into()));
    }
    let words = query.search.map(fold).unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().take(WORDS_MAX).collect();
    let known = if words.is_empty() {
        Vec::new()
    } else {
        clinics(db, account_id, now).await?
    };
    for word in words {
        let like = push(pattern(word).into());
        let mut places = vec![format!(
            // Of a withdrawn document nothing is told, so its title is not searched either.
            "(o.folded LIKE {like} ESCAPE '\\' AND d.status NOT IN ('cancelled', 'superseded'))"
        )];
        let of_clinic = known
            .iter()
            .filter(|clinic| fold(&clinic.name).contains(word));
        for clinic in of_clinic {
            places.push(format!("o.clinic_id = {}", push(clinic.id.as_str().into())));
        }
        wheres += &format!(" AND ({})", places.join(" OR "));
    }
    if let Some((at, id)) = query.after {
        let (sign, at, id) = (
            if ahead { "<" } else { ">" },
            push(at.into()),
            push(id.into()),
        );
        wheres += &format!(" AND ({order}, o.document_id) {sign} ({at}, {id})");
    }
    let (direction, limit) = (if ahead { "DESC" } else { "ASC" }, i64::from(query.limit));
    let limit_param = push((limit + 1).into());
    let sql = format!(
        "SELECT d.id, d.title, d.kind, d.status, c.id, c.name, d.method, o.created_at, d.expires_at, d.signed_at, d.patient, \
         d.representative, o.role, CASE WHEN {UNREAD} THEN 1 ELSE 0 END, c.logo, d.purpose FROM account_documents o \
         JOIN documents d ON d.id = o.document_id JOIN clinic_looks c ON c.id = o.clinic_id WHERE {wheres} \
         ORDER BY {order} {direction}, o.document_id {direction} LIMIT {limit_param}"
    );
    let rows = db.query(&sql, params).await?;
    let items = rows.iter().map(|row| item(row, now));
    let mut items = items.collect::<Result<Vec<_>, _>>()?;
    let more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = items.last().filter(|_| more);
    let next = last.map(|last| {
        let at = if ahead {
            last.created_at
        } else {
            last.expires_at
        };
        format!("{}:{}", at.unix(), last.id)
    });
    Ok(DocumentPage { items, next })
}

/// For LIKE: the word anywhere, its own wildcards taken literally.
fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn item(row: &Row, now: Timestamp) -> Result<DocumentItem, DbError> {
    let corrupt = || DbError::corrupt("document");
    let patient: Person = serde_json::from_str(&row.text(10)?).map_err(|_| corrupt())?;
    let representative = row.opt_text(11)?;
    let representative: Option<Representative> = representative
        .map(|text| serde_json::from_str(&text).map_err(|_| corrupt()))
        .transpose()?;
    let is_signer = row.text(12)? == "signer";
    let expires_at = Timestamp::from_unix(row.int(8)?);
    let status = Status::parse(&row.text(3)?).ok_or_else(corrupt)?;
    let mut item = DocumentItem {
        id: row.text(0)?,
        title: row.text(1)?,
        kind: Kind::parse(&row.text(2)?).ok_or_else(corrupt)?,
        kept: Purpose::parse(&row.text(15)?).ok_or_else(corrupt)? == Purpose::Keeping,
        // The tick that closes it may be a moment away.
        status: if status.is_open() && expires_at <= now {
            Status::Expired
        } else {
            status
        },
        clinic: ClinicRef {
            id: row.text(4)?,
            name: row.text(5)?,
            logo: row.opt_text(14)?.map(|sha256| branding::logo_path(&sha256)),
        },
        method: Method::parse(&row.text(6)?).ok_or_else(corrupt)?,
        created_at: Timestamp::from_unix(row.int(7)?),
        expires_at,
        signed_at: row.opt_int(9)?.map(Timestamp::from_unix),
        on_behalf_of: None,
        on_behalf_of_age: None,
        signed_for_me_by: None,
        unread: row.int(13)? == 1,
        mine_to_sign: is_signer && status.is_open() && now < expires_at,
    };
    if status.is_withdrawn() {
        item.kept = false;
        item.title = "Документ отозван".into();
        return Ok(item);
    }
    match representative {
        Some(_) if is_signer => {
            item.on_behalf_of = Some(patient.full_name());
            item.on_behalf_of_age = patient
                .birth_date
                .map(|born| born.age_on(now.moscow_date()));
        }
        Some(representative) => item.signed_for_me_by = Some(representative.person.full_name()),
        None => {}
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_ours_or_none() {
        assert_eq!(
            Query::cursor("1795000000:doc_aB-_9"),
            Some((1_795_000_000, "doc_aB-_9"))
        );
        for wrong in [
            "",
            "doc_1",
            "x:doc_1",
            "1:",
            "1:a b",
            "1:a:b",
            "1:'",
            &format!("1:{}", "a".repeat(65)),
        ] {
            assert_eq!(Query::cursor(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn wildcards_are_letters() {
        assert_eq!(pattern("50%_\\"), "%50\\%\\_\\\\%");
    }
}
