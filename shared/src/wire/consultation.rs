//! `/api/v1/consultations`, and what the patient's page shows of a consultation.

use crate::consultation::{Reason, Status};
use crate::person::Person;
use crate::templates::TemplateRef;
use crate::time::Timestamp;
#[cfg(feature = "schema")]
use crate::wire::mis::EXTERNAL_ID_MAX;
use crate::wire::mis::Representative;
use serde::{Deserialize, Serialize};

/// Longest name and longest position of a doctor, in characters.
pub const DOCTOR_MAX: usize = 200;

/// Longest time before the beginning, in hours, that an SMS may remind: three days.
pub const SMS_REMINDER_MAX: u16 = 72;

/// Part `consultation` of `POST /api/v1/consultations`, or all of its body.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewConsultation {
    /// The MIS's own id.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = EXTERNAL_ID_MAX)))]
    pub external_id: String,
    /// When it begins: later than now, within a year.
    pub starts_at: Timestamp,
    /// Who holds it: a name, or name and position.
    pub doctor: Doctor,
    /// Whose it is.
    pub patient: Person,
    /// Who consents on the patient's behalf.
    #[serde(default)]
    pub representative: Option<Representative>,
    /// The text of the consent; absent only beside a part `file`.
    #[serde(default)]
    pub consent: Option<ConsentText>,
    /// So many hours before the beginning an SMS with a new link reminds, where there is no consent. It costs as any SMS; none
    /// where absent or 0.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(max = SMS_REMINDER_MAX)))]
    pub sms_reminder_before_hours: Option<u16>,
}

/// Whose words the patient consents to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ConsentText {
    /// Ours, made of the template in force with the clinic's data.
    Default,
    /// The clinic's: the PDF in base64, up to about 6 MiB; a larger one is sent as the part `file`.
    File(
        #[cfg_attr(
            feature = "schema",
            schemars(extend("contentEncoding" = "base64", "contentMediaType" = "application/pdf"))
        )]
        String,
    ),
}

/// A doctor, by name alone or with a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "DoctorForm")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Doctor {
    /// Full name.
    pub full_name: String,
    /// Position or speciality.
    pub position: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
enum DoctorForm {
    /// Full name.
    Name(#[cfg_attr(feature = "schema", schemars(length(min = 1, max = DOCTOR_MAX)))] String),
    #[serde(rename_all = "snake_case")]
    Full {
        #[serde(alias = "name")]
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = DOCTOR_MAX)))]
        full_name: String,
        #[serde(default, alias = "specialty")]
        #[cfg_attr(feature = "schema", schemars(length(max = DOCTOR_MAX)))]
        position: Option<String>,
    },
}

impl From<DoctorForm> for Doctor {
    fn from(form: DoctorForm) -> Self {
        let (full_name, position) = match form {
            DoctorForm::Name(full_name) => (full_name, None),
            DoctorForm::Full {
                full_name,
                position,
            } => (full_name, position),
        };
        let position = position.map(|position| position.trim().to_owned());
        Self {
            full_name: full_name.trim().to_owned(),
            position: position.filter(|position| !position.is_empty()),
        }
    }
}

impl Doctor {
    /// Whether it can be shown.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), &'static str> {
        let fits = |text: &str| {
            (1..=DOCTOR_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        if !fits(&self.full_name) || !self.position.as_deref().is_none_or(fits) {
            return Err("doctor is a name of 1 to 200 characters, or {full_name, position?}");
        }
        Ok(())
    }

    /// `Смирнова Анна Юрьевна, терапевт`.
    pub fn line(&self) -> String {
        match &self.position {
            Some(position) => format!("{}, {position}", self.full_name),
            None => self.full_name.clone(),
        }
    }
}

/// A booking as its clinic sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consultation {
    /// Our id.
    pub id: String,
    /// The MIS's own id.
    pub external_id: String,
    /// State.
    pub status: Status,
    /// Whether the consultation may begin: with a consent, and not otherwise.
    pub may_begin: bool,
    /// Why, or why not.
    pub reason: Reason,
    /// When it begins.
    pub starts_at: Timestamp,
    /// Until when the consent may be given, where it is not given: an hour after the beginning.
    pub consent_until: Timestamp,
    /// Who holds it.
    pub doctor: Doctor,
    /// Whose words: ours, or those of the clinic's file.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["default", "file"])))]
    pub consent: String,
    /// Which version of which template the consent was made of; null of a clinic's file.
    pub template: Option<TemplateRef>,
    /// The consent: a document as every other, with its files, evidence and journal.
    pub document_id: String,
    /// When it was booked.
    pub created_at: Timestamp,
    /// When the patient's page showed the consent first.
    pub opened_at: Option<Timestamp>,
    /// When the consent was given.
    pub consented_at: Option<Timestamp>,
    /// When the clinic cancelled it.
    pub cancelled_at: Option<Timestamp>,
}

/// `POST /api/v1/consultations/{id}/reschedule`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reschedule {
    /// When it begins instead: later than now, within a year.
    pub starts_at: Timestamp,
}

/// A consultation on the page of its consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultationView {
    /// State.
    pub status: Status,
    /// Who holds it: `Смирнова Анна Юрьевна, терапевт`.
    pub doctor: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// Until when the consent may be given.
    pub consent_until: Timestamp,
    /// How many minutes the clinic's clock is ahead of UTC.
    pub utc_offset: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doctor(json: &str) -> Doctor {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_doctor_is_a_name_or_more() {
        let alone = doctor(r#"" Смирнова Анна Юрьевна ""#);
        assert_eq!(alone.line(), "Смирнова Анна Юрьевна");
        let full = doctor(r#"{"full_name": "Смирнова Анна Юрьевна", "position": "терапевт"}"#);
        assert_eq!(full.line(), "Смирнова Анна Юрьевна, терапевт");
        let other = doctor(r#"{"name": "Смирнова А. Ю.", "specialty": " "}"#);
        assert_eq!(other.line(), "Смирнова А. Ю.");
        assert!(alone.check().is_ok() && full.check().is_ok());
        let long = format!("\"{}\"", "я".repeat(DOCTOR_MAX + 1));
        for wrong in ["\"\"", r#""а\nб""#, &long] {
            assert!(doctor(wrong).check().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_consent_is_ours_or_the_clinics() {
        let of = |json: &str| serde_json::from_str::<ConsentText>(json).ok();
        assert_eq!(of(r#""default""#), Some(ConsentText::Default));
        let file = ConsentText::File("JVBERi0=".into());
        assert_eq!(of(r#"{"file": "JVBERi0="}"#), Some(file));
        assert_eq!(of(r#""other""#), None);
    }
}
