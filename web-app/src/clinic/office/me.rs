//! The person's own profile: password, devices, second factors.

use podpis_shared::staff::password;
use podpis_shared::wire::staff::{PasskeyView, SessionView};
use yew::prelude::*;

use super::super::desk::{Desk, PageProps};
use super::super::entry::{can_be_made, create, set};
use super::super::fields::TextField;
use super::super::load::{use_act, use_load};
use super::super::parts::{act_failed, fact, heading, loaded, refused};
use crate::api::clinic::entry as api;
use crate::model::clinic::draft::Flaw;
use crate::model::clinic::passkey::NoPasskey;
use crate::text::clinic::{entry, moment, office as words, send};

/// The page.
#[component]
pub(in crate::clinic) fn Me(props: &PageProps) -> Html {
    let me = &props.desk.me;
    html! {
        <>
            { heading(words::ME, "") }
            <section class="card narrow">
                <dl class="facts">
                    { fact(words::PERSON, me.name.clone()) }
                    { fact(words::INVITE_EMAIL, me.email.clone()) }
                    { fact(words::ROLE, me.role.title()) }
                    { fact(words::ME_MAY, words::role_may(me.role)) }
                </dl>
            </section>
            <Factors desk={props.desk.clone()} />
            <Password desk={props.desk.clone()} />
            <Sessions desk={props.desk.clone()} />
        </>
    }
}

/// Properties of the parts.
#[derive(PartialEq, Properties)]
struct PartProps {
    desk: Desk,
}

/// Passkeys, and what there is beside them.
#[component]
fn Factors(props: &PartProps) -> Html {
    let list = use_load(&props.desk.flow, (), |()| api::passkeys());
    let name = use_state(String::new);
    let (told, flaw) = (use_state_eq(|| ""), use_state_eq(|| ""));
    let (add, take) = (use_act(&props.desk.flow), use_act(&props.desk.flow));
    let busy = add.running() || take.running();
    let onsubmit = {
        let (add, take, name) = (add.clone(), take.clone(), name.clone());
        let (told, flaw, again) = (told.setter(), flaw.setter(), list.again.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let called = name.trim().to_owned();
            flaw.set(if called.is_empty() {
                send::flaw(Flaw::Empty)
            } else {
                ""
            });
            if add.running() || take.running() || called.is_empty() {
                return;
            }
            take.forget();
            told.set("");
            let (name, told, again) = (name.setter(), told.clone(), again.clone());
            let request = async move {
                let options = api::begin_passkey().await?;
                api::add_passkey(create(options, called).await?).await
            };
            add.run(request, move |()| {
                name.set(String::new());
                told.set(words::PASSKEY_ADDED);
                again.emit(());
            });
        })
    };
    let remove = {
        let (add, take) = (add.clone(), take.clone());
        let (told, again) = (told.setter(), list.again.clone());
        Callback::from(move |id: String| {
            let again = again.clone();
            add.forget();
            told.set("");
            take.run(api::remove_passkey(id), move |()| again.emit(()));
        })
    };
    let trouble = add.trouble().or(take.trouble());
    let stale = trouble.is_some_and(|trouble| trouble.is("proof_needed"));
    html! {
        <section class="card narrow">
            <h2>{ words::FACTORS }</h2>
            <p>{ words::factors(props.desk.me.has_totp, props.desk.me.recovery_codes) }</p>
            { loaded(&list, |keys| html! {
                <ul class="lines" data-testid="passkeys">
                    { for keys.iter().map(|key| passkey(key, busy, &remove)) }
                </ul>
            }) }
            if can_be_made() {
                <form class="row" {onsubmit} novalidate=true>
                    <TextField
                        id="passkey-name" label={words::PASSKEY_NAME} value={(*name).clone()} edit={set(&name)} max=60
                        error={*flaw}
                    />
                    <button type="submit" class="button button-second" data-testid="passkey-add" disabled={busy}>
                        { if add.running() { entry::PASSKEY_WAITS } else { words::PASSKEY_ADD } }
                    </button>
                </form>
                <p class="hint">{ words::PASSKEY_HINT }</p>
            } else {
                <p class="hint" data-testid="passkey-impossible">{ entry::no_passkey(NoPasskey::Impossible) }</p>
            }
            <p class="told" role="status">{ *told }</p>
            if stale {
                <p class="failed" role="alert" data-testid="error">{ words::FRESH }</p>
            } else {
                { refused(trouble) }
            }
        </section>
    }
}

