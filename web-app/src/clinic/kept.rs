//! The signatures that a document for keeping came with: whose they are, what the check found, the files.

use std::collections::BTreeSet;

use podpis_shared::wire::kept::{KeptSignature, Verdict};
use podpis_shared::wire::mis::Document;
use yew::prelude::*;

use super::desk::Desk;
use super::load::use_act;
use super::parts::act_failed;
use crate::api::clinic as api;
use crate::text::clinic::{documents, kept as words};
use crate::{dom, text};

/// Properties of [`Kept`].
#[derive(Properties)]
pub(super) struct KeptProps {
    pub(super) desk: Desk,
    pub(super) document: Document,
}

impl PartialEq for KeptProps {
    // What came with a document never changes.
    fn eq(&self, other: &Self) -> bool {
        self.desk == other.desk && self.document.id == other.document.id
    }
}

/// The part of a document's page.
#[component]
pub(super) fn Kept(props: &KeptProps) -> Html {
    let act = use_act(&props.desk.flow);
    let load = |number: u32| {
        let (act, id) = (act.clone(), props.document.id.clone());
        let name = text::kept::file_name(&props.document.title, number);
        Callback::from(move |_: MouseEvent| {
            let name = name.clone();
            act.run(api::kept_signature(id.clone(), number), move |blob| {
                // A browser that refuses to save tells so itself.
                let _ = dom::save(&blob, &name);
            });
        })
    };
    // A file may hold several signatures; it is offered with the first of them.
    let mut offered = BTreeSet::new();
    let lines = props.document.kept_signatures.iter().map(|one| {
        let file = one.file.filter(|number| offered.insert(*number));
        html! {
            <li class="line" data-testid="kept-signature" data-verdict={one.verdict.as_str()} data-place={one.place.as_str()}>
                { found(one) }
                if let Some(number) = file {
                    <button
                        type="button" class="button button-second button-tight" data-testid={format!("kept-download-{number}")}
                        disabled={act.running()} onclick={load(number)}
                    >
                        { words::download(number) }
                    </button>
                }
            </li>
        }
    });
    let lines: Vec<Html> = lines.collect();
    html! {
        <section class="card">
            <h2>{ words::TITLE }</h2>
            if lines.is_empty() {
                <p class="soft" data-testid="kept-none">{ words::NONE }</p>
            } else {
                <ul class="lines" data-testid="kept-signatures">{ lines }</ul>
                <p class="soft" role="status">{ if act.running() { documents::DOWNLOADING } else { "" } }</p>
                { act_failed(&act) }
                <p class="hint">{ text::kept::NOTICE }</p>
            }
        </section>
    }
}

/// Whose it is, what was found, by what certificate.
fn found(one: &KeptSignature) -> Html {
    let tone = match one.verdict {
        Verdict::Valid => "told",
        Verdict::Unproven => "",
        Verdict::Invalid => "failed",
    };
    let certificate = words::certificate(one);
    html! {
        <div>
            <p class="line-name">{ text::kept::whose(one) }</p>
            <p class={tone}>{ text::kept::found(one) }</p>
            if !certificate.is_empty() {
                <p class="soft">{ certificate }</p>
            }
        </div>
    }
}
