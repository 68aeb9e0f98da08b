//! The clinic's look on the patients' pages.

use podpis_shared::branding::{Color, LOGO_MAX, Palette};
use web_sys::{File, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::super::desk::{Desk, PageProps};
use super::super::entry::set;
use super::super::fields::{FileField, TextField};
use super::super::load::{Load, use_act, use_load};
use super::super::parts::{act_failed, heading, loaded};
use crate::api::clinic as api;
use crate::model::clinic::seen::{Look as View, NewLook};
use crate::text::clinic::office as words;

/// Ours, where the clinic has none.
const USUAL: &str = "#09545a";

/// The page.
#[component]
pub(in crate::clinic) fn Look(props: &PageProps) -> Html {
    let view = use_load(&props.desk.flow, (), |()| api::look());
    html! {
        <>
            { heading(words::LOOK, words::LOOK_LEAD) }
            { loaded(&view, |look| html! {
                <Form desk={props.desk.clone()} look={look.clone()} view={view.clone()} />
            }) }
        </>
    }
}

/// Properties of [`Form`].
#[derive(PartialEq, Properties)]
struct FormProps {
    desk: Desk,
    look: View,
    view: Load<View>,
}

/// The form and what it comes to.
#[component]
fn Form(props: &FormProps) -> Html {
    let look = &props.look;
    let name = use_state(|| look.display_name.clone());
    let phone = use_state(|| look.support_phone.clone().unwrap_or_default());
    let email = use_state(|| look.support_email.clone().unwrap_or_default());
    let color = use_state(|| look.primary_color.clone());
    let logo = use_state(|| look.logo_png_base64.clone());
    let logo_flaw = use_state_eq(|| "");
    let act = use_act(&props.desk.flow);
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let new = NewLook {
        display_name: name.trim().to_owned(),
        logo_png_base64: (*logo).clone(),
        primary_color: (*color).clone(),
        support_phone: given(&phone),
        support_email: given(&email),
    };
    let onsubmit = {
        let (act, flow, set) = (act.clone(), props.desk.flow.clone(), props.view.set());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (flow, set) = (flow.clone(), set.clone());
            if !act.running() {
                act.run(api::set_look(new.clone()), move |look| {
                    set(look);
                    flow.say(words::LOOK_SAVED);
                });
            }
        })
    };
    let own_color = {
        let color = color.setter();
        Callback::from(move |event: Event| {
            let on = event.target_unchecked_into::<HtmlInputElement>().checked();
            color.set(on.then(|| USUAL.to_owned()));
        })
    };
    let pick = {
        let color = color.setter();
        Callback::from(move |event: InputEvent| {
            color.set(Some(
                event.target_unchecked_into::<HtmlInputElement>().value(),
            ));
        })
    };
    let give = {
        let (logo, flaw) = (logo.setter(), logo_flaw.setter());
        Callback::from(move |files: Vec<File>| {
            let (logo, flaw) = (logo.clone(), flaw.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let Some(file) = files.into_iter().next() else {
                    return;
                };
                let base64 = png(&file).await;
                flaw.set(if base64.is_none() {
                    words::LOOK_LOGO_BAD
                } else {
                    ""
                });
                if base64.is_some() {
                    logo.set(base64);
                }
            });
        })
    };
    let no_logo = {
        let logo = logo.setter();
        Callback::from(move |_| logo.set(None))
    };
    html! {
        <div class="split">
            <form class="card" {onsubmit} novalidate=true>
                <TextField id="look-name" label={words::LOOK_NAME} value={(*name).clone()} edit={set(&name)} max=100 />
                <div class="pair">
                    <TextField
                        id="look-phone" label={words::LOOK_PHONE} hint={words::LOOK_PHONE_HINT} optional=true
                        value={(*phone).clone()} edit={set(&phone)} inputmode={Some("tel")}
                    />
                    <TextField
                        id="look-email" label={words::LOOK_EMAIL} optional=true value={(*email).clone()} edit={set(&email)}
                        inputmode={Some("email")}
                    />
                </div>
                <p class="check">
                    <input
                        type="checkbox" id="look-own-color" data-testid="look-own-color" checked={color.is_some()}
                        onchange={own_color}
                    />
                    <label for="look-own-color">{ words::LOOK_COLOR_ON }</label>
                </p>
                if let Some(value) = (*color).clone() {
                    <div class="field">
                        <label for="look-color">{ words::LOOK_COLOR }</label>
                        <input
                            type="color" id="look-color" data-testid="look-color" class="input color-input" {value}
                            aria-describedby="look-color-hint" oninput={pick}
                        />
                        <p class="hint" id="look-color-hint">{ words::LOOK_COLOR_HINT }</p>
                    </div>
                }
                <FileField
                    id="look-logo" label={words::LOOK_LOGO} hint={words::LOOK_LOGO_HINT} accept="image/png,.png" {give}
                />
                <p class="failed" role="alert">{ *logo_flaw }</p>
                if logo.is_some() {
                    <button type="button" class="button button-second" onclick={no_logo}>{ words::LOOK_LOGO_REMOVE }</button>
                }
                <p class="hint">{ words::look_registered(&look.registered_name) }</p>
                { act_failed(&act) }
                <button type="submit" class="button button-main" data-testid="look-save" disabled={act.running()}>
                    { words::LOOK_SAVE }
                </button>
            </form>
            <div class="beside card">
                <h2>{ words::LOOK_PREVIEW }</h2>
                <Sample name={(*name).clone()} color={(*color).clone()} logo={(*logo).clone()} />
            </div>
        </div>
    }
}

/// Properties of [`Sample`].
#[derive(PartialEq, Properties)]
struct SampleProps {
    name: String,
    color: Option<String>,
    logo: Option<String>,
}

/// The patient's page in small, by the colours that the patient's page takes.
#[component]
fn Sample(props: &SampleProps) -> Html {
    let around = use_node_ref();
    use_effect_with(props.color.clone(), {
        let around = around.clone();
        move |color| {
            let Some(around) = around.cast::<HtmlElement>() else {
                return;
            };
            let color = color.as_deref().unwrap_or(USUAL);
            let palette = Color::parse(color).map(Palette::of);
            for (name, color) in palette.iter().flat_map(|palette| {
                let light = palette.light;
                [
                    ("--main", light.main),
                    ("--on-main", light.on),
                    ("--tint", light.tint),
                ]
            }) {
                // Through the CSSOM, as the policy forbids `style` attributes; it fails for a read-only style only.
                let _ = around.style().set_property(name, &color.to_string());
            }
        }
    });
    html! {
        <div class="sample" data-testid="look-sample" ref={around}>
            if let Some(logo) = &props.logo {
                <img class="top-logo" src={format!("data:image/png;base64,{logo}")} alt="" />
            }
            <p class="top-name">{ &props.name }</p>
            <p class="top-what">{ words::LOOK_SAMPLE }</p>
            <p class="sample-title">{ words::LOOK_SAMPLE_TITLE }</p>
            <p class="button button-main" aria-hidden="true">{ words::LOOK_SAMPLE_BUTTON }</p>
        </div>
    }
}

/// A PNG as base64; `None` for anything else.
async fn png(file: &File) -> Option<String> {
    let bytes = api::bytes(file).await.ok()?;
    let fits = bytes.len() <= LOGO_MAX && bytes.starts_with(b"\x89PNG\r\n\x1a\n");
    let latin: String = bytes.into_iter().map(char::from).collect();
    web_sys::window()?.btoa(&latin).ok().filter(|_| fits)
}
