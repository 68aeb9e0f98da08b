//! Which notices a person wants.

use std::rc::Rc;

use podpis_shared::wire::account::{AccountView, Notices};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::flow::Flow;
use super::load::use_act;
use super::parts::act_failed;
use super::push::{self, Ability};
use crate::api::account as api;
use crate::model::account::Event;
use crate::text::account as words;

/// Properties of [`NoticesCard`].
#[derive(PartialEq, Properties)]
pub(super) struct NoticesProps {
    pub(super) view: Rc<AccountView>,
    pub(super) flow: Flow,
}

/// The section.
#[component]
pub(super) fn NoticesCard(props: &NoticesProps) -> Html {
    let saving = use_act(&props.flow);
    let subscribing = use_act(&props.flow);
    let ability = use_state_eq(|| None::<Ability>);
    let saved = use_state_eq(|| false);
    use_effect_with((), {
        let ability = ability.setter();
        move |()| spawn_local(async move { ability.set(Some(push::ability().await)) })
    });
    let view = &props.view;
    let has_email = view.contacts.iter().any(|contact| contact.kind == "email");
    let save = {
        let (saving, saved, flow) = (saving.clone(), saved.setter(), props.flow.clone());
        move |notices: Notices| {
            let (saved, flow) = (saved.clone(), flow.clone());
            saved.set(false);
            saving.run(api::set_notices(notices), move |view| {
                flow.tell(Event::ViewRead(Ok(Rc::new(view))));
                saved.set(true);
            });
        }
    };
    let email = {
        let (save, notices) = (save.clone(), view.notices);
        Callback::from(move |on: bool| {
            save(Notices {
                email: on,
                ..notices
            })
        })
    };
    let key = match &*ability {
        Some(Ability::On(key) | Ability::Off(key)) => Some(key.clone()),
        _ => None,
    };
    let on = matches!(&*ability, Some(Ability::On(_))) && view.notices.push;
    let turn = {
        let (subscribing, ability) = (subscribing.clone(), ability.setter());
        let (key, notices) = (key.clone(), view.notices);
        Callback::from(move |on: bool| {
            let Some(key) = key.clone() else { return };
            let (ability, save) = (ability.clone(), save.clone());
            let request = async move {
                if on {
                    push::turn_on(key).await?;
                } else {
                    push::turn_off().await?;
                }
                Ok(push::ability().await)
            };
            subscribing.run(request, move |now| {
                ability.set(Some(now));
                if on && !notices.push {
                    save(Notices {
                        push: true,
                        ..notices
                    });
                }
            });
        })
    };
    let why = match &*ability {
        Some(Ability::Unsupported) => words::PUSH_UNSUPPORTED,
        Some(Ability::NoKey) => words::PUSH_NO_KEY,
        Some(Ability::Denied) => words::PUSH_DENIED,
        Some(Ability::On(_) | Ability::Off(_)) | None => "",
    };
    let by_email = Switch {
        id: "notice-email",
        label: words::NOTICE_EMAIL,
        why: if has_email {
            ""
        } else {
            words::NOTICE_EMAIL_NONE
        },
        on: view.notices.email && has_email,
        disabled: saving.running() || !has_email,
    };
    let by_push = Switch {
        id: "notice-push",
        label: words::NOTICE_PUSH,
        why,
        on,
        disabled: saving.running() || subscribing.running() || key.is_none(),
    };
    html! {
        <section class="card">
            <h2>{ words::NOTICES }</h2>
            <p class="soft">{ words::NOTICES_LEAD }</p>
            <div class="lines">
                { switch(&by_email, email) }
                { switch(&by_push, turn) }
            </div>
            { act_failed(&saving) }
            if subscribing.trouble().is_some() {
                <p class="failed" role="alert" data-testid="error">{ words::PUSH_FAILED }</p>
            }
            <p class="told" role="status">{ if *saved { words::SAVED } else { "" } }</p>
        </section>
    }
}

/// A switch: what it is, why it can't be changed (or empty).
struct Switch {
    id: &'static str,
    label: &'static str,
    why: &'static str,
    on: bool,
    disabled: bool,
}

fn switch(it: &Switch, change: Callback<bool>) -> Html {
    let on = it.on;
    let onchange = Callback::from(move |event: yew::Event| {
        let field = event.target_unchecked_into::<HtmlInputElement>();
        let wanted = field.checked();
        // It shows what is, and moves when the server has agreed.
        field.set_checked(on);
        change.emit(wanted);
    });
    let why = format!("{}-why", it.id);
    html! {
        <div class="line">
            <div>
                <label class="line-name" for={it.id}>{ it.label }</label>
                <p class="soft" id={why.clone()}>{ it.why }</p>
            </div>
            <input
                id={it.id}
                class="switch"
                type="checkbox"
                role="switch"
                data-testid={it.id}
                aria-describedby={why}
                checked={it.on}
                disabled={it.disabled}
                {onchange}
            />
        </div>
    }
}
