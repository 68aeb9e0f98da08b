//! Many documents from a table: it is checked here, line by line, before anything is sent.

mod run;

use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Object, Uint8Array};
use podpis_shared::bulk::{self, Bulk as Table, Common, MadeOf};
use podpis_shared::policy::{Day, Table as Policy};
use podpis_shared::templates::{self, Need, Source, Template};
use podpis_shared::{Delivery, Method, Parties, Sensitive, Timestamp};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, TextDecoder, TextDecoderOptions};
use yew::prelude::*;

use super::desk::PageProps;
use super::fields::{Choices, FileField, Select, TextField, plain};
use super::parts::heading;
use crate::api::clinic as api;
use crate::dom;
use crate::text::clinic::{bulk as words, send};

/// What all lines have in common, as it was chosen.
#[derive(Clone, PartialEq)]
struct Chosen {
    template: String,
    delivery: Delivery,
    method: Method,
    parties: Parties,
    fields: BTreeMap<String, String>,
}

/// A file as it was read.
#[derive(Clone)]
enum Given {
    None,
    Unreadable(String),
    Read(String, Rc<Table>),
}

/// The page.
#[component]
pub(super) fn Bulk(props: &PageProps) -> Html {
    let now = Timestamp::from_unix(dom::unix_now());
    let chosen = use_state_eq(first);
    let text = use_state(|| None::<(String, String)>);
    let unreadable = use_state_eq(|| "");
    let (year, month, day) = now.moscow_date();
    let today = Day::parse(&format!("{year:04}-{month:02}-{day:02}"));
    let in_force: Vec<&'static Template> =
        today.map_or_else(Vec::new, |day| templates::in_force(day).collect());
    let template = in_force
        .iter()
        .find(|template| template.id() == chosen.template)
        .copied();
    let common = template.map(|template| common(template, &chosen));

    let give = {
        let (text, unreadable) = (text.setter(), unreadable.setter());
        Callback::from(move |files: Vec<File>| {
            let (text, unreadable) = (text.clone(), unreadable.clone());
            spawn_local(async move {
                let Some(file) = files.into_iter().next() else {
                    return;
                };
                let bytes = api::bytes(&file).await.unwrap_or_default();
                let decoded = decode(&bytes);
                unreadable.set(if decoded.is_none() {
                    words::UNREADABLE
                } else {
                    ""
                });
                text.set(decoded.map(|decoded| (file.name(), decoded)));
            });
        })
    };
    let other = {
        let text = text.setter();
        Callback::from(move |_: MouseEvent| text.set(None))
    };
    // Read again whenever a choice changes; what is on its way keeps what it was started with.
    let given = use_memo(((*text).clone(), (*chosen).clone()), |(text, _)| {
        let Some(((name, text), common)) = text.as_ref().zip(common.as_ref()) else {
            return Given::None;
        };
        match bulk::read(text, common, Policy::builtin(), now) {
            Ok(table) => Given::Read(name.clone(), Rc::new(table)),
            Err(error) => Given::Unreadable(error.to_string()),
        }
    });
    let locked = text.is_some();
    html! {
        <>
            { heading(words::TITLE, words::LEAD) }
            <section class="card">
                <h2 class="steps-title" data-step="1">{ words::WHAT }</h2>
                { choices(&chosen, &in_force, locked) }
                if let Some(template) = template {
                    { fields(&chosen, template, locked) }
                }
            </section>
            <section class="card">
                <h2 class="steps-title" data-step="2">{ words::TABLE }</h2>
                <div class="actions">
                    { sample(common.as_ref(), false) }
                    { sample(common.as_ref(), true) }
                </div>
                if let Some((name, _)) = &*text {
                    <p class="given">
                        <span class="given-name" data-testid="bulk-file-name">{ name }</span>
                        <button type="button" class="button button-second button-tight" data-testid="bulk-other" onclick={other}>
                            { words::FILE_OTHER }
                        </button>
                    </p>
                } else {
                    <FileField id="bulk-file" label={words::FILE} hint={words::FILE_HINT} accept=".csv,text/csv" {give} />
                }
                <p class="failed" role="alert" data-testid="bulk-error">
                    { match &*given {
                        Given::Unreadable(why) => why.clone(),
                        _ => (*unreadable).to_owned(),
                    } }
                </p>
            </section>
            if let Given::Read(name, table) = &*given {
                <run::Run key={name.clone()} table={run::Lines(table.clone())} desk={props.desk.clone()} />
            }
        </>
    }
}

/// What is chosen at first.
fn first() -> Chosen {
    Chosen {
        template: "pd_consent".into(),
        delivery: Delivery::Link,
        method: Method::Esia,
        parties: Parties::Patient,
        fields: BTreeMap::new(),
    }
}

