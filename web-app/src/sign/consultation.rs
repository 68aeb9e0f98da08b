//! The consultation that a document is the consent to: who, when, and whether it may begin.

use podpis_shared::wire::patient::DocumentView;
use yew::prelude::*;

use crate::text::consultation as text;

/// Properties of [`ConsultationCard`].
#[derive(PartialEq, Properties)]
pub(crate) struct ConsultationCardProps {
    pub(crate) document: std::rc::Rc<DocumentView>,
}

/// The card; nothing for every other document.
#[component]
pub(crate) fn ConsultationCard(props: &ConsultationCardProps) -> Html {
    let Some(booked) = &props.document.consultation else {
        return Html::default();
    };
    let state = text::state(booked, props.document.status.is_open());
    let fact = |name: &'static str, value: &str| html! { <div><dt>{ name }</dt><dd>{ value.to_owned() }</dd></div> };
    html! {
        <section class="card" aria-labelledby="consultation-title">
            <h2 class="card-title" id="consultation-title">{ text::TITLE }</h2>
            <dl class="facts">
                { fact(text::DOCTOR, &booked.doctor) }
                { fact(text::WHEN, &text::when(booked.starts_at, booked.utc_offset)) }
            </dl>
            <div
                class={classes!("standing", state.tone)}
                role="status"
                data-testid="consultation-state"
                data-status={booked.status.as_str()}
                data-may-begin={booked.status.may_begin().to_string()}
            >
                <p class="standing-title">{ state.title }</p>
                <p>{ state.body }</p>
            </div>
            if props.document.status.is_open() {
                <p class="small">{ text::WHY }</p>
            }
        </section>
    }
}
