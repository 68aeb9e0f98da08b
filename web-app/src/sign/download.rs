//! Saving the original, the signed document, its final version or its evidence, or sending it to another app.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::flow::Flow;
use crate::{dom, text};

/// Which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As the clinic sent it.
    Original,
    /// A detached signature that came with it, by its number.
    KeptSignature(u32),
    /// With the signature's protocol.
    Signed,
    /// Signed by the clinic too.
    Final,
    /// What proves the signature.
    Evidence,
}

/// Properties of [`Download`].
#[derive(PartialEq, Properties)]
pub(crate) struct DownloadProps {
    pub(crate) kind: Kind,
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
    /// Name of the file.
    pub(crate) name: String,
    pub(crate) flow: Flow,
    /// Hand the file to another app instead of saving it.
    #[prop_or_default]
    pub(crate) share: bool,
    /// The file has been saved.
    #[prop_or_default]
    pub(crate) done: Callback<()>,
}

/// A button that fetches a file and saves or shares it.
#[component]
pub(crate) fn Download(props: &DownloadProps) -> Html {
    let running = use_state(|| false);
    let failed = use_state(|| false);
    let onclick = {
        let (running, failed, flow) = (running.clone(), failed.clone(), props.flow.clone());
        let (kind, name, done, share) = (
            props.kind,
            props.name.clone(),
            props.done.clone(),
            props.share,
        );
        Callback::from(move |_| {
            let Some(api) = flow.api() else { return };
            let (running, failed, name, done) =
                (running.clone(), failed.clone(), name.clone(), done.clone());
            running.set(true);
            failed.set(false);
            spawn_local(async move {
                let blob = match kind {
                    Kind::Original => api.original().await,
                    Kind::KeptSignature(number) => api.kept_signature(number).await,
                    Kind::Signed => api.signed().await,
                    Kind::Final => api.last().await,
                    Kind::Evidence => api.evidence().await,
                };
                let saved = match &blob {
                    Ok(blob) if share => dom::share(blob, &name).await.is_ok(),
                    Ok(blob) => dom::save(blob, &name).is_ok(),
                    Err(_) => false,
                };
                running.set(false);
                failed.set(!saved);
                if saved {
                    done.emit(());
                }
            });
        })
    };
    let testid = match (props.kind, props.share) {
        (Kind::Original, _) => "download-original",
        (Kind::KeptSignature(_), _) => "download-kept-signature",
        (Kind::Signed, false) => "download-signed",
        (Kind::Signed, true) => "share-signed",
        (Kind::Final, false) => "download-final",
        (Kind::Final, true) => "share-final",
        (Kind::Evidence, _) => "download-evidence",
    };
    html! {
        <>
            <button type="button" class={props.class} data-testid={testid} disabled={*running} {onclick}>
                { if *running { text::DOWNLOADING } else { props.label } }
            </button>
            if *failed {
                <p class="failed" role="alert">{ text::DOWNLOAD_FAILED }</p>
            }
        </>
    }
}
