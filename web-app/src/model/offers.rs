//! Which ways of signing the bar offers, and why the rest is not there: the server has asked the policy, this sorts its
//! answer.

use podpis_shared::Method;
use podpis_shared::policy::WayRefusal;
use podpis_shared::wire::account::ClinicRef;
use podpis_shared::wire::patient::{Consent, DocumentView, WayView};

/// The ways.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Offers {
    /// Through Gosuslugi, with the words for it.
    pub(crate) esia: Option<Consent>,
    /// The code stands before Gosuslugi: the server names the ways in their order.
    pub(crate) code_first: bool,
    /// By a code.
    pub(crate) code: Option<CodeOffer>,
    /// A code could sign, once this clinic's agreement has been accepted.
    pub(crate) agreement: Option<ClinicRef>,
    /// Why ways are not there.
    pub(crate) refused: Vec<WayRefusal>,
}

/// A code that would sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CodeOffer {
    /// The words for it.
    pub(crate) consent: Consent,
    /// By e-mail, not by SMS.
    pub(crate) by_email: bool,
    /// Where the code would go, its middle hidden.
    pub(crate) to: Option<String>,
}

impl Offers {
    /// The ways of a document; none for who only sees it, or once it is closed.
    pub(crate) fn of(view: &DocumentView) -> Self {
        if !view.may_act || !view.status.is_open() {
            return Self::default();
        }
        let offered = |is: fn(Method) -> bool| {
            let mut ways = view.ways.iter();
            ways.find_map(|w| Some((w, offered_words(w).filter(|_| is(w.way.method))?)))
        };
        let code = offered(|method| method != Method::Esia).map(|(view, consent)| CodeOffer {
            consent,
            by_email: view.way.method == Method::Email,
            to: view.to.clone(),
        });
        let esia = offered(|method| method == Method::Esia);
        let first = view.ways.iter().find(|way| way.way.offered);
        // What only an agreement stands against has a card of its own.
        let refused = view.ways.iter().filter(|view| !view.way.offered);
        let refused = refused.filter(|view| !view.way.needs_agreement);
        Self {
            code_first: first.is_some_and(|first| first.way.method != Method::Esia),
            esia: esia.map(|(_, consent)| consent),
            agreement: view.agreement_needed.clone().filter(|_| code.is_none()),
            code,
            refused: refused
                .filter_map(|view| view.way.refusal.clone())
                .collect(),
        }
    }
}

fn offered_words(view: &WayView) -> Option<Consent> {
    view.consent.clone().filter(|_| view.way.offered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::view;
    use podpis_shared::policy::Way;
    use podpis_shared::wire::patient::Wording;
    use podpis_shared::{Kind, Status};

    fn way(method: Method, state: Result<(), &str>, needs_agreement: bool) -> WayView {
        let refusal = state.err().map(|sentence| WayRefusal {
            rule: "R1".into(),
            law: Some("323-ФЗ ст. 20 ч. 7".into()),
            sentence: sentence.into(),
        });
        let wording = Wording {
            kind: Kind::PaidContract,
            method,
            on_behalf: false,
            age_unknown: false,
        };
        let consent = (state.is_ok() || needs_agreement).then(|| Consent::of(wording));
        WayView {
            way: Way {
                method,
                offered: state.is_ok(),
                refusal,
                needs_agreement,
            },
            consent,
            to: Some("+7 916 ***-**-67".into()),
        }
    }

    fn document(ways: Vec<WayView>) -> DocumentView {
        DocumentView {
            ways,
            ..view(Status::Opened)
        }
    }

    #[test]
    fn both_ways_each_with_its_own_words() {
        let document = document(vec![
            way(Method::Esia, Ok(()), false),
            way(Method::Sms, Ok(()), true),
        ]);
        let offers = Offers::of(&document);
        let (esia, code) = (offers.esia.unwrap(), offers.code.unwrap());
        assert_ne!(esia.version, code.consent.version);
        assert_eq!(code.to.as_deref(), Some("+7 916 ***-**-67"));
        assert!(!code.by_email && offers.refused.is_empty() && offers.agreement.is_none());
    }

    #[test]
    fn ways_come_over_the_wire_as_they_are() {
        for way in [
            way(Method::Esia, Ok(()), false),
            way(Method::Sms, Err("Нельзя."), true),
        ] {
            let json = serde_json::to_value(&way).unwrap();
            assert_eq!(json["method"], way.way.method.as_str());
            assert_eq!(serde_json::from_value::<WayView>(json).unwrap(), way);
        }
    }

    #[test]
    fn what_the_law_forbids_has_a_sentence_and_an_article() {
        let document = document(vec![
            way(Method::Esia, Ok(()), false),
            way(Method::Sms, Err("Нельзя."), false),
        ]);
        let offers = Offers::of(&document);
        assert!(offers.code.is_none() && offers.esia.is_some());
        let [refused] = offers.refused.try_into().unwrap();
        assert_eq!(refused.sentence, "Нельзя.");
        assert_eq!(refused.law.as_deref(), Some("323-ФЗ ст. 20 ч. 7"));
    }

    #[test]
    fn a_missing_agreement_is_an_offer_not_a_refusal() {
        let document = DocumentView {
            agreement_needed: Some(ClinicRef {
                id: "c1".into(),
                name: "Клиника".into(),
                logo: None,
            }),
            ..document(vec![
                way(Method::Esia, Ok(()), false),
                way(Method::Sms, Err("Сначала примите соглашение."), true),
            ])
        };
        let offers = Offers::of(&document);
        assert!(offers.code.is_none() && offers.refused.is_empty());
        assert_eq!(offers.agreement.unwrap().id, "c1");
    }

    #[test]
    fn nothing_for_who_only_sees_and_nothing_once_it_is_closed() {
        let ways = || vec![way(Method::Esia, Ok(()), false)];
        let seen = DocumentView {
            may_act: false,
            ..document(ways())
        };
        let signed = DocumentView {
            ways: ways(),
            ..view(Status::PatientSigned)
        };
        for document in [seen, signed] {
            assert_eq!(Offers::of(&document), Offers::default());
        }
    }

    #[test]
    fn the_ways_stand_in_the_servers_order() {
        let (esia, code) = (
            way(Method::Esia, Ok(()), false),
            way(Method::Email, Ok(()), false),
        );
        let offers = Offers::of(&document(vec![code.clone(), esia.clone()]));
        assert!(offers.code_first && offers.esia.is_some() && offers.code.unwrap().by_email);
        assert!(!Offers::of(&document(vec![esia.clone(), code])).code_first);
        // What is not offered stands before nothing.
        let refused = way(Method::Sms, Err("Нельзя."), false);
        assert!(!Offers::of(&document(vec![refused, esia])).code_first);
    }
}
