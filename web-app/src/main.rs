//! The patient's pages, in the browser.
//!
//! `boot.js` starts everything in parallel; this app then takes over its worker and its first answer.
//! Only [`api`] talks HTTP, [`model`] is pure, [`text`] holds every word, [`dom`] is the thin layer over
//! what Yew leaves to the browser, and [`sign`] has one component for each thing that a person can do.

mod api;
mod app;
mod boot;
mod dom;
mod model;
mod plain;
mod sign;
mod text;
mod worker;

fn main() {
    yew::set_custom_panic_hook(Box::new(|_| dom::give_up()));
    if let Some(root) = dom::by_id("app") {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