fn common(template: &'static Template, chosen: &Chosen) -> Common {
    let medic = template.kind().needs_medic();
    let fields = chosen
        .fields
        .iter()
        .filter(|(_, value)| !value.trim().is_empty());
    let fields = fields.map(|(name, value)| (name.clone(), Sensitive::new(value.clone())));
    Common {
        kind: template.kind(),
        title: template.title().to_owned(),
        delivery: chosen.delivery,
        method: chosen.method,
        parties: if medic {
            Parties::PatientAndClinic
        } else {
            chosen.parties
        },
        // The usual 30 days: a moment of this page's clock would make a repeated line another request.
        expires_at: None,
        sms_fallback_after_hours: None,
        clinic_signers: None,
        clinic_signers_ordered: false,
        made_of: MadeOf::Template {
            template,
            fields: fields.collect(),
        },
    }
}

/// Changes what is chosen.
fn change(
    chosen: &UseStateHandle<Chosen>,
    change: impl Fn(&mut Chosen, String) + 'static,
) -> Callback<String> {
    let chosen = chosen.clone();
    Callback::from(move |value| {
        let mut next = (*chosen).clone();
        change(&mut next, value);
        if next.method == Method::Sms {
            next.delivery = Delivery::Account;
        }
        chosen.set(next);
    })
}

fn choices(chosen: &UseStateHandle<Chosen>, in_force: &[&'static Template], locked: bool) -> Html {
    let made_of: Vec<_> = in_force
        .iter()
        .map(|template| plain(template.id(), template.title()))
        .collect();
    let medic = in_force
        .iter()
        .any(|template| template.id() == chosen.template && template.kind().needs_medic());
    html! {
        <>
            <Select
                name="bulk-template" legend={send::MADE_OF} chosen={chosen.template.clone()} choices={made_of} disabled={locked}
                pick={change(chosen, |next, value| {
                    next.template = value;
                    next.fields.clear();
                })}
            />
            <div class="pair">
                <Choices
                    name="bulk-method" legend={send::METHOD} chosen={chosen.method.as_str()} disabled={locked}
                    choices={vec![plain("esia", send::ESIA), plain("sms", send::SMS)]}
                    pick={change(chosen, |next, value| next.method = Method::parse(&value).unwrap_or(next.method))}
                />
                <Choices
                    name="bulk-delivery" legend={send::DELIVERY} chosen={chosen.delivery.as_str()} disabled={locked}
                    choices={vec![plain("link", send::LINK), plain("account", send::ACCOUNT)]}
                    pick={change(chosen, |next, value| next.delivery = Delivery::parse(&value).unwrap_or(next.delivery))}
                />
            </div>
            if medic {
                <p class="hint">{ send::MEDIC_NEEDED }</p>
            } else {
                <Select
                    name="bulk-parties" legend={send::PARTIES} chosen={chosen.parties.as_str()} disabled={locked}
                    choices={vec![plain("patient", send::PATIENT_ONLY), plain("patient_and_clinic", send::BOTH)]}
                    pick={change(chosen, |next, value| next.parties = Parties::parse(&value).unwrap_or(next.parties))}
                />
            }
        </>
    }
}

/// Fields that may be the same for everybody: not those of the people.
fn fields(chosen: &UseStateHandle<Chosen>, template: &'static Template, locked: bool) -> Html {
    let common = |name: &str| !name.starts_with("patient.") && !name.starts_with("representative.");
    let own: Vec<_> = template
        .fields()
        .filter(|(field, _)| field.source == Source::Caller && common(&field.name))
        .collect();
    if own.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ words::FIELDS }</h3>
            <p class="hint">{ words::FIELDS_HINT }</p>
            <div class="pair">
                { for own.into_iter().map(|(field, need)| {
                    let (name, value) = (field.name.clone(), chosen.fields.get(&field.name));
                    let edit = {
                        let name = name.clone();
                        change(chosen, move |next, value| drop(next.fields.insert(name.clone(), value)))
                    };
                    html! {
                        <TextField
                            key={name.clone()} id={format!("bulk.{name}")} label={field.label.clone()} max={field.max}
                            optional={need != Need::Always} disabled={locked}
                            lines={!matches!(field.kind, templates::FieldKind::Line | templates::FieldKind::Date)}
                            value={value.cloned().unwrap_or_default()} {edit}
                        />
                    }
                }) }
            </div>
        </>
    }
}

fn sample(common: Option<&Common>, represented: bool) -> Html {
    let csv = common.map(|common| bulk::sample(common, represented));
    let (title, testid) = if represented {
        (words::SAMPLE_REPRESENTED, "bulk-sample-represented")
    } else {
        (words::SAMPLE, "bulk-sample")
    };
    let onclick = Callback::from(move |_| {
        if let Some(csv) = &csv {
            // A browser that refuses to save tells so itself.
            let _ = dom::save_text(csv, "text/csv;charset=utf-8", words::SAMPLE_NAME);
        }
    });
    html! {
        <button type="button" class="button button-second" data-testid={testid} {onclick}>{ title }</button>
    }
}

/// UTF-8, or what Excel in Russia writes.
fn decode(bytes: &[u8]) -> Option<String> {
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    ["utf-8", "windows-1251"].into_iter().find_map(|label| {
        let decoder = TextDecoder::new_with_label_and_options(label, &options).ok()?;
        let bytes: Object = Uint8Array::from(bytes).into();
        decoder.decode_with_buffer_source(&bytes).ok()
    })
}
