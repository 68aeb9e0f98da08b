//! A template filled on trial.

use crate::policy::Day;
use crate::templates::{ClinicDetails, ClinicFacts, FillError, Template, Values};
use crate::wire::mis::NewDocument;
use crate::wire::templates::UseTemplate;

/// Fills the template with a clinic of nowhere: what is left to complain of is the line's. What the clinic's own settings lack,
/// the API says.
pub(super) fn fill(
    template: &Template,
    document: &NewDocument,
    chosen: &UseTemplate,
    (year, month, day): (i32, u8, u8),
) -> Result<(), FillError> {
    let mut values = Values::default();
    for (name, value) in &chosen.fields {
        values.set(name, value.expose());
    }
    let clinic = ClinicFacts {
        name: "Клиника".into(),
        inn: "0000000000".into(),
        ogrn: Some("0000000000000".into()),
        details: ClinicDetails {
            address: Some("—".into()),
            license: Some("—".into()),
            phone: Some("—".into()),
        },
    };
    values.patient(&document.patient).clinic(&clinic);
    values.set(
        "document.number",
        document.external_id.as_deref().unwrap_or_default(),
    );
    if let Some(representative) = &document.representative {
        values.representative(representative);
    }
    if let Some(day) = Day::parse(&format!("{year:04}-{month:02}-{day:02}")) {
        values.date(day);
    }
    template.fill(&values).map(|_| ())
}
