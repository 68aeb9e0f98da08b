//! Everything of the clinic as an archive, part by part.

use yew::prelude::*;

use super::super::desk::PageProps;
use super::super::load::use_act;
use super::super::parts::{act_failed, heading};
use crate::api::clinic as api;
use crate::dom;
use crate::text::clinic::office as words;

/// How far it is.
#[derive(Clone, PartialEq)]
struct Progress {
    /// Parts that were saved.
    parts: usize,
    /// Where the next one begins.
    next: Option<String>,
}

/// The page.
#[component]
pub(in crate::clinic) fn Archive(props: &PageProps) -> Html {
    let progress = use_state(|| None::<Progress>);
    let act = use_act(&props.desk.flow);
    // Each part by a click of its own: a browser asks before a page saves many files by itself.
    let load = {
        let (act, progress) = (act.clone(), progress.clone());
        Callback::from(move |_| {
            let going = (*progress)
                .clone()
                .filter(|progress| progress.next.is_some());
            let (parts, after) = going.map_or((0, None), |going| (going.parts, going.next));
            let progress = progress.setter();
            act.run(api::archive(after), move |(blob, next)| {
                let parts = parts + 1;
                // A browser that refuses to save tells so itself.
                let _ = dom::save(&blob, &words::archive_name(parts));
                progress.set(Some(Progress { parts, next }));
            });
        })
    };
    let (button, told, state) = match &*progress {
        None => (words::ARCHIVE_START, String::new(), "none"),
        Some(Progress {
            parts,
            next: Some(_),
        }) => (words::ARCHIVE_NEXT, words::archive_part(*parts), "more"),
        Some(_) => (words::ARCHIVE_AGAIN, words::ARCHIVE_DONE.to_owned(), "done"),
    };
    html! {
        <>
            { heading(words::ARCHIVE, words::ARCHIVE_LEAD) }
            <section class="card narrow">
                <p>{ words::ARCHIVE_BODY }</p>
                <p class="told" role="status" data-testid="archive-state" data-state={state}>
                    { if act.running() { words::ARCHIVE_WAIT.to_owned() } else { told } }
                </p>
                { act_failed(&act) }
                <div class="actions">
                    <button
                        type="button" class="button button-main" data-testid="archive-load" disabled={act.running()}
                        onclick={load}
                    >
                        { button }
                    </button>
                </div>
            </section>
        </>
    }
}
