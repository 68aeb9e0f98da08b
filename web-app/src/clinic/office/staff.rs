//! Who works in the clinic's console.

use podpis_shared::Email;
use podpis_shared::staff::Role;
use yew::prelude::*;

use super::super::desk::PageProps;
use super::super::entry::set;
use super::super::fields::{Choice, Choices, Select, TextField, plain};
use super::super::load::{use_act, use_load};
use super::super::parts::{act_failed, heading, loaded};
use crate::api::clinic as api;
use crate::dialog::Dialog;
use crate::model::clinic::seen::Colleague;
use crate::text::clinic::{moment, office as words};

/// The page.
#[component]
pub(in crate::clinic) fn Staff(props: &PageProps) -> Html {
    let list = use_load(&props.desk.flow, (), |()| api::staff());
    let act = use_act(&props.desk.flow);
    let removing = use_state(|| None::<Colleague>);
    let role = {
        let (act, again, flow) = (act.clone(), list.again.clone(), props.desk.flow.clone());
        Callback::from(move |(who, role): (Colleague, Role)| {
            let (again, flow) = (again.clone(), flow.clone());
            let told = words::role_set(name(&who), role);
            act.run(api::set_role(who.id, role), move |()| {
                flow.say(told);
                again.emit(());
            });
        })
    };
    let letter = {
        let (act, flow) = (act.clone(), props.desk.flow.clone());
        Callback::from(move |who: Colleague| {
            let flow = flow.clone();
            act.run(api::invite_again(who.id), move |()| {
                flow.say(words::invited(&who.email))
            });
        })
    };
    let remove = {
        let (act, again, removing) = (act.clone(), list.again.clone(), removing.clone());
        Callback::from(move |()| {
            let Some(who) = (*removing).clone() else {
                return;
            };
            let again = again.clone();
            removing.set(None);
            act.run(api::remove_colleague(who.id), move |()| again.emit(()));
        })
    };
    let ask = {
        let removing = removing.setter();
        Callback::from(move |who: Option<Colleague>| removing.set(who))
    };
    let mine = props.desk.me.id.clone();
    html! {
        <>
            { heading(words::STAFF, words::STAFF_LEAD) }
            { act_failed(&act) }
            { loaded(&list, |list| html! {
                <div class="table-box">
                    <table class="table" data-testid="staff">
                        <thead>
                            <tr>
                                <th scope="col">{ words::PERSON }</th>
                                <th scope="col">{ words::ROLE }</th>
                                <th scope="col">{ words::SEEN }</th>
                                <th scope="col"><span class="visually-hidden">{ words::ACTIONS }</span></th>
                            </tr>
                        </thead>
                        <tbody>
                            { for list.iter().map(|who| row(who, *who.id == mine, act.running(), &role, &letter, &ask)) }
                        </tbody>
                    </table>
                </div>
            }) }
            <Invite desk={props.desk.clone()} again={list.again.clone()} />
            <Dialog
                id="remove-dialog" open={removing.is_some()} testid="staff-remove-confirm" busy={act.running()}
                title={removing.as_ref().map_or_else(String::new, |who| words::remove(name(who)))}
                confirm={words::REMOVE} on_confirm={remove} on_close={ask.reform(|()| None)}
            >
                <p>{ words::REMOVE_BODY }</p>
            </Dialog>
        </>
    }
}

