//! How it is signed and delivered: what the law forbids can be seen and not chosen, with its reason.

use std::rc::Rc;

use podpis_shared::policy::{Allowed, Refusal};
use podpis_shared::{Delivery, Method, Parties, Purpose};
use web_sys::File;
use yew::prelude::*;

use super::super::fields::{Choice, Choices, Select, plain};
use super::Form;
use super::signatures::Signatures;
use crate::text::clinic::{rule, send as words};

/// Terms that can be chosen, in days.
const DAYS: [u16; 6] = [1, 3, 7, 14, 30, 90];

/// Signatures of the clinic, with their names in the form.
const SIGNERS: [(&str, &[&str], &str); 4] = [
    ("any", &[], words::SIGNERS_ANY),
    ("medic", &["medic"], words::SIGNERS_MEDIC),
    ("head", &["head"], words::SIGNERS_HEAD),
    ("medic-head", &["medic", "head"], words::SIGNERS_BOTH),
];

/// Properties of [`How`].
#[derive(PartialEq, Properties)]
pub(super) struct HowProps {
    pub(super) form: Form,
    /// Signatures that a document for keeping comes with.
    pub(super) signatures: Rc<Vec<File>>,
    /// Why the server did not take them.
    pub(super) refused: AttrValue,
    pub(super) give: Callback<Rc<Vec<File>>>,
}

/// The part.
#[component]
pub(super) fn How(props: &HowProps) -> Html {
    let form = &props.form;
    let draft = &form.draft;
    let kind = draft.kind_of(form.template());
    let signing = draft.purpose == Purpose::Signing;
    let own_file = form.template().is_none();
    html! {
        <section class="card">
            <h2 class="steps-title" data-step="3">{ if signing { words::HOW } else { words::HOW_TO_KEEP } }</h2>
            if own_file {
                <Choices
                    name="purpose" legend={words::PURPOSE} chosen={draft.purpose.as_str()}
                    choices={vec![
                        plain("signing", words::TO_SIGN),
                        Choice { note: words::TO_KEEP_NOTE.into(), ..plain("keeping", words::TO_KEEP) },
                    ]}
                    pick={form.picked(|draft, value| draft.purpose = Purpose::parse(value).unwrap_or_default())}
                />
            }
            if signing {
                { methods(form) }
            } else {
                <Signatures
                    given={props.signatures.clone()} refused={props.refused.clone()} give={props.give.clone()}
                />
            }
            { deliveries(form) }
            if signing {
                { parties(form, kind.needs_medic()) }
                <Select
                    name="send-days" legend={words::DAYS} chosen={draft.days.to_string()}
                    choices={DAYS.map(|days| plain(days.to_string(), words::days(days))).to_vec()}
                    pick={form.picked(|draft, value| draft.days = value.parse().unwrap_or(draft.days))}
                />
            }
            <div aria-live="polite" data-testid="law">{ law(&draft.chosen(kind, form.now)) }</div>
        </section>
    }
}

fn methods(form: &Form) -> Html {
    let draft = &form.draft;
    let kind = draft.kind_of(form.template());
    let choice = |method: Method, title, note: &'static str| {
        // With the delivery that suits it: a code works in the account only.
        let said = draft.way(kind, method, Delivery::Account, form.now);
        said_of(method.as_str(), title, note, said.err().as_ref())
    };
    html! {
        <Choices
            name="method" legend={words::METHOD} chosen={draft.method.as_str()}
            choices={vec![
                choice(Method::Esia, words::ESIA, words::ESIA_NOTE), choice(Method::Sms, words::SMS, words::SMS_NOTE),
            ]}
            pick={form.picked(|draft, value| draft.method = Method::parse(value).unwrap_or(draft.method))}
        />
    }
}

