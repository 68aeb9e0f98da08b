//! What stands around every page: whose console it is, the way out, the sections.

use std::rc::Rc;

use podpis_shared::wire::staff::Me;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::desk::Flow;
use crate::dom;
use crate::model::clinic::route::{Route, SECTIONS};
use crate::text::{self, clinic as words};

/// Id of the part that changes with the page.
pub(super) const MAIN: &str = "main";

/// Properties of [`Top`].
#[derive(PartialEq, Properties)]
pub(super) struct TopProps {
    /// Who is signed in.
    pub(super) me: Option<Rc<Me>>,
    pub(super) flow: Flow,
}

/// The head of every page.
#[component]
pub(super) fn Top(props: &TopProps) -> Html {
    let skip = Callback::from(|_| dom::focus_id(MAIN));
    let leave = {
        let flow = props.flow.clone();
        Callback::from(move |_| flow.sign_out())
    };
    html! {
        <header class="top console-top">
            <button type="button" class="skip button button-main" onclick={skip}>{ words::SKIP }</button>
            <div class="console-whose">
                <p class="top-name">{ text::SERVICE }</p>
                if let Some(me) = &props.me {
                    { clinic(me, &props.flow) }
                } else {
                    <p class="top-what">{ words::DOES }</p>
                }
            </div>
            if let Some(me) = &props.me {
                if me.sandbox {
                    <p class="sandbox" data-testid="sandbox">{ words::SANDBOX }</p>
                }
                <div class="console-me">
                    <p class="me-name"><a href={Route::Me.href()}>{ &me.name }</a></p>
                    <p class="soft">{ me.role.title() }</p>
                </div>
                <button type="button" class="button button-second button-small" data-testid="sign-out" onclick={leave}>
                    { words::SIGN_OUT }
                </button>
            }
        </header>
    }
}

/// The clinic's name, or a choice where the person works in several.
fn clinic(me: &Me, flow: &Flow) -> Html {
    if me.clinics.len() < 2 {
        return html! { <p class="top-what" data-testid="clinic-name">{ &me.clinic.name }</p> };
    }
    let onchange = {
        let flow = flow.clone();
        Callback::from(move |event: Event| {
            flow.to_clinic(event.target_unchecked_into::<HtmlSelectElement>().value());
        })
    };
    html! {
        <select class="clinic-switch" data-testid="clinic-switch" aria-label={words::CLINIC} {onchange}>
            { for me.clinics.iter().map(|clinic| html! {
                <option value={clinic.id.clone()} selected={clinic.id == me.clinic.id}>{ &clinic.name }</option>
            }) }
        </select>
    }
}

/// The navigation: what the role may.
pub(super) fn sections(open: &Route, me: &Me) -> Html {
    let own = SECTIONS.iter().filter(|section| section.is_for(me));
    html! {
        <nav class="menu" aria-label={words::NAVIGATION}>
            <ul>
                { for own.map(|section| html! {
                    <li>
                        <a
                            href={section.route.href()}
                            class="menu-item"
                            data-testid={format!("nav-{}", section.name)}
                            aria-current={(section.route == *open).then_some("page")}
                        >
                            <span class={classes!("icon", format!("icon-{}", section.name))} aria-hidden="true"></span>
                            { words::section(section.name) }
                        </a>
                    </li>
                }) }
            </ul>
        </nav>
    }
}
