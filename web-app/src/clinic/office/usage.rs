//! The month's account.

use podpis_shared::Timestamp;
use podpis_shared::usage::Month;
use yew::prelude::*;

use super::super::desk::PageProps;
use super::super::fields::{Select, plain};
use super::super::load::{use_act, use_load};
use super::super::parts::{act_failed, empty, heading, loaded};
use crate::api::clinic as api;
use crate::dom;
use crate::model::clinic::seen::Usage as View;
use crate::text::account::MONTH_NAMES;
use crate::text::clinic::office as words;

/// Months that can be chosen.
const MONTHS: usize = 18;

/// The page.
#[component]
pub(in crate::clinic) fn Usage(props: &PageProps) -> Html {
    let months = use_memo((), |()| last_months());
    let month = use_state_eq(|| {
        months
            .first()
            .map(|(value, _)| value.clone())
            .unwrap_or_default()
    });
    let view = use_load(&props.desk.flow, (*month).clone(), api::usage);
    let act = use_act(&props.desk.flow);
    let save = |rows: bool| {
        let (act, month) = (act.clone(), (*month).clone());
        let name = format!("podpis-{month}{}.csv", if rows { "-rows" } else { "" });
        Callback::from(move |_| {
            let name = name.clone();
            act.run(api::usage_csv(month.clone(), rows), move |blob| {
                // A browser that refuses to save tells so itself.
                let _ = dom::save(&blob, &name);
            });
        })
    };
    let pick = {
        let month = month.setter();
        Callback::from(move |value| month.set(value))
    };
    let choices: Vec<_> = months
        .iter()
        .map(|(value, name)| plain(value.clone(), name.clone()))
        .collect();
    html! {
        <>
            { heading(words::USAGE, words::USAGE_LEAD) }
            <div class="row">
                <Select name="usage-month" legend={words::MONTH} chosen={(*month).clone()} {choices} {pick} />
                <button
                    type="button" class="button button-second" data-testid="usage-csv" disabled={act.running()}
                    onclick={save(false)}
                >
                    { words::CSV }
                </button>
                <button
                    type="button" class="button button-second" data-testid="usage-rows-csv" disabled={act.running()}
                    onclick={save(true)}
                >
                    { words::CSV_ROWS }
                </button>
            </div>
            { act_failed(&act) }
            { loaded(&view, table) }
        </>
    }
}

fn table(view: &View) -> Html {
    if view.lines.is_empty() {
        return empty(words::USAGE_NONE, words::USAGE_NONE_BODY, false);
    }
    html! {
        <>
            <div class="table-box" role="group" tabindex="0" aria-label={words::USAGE}>
                <table class="table" data-testid="usage">
                    <thead>
                        <tr>
                            <th scope="col">{ words::SERVICE }</th>
                            <th scope="col" class="number">{ words::COUNT }</th>
                            <th scope="col" class="number">{ words::PRICE }</th>
                            <th scope="col" class="number">{ words::SUM }</th>
                        </tr>
                    </thead>
                    <tbody>
                        { for view.lines.iter().map(|line| html! {
                            <tr>
                                <th scope="row">{ &line.title }</th>
                                <td class="number">{ line.count }</td>
                                <td class="number">{ words::rubles(line.price_kopecks.into()) }</td>
                                <td class="number">{ words::rubles(line.sum_kopecks) }</td>
                            </tr>
                        }) }
                    </tbody>
                    <tfoot>
                        <tr>
                            <th scope="row" colspan="3">{ words::TOTAL }</th>
                            <td class="number" data-testid="usage-total">{ words::rubles(view.total_kopecks) }</td>
                        </tr>
                    </tfoot>
                </table>
            </div>
            <p class="hint">
                { words::closing(view.closed, view.closes_at) }
                if let Some(vat) = &view.vat_note {
                    { " " }{ vat }
                }
            </p>
        </>
    }
}

/// `2026-11` and its name, this one first.
fn last_months() -> Vec<(String, String)> {
    let now = Timestamp::from_unix(dom::unix_now());
    let mut month = Month::of(now);
    let mut months = Vec::with_capacity(MONTHS);
    for _ in 0..MONTHS {
        let value = month.to_string();
        let (year, number) = value.split_once('-').unwrap_or_default();
        let number = number.parse::<usize>().unwrap_or(1);
        let name = MONTH_NAMES
            .get(number.wrapping_sub(1))
            .copied()
            .unwrap_or_default();
        months.push((value.clone(), format!("{name} {year}")));
        month = Month::of(month.begins_at().plus(-1));
    }
    months
}
