//! What was checked, when and with what; printing, saving, the next file.

use yew::prelude::*;

use super::flow::Flow;
use super::report::CheckedProps;
use crate::dom;
use crate::model::case::Checked;
use crate::text::verify as words;
use std::rc::Rc;

/// Everything that makes the report repeatable.
#[component]
pub(crate) fn About(props: &CheckedProps) -> Html {
    let Checked {
        answer, given, ms, ..
    } = &*props.checked;
    html! {
        <section class="card about">
            <h2>{ words::ABOUT_TITLE }</h2>
            <dl class="details">
                <div>
                    <dt>{ words::FILE }</dt>
                    <dd data-testid="verify-name">
                        { &answer.file.name }{ ", " }{ crate::text::size(answer.file.size) }
                    </dd>
                </div>
                <div><dt>{ words::SHA256 }</dt><dd class="hash" data-testid="verify-sha256">{ &answer.file.sha256 }</dd></div>
                { for given.iter().filter(|given| given.kind != "pdf").map(|given| html! {
                    <div><dt>{ words::WITH }</dt><dd>{ words::beside(given) }</dd></div>
                }) }
                <div>
                    <dt>{ words::CHECKED_AT }</dt>
                    <dd>{ answer.report.checked_at.moscow() }{ ", " }{ words::CHECKED_CLOCK }</dd>
                </div>
                <div><dt>{ words::TRUST }</dt><dd data-testid="verify-trust">{ words::trust(answer.trust.as_ref()) }</dd></div>
                <div><dt>{ words::VERSION }</dt><dd>{ words::version(&answer.version, *ms) }</dd></div>
            </dl>
        </section>
    }
}

/// Properties of [`Actions`].
#[derive(PartialEq, Properties)]
pub(crate) struct ActionsProps {
    pub(crate) checked: Rc<Checked>,
    pub(crate) flow: Flow,
}

/// What can be done with the report.
#[component]
pub(crate) fn Actions(props: &ActionsProps) -> Html {
    let failed = use_state_eq(|| false);
    let print = Callback::from(|_| dom::print());
    let save = {
        let (checked, failed) = (props.checked.clone(), failed.setter());
        Callback::from(move |_| {
            let name = words::report_name(&checked.answer.file.name);
            failed.set(dom::save_text(&checked.text, "application/json", &name).is_err());
        })
    };
    let again = {
        let flow = props.flow.clone();
        Callback::from(move |_| {
            flow.reset();
            dom::focus_id("verify-file");
        })
    };
    html! {
        <div class="actions">
            <button type="button" class="button button-main" data-testid="verify-print" onclick={print}>{ words::PRINT }</button>
            <button type="button" class="button button-second" data-testid="verify-save" onclick={save}>{ words::SAVE }</button>
            <button type="button" class="button button-second" data-testid="verify-again" onclick={again}>{ words::AGAIN }</button>
            if *failed {
                <p class="failed" role="alert">{ words::SAVE_FAILED }</p>
            }
        </div>
    }
}
