//! The pages, in the browser: four programs, so that a patient with a document to sign loads nothing of the verifier, of
//! the account and of the clinic's console.
//!
//! `boot.js`, `verify-boot.js`, `account-boot.js` or `clinic-boot.js` starts everything in parallel; the app then takes over what it began.
//! Only [`api`] talks HTTP, [`model`] is pure, [`text`] holds every word, [`dom`] is the thin layer over
//! what Yew leaves to the browser, and [`sign`], [`verify`], [`account`] and [`clinic`] have one component for each thing that a
//! person can do. [`worker`] and [`verifier`] talk to the two workers.

mod account;
mod api;
mod app;
mod boot;
mod clinic;
mod dialog;
mod dom;
mod load;
mod model;
mod patience;
mod plain;
mod sign;
mod text;
mod verifier;
mod verify;
mod worker;

/// The patient's pages: `/`, `/d/`, `/c/` and the one for unknown addresses.
pub fn patient() {
    start::<app::App>("sign", &text::tab_title(None));
}

/// `/verify`.
pub fn verify_page() {
    start::<verify::VerifyPage>("verify", text::verify::TITLE);
}

/// `/clinic`.
pub fn clinic_page() {
    start::<clinic::ClinicPage>("clinic", text::clinic::NAME);
}

/// `/account`.
pub fn account_page() {
    start::<account::AccountPage>("account", text::account::NAME);
}

fn start<Page: yew::BaseComponent<Properties = ()>>(name: &'static str, title: &str) {
    let title = title.to_owned();
    yew::set_custom_panic_hook(Box::new(move |_| dom::give_up(name, &title)));
    if let Some(root) = dom::by_id("app") {
        yew::Renderer::<Page>::with_root(root).render();
    }
}
