//! What a Russian qualified certificate says of its owner and of itself (FSB order 795 of 27.12.2011, RFC 9215).
//!
//! That a certificate has these parts does not make it a qualified one: that its authority was accredited does.

use crate::Certificate;
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Reader as _, Tag, Tagged as _};
use podpis_shared::Snils;
use x509_cert::ext::pkix::CertificatePolicies;

/// The facts. No `Debug`: they name a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Qualified {
    /// Surname and given names; the common name where they are missing.
    pub name: String,
    /// Position.
    pub position: Option<String>,
    /// Organisation; none in a personal certificate.
    pub organisation: Option<String>,
    /// ИНН of the organisation, 10 digits.
    pub organisation_inn: Option<String>,
    /// ИНН of the person, 12 digits.
    pub inn: Option<String>,
    /// ОГРН of the organisation.
    pub ogrn: Option<String>,
    /// ОГРНИП of an entrepreneur.
    pub ogrnip: Option<String>,
    /// СНИЛС of the person.
    pub snils: Option<Snils>,
    /// The owner's tool (`subjectSignTool`).
    pub owner_tool: Option<String>,
    /// The authority's tools and the papers of their conformity (`issuerSignTool`).
    pub issuer_tools: Option<IssuerTools>,
    /// Classes of tools that the certificate is for: `КС1`, `КС2`, …
    pub classes: Vec<&'static str>,
    /// How the owner was identified (`identificationKind`).
    pub identified: Option<u8>,
}

/// `issuerSignTool`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerTools {
    /// The tool of signing.
    pub tool: String,
    /// The tools of the authority.
    pub authority: String,
    /// The paper of the first one's conformity.
    pub tool_paper: String,
    /// The paper of the second one's conformity.
    pub authority_paper: String,
}

const OWNER_TOOL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.100.111");
const ISSUER_TOOLS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.100.112");
const IDENTIFICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.100.114");

const CLASSES: [(&str, &str); 6] = [
    ("1.2.643.100.113.1", "КС1"),
    ("1.2.643.100.113.2", "КС2"),
    ("1.2.643.100.113.3", "КС3"),
    ("1.2.643.100.113.4", "КВ1"),
    ("1.2.643.100.113.5", "КВ2"),
    ("1.2.643.100.113.6", "КА1"),
];

/// Longest text of an extension that is shown, in characters.
const TEXT_MAX: usize = 300;

impl Qualified {
    /// Reads a certificate; what can't be read is left out.
    pub fn of(certificate: &Certificate) -> Self {
        let part = |short| certificate.subject_part(short);
        let name = match (part("SN"), part("G")) {
            (Some(surname), Some(given)) => Some(format!("{surname} {given}")),
            _ => part("CN"),
        };
        let (organisation_inn, inn) = inns(part("ИНН ЮЛ"), part("ИНН"));
        Self {
            name: name.unwrap_or_else(|| certificate.subject_text()),
            position: part("T"),
            organisation: part("O"),
            organisation_inn,
            inn,
            ogrn: part("ОГРН"),
            ogrnip: part("ОГРНИП"),
            snils: part("СНИЛС").and_then(|text| Snils::parse(&text)),
            owner_tool: certificate.extension(OWNER_TOOL).and_then(text),
            issuer_tools: certificate.extension(ISSUER_TOOLS).and_then(issuer_tools),
            classes: classes(certificate),
            identified: certificate
                .extension(IDENTIFICATION)
                .and_then(|value| u8::from_der(value).ok()),
        }
    }

    /// A personal certificate: nothing of an organisation stands in it.
    pub const fn is_personal(&self) -> bool {
        self.organisation_inn.is_none() && self.ogrn.is_none()
    }

    /// It has the parts that every qualified certificate has.
    pub const fn has_qualified_form(&self) -> bool {
        self.owner_tool.is_some() && self.issuer_tools.is_some() && !self.classes.is_empty()
    }
}

/// Before 2020 an organisation's number stood in the person's place, filled up with zeros.
fn inns(organisation: Option<String>, person: Option<String>) -> (Option<String>, Option<String>) {
    match person {
        Some(old) if old.len() == 12 && old.starts_with("00") => {
            (organisation.or_else(|| old.get(2..).map(Into::into)), None)
        }
        Some(old) if old.len() == 10 => (organisation.or(Some(old)), None),
        person => (organisation, person),
    }
}

fn classes(certificate: &Certificate) -> Vec<&'static str> {
    let Ok(Some((_, policies))) = certificate.tbs().get::<CertificatePolicies>() else {
        return Vec::new();
    };
    let has = |oid: &str| {
        policies
            .0
            .iter()
            .any(|policy| policy.policy_identifier.to_string() == oid)
    };
    CLASSES
        .iter()
        .filter(|(oid, _)| has(oid))
        .map(|(_, class)| *class)
        .collect()
}

fn issuer_tools(value: &[u8]) -> Option<IssuerTools> {
    let outer = AnyRef::from_der(value).ok()?;
    let texts = outer
        .sequence(|reader| {
            let mut texts = Vec::new();
            while !reader.is_finished() && texts.len() < 4 {
                texts.push(reader.tlv_bytes()?);
            }
            // What others may add behind it.
            while !reader.is_finished() {
                reader.tlv_bytes()?;
            }
            Ok(texts)
        })
        .ok()?;
    let mut texts = texts.into_iter().map(text);
    let mut next = || texts.next().flatten();
    Some(IssuerTools {
        tool: next()?,
        authority: next()?,
        tool_paper: next()?,
        authority_paper: next()?,
    })
}

/// A string in DER, cut to what is shown, without what would steer the text around it.
fn text(der: &[u8]) -> Option<String> {
    let any = der::asn1::Any::from_der(der).ok()?;
    matches!(
        any.tag(),
        Tag::Utf8String
            | Tag::PrintableString
            | Tag::BmpString
            | Tag::TeletexString
            | Tag::Ia5String
    )
    .then(|| {
        crate::name::value_text(&any)
            .chars()
            .take(TEXT_MAX)
            .collect()
    })
}