fn row(
    who: &Colleague,
    mine: bool,
    busy: bool,
    role: &Callback<(Colleague, Role)>,
    letter: &Callback<Colleague>,
    ask: &Callback<Option<Colleague>>,
) -> Html {
    let pick = {
        let (role, who) = (role.clone(), who.clone());
        Callback::from(move |value: String| {
            if let Some(to) = Role::parse(&value).filter(|to| *to != who.role) {
                role.emit((who.clone(), to));
            }
        })
    };
    let of = |who: &Colleague| {
        let who = who.clone();
        move |_: MouseEvent| who.clone()
    };
    let invited = who.state == "invited";
    html! {
        <tr key={who.id.clone()} data-testid="colleague" data-email={who.email.clone()} data-state={who.state.clone()}>
            <th scope="row">
                { name(who) }
                if mine {
                    { words::YOU }
                }
                if name(who) != who.email {
                    <span class="soft">{ &who.email }</span>
                }
            </th>
            <td>
                <Select
                    name={format!("role-{}", who.id)} legend={format!("{}: {}", words::ROLE, name(who))}
                    chosen={who.role.as_str()} choices={roles()} {pick} disabled={busy}
                />
            </td>
            <td>
                if invited {
                    { words::WAITS }
                } else {
                    { who.last_seen_at.map_or_else(|| words::KEY_NEVER.to_owned(), moment) }
                }
            </td>
            <td>
                <div class="actions">
                    if !mine {
                        <button
                            type="button" class="button button-second button-tight" data-testid="staff-again" disabled={busy}
                            onclick={letter.reform(of(who))}
                        >
                            { if invited { words::AGAIN } else { words::LOST_PHONE } }
                        </button>
                    }
                    <button
                        type="button" class="button button-danger button-tight" data-testid="staff-remove" disabled={busy}
                        aria-label={words::remove(name(who))}
                        onclick={
                            let of = of(who);
                            ask.reform(move |event| Some(of(event)))
                        }
                    >
                        { words::REMOVE }
                    </button>
                </div>
            </td>
        </tr>
    }
}

/// Properties of [`Invite`].
#[derive(PartialEq, Properties)]
struct InviteProps {
    desk: super::super::desk::Desk,
    again: Callback<()>,
}

/// The form.
#[component]
fn Invite(props: &InviteProps) -> Html {
    let (email, who) = (use_state(String::new), use_state(String::new));
    let role = use_state_eq(|| Role::Registrar);
    let flaw = use_state_eq(|| "");
    let act = use_act(&props.desk.flow);
    let onsubmit = {
        let (email, who, role) = (email.clone(), who.clone(), *role);
        let (flaw, act, again) = (flaw.setter(), act.clone(), props.again.clone());
        let flow = props.desk.flow.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(address) = Email::parse(email.trim()) else {
                flaw.set(words::INVITE_BAD);
                return;
            };
            flaw.set("");
            if act.running() {
                return;
            }
            let told = words::invited(address.expose());
            let name = Some(who.trim().to_owned()).filter(|name| !name.is_empty());
            let (again, flow) = (again.clone(), flow.clone());
            let (email, who) = (email.setter(), who.setter());
            act.run(api::invite(address, name, role), move |()| {
                email.set(String::new());
                who.set(String::new());
                flow.say(told);
                again.emit(());
            });
        })
    };
    let pick = {
        let role = role.setter();
        Callback::from(move |value: String| {
            role.set(Role::parse(&value).unwrap_or(Role::Registrar))
        })
    };
    let choices = Role::ALL.map(|role| Choice {
        note: words::role_may(role).into(),
        ..plain(role.as_str(), role.title())
    });
    html! {
        <form class="card narrow" {onsubmit} novalidate=true>
            <h2>{ words::INVITE }</h2>
            <div class="pair">
                <TextField
                    id="invite-email" label={words::INVITE_EMAIL} value={(*email).clone()} edit={set(&email)} error={*flaw}
                    inputmode={Some("email")}
                />
                <TextField
                    id="invite-who" label={words::INVITE_NAME} value={(*who).clone()} edit={set(&who)} optional=true max=200
                />
            </div>
            <Choices
                name="invite-role" legend={words::INVITE_ROLE} chosen={role.as_str()} choices={choices.to_vec()} {pick}
            />
            { act_failed(&act) }
            <button type="submit" class="button button-main" data-testid="invite-send" disabled={act.running()}>
                { words::INVITE_SUBMIT }
            </button>
        </form>
    }
}

fn roles() -> Vec<Choice> {
    Role::ALL
        .map(|role| plain(role.as_str(), role.title()))
        .to_vec()
}

fn name(who: &Colleague) -> &str {
    let name = who.name.as_deref().filter(|name| !name.trim().is_empty());
    name.unwrap_or(&who.email)
}
