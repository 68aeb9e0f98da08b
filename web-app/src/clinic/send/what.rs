//! What is sent: a template with its fields, or a file of the clinic's own.

use podpis_shared::Kind;
use web_sys::File;
use yew::prelude::*;

use super::super::fields::{FileField, Select, TextField, plain};
use super::Form;
use crate::model::clinic::draft::{EXTERNAL_ID, TITLE, of_template};
use crate::model::clinic::seen::TemplateField;
use crate::text;
use crate::text::clinic::{documents, send as words};

/// Value of the choice for a file of the clinic's own.
const OWN: &str = "own-file";

/// Properties of [`What`].
#[derive(PartialEq, Properties)]
pub(super) struct WhatProps {
    pub(super) form: Form,
    pub(super) file: Option<File>,
    pub(super) flaw: &'static str,
    pub(super) give: Callback<Option<File>>,
}

/// The part.
#[component]
pub(super) fn What(props: &WhatProps) -> Html {
    let form = &props.form;
    let mut made_of: Vec<_> = form
        .templates
        .iter()
        .map(|template| plain(template.id.clone(), template.title.clone()))
        .collect();
    made_of.push(plain(OWN, words::OWN_FILE));
    let chosen = form
        .template()
        .map_or(OWN, |template| template.id.as_str())
        .to_owned();
    let pick = form.picked(|draft, value| {
        draft.template = Some(value.to_owned()).filter(|value| value != OWN);
    });
    html! {
        <section class="card">
            <h2 class="steps-title" data-step="1">{ words::WHAT }</h2>
            <Select name="send-template" legend={words::MADE_OF} {chosen} choices={made_of} {pick} />
            if form.template().is_none() {
                { own_file(props) }
            }
            <div class="pair">
                <TextField
                    id="title" label={words::NAME} hint={words::NAME_HINT} optional={form.template().is_some()}
                    value={form.draft.text(TITLE).to_owned()} edit={form.typed(TITLE.into())} error={form.flaw(TITLE)}
                />
                <TextField
                    id="external_id" label={words::EXTERNAL} hint={words::EXTERNAL_HINT} optional=true max=200
                    value={form.draft.text(EXTERNAL_ID).to_owned()} edit={form.typed(EXTERNAL_ID.into())}
                    error={form.flaw(EXTERNAL_ID)}
                />
            </div>
            { fields(form) }
        </section>
    }
}

fn own_file(props: &WhatProps) -> Html {
    let form = &props.form;
    let kinds: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| **kind != Kind::UserAgreement)
        .map(|kind| plain(kind.as_str(), documents::kind(*kind)))
        .collect();
    let pick = form.picked(|draft, value| draft.kind = Kind::parse(value).unwrap_or(draft.kind));
    let give = {
        let (give, form) = (props.give.clone(), form.clone());
        Callback::from(move |files: Vec<File>| {
            let file = files.into_iter().next();
            // The file's own name is a good beginning of a title.
            if let Some(file) = &file
                && form.draft.text(TITLE).trim().is_empty()
            {
                let name = file.name();
                let stem = name.strip_suffix(".pdf").unwrap_or(&name).to_owned();
                form.edit(move |draft| draft.set(TITLE.into(), stem));
            }
            give.emit(file);
        })
    };
    let remove = props.give.reform(|_: MouseEvent| None);
    html! {
        <>
            if let Some(file) = &props.file {
                <p class="given">
                    <span>
                        <span class="given-name" data-testid="send-file-name">{ file.name() }</span>
                        <span class="soft">{ ", " }{ text::size(file.size() as u64) }</span>
                    </span>
                    <button type="button" class="button button-second button-tight" onclick={remove}>
                        { words::FILE_OTHER }
                    </button>
                </p>
            } else {
                <FileField id="send-file" label={words::FILE} hint={words::FILE_HINT} accept=".pdf,application/pdf" error={props.flaw} {give} />
            }
            <Select
                name="send-kind" legend={words::KIND} chosen={form.draft.kind.as_str()} choices={kinds} {pick}
            />
            <p class="hint">{ words::KIND_HINT }</p>
        </>
    }
}

/// The template's own fields.
fn fields(form: &Form) -> Html {
    let Some(template) = form.template() else {
        return Html::default();
    };
    let represented = form.draft.represented;
    let shown = |field: &&TemplateField| {
        field.is_ours() && (represented || !field.name.starts_with("representative."))
    };
    let mut fields = template.fields.iter().filter(shown).peekable();
    if fields.peek().is_none() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ words::FIELDS }</h3>
            <div class="pair">
                { for fields.map(|field| {
                    let name = of_template(&field.name);
                    let lines = matches!(field.kind.as_str(), "text" | "list");
                    let hint = match field.kind.as_str() {
                        "list" => words::LIST_HINT,
                        "date" => words::BORN_HINT,
                        _ => "",
                    };
                    html! {
                        <TextField
                            key={name.clone()} id={name.clone()} label={field.label.clone()} {hint} {lines}
                            max={field.max} optional={!field.is_needed(represented)}
                            value={form.draft.text(&name).to_owned()} edit={form.typed(name.clone())}
                            error={form.flaw(&name)} class={classes!(lines.then_some("wide-field"))}
                        />
                    }
                }) }
            </div>
        </>
    }
}
