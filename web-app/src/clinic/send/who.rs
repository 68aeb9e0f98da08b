//! To whom: the patient, and who signs on their behalf.

use podpis_shared::policy::Ground;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::fields::{Select, TextField, plain};
use super::{Form, PartProps};
use crate::model::clinic::draft::{
    BORN, EMAIL, FIRST, LAST, MIDDLE, PATIENT, PHONE, REPRESENTATIVE, SNILS, field,
};
use crate::text::clinic::send as words;

/// Grounds, with their names in the form.
const GROUNDS: [(&str, Ground); 5] = [
    ("minor", Ground::Minor),
    ("incapable", Ground::Incapable),
    ("minor_drug_treatment", Ground::MinorDrugTreatment),
    ("minor_narcology", Ground::MinorNarcology),
    ("minor_donation", Ground::MinorDonation),
];

/// The part.
#[component]
pub(super) fn Who(props: &PartProps) -> Html {
    let form = &props.form;
    let represented = form.draft.represented;
    let onchange = {
        let form = form.clone();
        Callback::from(move |event: Event| {
            let to = event.target_unchecked_into::<HtmlInputElement>().checked();
            form.edit(move |draft| draft.represented = to);
        })
    };
    let pick = form.picked(|draft, value| {
        let found = GROUNDS.iter().find(|(name, _)| *name == value);
        draft.ground = found.map_or(draft.ground, |(_, ground)| *ground);
    });
    let chosen = GROUNDS
        .iter()
        .find(|(_, ground)| *ground == form.draft.ground);
    html! {
        <section class="card">
            <h2 class="steps-title" data-step="2">{ words::WHO }</h2>
            { person(form, PATIENT) }
            <p class="hint">{ words::AS_IN_PASSPORT }</p>
            <p class="check">
                <input type="checkbox" id="represented" data-testid="represented" checked={represented} {onchange} />
                <label for="represented">{ words::REPRESENTED }</label>
            </p>
            if represented {
                <div class="inset">
                    <h3>{ words::REPRESENTATIVE }</h3>
                    { person(form, REPRESENTATIVE) }
                    <Select
                        name="send-ground" legend={words::GROUND} chosen={chosen.map_or("minor", |(name, _)| *name)}
                        choices={GROUNDS.iter().map(|(name, ground)| plain(*name, words::ground(*ground))).collect::<Vec<_>>()}
                        {pick}
                    />
                    <div class="pair">
                        { text(form, REPRESENTATIVE, "basis", words::BASIS, words::BASIS_HINT, false) }
                        { text(form, REPRESENTATIVE, "record_ref", words::RECORD, words::RECORD_HINT, false) }
                    </div>
                </div>
            }
        </section>
    }
}

fn person(form: &Form, whose: &str) -> Html {
    html! {
        <>
            <div class="three">
                { text(form, whose, LAST, words::LAST, "", false) }
                { text(form, whose, FIRST, words::FIRST, "", false) }
                { text(form, whose, MIDDLE, words::MIDDLE, "", true) }
            </div>
            <div class="three">
                { text(form, whose, BORN, words::BORN, words::BORN_HINT, false) }
                { text(form, whose, PHONE, words::PHONE, words::PHONE_HINT, false) }
                { text(form, whose, EMAIL, words::EMAIL, "", true) }
                { text(form, whose, SNILS, words::SNILS, words::SNILS_HINT, true) }
            </div>
        </>
    }
}

fn text(
    form: &Form,
    whose: &str,
    part: &str,
    label: &'static str,
    hint: &'static str,
    optional: bool,
) -> Html {
    let name = field(whose, part);
    let inputmode = match part {
        PHONE => Some("tel"),
        EMAIL => Some("email"),
        BORN | SNILS => Some("numeric"),
        _ => None,
    };
    html! {
        <TextField
            key={name.clone()} id={name.clone()} {label} {hint} {optional} {inputmode}
            value={form.draft.text(&name).to_owned()} edit={form.typed(name.clone())} error={form.flaw(&name)}
        />
    }
}