fn passkey(key: &PasskeyView, busy: bool, remove: &Callback<String>) -> Html {
    let onclick = {
        let id = key.id.clone();
        remove.reform(move |_: MouseEvent| id.clone())
    };
    html! {
        <li class="line" key={key.id.clone()} data-testid="passkey">
            <div>
                <p class="line-name">{ &key.name }</p>
                <p class="soft">
                    { words::KEY_USED }{ ": " }{ key.used_at.map_or_else(|| words::KEY_NEVER.to_owned(), moment) }
                </p>
            </div>
            <button type="button" class="button button-danger button-tight" disabled={busy} {onclick}>{ words::REMOVE }</button>
        </li>
    }
}

/// Another password.
#[component]
fn Password(props: &PartProps) -> Html {
    let (old, new) = (use_state(String::new), use_state(String::new));
    let flaw = use_state_eq(|| "");
    let act = use_act(&props.desk.flow);
    let onsubmit = {
        let (old, new, act) = (old.clone(), new.clone(), act.clone());
        let (flaw, desk) = (flaw.setter(), props.desk.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let weak = password::check(&new, &desk.me.email).err();
            flaw.set(weak.map_or("", password::Weak::sentence));
            if weak.is_some() || act.running() {
                return;
            }
            let (flow, cleared) = (desk.flow.clone(), [old.setter(), new.setter()]);
            act.run(
                api::change_password((*old).clone(), (*new).clone()),
                move |()| {
                    cleared.iter().for_each(|field| field.set(String::new()));
                    flow.say(words::PASSWORD_SAVED);
                },
            );
        })
    };
    let mistyped = act
        .trouble()
        .is_some_and(|trouble| trouble.is("wrong_password"));
    let other = act.trouble().filter(|_| !mistyped).cloned();
    html! {
        <form class="card narrow" {onsubmit} novalidate=true>
            <h2>{ words::PASSWORD }</h2>
            <div class="pair">
                <TextField
                    id="password-old" kind="password" autocomplete="current-password" label={words::PASSWORD_OLD} max=200
                    value={(*old).clone()} edit={set(&old)} error={if mistyped { words::PASSWORD_WRONG } else { "" }}
                />
                <TextField
                    id="password-new" kind="password" autocomplete="new-password" label={words::PASSWORD_NEW} max=200
                    value={(*new).clone()} edit={set(&new)} error={*flaw}
                />
            </div>
            { refused(other.as_ref()) }
            <div class="actions">
                <button type="submit" class="button button-second" data-testid="password-save" disabled={act.running()}>
                    { words::PASSWORD_SAVE }
                </button>
            </div>
        </form>
    }
}

/// Where the person is signed in.
#[component]
fn Sessions(props: &PartProps) -> Html {
    let list = use_load(&props.desk.flow, (), |()| api::sessions());
    let told = use_state_eq(|| "");
    let act = use_act(&props.desk.flow);
    let end = {
        let (act, again, told) = (act.clone(), list.again.clone(), told.setter());
        Callback::from(move |_| {
            let (again, told) = (again.clone(), told.clone());
            act.run(api::end_others(), move |()| {
                told.set(words::SESSIONS_ENDED);
                again.emit(());
            });
        })
    };
    html! {
        <section class="card narrow">
            <h2>{ words::SESSIONS }</h2>
            { loaded(&list, |sessions| html! {
                <ul class="lines" data-testid="sessions">{ for sessions.iter().map(session) }</ul>
            }) }
            <p class="told" role="status">{ *told }</p>
            { act_failed(&act) }
            <div class="actions">
                <button
                    type="button" class="button button-danger" data-testid="sessions-end" disabled={act.running()} onclick={end}
                >
                    { words::SESSIONS_END }
                </button>
            </div>
        </section>
    }
}

fn session(session: &SessionView) -> Html {
    html! {
        <li class="line" key={session.id.clone()} data-testid="session" data-current={session.current.to_string()}>
            <div>
                <p class="line-name">
                    { &session.name }
                    if session.current {
                        { " " }<span class="doc-new">{ words::SESSION_THIS }</span>
                    }
                </p>
                <p class="soft">{ words::session(session.created_at, session.seen_at) }</p>
            </div>
        </li>
    }
}
