//! Collections of a person, in both forms: addresses of the elements, or the elements themselves.

use super::Refusal;
use crate::people::{Account, Organisation};
use crate::state::Access;
use serde_json::{Value, json};

/// A collection under `/rs/prns/{oid}/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    Contacts,
    Addresses,
    Documents,
    Kids,
    Vehicles,
    Organizations,
    Roles,
}

impl Collection {
    pub(super) const ALL: &[Self] = &[
        Self::Contacts,
        Self::Addresses,
        Self::Documents,
        Self::Kids,
        Self::Vehicles,
        Self::Organizations,
        Self::Roles,
    ];

    /// By the last part of its path.
    pub(super) fn named(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.path() == path)
    }

    /// `/rs/prns/{oid}/<path>`.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Contacts => "ctts",
            Self::Addresses => "addrs",
            Self::Documents => "docs",
            Self::Kids => "kids",
            Self::Vehicles => "vhls",
            Self::Organizations => "orgs",
            Self::Roles => "roles",
        }
    }

    /// Its name in the person and in `embed`.
    pub(super) const fn member(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Addresses => "addresses",
            Self::Documents => "documents",
            Self::Kids => "kids",
            Self::Vehicles => "vehicles",
            Self::Organizations => "organizations",
            Self::Roles => "roles",
        }
    }

    /// The schema that `Content-Type` and `Link` name. The names are ours, in ESIA's manner.
    pub(super) const fn schema(self) -> &'static str {
        match self {
            Self::Contacts => "ctt/Contacts-1",
            Self::Addresses => "addr/Addresses-1",
            Self::Documents => "doc/Documents-1",
            Self::Kids => "prn/Kids-1",
            Self::Vehicles => "vhl/Vehicles-1",
            Self::Organizations => "org/Organizations-1",
            Self::Roles => "role/Roles-1",
        }
    }

    /// The elements that the scopes cover.
    pub(super) fn of(self, access: &Access) -> Result<Vec<Value>, Refusal> {
        let has = |scope: &str| access.scopes.cover(scope);
        let account = access.account;
        let open = match self {
            Self::Contacts => has("mobile") || has("email"),
            Self::Addresses => has("addresses"),
            Self::Documents => has("id_doc") || has("birth_cert_doc"),
            Self::Kids => has("kid_fullname") || has("kid_birthdate") || has("kid_snils"),
            Self::Vehicles => has("vehicles"),
            Self::Organizations | Self::Roles => has("usr_org"),
        };
        if !open {
            return Err(Refusal::SCOPE);
        }
        Ok(match self {
            Self::Contacts => contacts(access),
            Self::Addresses => vec![address(account)],
            Self::Documents => documents(access),
            Self::Kids => account
                .children
                .iter()
                .filter_map(|key| Account::by_key(key))
                .map(|child| kid(access, child))
                .collect(),
            Self::Vehicles => Vec::new(),
            Self::Organizations => account.organisation.iter().map(organisation).collect(),
            Self::Roles => account
                .organisation
                .iter()
                .map(|of| role(account, of))
                .collect(),
        })
    }
}

/// The number of an element.
pub(super) fn id(element: &Value) -> u64 {
    element["id"]
        .as_u64()
        .or_else(|| element["oid"].as_u64())
        .unwrap_or_default()
}

/// The form of `?embed=(elements)`.
pub(super) fn embedded(all: &[Value]) -> Value {
    collection(all, all.to_vec())
}

/// The plain form.
pub(super) fn addresses(all: &[Value], base: &str) -> Value {
    let urls = all.iter().map(|one| format!("{base}/{}", id(one)).into());
    collection(all, urls.collect())
}

fn collection(all: &[Value], elements: Vec<Value>) -> Value {
    let tag = all.iter().map(id).fold(all.len() as u64, u64::wrapping_add);
    json!({
        "stateFacts": ["hasSize"], "size": all.len(), "eTag": format!("{tag:08X}"), "elements": elements,
    })
}

