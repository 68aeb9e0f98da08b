//! Pages without a document: the landing page and the one for an unknown address.

use yew::prelude::*;

use crate::dom;
use crate::model::access::ACCOUNT;
use crate::text::{self, landing, not_found};

/// `/`: what this is, and where the people go who got an SMS.
#[component]
pub(crate) fn Landing() -> Html {
    use_effect_with((), |()| {
        dom::name_page("landing", "ready", &text::tab_title(None))
    });
    html! {
        <>
            <header class="top">
                <p class="top-name">{ text::SERVICE }</p>
                <p class="top-what">{ text::SERVICE_DOES }</p>
            </header>
            <main class="column">
                <div class="card lead">
                    <h1>{ landing::TITLE }</h1>
                    <p>{ landing::LEAD }</p>
                </div>
                <section class="card">
                    <h2>{ landing::SMS_TITLE }</h2>
                    <p>{ landing::SMS_BODY }</p>
                </section>
                <section class="card">
                    <h2>{ landing::ACCOUNT_TITLE }</h2>
                    <p>{ landing::ACCOUNT_BODY }</p>
                    <p><a class="button button-second" href={ACCOUNT}>{ landing::ACCOUNT }</a></p>
                </section>
                <section class="card">
                    <h2>{ landing::VERIFY_TITLE }</h2>
                    <p>{ landing::VERIFY_BODY }</p>
                    <p><a class="button button-second" href="/verify">{ landing::VERIFY }</a></p>
                </section>
                <section class="card">
                    <h2>{ landing::POINTS_TITLE }</h2>
                    <dl class="points">
                        { for landing::POINTS.iter().map(|(title, body)| html! {
                            <div><dt>{ *title }</dt><dd>{ *body }</dd></div>
                        }) }
                    </dl>
                </section>
            </main>
        </>
    }
}

/// Any other address.
#[component]
pub(crate) fn NotFound() -> Html {
    use_effect_with((), |()| {
        dom::name_page("not-found", "not-found", not_found::TITLE)
    });
    html! {
        <>
            <header class="top">
                <p class="top-name">{ text::SERVICE }</p>
                <p class="top-what">{ text::SERVICE_DOES }</p>
            </header>
            <main class="column">
                <div class="card notice">
                    <h1 data-testid="error">{ not_found::TITLE }</h1>
                    <p>{ not_found::BODY }</p>
                    <p><a class="button button-main" href="/">{ not_found::HOME }</a></p>
                </div>
            </main>
        </>
    }
}
