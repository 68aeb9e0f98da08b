//! Keys of the API.

use yew::prelude::*;

use super::super::desk::PageProps;
use super::super::entry::set;
use super::super::fields::TextField;
use super::super::load::{use_act, use_load};
use super::super::parts::{act_failed, empty, heading, loaded};
use crate::api::clinic as api;
use crate::dialog::Dialog;
use crate::dom;
use crate::model::clinic::seen::Key;
use crate::text::clinic::{moment, office as words};

/// The page.
#[component]
pub(in crate::clinic) fn Keys(props: &PageProps) -> Html {
    let list = use_load(&props.desk.flow, (), |()| api::keys());
    let (make, revoke) = (use_act(&props.desk.flow), use_act(&props.desk.flow));
    let label = use_state(String::new);
    let fresh = use_state(|| None::<String>);
    let revoking = use_state(|| None::<String>);
    let onsubmit = {
        let (make, label, fresh, again) = (
            make.clone(),
            label.clone(),
            fresh.setter(),
            list.again.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if make.running() {
                return;
            }
            let name = Some(label.trim().to_owned()).filter(|name| !name.is_empty());
            let (fresh, again, label) = (fresh.clone(), again.clone(), label.setter());
            make.run(api::make_key(name), move |key| {
                fresh.set(Some(key.api_key));
                label.set(String::new());
                again.emit(());
            });
        })
    };
    let on_revoke = {
        let (revoke, again, revoking) = (revoke.clone(), list.again.clone(), revoking.clone());
        Callback::from(move |()| {
            let Some(id) = (*revoking).clone() else {
                return;
            };
            let again = again.clone();
            revoking.set(None);
            revoke.run(api::revoke_key(id), move |()| again.emit(()));
        })
    };
    let ask = {
        let revoking = revoking.setter();
        Callback::from(move |id: Option<String>| revoking.set(id))
    };
    html! {
        <>
            { heading(words::KEYS, words::KEYS_LEAD) }
            if let Some(key) = (*fresh).clone() {
                <section class="card notice notice-good" role="status">
                    <h2 class="notice-title">{ words::KEY_ONCE }</h2>
                    <Once text={key} testid="new-key" />
                </section>
            }
            { act_failed(&revoke) }
            { loaded(&list, |keys| if keys.is_empty() {
                empty(words::KEYS_NONE, words::KEYS_NONE_BODY, false)
            } else {
                html! {
                    <section class="card narrow">
                        <ul class="lines" data-testid="keys">
                            { for keys.iter().map(|key| line(key, revoke.running(), &ask)) }
                        </ul>
                    </section>
                }
            }) }
            <form class="card narrow" {onsubmit} novalidate=true>
                <h2>{ words::KEY_MAKE }</h2>
                <TextField
                    id="key-label" label={words::KEY_LABEL} hint={words::KEY_LABEL_HINT} optional=true max=100
                    value={(*label).clone()} edit={set(&label)}
                />
                { act_failed(&make) }
                <button type="submit" class="button button-main" data-testid="key-make" disabled={make.running()}>
                    { words::KEY_MAKE }
                </button>
            </form>
            <Dialog
                id="revoke-dialog" open={revoking.is_some()} title={words::KEY_REVOKE_TITLE} confirm={words::KEY_REVOKE}
                testid="key-revoke-confirm" busy={revoke.running()} on_confirm={on_revoke} on_close={ask.reform(|()| None)}
            >
                <p>{ words::KEY_REVOKE_BODY }</p>
            </Dialog>
        </>
    }
}

fn line(key: &Key, busy: bool, ask: &Callback<Option<String>>) -> Html {
    let used = key
        .last_used_at
        .map_or_else(|| words::KEY_NEVER.to_owned(), moment);
    html! {
        <li class="line" key={key.id.clone()} data-testid="key">
            <div>
                <p class="line-name">{ key.label.as_deref().unwrap_or(words::KEY_NAMELESS) }</p>
                <p class="soft">{ words::KEY_MADE }{ " " }{ moment(key.created_at) }</p>
                <p class="soft">{ words::KEY_USED }{ ": " }{ used }</p>
            </div>
            <button
                type="button" class="button button-danger button-tight" data-testid="key-revoke" disabled={busy}
                onclick={
                    let id = key.id.clone();
                    ask.reform(move |_: MouseEvent| Some(id.clone()))
                }
            >
                { words::KEY_REVOKE }
            </button>
        </li>
    }
}

/// Properties of [`Once`].
#[derive(PartialEq, Properties)]
pub(super) struct OnceProps {
    pub(super) text: String,
    pub(super) testid: &'static str,
}

/// Something that is shown this once, to be copied.
#[component]
pub(super) fn Once(props: &OnceProps) -> Html {
    let copied = use_state_eq(|| false);
    let copy = {
        let (copied, text) = (copied.setter(), props.text.clone());
        Callback::from(move |_| {
            let (copied, text) = (copied.clone(), text.clone());
            wasm_bindgen_futures::spawn_local(async move {
                copied.set(dom::copy(&text).await);
            });
        })
    };
    html! {
        <>
            <p class="once" data-testid={props.testid}>{ &props.text }</p>
            <div class="row row-middle">
                <button type="button" class="button button-second" data-testid="copy" onclick={copy}>{ words::COPY }</button>
                <p class="told" role="status">{ if *copied { words::COPIED } else { "" } }</p>
            </div>
        </>
    }
}
