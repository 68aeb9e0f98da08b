//! What documents say of the clinic, when patients are reminded, who signs with a personal certificate, the user agreement.

use podpis_shared::Snils;
use podpis_shared::templates::ClinicDetails;
use podpis_shared::wire::mis::Settings;
use web_sys::File;
use yew::prelude::*;

use super::super::desk::{Desk, PageProps};
use super::super::entry::set;
use super::super::fields::{FileField, TextField};
use super::super::load::{Load, use_act, use_load};
use super::super::parts::{act_failed, heading, loaded};
use super::reminders::Reminders;
use crate::api::clinic as api;
use crate::model::clinic::seen::Signer;
use crate::text::clinic::{office as words, send};

/// The page.
#[component]
pub(in crate::clinic) fn Clinic(props: &PageProps) -> Html {
    let settings = use_load(&props.desk.flow, (), |()| api::settings());
    html! {
        <>
            { heading(words::CLINIC, words::CLINIC_LEAD) }
            { loaded(&settings, |now| html! {
                <>
                    <Details desk={props.desk.clone()} now={now.clone()} settings={settings.clone()} />
                    <Reminders desk={props.desk.clone()} now={now.clone()} settings={settings.clone()} />
                </>
            }) }
            <Signers desk={props.desk.clone()} />
            <Agreement desk={props.desk.clone()} />
        </>
    }
}

/// Properties of [`Details`].
#[derive(PartialEq, Properties)]
struct DetailsProps {
    desk: Desk,
    now: Settings,
    settings: Load<Settings>,
}

/// Address, licence, phone.
#[component]
fn Details(props: &DetailsProps) -> Html {
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let address = use_state(|| given(&props.now.details.address));
    let license = use_state(|| given(&props.now.details.license));
    let phone = use_state(|| given(&props.now.details.phone));
    let act = use_act(&props.desk.flow);
    let onsubmit = {
        let (act, flow, keep) = (act.clone(), props.desk.flow.clone(), props.settings.set());
        let (address, license, phone) = (address.clone(), license.clone(), phone.clone());
        let now = props.now.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if act.running() {
                return;
            }
            let line = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            // Everything else of the settings stays.
            let settings = Settings {
                details: ClinicDetails {
                    address: line(&address),
                    license: line(&license),
                    phone: line(&phone),
                },
                ..now.clone()
            };
            let (flow, keep) = (flow.clone(), keep.clone());
            act.run(api::set_settings(settings), move |settings| {
                keep(settings);
                flow.say(words::DETAILS_SAVED);
            });
        })
    };
    html! {
        <form class="card narrow" {onsubmit} novalidate=true>
            <h2>{ words::DETAILS }</h2>
            <TextField
                id="details-address" label={words::DETAILS_ADDRESS} value={(*address).clone()} edit={set(&address)} optional=true
            />
            <div class="pair">
                <TextField
                    id="details-license" label={words::DETAILS_LICENSE} value={(*license).clone()} edit={set(&license)} max=100
                    optional=true
                />
                <TextField
                    id="details-phone" label={words::DETAILS_PHONE} value={(*phone).clone()} edit={set(&phone)} max=40
                    optional=true inputmode={Some("tel")}
                />
            </div>
            <p class="hint">{ words::DETAILS_HINT }</p>
            { act_failed(&act) }
            <div class="actions">
                <button type="submit" class="button button-main" data-testid="details-save" disabled={act.running()}>
                    { words::LOOK_SAVE }
                </button>
            </div>
        </form>
    }
}

/// Properties of the other parts.
#[derive(PartialEq, Properties)]
struct PartProps {
    desk: Desk,
}

