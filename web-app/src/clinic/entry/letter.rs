//! A letter's link: an invitation, a password to be set anew, or a new second factor.

use podpis_shared::sensitive::Sensitive;
use podpis_shared::staff::password;
use podpis_shared::wire::staff::{AcceptInvitation, InvitationView, Purpose};
use yew::prelude::*;

use super::super::desk::Flow;
use super::super::fields::TextField;
use super::super::load::{Loaded, use_act, use_load};
use super::super::parts::{TITLE, act_failed, bones, failed};
use super::{next, set};
use crate::api::clinic::entry as api;
use crate::model::clinic::trouble::What;
use crate::text::clinic::entry as words;

/// Properties of [`Letter`].
#[derive(PartialEq, Properties)]
pub(in crate::clinic) struct LetterProps {
    pub(in crate::clinic) token: String,
    pub(in crate::clinic) flow: Flow,
}

/// The page.
#[component]
pub(in crate::clinic) fn Letter(props: &LetterProps) -> Html {
    let view = use_load(&props.flow, props.token.clone(), api::invitation);
    match view.now() {
        Loaded::Waiting => bones(),
        Loaded::Here(view) => html! {
            <Accept token={props.token.clone()} view={(**view).clone()} flow={props.flow.clone()} />
        },
        Loaded::Failed(trouble) if matches!(trouble.what, What::Refused(_)) => html! {
            <section class="card entry">
                <h1 id={TITLE} tabindex="-1" data-testid="error">{ words::LETTER_OLD }</h1>
                <p>{ words::LETTER_OLD_BODY }</p>
                <p><a class="button button-main" href="#documents">{ words::TO_LOGIN }</a></p>
            </section>
        },
        Loaded::Failed(trouble) => failed(trouble, view.again.clone(), "h1"),
    }
}

/// Properties of [`Accept`].
#[derive(PartialEq, Properties)]
struct AcceptProps {
    token: String,
    view: InvitationView,
    flow: Flow,
}

/// The form.
#[component]
fn Accept(props: &AcceptProps) -> Html {
    let view = &props.view;
    let name = use_state(|| view.name.clone());
    let password = use_state(String::new);
    let told = use_state_eq(|| "");
    let act = use_act(&props.flow);
    let new = match view.purpose {
        Purpose::Invite => !view.known,
        Purpose::Reset => true,
        Purpose::Factor => false,
    };
    let asks_name = view.purpose == Purpose::Invite && !view.known;
    let asks_password = new || view.purpose == Purpose::Factor;
    let onsubmit = {
        let (name, password, told, act) =
            (name.clone(), password.clone(), told.setter(), act.clone());
        let (token, flow, email) = (props.token.clone(), props.flow.clone(), view.email.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let weak = password::check(&password, &email).err().filter(|_| new);
            told.set(weak.map_or("", password::Weak::sentence));
            if weak.is_some() || act.running() {
                return;
            }
            let name = name.trim().to_owned();
            let accept = AcceptInvitation {
                token: Sensitive::new(token.clone()),
                name: Some(name).filter(|name| asks_name && !name.is_empty()),
                password: asks_password.then(|| Sensitive::new((*password).clone())),
            };
            let flow = flow.clone();
            act.run(api::accept(accept), move |step| flow.tell(next(step)));
        })
    };
    html! {
        <section class="card entry">
            <p class="eyebrow" data-testid="clinic-name">{ &view.clinic_name }</p>
            <h1 id={TITLE} tabindex="-1">{ words::letter_title(view.purpose) }</h1>
            <p>{ words::letter_lead(view) }</p>
            <form class="form" {onsubmit} novalidate=true>
                // So that the browser keeps the password under the right name.
                <input type="hidden" name="username" autocomplete="username" value={view.email.clone()} />
                if asks_name {
                    <TextField
                        id="invite-name" label={words::NAME} value={(*name).clone()} edit={set(&name)}
                        autocomplete="name" max=200
                    />
                }
                if asks_password {
                    <TextField
                        id="invite-password" kind="password" max=200
                        label={if new { words::NEW_PASSWORD } else { words::PASSWORD }}
                        hint={if new { words::PASSWORD_HINT } else { "" }} error={*told}
                        autocomplete={if new { "new-password" } else { "current-password" }}
                        value={(*password).clone()} edit={set(&password)}
                    />
                }
                { act_failed(&act) }
                <button
                    type="submit" class="button button-main button-wide" data-testid="invite-submit"
                    disabled={act.running()}
                >
                    { if act.running() { words::CHECKING } else { words::letter_submit(view.purpose) } }
                </button>
            </form>
        </section>
    }
}
