//! Signatures that a document for keeping already has, as files beside it.

use std::rc::Rc;

use web_sys::File;
use yew::prelude::*;

use super::super::fields::FileField;
use crate::model::clinic::beside;
use crate::text;
use crate::text::clinic::send as words;

/// What browsers offer to choose.
const ACCEPT: &str = ".sig,.p7s,.p7m,.sgn,.pem,application/pkcs7-signature";

/// Properties of [`Signatures`].
#[derive(PartialEq, Properties)]
pub(super) struct SignaturesProps {
    pub(super) given: Rc<Vec<File>>,
    /// Why the server did not take them; empty: it did, or was not asked.
    pub(super) refused: AttrValue,
    pub(super) give: Callback<Rc<Vec<File>>>,
}

/// Why these can't be sent; empty: they can.
pub(super) fn flaw_of(files: &[File]) -> &'static str {
    let sizes: Vec<u64> = files.iter().map(|file| file.size() as u64).collect();
    beside::check(&sizes).err().map_or("", words::beside)
}

/// The list, and more of them.
#[component]
pub(super) fn Signatures(props: &SignaturesProps) -> Html {
    let add = {
        let (given, give) = (props.given.clone(), props.give.clone());
        Callback::from(move |files: Vec<File>| {
            give.emit(Rc::new(given.iter().cloned().chain(files).collect()));
        })
    };
    let line = |(at, file): (usize, &File)| {
        let remove = {
            let (given, give) = (props.given.clone(), props.give.clone());
            Callback::from(move |_: MouseEvent| {
                let others = given.iter().enumerate().filter(|(other, _)| *other != at);
                give.emit(Rc::new(others.map(|(_, file)| file.clone()).collect()));
                crate::dom::focus_id(FIELD);
            })
        };
        html! {
            <li class="given" data-testid="send-signature">
                <span>
                    <span class="given-name">{ file.name() }</span>
                    <span class="soft">{ ", " }{ text::size(file.size() as u64) }</span>
                </span>
                <button
                    type="button" class="button button-second button-tight" data-testid="send-signature-remove" onclick={remove}
                    aria-label={words::beside_remove(&file.name())}
                >
                    { words::BESIDE_REMOVE }
                </button>
            </li>
        }
    };
    let error = match flaw_of(&props.given) {
        "" => props.refused.clone(),
        flaw => flaw.into(),
    };
    html! {
        <div class="desk-part">
            <h3>{ words::BESIDE }<span class="optional">{ text::clinic::OPTIONAL }</span></h3>
            <p class="hint">{ words::BESIDE_HINT }</p>
            if !props.given.is_empty() {
                <ul class="given-list">{ for props.given.iter().enumerate().map(line) }</ul>
            }
            <FileField
                id={FIELD} label={words::BESIDE_ADD} hint={words::BESIDE_FILES} accept={ACCEPT} multiple=true {error} give={add}
            />
        </div>
    }
}

/// Id of the field.
const FIELD: &str = "send-signatures";
