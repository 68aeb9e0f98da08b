//! What signing means by each way, why a way is not there, and the agreement that a code needs first.

use podpis_shared::wire::account::ClinicRef;
use podpis_shared::wire::patient::{Consent, DocumentView};
use yew::prelude::*;

use super::download::{Download, Kind};
use super::flow::Flow;
use crate::model::access::{ACCOUNT, agreement_address};
use crate::model::{Offers, Place};
use crate::text::{self, typeset, ways as words};

/// Ids of the statements: each button is described by its own.
pub(crate) const BY_ESIA: &str = "statement-esia";
pub(crate) const BY_CODE: &str = "statement-code";

/// Rule of what stands against a code because of the account's phone.
const PHONE: &str = "phone";

/// The statements over the buttons.
pub(crate) fn statements(offers: &Offers, document: &DocumentView, place: Place) -> Html {
    let code = offers.code.as_ref();
    let statement = |id: &'static str, title: &'static str, consent: &Consent| {
        let several = offers.esia.is_some() && code.is_some();
        html! {
            <div>
                if several {
                    <h3>{ title }</h3>
                }
                <p {id}>{ typeset(&consent.statement) }</p>
            </div>
        }
    };
    let note = |text: String| html! { <p class="small">{ text }</p> };
    let by_code = code.map(|code| {
        html! {
            <>
                { statement(BY_CODE, words::code_title(code.by_email), &code.consent) }
                { for code.to.as_deref().map(words::goes_to).map(note) }
            </>
        }
    });
    let named = document
        .agreement
        .as_ref()
        .and_then(|one| one.phone.as_deref());
    let by_esia = offers.esia.as_ref().map(|consent| {
        html! {
            <>
                { statement(BY_ESIA, words::ESIA_TITLE, consent) }
                { for named.map(words::names_phone).map(note) }
            </>
        }
    });
    html! {
        <section class="card statement">
            <h2>{ words::title(document.kind, place) }</h2>
            if offers.code_first {
                { for by_code }
                { for by_esia }
            } else {
                { for by_esia }
                { for by_code }
            }
            if code.is_some() && offers.esia.is_some() {
                <p class="small">{ words::CHOOSE }</p>
            }
            { for offers.refused.iter().map(|refusal| html! {
                <p class="small" data-testid="way-refused">
                    { words::refused(&refusal.sentence, refusal.law.as_deref()) }
                    if refusal.rule == PHONE && place.is_account() {
                        { " " }
                        <a href={format!("{ACCOUNT}#profile")}>{ words::PROFILE }</a>
                    }
                </p>
            }) }
        </section>
    }
}

/// A code could sign once the clinic's agreement has been accepted: what it is and where.
pub(crate) fn agreement_first(clinic: &ClinicRef, document: &DocumentView) -> Html {
    let href = agreement_address(&clinic.id, Some(&document.id));
    html! {
        <section class="card agreement-first">
            <h2>{ words::AGREEMENT_TITLE }</h2>
            <p>{ words::agreement(&clinic.name) }</p>
            <p><a class="button button-second" data-testid="agreement-open" {href}>{ words::AGREEMENT_OPEN }</a></p>
        </section>
    }
}

/// In the place of the bar for who only sees the document: who signs it.
pub(crate) fn seen_only(document: &DocumentView, flow: &Flow) -> Html {
    html! {
        <section class="card statement" data-testid="read-only">
            <h2>{ words::SEEN_TITLE }</h2>
            <p>{ words::seen(document.signed_for_me_by.as_deref()) }</p>
            <p>{ words::SEEN_WHY }</p>
            <p>
                <Download
                    kind={Kind::Original}
                    class="button button-second"
                    label={text::DOWNLOAD_ORIGINAL}
                    name={text::file_name(&document.title, false)}
                    flow={flow.clone()}
                />
            </p>
        </section>
    }
}
