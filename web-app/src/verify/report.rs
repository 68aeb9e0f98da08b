//! The report: the verdict, what the file says, every check with its mark.

use std::rc::Rc;

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::dom;
use crate::model::case::{Checked, Group};
use crate::model::report::{Check, Fact, Outcome, Verdict};
use crate::text::verify as words;

/// Properties of [`Mark`].
#[derive(PartialEq, Properties)]
pub(crate) struct MarkProps {
    pub(crate) outcome: Outcome,
}

/// One of three marks, each of its own shape; the word beside it says the same.
#[component]
pub(crate) fn Mark(props: &MarkProps) -> Html {
    html! { <span class={format!("mark mark-{}", props.outcome.name())} aria-hidden="true"></span> }
}

/// Properties of the report's parts.
#[derive(PartialEq, Properties)]
pub(crate) struct CheckedProps {
    pub(crate) checked: Rc<Checked>,
}

/// The verdict in words, with its mark and how the checks ended.
#[component]
pub(crate) fn VerdictCard(props: &CheckedProps) -> Html {
    let report = &props.checked.answer.report;
    let heading = use_node_ref();
    use_effect_with(props.checked.clone(), {
        let heading = heading.clone();
        move |_| dom::focus(heading.cast::<HtmlElement>())
    });
    let (class, mark) = match report.verdict {
        Verdict::Valid => ("verdict-valid", Outcome::Pass),
        Verdict::Invalid => ("verdict-invalid", Outcome::Fail),
        Verdict::Incomplete => ("verdict-incomplete", Outcome::Unchecked),
    };
    let counted = [Outcome::Pass, Outcome::Fail, Outcome::Unchecked]
        .map(|outcome| (outcome, report.count(outcome)));
    html! {
        <section
            class={classes!("card", "verdict", class)}
            data-testid="verify-verdict"
            data-verdict={report.verdict.name()}
            data-ms={props.checked.ms.to_string()}
        >
            <Mark outcome={mark} />
            <div class="verdict-words">
                <p class="verdict-kind">{ words::verdict(report.verdict) }</p>
                <h1 tabindex="-1" ref={heading}>{ &report.headline }</h1>
                <p>{ &report.lead }</p>
                <p class="file-name">{ &props.checked.answer.file.name }</p>
            </div>
            if report.sandbox {
                <p class="sandbox"><strong>{ words::SANDBOX }</strong></p>
            }
            <ul class="counts">
                { for counted.into_iter().map(|(outcome, number)| html! {
                    <li class={(number == 0).then_some("counts-none")}>
                        <Mark {outcome} />
                        <span>{ words::outcome(outcome) }{ ": " }<strong>{ number }</strong></span>
                    </li>
                }) }
            </ul>
        </section>
    }
}

/// Who, what, how and when: the bundle's claims.
#[component]
pub(crate) fn Facts(props: &CheckedProps) -> Html {
    let report = &props.checked.answer.report;
    if report.facts.is_empty() {
        return Html::default();
    }
    html! {
        <section class="card">
            <h2>{ words::FACTS_TITLE }</h2>
            if report.verdict != Verdict::Valid {
                <p class="soft">{ words::FACTS_CLAIMED }</p>
            }
            <dl class="facts">{ facts(&report.facts) }</dl>
        </section>
    }
}

/// All checks, by what they mean for the reader.
#[component]
pub(crate) fn Groups(props: &CheckedProps) -> Html {
    let checks = &props.checked.answer.report.checks;
    let groups = Group::ALL.into_iter().filter_map(|group| {
        let members: Vec<&Check> = checks
            .iter()
            .filter(|check| Group::of(check) == group)
            .collect();
        let (title, meaning) = words::group(group);
        (!members.is_empty()).then(|| {
            html! {
                <section class="card group">
                    <h2>{ title }{ " " }<span class="soft group-count">{ words::checks(members.len()) }</span></h2>
                    <p class="soft">{ meaning }</p>
                    <ul class="check-list">{ for members.into_iter().map(one) }</ul>
                </section>
            }
        })
    });
    html! { <>{ for groups }</> }
}

fn one(check: &Check) -> Html {
    html! {
        <li
            class="check"
            data-testid="verify-check"
            data-check={check.id.clone()}
            data-result={check.result.name()}
            data-kind={check.kind.name()}
        >
            <Mark outcome={check.result} />
            <div class="check-words">
                <p class={format!("check-mark check-{}", check.result.name())}>{ words::outcome(check.result) }</p>
                <h3>{ &check.title }</h3>
                <p>{ &check.text }</p>
                if !check.details.is_empty() {
                    <details>
                        <summary>{ words::DETAILS }<span class="visually-hidden">{ ": " }{ &check.title }</span></summary>
                        <dl class="details">{ facts(&check.details) }</dl>
                    </details>
                }
            </div>
        </li>
    }
}

/// What came after the signature.
#[component]
pub(crate) fn Later(props: &CheckedProps) -> Html {
    let later = &props.checked.answer.report.later;
    if later.is_empty() {
        return Html::default();
    }
    html! {
        <section class="card">
            <h2>{ words::LATER_TITLE }</h2>
            <ol class="later">
                { for later.iter().map(|event| html! {
                    <li>
                        <span class="soft">
                            { event.at.map_or_else(|| words::LATER_UNKNOWN.to_owned(), |at| at.moscow_words()) }
                        </span>
                        <span>{ &event.text }</span>
                    </li>
                }) }
            </ol>
        </section>
    }
}

/// Pairs of label and value.
fn facts(facts: &[Fact]) -> Html {
    facts
        .iter()
        .map(|fact| html! { <div><dt>{ &fact.label }</dt><dd>{ &fact.value }</dd></div> })
        .collect()
}
