//! Scopes: which ones there are, and what each one opens.

use crate::error::EsiaError;

/// Scopes of a person.
const PERSON: &[&str] = &[
    "openid",
    "fullname",
    "birthdate",
    "gender",
    "snils",
    "inn",
    "id_doc",
    "birthplace",
    "email",
    "mobile",
    "contacts",
    "addresses",
    "vehicles",
    "usr_org",
    "usr_avt",
    "usr_reg_cxt",
    "medical_doc",
    "military_doc",
    "foreign_passport_doc",
    "drivers_licence_doc",
    "birth_cert_doc",
    "residence_doc",
    "temporary_residence_doc",
    "kid_fullname",
    "kid_birthdate",
    "kid_snils",
    "kid_birth_cert_doc",
    USR_INF,
];

/// The scope of old systems, and what it stands for.
const USR_INF: &str = "http://esia.gosuslugi.ru/usr_inf";
const OF_USR_INF: &[&str] = &[
    "fullname",
    "birthdate",
    "gender",
    "snils",
    "inn",
    "birthplace",
    "id_doc",
    "contacts",
    "addresses",
];

/// Scopes of an organisation, each followed by `?org_oid=<number>`.
const ORGANISATION: &[&str] = &[
    "http://esia.gosuslugi.ru/org_inf",
    "http://esia.gosuslugi.ru/org_ogrn",
    "http://esia.gosuslugi.ru/org_emps",
];

/// What a request asked for, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scopes(Vec<String>);

impl Scopes {
    /// Reads `scope`: known names, each once, separated by one space.
    pub(crate) fn parse(text: &str) -> Result<Self, EsiaError> {
        if text.trim().is_empty() {
            return Err(EsiaError::no_scope());
        }
        let names: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let fine = names.iter().enumerate().all(|(at, name)| {
            PERSON.contains(&name.as_str()) && !names.iter().take(at).any(|earlier| earlier == name)
        });
        if fine {
            Ok(Self(names))
        } else {
            Err(EsiaError::scope())
        }
    }

    /// Every name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the data of one scope may be seen.
    pub(crate) fn cover(&self, wanted: &str) -> bool {
        self.names().any(|name| match name {
            USR_INF => OF_USR_INF.contains(&wanted) || matches!(wanted, "email" | "mobile"),
            "contacts" => matches!(wanted, "contacts" | "email" | "mobile"),
            _ => name == wanted,
        })
    }

    /// `openid fullname?oid=1000`: as tokens have it.
    pub(crate) fn granted_for(&self, oid: u64) -> String {
        let one = |name: &str| {
            if name == "openid" {
                name.to_owned()
            } else {
                format!("{name}?oid={oid}")
            }
        };
        self.names().map(one).collect::<Vec<_>>().join(" ")
    }
}

/// Reads `scope_org`: the numbers of the organisations that it names.
pub(crate) fn organisations(text: &str) -> Result<Vec<u64>, EsiaError> {
    text.split(' ')
        .map(|one| {
            let (name, number) = one.split_once("?org_oid=")?;
            let number = number.parse().ok()?;
            ORGANISATION.contains(&name).then_some(number)
        })
        .collect::<Option<_>>()
        .ok_or_else(EsiaError::scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_known_ones_each_once() {
        assert!(Scopes::parse("openid fullname").is_ok());
        for wrong in ["openid secrets", "openid  fullname", "openid openid"] {
            assert_eq!(
                Scopes::parse(wrong).unwrap_err().code,
                "ESIA-007006",
                "{wrong}"
            );
        }
        assert_eq!(Scopes::parse(" ").unwrap_err().code, "ESIA-007013");
    }

    #[test]
    fn some_scopes_cover_others() {
        let scopes = Scopes::parse("openid contacts").unwrap();
        assert!(scopes.cover("mobile") && !scopes.cover("fullname"));
        let old = Scopes::parse(USR_INF).unwrap();
        assert!(old.cover("snils") && !old.cover("usr_org"));
        assert_eq!(
            scopes.granted_for(7),
            "openid contacts?oid=7",
            "openid stays bare"
        );
    }

    #[test]
    fn scopes_of_organisations_name_a_number() {
        assert_eq!(
            organisations("http://esia.gosuslugi.ru/org_inf?org_oid=12").unwrap(),
            [12]
        );
        for wrong in [
            "http://esia.gosuslugi.ru/org_inf",
            "http://esia.gosuslugi.ru/org_inf?org_oid=x",
            "fullname?org_oid=1",
            "",
        ] {
            assert!(organisations(wrong).is_err(), "{wrong}");
        }
    }
}