/// Who signs with a personal certificate.
#[component]
fn Signers(props: &PartProps) -> Html {
    let list = use_load(&props.desk.flow, (), |()| api::signers());
    let (name, snils) = (use_state(String::new), use_state(String::new));
    let flaws = use_state_eq(|| ("", ""));
    let act = use_act(&props.desk.flow);
    let onsubmit = {
        let (name, snils, flaws) = (name.clone(), snils.clone(), flaws.setter());
        let (act, again) = (act.clone(), list.again.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let called = name.trim().to_owned();
            let number = Snils::parse(snils.trim());
            flaws.set((
                if called.is_empty() {
                    send::flaw(crate::model::clinic::draft::Flaw::Empty)
                } else {
                    ""
                },
                if number.is_none() {
                    words::SIGNER_BAD
                } else {
                    ""
                },
            ));
            let Some(number) = number.filter(|_| !called.is_empty() && !act.running()) else {
                return;
            };
            let (again, cleared) = (again.clone(), [name.setter(), snils.setter()]);
            act.run(api::add_signer(called, number), move |()| {
                cleared.iter().for_each(|field| field.set(String::new()));
                again.emit(());
            });
        })
    };
    let remove = {
        let (act, again) = (act.clone(), list.again.clone());
        Callback::from(move |id: String| {
            let again = again.clone();
            act.run(api::remove_signer(id), move |()| again.emit(()));
        })
    };
    html! {
        <form class="card narrow" {onsubmit} novalidate=true>
            <h2>{ words::SIGNERS }</h2>
            <p class="hint">{ words::SIGNERS_HINT }</p>
            { loaded(&list, |signers| if signers.is_empty() {
                html! { <p class="soft">{ words::SIGNERS_NONE }</p> }
            } else {
                html! {
                    <ul class="lines" data-testid="signers">
                        { for signers.iter().map(|signer| line(signer, act.running(), &remove)) }
                    </ul>
                }
            }) }
            <div class="pair">
                <TextField
                    id="signer-name" label={words::SIGNER_NAME} value={(*name).clone()} edit={set(&name)} max=100
                    error={flaws.0}
                />
                <TextField
                    id="signer-snils" label={words::SIGNER_SNILS} value={(*snils).clone()} edit={set(&snils)} max=20
                    error={flaws.1} inputmode={Some("numeric")}
                />
            </div>
            { act_failed(&act) }
            <div class="actions">
                <button type="submit" class="button button-second" data-testid="signer-add" disabled={act.running()}>
                    { words::SIGNER_ADD }
                </button>
            </div>
        </form>
    }
}

fn line(signer: &Signer, busy: bool, remove: &Callback<String>) -> Html {
    let onclick = {
        let id = signer.id.clone();
        remove.reform(move |_: MouseEvent| id.clone())
    };
    html! {
        <li class="line" key={signer.id.clone()} data-testid="signer">
            <div>
                <p class="line-name">{ &signer.name }</p>
                if let Some(snils) = &signer.snils {
                    <p class="soft">{ words::SIGNER_SNILS }{ " " }{ snils.masked() }</p>
                }
            </div>
            <button
                type="button" class="button button-danger button-tight" disabled={busy} {onclick}
                aria-label={words::remove(&signer.name)}
            >
                { words::REMOVE }
            </button>
        </li>
    }
}

/// The user agreement.
#[component]
fn Agreement(props: &PartProps) -> Html {
    let view = use_load(&props.desk.flow, (), |()| api::agreement());
    let act = use_act(&props.desk.flow);
    let give = {
        let (act, flow, again) = (act.clone(), props.desk.flow.clone(), view.again.clone());
        Callback::from(move |files: Vec<File>| {
            let (flow, again) = (flow.clone(), again.clone());
            if let Some(file) = files.into_iter().next() {
                act.run(api::publish_agreement(file), move |_| {
                    flow.say(words::AGREEMENT_SAVED);
                    again.emit(());
                });
            }
        })
    };
    html! {
        <section class="card narrow">
            <h2>{ words::AGREEMENT }</h2>
            { loaded(&view, |agreement| html! {
                <p data-testid="agreement">
                    { match agreement {
                        None => words::AGREEMENT_NONE.to_owned(),
                        Some(now) => words::agreement(&now.title, now.version, now.created_at),
                    } }
                </p>
            }) }
            <FileField
                id="agreement-file" label={words::AGREEMENT_FILE} hint={send::FILE_HINT} accept=".pdf,application/pdf"
                disabled={act.running()} {give}
            />
            { act_failed(&act) }
            <p class="hint">{ words::AGREEMENT_HINT }</p>
        </section>
    }
}
