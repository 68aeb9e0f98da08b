//! `/rs/prns/{oid}`: the person.

use crate::faults::PrnsAnswer;
use crate::people::Account;
use crate::state::Access;
use serde_json::{Value, json};

/// Scopes that open something here.
pub(super) const SCOPES: &[&str] = &[
    "fullname",
    "birthdate",
    "gender",
    "snils",
    "inn",
    "birthplace",
    "id_doc",
    "email",
    "mobile",
    "addresses",
    "usr_org",
];

/// Everything that the scopes cover, with the fault that is due. What is not covered is absent.
pub(super) fn data(access: &Access, fault: Option<PrnsAnswer>) -> Value {
    let account = match fault {
        Some(PrnsAnswer::OtherPerson) => Account::by_key("petrov").unwrap_or(access.account),
        _ => access.account,
    };
    let mut person = json!({
        "stateFacts": ["EntityRoot"],
        "eTag": format!("{:08X}", access.account.oid),
    });
    let mut put = |scope: &str, name: &str, value: Option<Value>| {
        if let (true, Some(value)) = (access.scopes.cover(scope), value) {
            person[name] = value;
        }
    };
    put("fullname", "lastName", Some(account.last_name.into()));
    put("fullname", "firstName", Some(account.first_name.into()));
    put(
        "fullname",
        "middleName",
        account.middle_name.map(Into::into),
    );
    put("fullname", "trusted", Some(account.trusted.into()));
    put("fullname", "status", Some(account.status.into()));
    put("fullname", "verifying", Some(false.into()));
    put("fullname", "updatedOn", Some(1_500_000_000.into()));
    put("fullname", "rfgUOperatorCheck", Some(false.into()));
    put("fullname", "containsUpCfmCode", Some(false.into()));
    put("birthdate", "birthDate", Some(account.birth_date.into()));
    put("birthplace", "birthPlace", Some("г. Москва".into()));
    put("gender", "gender", Some(account.gender.into()));
    put("snils", "snils", account.snils.map(Into::into));
    put("inn", "inn", account.inn.map(Into::into));
    put("id_doc", "citizenship", Some("RUS".into()));
    let document = account.passport.map(|_| account.part(1).into());
    put("id_doc", "rIdDoc", document);
    spoil(&mut person, fault);
    person
}

fn spoil(person: &mut Value, fault: Option<PrnsAnswer>) {
    let Some(members) = person.as_object_mut() else {
        return;
    };
    let mut set = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    match fault {
        Some(PrnsAnswer::Untrusted) => set("trusted", false.into()),
        Some(PrnsAnswer::Deleted) => set("status", "DELETED".into()),
        Some(PrnsAnswer::StatusSpelling) => set("status", "Registered".into()),
        Some(PrnsAnswer::Verifying) => set("verifying", true.into()),
        Some(PrnsAnswer::Mismatch) => set("birthDate", "01.01.1950".into()),
        Some(PrnsAnswer::BadBirthDate) => set("birthDate", "31.02.1985".into()),
        Some(PrnsAnswer::NoTrusted) => drop(members.remove("trusted")),
        Some(PrnsAnswer::NoStatus) => drop(members.remove("status")),
        Some(PrnsAnswer::NoName) => drop(members.remove("lastName")),
        Some(PrnsAnswer::NoFirstName) => drop(members.remove("firstName")),
        Some(PrnsAnswer::NoBirthDate) => drop(members.remove("birthDate")),
        Some(PrnsAnswer::NoSnils) => drop(members.remove("snils")),
        _ => {}
    }
}
