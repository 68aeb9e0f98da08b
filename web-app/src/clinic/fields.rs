//! Fields of forms: each with its label, a hint and what is wrong with it.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast as _;
use web_sys::{File, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// Properties of [`TextField`].
#[derive(PartialEq, Properties)]
pub(super) struct TextProps {
    /// Id of the field, and its test id.
    pub(super) id: AttrValue,
    pub(super) label: AttrValue,
    pub(super) value: AttrValue,
    pub(super) edit: Callback<String>,
    #[prop_or_default]
    pub(super) hint: AttrValue,
    /// What is wrong with the value; empty: nothing.
    #[prop_or_default]
    pub(super) error: AttrValue,
    /// The input's type.
    #[prop_or("text")]
    pub(super) kind: &'static str,
    #[prop_or("off")]
    pub(super) autocomplete: &'static str,
    #[prop_or_default]
    pub(super) inputmode: Option<&'static str>,
    #[prop_or(300)]
    pub(super) max: usize,
    /// The label says that it may be left empty.
    #[prop_or_default]
    pub(super) optional: bool,
    #[prop_or_default]
    pub(super) disabled: bool,
    /// Several lines.
    #[prop_or_default]
    pub(super) lines: bool,
    /// A class more.
    #[prop_or_default]
    pub(super) class: Classes,
    #[prop_or_default]
    pub(super) focused: bool,
}

/// A field for a text.
#[component]
pub(super) fn TextField(props: &TextProps) -> Html {
    let input = use_node_ref();
    use_effect_with(props.focused, {
        let input = input.clone();
        move |focused| {
            if *focused {
                crate::dom::focus(input.cast());
            }
        }
    });
    let (hint, error) = (format!("{}-hint", props.id), format!("{}-error", props.id));
    let wrong = !props.error.is_empty();
    let described = match (wrong, props.hint.is_empty()) {
        (true, true) => Some(error.clone()),
        (true, false) => Some(format!("{error} {hint}")),
        (false, false) => Some(hint.clone()),
        (false, true) => None,
    };
    let field = if props.lines {
        let edit = props.edit.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            edit.emit(event.target_unchecked_into::<HtmlTextAreaElement>().value());
        });
        html! {
            <textarea
                id={props.id.clone()} data-testid={props.id.clone()} class="input" rows="3" ref={input}
                value={props.value.clone()} maxlength={props.max.to_string()} disabled={props.disabled}
                aria-describedby={described} aria-invalid={wrong.to_string()} {oninput}
            />
        }
    } else {
        let edit = props.edit.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            edit.emit(event.target_unchecked_into::<HtmlInputElement>().value());
        });
        html! {
            <input
                id={props.id.clone()} data-testid={props.id.clone()} class="input" ref={input}
                type={props.kind} value={props.value.clone()} maxlength={props.max.to_string()}
                autocomplete={props.autocomplete} inputmode={props.inputmode} spellcheck="false" disabled={props.disabled}
                aria-describedby={described} aria-invalid={wrong.to_string()} {oninput}
            />
        }
    };
    html! {
        <div class={classes!("field", props.class.clone())}>
            <label for={props.id.clone()}>
                { props.label.clone() }
                if props.optional {
                    <span class="optional">{ crate::text::clinic::OPTIONAL }</span>
                }
            </label>
            { field }
            if !props.hint.is_empty() {
                <p class="hint" id={hint}>{ props.hint.clone() }</p>
            }
            <p class="failed" id={error} role="alert">{ props.error.clone() }</p>
        </div>
    }
}

/// One of the things to choose from.
#[derive(Clone, PartialEq)]
pub(super) struct Choice {
    /// Its value.
    pub(super) value: AttrValue,
    pub(super) title: AttrValue,
    /// A sentence more; of what can't be chosen, why.
    pub(super) note: AttrValue,
    /// It can't be chosen.
    pub(super) off: bool,
}

/// Properties of [`Choices`] and [`Select`].
#[derive(PartialEq, Properties)]
pub(super) struct ChoicesProps {
    /// Name of the group; a choice's test id is `name-value`.
    pub(super) name: AttrValue,
    pub(super) legend: AttrValue,
    pub(super) chosen: AttrValue,
    pub(super) choices: Vec<Choice>,
    pub(super) pick: Callback<String>,
    #[prop_or_default]
    pub(super) disabled: bool,
}