fn deliveries(form: &Form) -> Html {
    let draft = &form.draft;
    let kind = draft.kind_of(form.template());
    let choice = |delivery: Delivery, title, note: &'static str| {
        if draft.purpose == Purpose::Keeping {
            let off = delivery == Delivery::Link;
            let note = if off { words::KEEP_ACCOUNT_ONLY } else { note };
            let note = note.into();
            return Choice {
                off,
                note,
                ..plain(delivery.as_str(), title)
            };
        }
        // What forbids the method itself is said there.
        let refusal = draft.way(kind, draft.method, delivery, form.now).err();
        let elsewhere = draft
            .way(kind, draft.method, Delivery::Account, form.now)
            .is_err();
        let refusal = refusal.filter(|_| !elsewhere);
        said_of(delivery.as_str(), title, note, refusal.as_ref())
    };
    html! {
        <Choices
            name="delivery" legend={words::DELIVERY} chosen={draft.delivery.as_str()}
            choices={vec![
                choice(Delivery::Link, words::LINK, words::LINK_NOTE),
                choice(Delivery::Account, words::ACCOUNT, words::ACCOUNT_NOTE),
            ]}
            pick={form.picked(|draft, value| draft.delivery = Delivery::parse(value).unwrap_or(draft.delivery))}
        />
    }
}

fn parties(form: &Form, medic: bool) -> Html {
    let draft = &form.draft;
    let alone = Choice {
        off: medic,
        note: if medic { words::MEDIC_NEEDED } else { "" }.into(),
        ..plain(Parties::Patient.as_str(), words::PATIENT_ONLY)
    };
    let both = Choice {
        note: words::BOTH_NOTE.into(),
        ..plain(Parties::PatientAndClinic.as_str(), words::BOTH)
    };
    let signers = SIGNERS.iter().find(|(_, roles, _)| *roles == draft.signers);
    html! {
        <>
            <Choices
                name="parties" legend={words::PARTIES} chosen={draft.parties.as_str()} choices={vec![both, alone]}
                pick={form.picked(|draft, value| draft.parties = Parties::parse(value).unwrap_or(draft.parties))}
            />
            if draft.parties == Parties::PatientAndClinic {
                <Select
                    name="send-signers" legend={words::SIGNERS} chosen={signers.map_or("any", |(name, ..)| *name)}
                    choices={SIGNERS.map(|(name, _, title)| plain(name, title)).to_vec()}
                    pick={form.picked(|draft, value| {
                        let found = SIGNERS.iter().find(|(name, ..)| *name == value);
                        draft.signers = found.map_or_else(Vec::new, |(_, roles, _)| roles.to_vec());
                    })}
                />
            }
        </>
    }
}

/// A choice with the law's word on it.
fn said_of(
    value: &'static str,
    title: &'static str,
    note: &'static str,
    refusal: Option<&Refusal>,
) -> Choice {
    match refusal {
        None => Choice {
            note: note.into(),
            ..plain(value, title)
        },
        Some(refusal) => Choice {
            off: true,
            note: format!(
                "{} {}",
                refusal.sentence,
                rule(Some(refusal.rule), &refusal.law)
            )
            .into(),
            ..plain(value, title)
        },
    }
}

/// What the law says of the whole.
fn law(said: &Result<Option<Allowed>, Refusal>) -> Html {
    match said {
        Ok(None) => Html::default(),
        Ok(Some(allowed)) => html! {
            <div class="law" data-allowed="true">
                <p><strong>{ words::LAW_GOOD }</strong></p>
                { for allowed.basis.iter().map(|line| html! { <p class="hint">{ line }</p> }) }
                if allowed.needs_agreement {
                    <p class="hint">{ words::LAW_AGREEMENT }</p>
                }
            </div>
        },
        Err(refusal) => html! {
            <div class="law law-no" data-allowed="false">
                <p><strong>{ words::LAW_BAD }</strong></p>
                <p>{ &refusal.sentence }</p>
                <p class="hint">{ rule(Some(refusal.rule), &refusal.law) }</p>
            </div>
        },
    }
}
