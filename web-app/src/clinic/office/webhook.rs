//! Where events are pushed, and what became of each.

use std::rc::Rc;

use podpis_shared::wire::mis::Page;
use yew::prelude::*;

use super::super::desk::{Desk, PageProps};
use super::super::entry::set;
use super::super::fields::{Select, TextField, plain};
use super::super::load::{Load, use_act, use_load};
use super::super::parts::{act_failed, empty, heading, loaded};
use super::keys::Once;
use crate::api::clinic as api;
use crate::dialog::Dialog;
use crate::model::clinic::route::Route;
use crate::model::clinic::seen::{Push, Webhook as View};
use crate::text::clinic::{documents, moment, office as words};

/// The page.
#[component]
pub(in crate::clinic) fn Webhook(props: &PageProps) -> Html {
    let view = use_load(&props.desk.flow, (), |()| api::webhook());
    html! {
        <>
            { heading(words::WEBHOOK, words::WEBHOOK_LEAD) }
            { loaded(&view, |webhook| html! {
                <Address desk={props.desk.clone()} webhook={webhook.clone()} view={view.clone()} />
            }) }
            <Deliveries desk={props.desk.clone()} />
        </>
    }
}

/// Properties of [`Address`].
#[derive(PartialEq, Properties)]
struct AddressProps {
    desk: Desk,
    webhook: Option<View>,
    view: Load<Option<View>>,
}

/// The address.
#[component]
fn Address(props: &AddressProps) -> Html {
    let url = use_state(|| {
        props
            .webhook
            .as_ref()
            .map_or_else(String::new, |w| w.url.clone())
    });
    let asking = use_state_eq(|| false);
    let act = use_act(&props.desk.flow);
    let onsubmit = {
        let (act, url, set) = (act.clone(), url.clone(), props.view.set());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let set = set.clone();
            if !act.running() {
                act.run(api::set_webhook(url.trim().to_owned()), move |webhook| {
                    set(Some(webhook))
                });
            }
        })
    };
    let remove = {
        let (act, url, set, asking) =
            (act.clone(), url.setter(), props.view.set(), asking.setter());
        Callback::from(move |()| {
            let (url, set) = (url.clone(), set.clone());
            asking.set(false);
            act.run(api::remove_webhook(), move |()| {
                url.set(String::new());
                set(None);
            });
        })
    };
    let ask = |to: bool| {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(to))
    };
    html! {
        <section class="card narrow">
            if let Some(webhook) = &props.webhook {
                <p data-testid="webhook-status" data-status={webhook.status.clone()}>
                    if webhook.status == "active" {
                        <span class="told">{ words::WEBHOOK_ACTIVE }</span>
                    } else {
                        <span class="failed">{ words::WEBHOOK_DISABLED }</span>
                    }
                </p>
                if let Some(until) = webhook.paused_until {
                    <p class="failed">{ words::paused(until) }</p>
                }
                if let Some(secret) = &webhook.secret {
                    <h2>{ words::WEBHOOK_SECRET }</h2>
                    <Once text={secret.clone()} testid="webhook-secret" />
                }
            }
            <form class="form" {onsubmit} novalidate=true>
                <TextField
                    id="webhook-url" label={words::WEBHOOK_URL} value={(*url).clone()} edit={set(&url)} max=2000
                    inputmode={Some("url")}
                />
                { act_failed(&act) }
                <div class="actions">
                    <button type="submit" class="button button-main" data-testid="webhook-save" disabled={act.running()}>
                        { words::WEBHOOK_SAVE }
                    </button>
                    if props.webhook.is_some() {
                        <button
                            type="button" class="button button-danger" data-testid="webhook-remove" disabled={act.running()}
                            onclick={ask(true).reform(|_| ())}
                        >
                            { words::WEBHOOK_REMOVE }
                        </button>
                    }
                </div>
            </form>
            <Dialog
                id="webhook-dialog" open={*asking} title={words::WEBHOOK_REMOVE_TITLE} confirm={words::WEBHOOK_REMOVE}
                testid="webhook-remove-confirm" busy={act.running()} on_confirm={remove} on_close={ask(false)}
            >
                <p>{ words::WEBHOOK_REMOVE_BODY }</p>
            </Dialog>
        </section>
    }
}

/// Properties of [`Deliveries`].
#[derive(PartialEq, Properties)]
struct DeliveriesProps {
    desk: Desk,
}