fn contacts(access: &Access) -> Vec<Value> {
    let account = access.account;
    let one = |number, kind: &str, value: &str| {
        element(
            account.part(number),
            json!({"type": kind, "vrfStu": "VERIFIED", "value": value}),
        )
    };
    let mobile = account
        .mobile
        .filter(|_| access.scopes.cover("mobile"))
        .map(|value| one(2, "MBT", value));
    let email = format!("{}@example.ru", account.key);
    let email = access.scopes.cover("email").then(|| one(3, "EML", &email));
    mobile.into_iter().chain(email).collect()
}

fn documents(access: &Access) -> Vec<Value> {
    let account = access.account;
    let passport = account.passport.filter(|_| access.scopes.cover("id_doc"));
    let passport = passport.map(|(series, number)| {
        element(
            account.part(1),
            json!({
                "type": "RF_PASSPORT", "vrfStu": if account.trusted { "VERIFIED" } else { "NOT_VERIFIED" },
                "series": series, "number": number, "issueDate": "20.04.2015", "issueId": "770001",
                "issuedBy": "ОТДЕЛ УФМС (ПРИДУМАН)",
            }),
        )
    });
    let certificate = account.passport.is_none() && access.scopes.cover("birth_cert_doc");
    let certificate = certificate.then(|| {
        element(
            account.part(4),
            json!({
                "type": "RF_BRTH_CERT", "vrfStu": "VERIFIED", "series": "VМЮ", "number": "500001",
                "issueDate": account.birth_date, "issuedBy": "ЗАГС (ПРИДУМАН)",
            }),
        )
    });
    passport.into_iter().chain(certificate).collect()
}

fn address(account: &Account) -> Value {
    element(
        account.part(5),
        json!({
            "type": "PRG", "addressStr": "г. Москва, ул. Придуманная", "countryId": "RUS", "region": "Москва",
            "city": "Москва", "street": "ул. Придуманная", "house": "1", "flat": "2", "zipCode": "101000",
            "fiasCode": "00000000-0000-0000-0000-000000000000", "vrfDdt": "0,0,0",
        }),
    )
}

/// A child as its parent sees it.
fn kid(access: &Access, child: &Account) -> Value {
    let mut kid = element(child.oid, json!({"trusted": child.trusted}));
    let mut put = |scope: &str, name: &str, value: Option<&str>| {
        if let (true, Some(value)) = (access.scopes.cover(scope), value) {
            kid[name] = value.into();
        }
    };
    put("kid_fullname", "lastName", Some(child.last_name));
    put("kid_fullname", "firstName", Some(child.first_name));
    put("kid_fullname", "middleName", child.middle_name);
    put("kid_birthdate", "birthDate", Some(child.birth_date));
    put("kid_snils", "snils", child.snils);
    kid
}

fn organisation(of: &Organisation) -> Value {
    json!({
        "stateFacts": ["Identifiable"], "eTag": format!("{:08X}", of.oid), "oid": of.oid,
        "fullName": of.full_name, "shortName": of.short_name, "ogrn": of.ogrn, "type": "LEGAL",
        "isLiquidated": false,
    })
}

fn role(account: &Account, of: &Organisation) -> Value {
    json!({
        "oid": of.oid, "prnOid": account.oid, "fullName": of.full_name, "shortName": of.short_name,
        "ogrn": of.ogrn, "type": "LEGAL", "chief": true, "admin": true, "active": true,
        "hasRightOfSubstitution": false, "hasApprovalTabAccess": false, "isLiquidated": false,
        "email": format!("{}@example.ru", account.key),
    })
}

/// An element with its number and tag.
fn element(id: u64, mut members: Value) -> Value {
    members["stateFacts"] = json!(["Identifiable"]);
    members["id"] = id.into();
    members["eTag"] = format!("{id:08X}").into();
    members
}
