//! The clinic's signature under one document: what to do, the file, and what the check says.

use podpis_shared::wire::mis::Document;
use web_sys::File;
use yew::prelude::*;

use super::desk::Desk;
use super::fields::{FileField, Select, plain};
use super::load::{Load, use_act};
use super::parts::act_failed;
use crate::api::clinic as api;
use crate::dom;
use crate::model::clinic::matching;
use crate::text::clinic::documents as words;

/// Files that are taken.
pub(super) const ACCEPT: &str =
    ".sig,.p7s,.sgn,.pem,.der,.pdf,application/pkcs7-signature,application/pdf";

/// Properties of [`Signature`].
#[derive(Properties)]
pub(super) struct SignatureProps {
    pub(super) desk: Desk,
    pub(super) document: Document,
    pub(super) view: Load<Document>,
}

impl PartialEq for SignatureProps {
    fn eq(&self, other: &Self) -> bool {
        self.desk == other.desk && self.view == other.view
    }
}

/// The part of a document's page.
#[component]
pub(super) fn Signature(props: &SignatureProps) -> Html {
    let (load, hand_in) = (use_act(&props.desk.flow), use_act(&props.desk.flow));
    let role = use_state_eq(String::new);
    let id = props.document.id.clone();
    let download = {
        let (load, id) = (load.clone(), id.clone());
        let name = matching::file_name(&props.document.title, &id);
        Callback::from(move |_| {
            let name = name.clone();
            load.run(api::file(id.clone(), "signed"), move |blob| {
                // A browser that refuses to save tells so itself.
                let _ = dom::save(&blob, &name);
            });
        })
    };
    let give = {
        let (hand_in, flow) = (hand_in.clone(), props.desk.flow.clone());
        let (role, again) = ((*role).clone(), props.view.again.clone());
        Callback::from(move |files: Vec<File>| {
            let Some(file) = files.into_iter().next() else {
                return;
            };
            let (flow, again, role) = (flow.clone(), again.clone(), role.clone());
            let role = Some(role).filter(|role| !role.is_empty());
            hand_in.run(sign(id.clone(), file, role), move |document| {
                flow.say(words::signed(&document));
                again.emit(());
            });
        })
    };
    let pick = {
        let role = role.setter();
        Callback::from(move |value| role.set(value))
    };
    html! {
        <section class="card">
            <h2>{ words::SIGN_TITLE }</h2>
            <ol class="steps">{ for words::SIGN_STEPS.iter().map(|step| html! { <li>{ *step }</li> }) }</ol>
            <div class="actions">
                <button
                    type="button" class="button button-main" data-testid="download-to-sign" disabled={load.running()}
                    onclick={download}
                >
                    { if load.running() { words::DOWNLOADING } else { words::SIGN_DOWNLOAD } }
                </button>
            </div>
            { act_failed(&load) }
            <Select
                name="signature-role" legend={words::SIGN_ROLE} chosen={(*role).clone()} {pick}
                choices={vec![
                    plain("", words::SIGN_ROLE_ANY), plain("medic", words::SIGN_ROLE_MEDIC),
                    plain("head", words::SIGN_ROLE_HEAD),
                ]}
            />
            <FileField
                id="signature-file" label={if hand_in.running() { words::SIGN_CHECKING } else { words::SIGN_UPLOAD }}
                hint={words::SIGN_UPLOAD_HINT} accept={ACCEPT} disabled={hand_in.running()} {give}
            />
            { act_failed(&hand_in) }
            <p class="hint">{ words::SIGN_TECHNICAL }</p>
        </section>
    }
}

/// Hands a file in, as a signature or as a whole PDF by what it begins with.
pub(super) async fn sign(id: String, file: File, role: Option<String>) -> api::Answer<Document> {
    let start = file.slice_with_i32_and_i32(0, 8).ok();
    let first = match start {
        Some(start) => api::bytes(&start).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let pdf = matching::is_pdf(&file.name(), &first);
    api::sign(id, file, pdf, role).await
}
