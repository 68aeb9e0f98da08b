//! When patients are told again of documents that wait: a part of the clinic's page.

use podpis_shared::wire::mis::Settings;
use yew::prelude::*;

use super::super::desk::Desk;
use super::super::fields::{TextField, to_first_flaw};
use super::super::load::{Load, use_act};
use super::super::parts::act_failed;
use crate::api::clinic as api;
use crate::model::clinic::draft::named;
use crate::model::clinic::reminders;
use crate::text::clinic::reminders as words;

/// The fields, as the API calls them.
const HOURS: &str = "reminders_before_hours";
const SMS: &str = "sms_fallback_after_hours";

/// Properties of [`Reminders`].
#[derive(PartialEq, Properties)]
pub(super) struct RemindersProps {
    pub(super) desk: Desk,
    pub(super) now: Settings,
    pub(super) settings: Load<Settings>,
}

/// The schedule.
#[component]
pub(super) fn Reminders(props: &RemindersProps) -> Html {
    let hours = use_state(|| reminders::typed(&props.now.reminders_before_hours));
    let sms = use_state(|| {
        let after = props.now.sms_fallback_after_hours;
        after.map_or_else(String::new, |after| after.to_string())
    });
    let hours_flaw = use_state_eq(String::new);
    let sms_flaw = use_state_eq(String::new);
    let act = use_act(&props.desk.flow);
    let onsubmit = {
        let (act, flow, keep) = (act.clone(), props.desk.flow.clone(), props.settings.set());
        let (hours, sms, now) = (hours.clone(), sms.clone(), props.now.clone());
        let (hours_flaw, sms_flaw) = (hours_flaw.setter(), sms_flaw.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if act.running() {
                return;
            }
            act.forget();
            let (before, after) = (reminders::hours(&hours), reminders::fallback(&sms));
            hours_flaw.set(
                before
                    .as_ref()
                    .err()
                    .map_or_else(String::new, |flaw| words::hours_flaw(*flaw)),
            );
            sms_flaw.set(
                after
                    .as_ref()
                    .err()
                    .map_or_else(String::new, |flaw| words::sms_flaw(*flaw)),
            );
            let (Ok(before), Ok(after)) = (before, after) else {
                to_first_flaw();
                return;
            };
            // Everything else of the settings stays.
            let settings = Settings {
                reminders_before_hours: before,
                sms_fallback_after_hours: after,
                ..now.clone()
            };
            let (hours_flaw, sms_flaw) = (hours_flaw.clone(), sms_flaw.clone());
            let request = async move {
                let answer = api::set_settings(settings).await;
                if let Err(trouble) = &answer {
                    for name in named(&trouble.detail, [HOURS, SMS].map(str::to_owned)) {
                        let flaw = if name == HOURS {
                            &hours_flaw
                        } else {
                            &sms_flaw
                        };
                        flaw.set(words::REFUSED.into());
                    }
                }
                answer
            };
            let (flow, keep, hours) = (flow.clone(), keep.clone(), hours.setter());
            act.run(request, move |settings| {
                hours.set(reminders::typed(&settings.reminders_before_hours));
                keep(settings);
                flow.say(words::SAVED);
            });
        })
    };
    let plan = reminders::hours(&hours).map(|hours| words::plan(&hours));
    html! {
        <form class="card narrow" {onsubmit} novalidate=true data-testid="reminders">
            <h2>{ words::TITLE }</h2>
            <p class="soft">{ words::LEAD }</p>
            <TextField
                id="reminders-hours" label={words::HOURS} hint={words::HOURS_HINT} value={(*hours).clone()}
                edit={typed(&hours, &hours_flaw)} error={(*hours_flaw).clone()} max=60
            />
            <p class="told" aria-live="polite" data-testid="reminders-plan">{ plan.unwrap_or_default() }</p>
            <TextField
                id="reminders-sms" label={words::SMS} hint={words::SMS_HINT} value={(*sms).clone()}
                edit={typed(&sms, &sms_flaw)} error={(*sms_flaw).clone()} max=10 inputmode={Some("numeric")}
            />
            <p>{ words::NIGHT }</p>
            <p class="hint">{ words::SOON }{ " " }{ words::FROM_NOW }</p>
            { act_failed(&act) }
            <div class="actions">
                <button type="submit" class="button button-main" data-testid="reminders-save" disabled={act.running()}>
                    { words::SAVE }
                </button>
            </div>
        </form>
    }
}

/// Puts what is typed into a state; what was wrong with it is told no more.
fn typed(into: &UseStateHandle<String>, flaw: &UseStateHandle<String>) -> Callback<String> {
    let (into, flaw) = (into.setter(), flaw.setter());
    Callback::from(move |value| {
        flaw.set(String::new());
        into.set(value);
    })
}
