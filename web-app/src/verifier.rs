//! Talking to the verifier's worker (`verify-worker.js`).

use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{File, MessageEvent, Worker};

use crate::boot;
use crate::model::case::{Checked, Event, Reason, Refusal};

/// A worker that remembers the files of its case, listened to as long as this value lives.
pub(crate) struct Verifier {
    worker: Worker,
    _listeners: [Closure<dyn FnMut(MessageEvent)>; 2],
}

impl Verifier {
    /// Starts one; `None` where the browser has no such worker.
    ///
    /// A worker that has told [`Reason::Failed`] is of no use any more.
    pub(crate) fn start(hear: impl Fn(Told) + Clone + 'static) -> Option<Self> {
        let start: Function = boot::field("verifier")?.dyn_into().ok()?;
        let worker: Worker = start.call0(&JsValue::NULL).ok()?.dyn_into().ok()?;
        let failed = hear.clone();
        let messages = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            hear(read(&event.data()).unwrap_or(Told::Broken));
        });
        let errors = Closure::<dyn FnMut(MessageEvent)>::new(move |_| failed(Told::Broken));
        worker.set_onmessage(Some(messages.as_ref().unchecked_ref()));
        worker.set_onerror(Some(errors.as_ref().unchecked_ref()));
        Some(Self {
            worker,
            _listeners: [messages, errors],
        })
    }

    /// Checks the case with these files added; `trust` is a trust list and where it comes from.
    pub(crate) fn check(&self, number: u32, files: &[File], trust: Option<(&str, &str)>) -> bool {
        let message = Object::new();
        let files: Array = files.iter().collect();
        let (list, from) = match trust {
            Some((list, from)) => (list.into(), from),
            None => (JsValue::NULL, ""),
        };
        for (name, value) in [
            ("type", "check".into()),
            ("id", number.into()),
            ("files", files.into()),
            ("trust", list),
            ("trustFrom", from.into()),
            ("now", (js_sys::Date::now() / 1e3).into()),
        ] {
            // A fresh plain object takes any field.
            let _ = Reflect::set(&message, &name.into(), &value);
        }
        self.worker.post_message(&message).is_ok()
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// What the worker told.
pub(crate) enum Told {
    /// A fact for the model.
    Event(Event),
    /// It can't go on, whatever it was doing.
    Broken,
}

/// Resolves to `true` when the page can be opened without network from now on.
pub(crate) fn offline() -> Option<Promise> {
    boot::field("offline")?.dyn_into().ok()
}

fn read(message: &JsValue) -> Option<Told> {
    let field = |name: &str| Reflect::get(message, &name.into()).ok();
    let text = |name: &str| field(name)?.as_string();
    let number = |name: &str| field(name)?.as_f64();
    let id = number("id")? as u32;
    Some(match text("type")?.as_str() {
        "checked" => {
            let text_of_answer = text("answer")?;
            let checked = Checked {
                answer: serde_json::from_str(&text_of_answer).ok()?,
                text: text_of_answer,
                given: serde_json::from_str(&text("given")?).ok()?,
                ms: number("ms")?,
            };
            Told::Event(Event::Checked(id, Rc::new(checked)))
        }
        "refused" => Told::Event(Event::Refused(
            id,
            Refusal {
                reason: Reason::parse(&text("reason")?),
                name: text("name")?,
            },
        )),
        _ => Told::Broken,
    })
}