/// Choices of which all can be seen, with their reasons.
#[component]
pub(super) fn Choices(props: &ChoicesProps) -> Html {
    html! {
        <fieldset class="choices">
            <legend>{ props.legend.clone() }</legend>
            { for props.choices.iter().map(|choice| {
                let id = format!("{}-{}", props.name, choice.value);
                let note = format!("{id}-note");
                let pick = {
                    let (pick, value) = (props.pick.clone(), choice.value.to_string());
                    Callback::from(move |_: Event| pick.emit(value.clone()))
                };
                html! {
                    <div class={classes!("choice", choice.off.then_some("choice-off"))} key={id.clone()}>
                        <input
                            type="radio" id={id.clone()} data-testid={id.clone()} name={props.name.clone()}
                            value={choice.value.clone()} checked={choice.value == props.chosen}
                            disabled={choice.off || props.disabled} onchange={pick}
                            aria-describedby={(!choice.note.is_empty()).then(|| note.clone())}
                        />
                        <label for={id}>{ choice.title.clone() }</label>
                        if !choice.note.is_empty() {
                            <p class="hint" id={note}>{ choice.note.clone() }</p>
                        }
                    </div>
                }
            }) }
        </fieldset>
    }
}

/// Likewise in one line.
#[component]
pub(super) fn Select(props: &ChoicesProps) -> Html {
    let onchange = {
        let pick = props.pick.clone();
        Callback::from(move |event: Event| {
            pick.emit(event.target_unchecked_into::<HtmlSelectElement>().value());
        })
    };
    html! {
        <div class="field">
            <label for={props.name.clone()}>{ props.legend.clone() }</label>
            <select id={props.name.clone()} data-testid={props.name.clone()} class="input" disabled={props.disabled} {onchange}>
                { for props.choices.iter().map(|choice| html! {
                    <option value={choice.value.clone()} selected={choice.value == props.chosen} disabled={choice.off}>
                        { choice.title.clone() }
                    </option>
                }) }
            </select>
        </div>
    }
}

/// A choice without a reason.
pub(super) fn plain(value: impl Into<AttrValue>, title: impl Into<AttrValue>) -> Choice {
    Choice {
        value: value.into(),
        title: title.into(),
        note: AttrValue::default(),
        off: false,
    }
}

/// Properties of [`FileField`].
#[derive(PartialEq, Properties)]
pub(super) struct FileProps {
    /// Id of the field, and its test id.
    pub(super) id: AttrValue,
    pub(super) label: AttrValue,
    pub(super) hint: AttrValue,
    /// Kinds of files, as the attribute `accept` has them.
    pub(super) accept: AttrValue,
    #[prop_or_default]
    pub(super) multiple: bool,
    #[prop_or_default]
    pub(super) disabled: bool,
    pub(super) give: Callback<Vec<File>>,
    /// What is wrong with what was given, or that nothing was; empty: nothing.
    #[prop_or_default]
    pub(super) error: AttrValue,
}

/// A place for files: an input as large as the zone, so that a mouse, what is dropped and a keyboard all reach it.
#[component]
pub(super) fn FileField(props: &FileProps) -> Html {
    let over = use_state_eq(|| false);
    let onchange = {
        let (give, over) = (props.give.clone(), over.setter());
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let list = input.files();
            let files = list.map_or_else(Vec::new, |list| {
                (0..list.length()).filter_map(|at| list.get(at)).collect()
            });
            // So that choosing the same file again is a change as well.
            input.set_value("");
            over.set(false);
            if !files.is_empty() {
                give.emit(files);
            }
        })
    };
    let enter = over.setter();
    let leave = over.setter();
    let (hint, error) = (format!("{}-hint", props.id), format!("{}-error", props.id));
    let wrong = !props.error.is_empty();
    let described = if wrong {
        format!("{error} {hint}")
    } else {
        hint.clone()
    };
    html! {
        <>
            <div class={classes!("drop", (*over).then_some("drop-over"))}>
                <input
                    type="file" id={props.id.clone()} data-testid={props.id.clone()} accept={props.accept.clone()}
                    multiple={props.multiple} disabled={props.disabled} aria-describedby={described}
                    aria-invalid={wrong.then_some("true")} {onchange}
                    ondragenter={Callback::from(move |_: DragEvent| enter.set(true))}
                    ondragleave={Callback::from(move |_: DragEvent| leave.set(false))}
                />
                <label class="drop-title" for={props.id.clone()}>{ props.label.clone() }</label>
                <p class="drop-hint" id={hint}>{ props.hint.clone() }</p>
            </div>
            <p class="failed" id={error.clone()} role="alert" data-testid={error}>{ props.error.clone() }</p>
        </>
    }
}

/// Once it has been drawn, the focus goes to what is wrong.
pub(super) fn to_first_flaw() {
    Timeout::new(50, || {
        let document = web_sys::window().and_then(|window| window.document());
        let first = document.map(|document| document.query_selector("form [aria-invalid=true]"));
        let first = first.and_then(|first| first.ok().flatten());
        crate::dom::focus(first.and_then(|first| first.dyn_into().ok()));
    })
    .forget();
}
