//! The exact words that a person agrees to.

use crate::document::{Kind, Method};
use serde::{Deserialize, Serialize};

/// The exact words that the person sees next to the button; kept as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Changes with every change of the words.
    pub version: String,
    /// The statement above the button.
    pub statement: String,
    /// The button.
    pub button: String,
}

/// What the words depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording {
    /// Kind of the document.
    pub kind: Kind,
    /// Way of signing.
    pub method: Method,
    /// A representative signs.
    pub on_behalf: bool,
    /// Nobody knows how old the person is, so they say themselves that they are of age.
    pub age_unknown: bool,
}

impl Consent {
    /// The words for a document that its patient signs through ESIA.
    pub fn for_kind(kind: Kind) -> Self {
        Self::of(Wording {
            kind,
            method: Method::Esia,
            on_behalf: false,
            age_unknown: false,
        })
    }

    /// The words for accepting a clinic's agreement in the account. ESIA tells how old the person is, so nobody says it there.
    pub fn of_acceptance(method: Method, age_unknown: bool) -> Self {
        if method == Method::Esia {
            return Self {
                version: "2026-11-1-esia-accept".into(),
                statement: "Нажимая кнопку, я подтверждаю, что прочитал(а) соглашение целиком, принимаю его условия и \
                            подписываю его простой электронной подписью через Госуслуги."
                    .into(),
                button: "Принять через Госуслуги".into(),
            };
        }
        Self::of(Wording {
            kind: Kind::UserAgreement,
            method,
            on_behalf: false,
            age_unknown,
        })
    }

    /// The words in force now.
    pub fn of(wording: Wording) -> Self {
        let behalf = if wording.on_behalf {
            ", действуя от имени пациента,"
        } else {
            ""
        };
        // A statement that begins with the code need not end with it.
        let (press, by, how) = match wording.method {
            Method::Esia => ("Нажимая кнопку", " через Госуслуги", "через Госуслуги"),
            Method::Sms => ("Вводя код из СМС", "", "кодом из СМС"),
            Method::Email => ("Вводя код из письма", "", "кодом из письма"),
        };
        if is_offer(wording) {
            let of_age = if wording.age_unknown {
                "мне исполнилось 18 лет, "
            } else {
                ""
            };
            return Self {
                version: version(wording),
                statement: format!(
                    "{press}, я{behalf} подтверждаю, что прочитал(а) соглашение целиком, {of_age}принимаю его условия и \
                     подписываю его простой электронной подписью{by}."
                ),
                button: "Принять соглашение".into(),
            };
        }
        let subject = match wording.kind {
            Kind::Ids => "даю информированное добровольное согласие на условиях этого документа",
            Kind::Refusal => {
                "отказываюсь от медицинского вмешательства, последствия мне разъяснены"
            }
            _ => "согласен(на) с его содержанием",
        };
        Self {
            version: version(wording),
            statement: format!(
                "{press}, я{behalf} подтверждаю, что прочитал(а) документ целиком, {subject} и подписываю его простой \
                 электронной подписью{by}."
            ),
            // Nobody takes a refusal for a consent.
            button: match wording.kind {
                Kind::Refusal => format!("Подписать отказ {how}"),
                _ => format!("Подписать {how}"),
            },
        }
    }
}

/// An agreement that a code accepts; what a clinic sends for ESIA is signed like any document.
fn is_offer(wording: Wording) -> bool {
    let offer = matches!(wording.kind, Kind::UserAgreement | Kind::EdoAgreement);
    offer && wording.method != Method::Esia
}

/// One for each set of words; the kind, which stands in the record too, is not named in it.
fn version(wording: Wording) -> String {
    let mut version = String::from(match wording.kind {
        Kind::Refusal => "2026-11-2",
        _ => "2026-11-1",
    });
    if wording.method != Method::Esia {
        version.push('-');
        version.push_str(wording.method.as_str());
    }
    if is_offer(wording) {
        version.push_str("-accept");
        if wording.age_unknown {
            version.push_str("-of-age");
        }
    }
    if wording.on_behalf {
        version.push_str("-behalf");
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn all() -> impl Iterator<Item = Wording> {
        let flags = [(false, false), (false, true), (true, false), (true, true)];
        Kind::ALL.iter().flat_map(move |kind| {
            Method::ALL.iter().flat_map(move |method| {
                flags.map(|(on_behalf, age_unknown)| Wording {
                    kind: *kind,
                    method: *method,
                    on_behalf,
                    age_unknown,
                })
            })
        })
    }

    #[test]
    fn other_words_are_another_version() {
        let mut known = BTreeMap::new();
        for wording in all() {
            let consent = Consent::of(wording);
            let key = (consent.version.clone(), wording.kind);
            let words = known.entry(key).or_insert_with(|| consent.clone());
            assert_eq!(*words, consent, "{wording:?}");
        }
    }

    #[test]
    fn an_agreement_of_the_account_is_accepted_in_words_of_its_own() {
        let esia = Consent::of_acceptance(Method::Esia, true);
        assert_eq!(esia, Consent::of_acceptance(Method::Esia, false));
        assert!(esia.statement.contains("соглашение") && !esia.statement.contains("18 лет"));
        for wording in all().filter(|wording| wording.kind == Kind::UserAgreement) {
            assert_ne!(Consent::of(wording).version, esia.version, "{wording:?}");
        }
        let code = Consent::of_acceptance(Method::Sms, true);
        assert_eq!(code.version, "2026-11-1-sms-accept-of-age");
    }

    #[test]
    fn the_words_of_links_are_the_known_ones() {
        let consent = Consent::for_kind(Kind::Ids);
        assert_eq!(consent.version, "2026-11-1");
        assert_eq!(
            consent.statement,
            "Нажимая кнопку, я подтверждаю, что прочитал(а) документ целиком, даю информированное добровольное согласие \
             на условиях этого документа и подписываю его простой электронной подписью через Госуслуги."
        );
        assert_eq!(consent.button, "Подписать через Госуслуги");
    }

    #[test]
    fn each_way_says_what_it_is() {
        let of = |kind, method, age_unknown| {
            let on_behalf = false;
            Consent::of(Wording {
                kind,
                method,
                on_behalf,
                age_unknown,
            })
        };
        let contract = of(Kind::PaidContract, Method::Sms, false);
        assert_eq!(contract.button, "Подписать кодом из СМС");
        assert!(
            contract
                .statement
                .starts_with("Вводя код из СМС, я подтверждаю")
        );
        let refusal = of(Kind::Refusal, Method::Esia, false);
        assert_eq!(refusal.button, "Подписать отказ через Госуслуги");
        let offer = of(Kind::UserAgreement, Method::Email, true);
        assert_eq!(offer.button, "Принять соглашение");
        assert!(offer.statement.contains("мне исполнилось 18 лет"));
        assert_eq!(offer.version, "2026-11-1-email-accept-of-age");
        let known = of(Kind::UserAgreement, Method::Sms, false);
        assert!(!known.statement.contains("18 лет"));
        let acting = Consent::of(Wording {
            kind: Kind::Ids,
            method: Method::Esia,
            on_behalf: true,
            age_unknown: false,
        });
        let words = "Нажимая кнопку, я, действуя от имени пациента, подтверждаю";
        assert!(acting.statement.starts_with(words));
        assert_eq!(
            of(Kind::UserAgreement, Method::Esia, true).button,
            "Подписать через Госуслуги"
        );
    }
}