/// What was pushed.
#[component]
fn Deliveries(props: &DeliveriesProps) -> Html {
    let status = use_state_eq(String::new);
    let list = use_load(&props.desk.flow, (*status).clone(), |status| {
        api::pushes(status, None)
    });
    let act = use_act(&props.desk.flow);
    let pick = {
        let status = status.setter();
        Callback::from(move |value| status.set(value))
    };
    let replay = {
        let (act, again, flow) = (act.clone(), list.again.clone(), props.desk.flow.clone());
        Callback::from(move |id: String| {
            let (again, flow) = (again.clone(), flow.clone());
            act.run(api::push_again(id, api::once()), move |()| {
                flow.say(words::REPLAYED);
                again.emit(());
            });
        })
    };
    let more = {
        let (act, status, set) = (act.clone(), (*status).clone(), list.set());
        let page = list.here().cloned();
        Callback::from(move |_| {
            let (page, set) = (page.clone(), set.clone());
            let Some(page) = page else { return };
            act.run(
                api::pushes(status.clone(), page.next.clone()),
                move |further| {
                    set(joined(&page, further));
                },
            );
        })
    };
    html! {
        <>
            <div class="row">
                <h2>{ words::DELIVERIES }</h2>
                <Select
                    name="deliveries-status" legend={words::STATE} chosen={(*status).clone()} {pick}
                    choices={words::STATES.map(|(value, title)| plain(value, title)).to_vec()}
                />
            </div>
            { act_failed(&act) }
            { loaded(&list, |page| if page.items.is_empty() {
                empty(words::DELIVERIES_NONE, words::DELIVERIES_NONE_BODY, false)
            } else {
                html! {
                    <>
                        { table(&page.items, act.running(), &replay) }
                        if page.next.is_some() {
                            <button
                                type="button" class="button button-second more-row" disabled={act.running()} onclick={more}
                            >
                                { documents::MORE }
                            </button>
                        }
                    </>
                }
            }) }
        </>
    }
}

fn joined(page: &Rc<Page<Push>>, further: Page<Push>) -> Page<Push> {
    Page {
        items: page.items.iter().cloned().chain(further.items).collect(),
        next: further.next,
    }
}

fn table(pushes: &[Push], busy: bool, replay: &Callback<String>) -> Html {
    html! {
        <div class="table-box">
            <table class="table" data-testid="deliveries">
                <thead>
                    <tr>
                        <th scope="col">{ words::EVENT }</th>
                        <th scope="col">{ words::HAPPENED }</th>
                        <th scope="col">{ words::STATE }</th>
                        <th scope="col" class="number">{ words::TRIES }</th>
                        <th scope="col"><span class="visually-hidden">{ words::ACTIONS }</span></th>
                    </tr>
                </thead>
                <tbody>{ for pushes.iter().map(|push| row(push, busy, replay)) }</tbody>
            </table>
        </div>
    }
}

fn row(push: &Push, busy: bool, replay: &Callback<String>) -> Html {
    let good = matches!(push.status.as_str(), "delivered" | "queued");
    let why = push.reason.as_deref().map(documents::why);
    let answer = push.http_status.map(|status| format!("HTTP {status}"));
    let why: Vec<String> = why.map(str::to_owned).into_iter().chain(answer).collect();
    let onclick = {
        let id = push.id.clone();
        replay.reform(move |_: MouseEvent| id.clone())
    };
    html! {
        <tr key={push.id.clone()} data-testid="delivery" data-status={push.status.clone()}>
            <th scope="row">
                { &push.kind }
                if let Some(id) = &push.document_id {
                    <span class="soft"><a href={Route::Document(id.clone()).href()}>{ id }</a></span>
                }
            </th>
            <td>{ moment(push.created_at) }</td>
            <td>
                <span class={if good { "" } else { "failed" }}>{ words::push_state(&push.status) }</span>
                if !why.is_empty() {
                    <span class="soft">{ why.join(", ") }</span>
                }
            </td>
            <td class="number">{ push.attempts.len() }</td>
            <td>
                <div class="actions">
                    <button
                        type="button" class="button button-second button-tight" data-testid="replay" disabled={busy} {onclick}
                    >
                        { words::REPLAY }
                    </button>
                </div>
            </td>
        </tr>
    }
}
