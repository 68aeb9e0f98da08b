//! The person's data as `/rs/prns/{oid}` gives them.

use podpis_shared::{Birthday, Person, Sensitive, Snils};
use serde::Deserialize;

/// Why the data can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// Not the JSON that ESIA documents; often its HTML error page.
    #[error("form")]
    Form,
    /// A field that our scopes cover is missing or wrong; the text is its name.
    #[error("{0}")]
    Field(&'static str),
    /// The account is not confirmed.
    #[error("unconfirmed")]
    Unconfirmed,
    /// The account is deleted or blocked.
    #[error("account")]
    Account,
}

/// Reads the answer. Fields outside the scopes are absent; a missing `trusted` counts as not confirmed.
///
/// # Errors
/// See [`DataError`].
pub fn read(body: &[u8]) -> Result<Person, DataError> {
    let data: Data = serde_json::from_slice(body).map_err(|_| DataError::Form)?;
    let status = data.status.ok_or(DataError::Field("status"))?;
    if !status.eq_ignore_ascii_case("registered") {
        return Err(DataError::Account);
    }
    if data.trusted != Some(true) {
        return Err(DataError::Unconfirmed);
    }
    let name = |value: Option<String>| {
        value
            .filter(|text| !text.trim().is_empty())
            .map(Sensitive::new)
    };
    let person = Person {
        last_name: name(data.last_name).ok_or(DataError::Field("lastName"))?,
        first_name: name(data.first_name).ok_or(DataError::Field("firstName"))?,
        middle_name: name(data.middle_name),
        birth_date: Some(
            data.birth_date
                .as_deref()
                .and_then(Birthday::parse_dotted)
                .ok_or(DataError::Field("birthDate"))?,
        ),
        snils: data
            .snils
            .map(|text| Snils::parse(&text).ok_or(DataError::Field("snils")))
            .transpose()?,
        phone: None,
        email: None,
    };
    person.check_form().map_err(|e| DataError::Field(e.field))?;
    Ok(person)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    last_name: Option<String>,
    first_name: Option<String>,
    middle_name: Option<String>,
    /// `DD.MM.YYYY`.
    birth_date: Option<String>,
    /// `000-000-000 00`.
    snils: Option<String>,
    trusted: Option<bool>,
    /// `REGISTERED` or `Registered`.
    status: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn sample() -> Value {
        json!({
            "stateFacts": ["EntityRoot"], "eTag": "1B0C5C7D", "firstName": "Мария", "lastName": "Иванова",
            "middleName": "Петровна", "birthDate": "12.03.1985", "gender": "F", "trusted": true,
            "citizenship": "RUS", "snils": "112-233-445 95", "inn": "…", "updatedOn": 1_500_000_000,
            "rIdDoc": 1234, "verifying": false, "status": "REGISTERED", "containsUpCfmCode": false
        })
    }

    fn changed(name: &str, value: Value) -> Result<Person, DataError> {
        let mut data = sample();
        if value.is_null() {
            data.as_object_mut().unwrap().remove(name);
        } else {
            data[name] = value;
        }
        read(data.to_string().as_bytes())
    }

    #[test]
    fn the_documented_form() {
        let person = read(sample().to_string().as_bytes()).unwrap();
        assert_eq!(person.full_name(), "Иванова Мария Петровна");
        assert_eq!(person.birth_date, Birthday::parse("1985-03-12"));
        assert_eq!(person.snils.unwrap().expose(), "11223344595");
    }

    #[test]
    fn what_may_be_absent() {
        assert!(
            changed("middleName", Value::Null)
                .unwrap()
                .middle_name
                .is_none()
        );
        assert!(
            changed("middleName", json!(" "))
                .unwrap()
                .middle_name
                .is_none()
        );
        assert!(changed("snils", Value::Null).unwrap().snils.is_none());
        assert!(changed("status", json!("Registered")).is_ok());
    }

    #[test]
    fn what_is_refused() {
        for (name, value, error) in [
            ("trusted", json!(false), DataError::Unconfirmed),
            ("trusted", Value::Null, DataError::Unconfirmed),
            ("status", json!("DELETED"), DataError::Account),
            ("status", json!(""), DataError::Account),
            ("status", Value::Null, DataError::Field("status")),
            ("lastName", Value::Null, DataError::Field("lastName")),
            ("lastName", json!(""), DataError::Field("lastName")),
            (
                "lastName",
                json!("и".repeat(101)),
                DataError::Field("last_name"),
            ),
            ("firstName", Value::Null, DataError::Field("firstName")),
            ("birthDate", Value::Null, DataError::Field("birthDate")),
            (
                "birthDate",
                json!("1985-03-12"),
                DataError::Field("birthDate"),
            ),
            (
                "birthDate",
                json!("30.02.1985"),
                DataError::Field("birthDate"),
            ),
            ("snils", json!("112-233-445 94"), DataError::Field("snils")),
            ("trusted", json!("true"), DataError::Form),
        ] {
            assert_eq!(
                changed(name, value.clone()).unwrap_err(),
                error,
                "{name} = {value}"
            );
        }
        for text in ["", "<html>", "[]", "null"] {
            assert_eq!(
                read(text.as_bytes()).unwrap_err(),
                DataError::Form,
                "{text}"
            );
        }
    }

    #[test]
    fn errors_name_fields_and_not_values() {
        let error = changed("birthDate", json!("30.02.1985")).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("1985"));
    }
}
