//! What the person accepted and consented to.

use std::rc::Rc;

use podpis_shared::Timestamp;
use podpis_shared::wire::account::{AcceptedAgreement, AccountView, ConsentItem};
use yew::prelude::*;

use super::flow::Flow;
use super::load::{use_act, use_load};
use super::parts::{self, act_failed};
use crate::api::account as api;
use crate::dom;
use crate::model::account::route::Route;
use crate::model::account::trouble::{Trouble, What};
use crate::text::{self, account as words};

/// Properties of [`Agreements`].
#[derive(PartialEq, Properties)]
pub(super) struct AgreementsProps {
    pub(super) view: Rc<AccountView>,
    pub(super) flow: Flow,
}

/// The page.
#[component]
pub(super) fn Agreements(props: &AgreementsProps) -> Html {
    let agreements = use_load(&props.flow, api::agreements);
    let consents = use_load(&props.flow, api::consents);
    let withdrawing = use_act(&props.flow);
    let told = use_state_eq(String::new);
    let withdraw = {
        let (withdrawing, told) = (withdrawing.clone(), told.setter());
        let set = Rc::new(consents.set());
        Callback::from(move |item: ConsentItem| {
            let (told, set) = (told.clone(), set.clone());
            let request = api::withdraw(item.document_id.clone());
            withdrawing.run(request, move |items| {
                set(items);
                told.set(words::withdrawn(&item));
            });
        })
    };
    let now = Timestamp::from_unix(dom::unix_now());
    html! {
        <>
            { parts::heading(Route::Agreements) }
            { for props.view.agreements_due.iter().map(|clinic| {
                let notice = words::agreement_due(&clinic.name);
                let open = {
                    let (flow, clinic) = (props.flow.clone(), clinic.clone());
                    Callback::from(move |_| flow.to_agreement(&clinic.id, &clinic.name))
                };
                html! {
                    <section class="card due" key={clinic.id.clone()}>
                        <h2>{ notice.title }</h2>
                        <p>{ notice.body }</p>
                        <p><button type="button" class="button button-main" onclick={open}>{ words::AGREEMENT_OPEN }</button></p>
                    </section>
                }
            }) }
            { parts::loaded(&agreements, |items| html! {
                <section class="card">
                    <h2>{ words::AGREEMENTS }</h2>
                    if items.is_empty() {
                        <p class="soft">{ words::AGREEMENTS_NONE }</p>
                    }
                    <ul class="lines">
                        { for items.iter().map(|item| html! {
                            <Accepted key={item.document_id.clone()} item={item.clone()} {now} flow={props.flow.clone()} />
                        }) }
                    </ul>
                </section>
            }) }
            { parts::loaded(&consents, |items| html! {
                <section class="card">
                    <h2>{ words::CONSENTS }</h2>
                    if items.is_empty() {
                        <p class="soft">{ words::CONSENTS_NONE }</p>
                    } else {
                        <p class="soft">{ words::CONSENTS_LEAD }</p>
                    }
                    <p class="told" role="status">{ (*told).clone() }</p>
                    { act_failed(&withdrawing) }
                    <ul class="lines">
                        { for items.iter().map(|item| html! {
                            <li
                                class="line"
                                key={item.document_id.clone()}
                                data-testid="consent"
                                data-document-id={item.document_id.clone()}
                                data-withdrawn={item.withdrawn_at.is_some().to_string()}
                            >
                                <div>
                                    <p class="line-name">
                                        <a href={format!("/account/document#{}", item.document_id)}>{ &item.title }</a>
                                    </p>
                                    <p class="soft">{ &item.clinic.name }</p>
                                    if let Some(whose) = words::consent_whose(item) {
                                        <p data-testid="consent-whose">{ whose }</p>
                                    }
                                    <p class="soft">{ words::consent_state(item, now) }</p>
                                </div>
                                if item.withdrawn_at.is_none() {
                                    <button
                                        type="button"
                                        class="button button-danger button-small"
                                        data-testid="consent-withdraw"
                                        aria-label={words::about_consent(item)}
                                        disabled={withdrawing.running()}
                                        onclick={
                                            let item = item.clone();
                                            withdraw.reform(move |_| item.clone())
                                        }
                                    >
                                        { if withdrawing.running() { words::WITHDRAWING } else { words::WITHDRAW } }
                                    </button>
                                }
                            </li>
                        }) }
                    </ul>
                </section>
            }) }
        </>
    }
}

/// Properties of [`Accepted`].
#[derive(PartialEq, Properties)]
struct AcceptedProps {
    item: AcceptedAgreement,
    now: Timestamp,
    flow: Flow,
}

/// One agreement, to open or to download.
#[component]
fn Accepted(props: &AcceptedProps) -> Html {
    let item = &props.item;
    let saving = use_act(&props.flow);
    let save = {
        let (saving, id, title) = (saving.clone(), item.document_id.clone(), item.title.clone());
        Callback::from(move |_| {
            let (id, name) = (id.clone(), text::file_name(&title, true));
            let request = async move {
                let blob = api::signed(&id).await?;
                dom::save(&blob, &name).map_err(|_| Trouble::new(What::Other))
            };
            saving.run(request, |()| {});
        })
    };
    html! {
        <li class="line" data-testid="agreement" data-document-id={item.document_id.clone()}>
            <div>
                <p class="line-name">
                    <a href={format!("/account/document#{}", item.document_id)}>{ &item.title }</a>
                    if item.outdated {
                        { " " }<span class="doc-new">{ words::AGREEMENT_OUTDATED }</span>
                    }
                </p>
                <p class="soft">{ &item.clinic.name }</p>
                <p class="soft">{ words::accepted(item.version, item.accepted_at, props.now) }</p>
                { act_failed(&saving) }
            </div>
            <button
                type="button"
                class="button button-second button-small"
                data-testid="agreement-download"
                aria-label={words::about_document(words::DOWNLOAD, &item.title, &item.clinic.name)}
                disabled={saving.running()}
                onclick={save}
            >
                { if saving.running() { words::DOWNLOADING } else { words::DOWNLOAD_SHORT } }
            </button>
        </li>
    }
}
