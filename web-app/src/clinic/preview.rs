//! A PDF on the page, drawn by the same renderer that the patient's page has.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Float32Array, Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, HtmlCanvasElement, HtmlElement, ImageBitmap, MessageEvent, Worker};
use yew::prelude::*;

use crate::dom;
use crate::text::clinic as words;

/// Pages that are drawn; a document to be looked at before it is sent has few.
const PAGES_MAX: usize = 30;

/// Properties of [`Preview`].
#[derive(PartialEq, Properties)]
pub(super) struct PreviewProps {
    pub(super) file: Blob,
}

/// How far it is.
#[derive(Clone, PartialEq)]
enum State {
    Waiting,
    /// Sizes of the pages.
    Open(Vec<(f32, f32)>),
    Failed,
}

/// The renderer's worker, which ends with this value.
struct Drawing {
    worker: Worker,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Drawing {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}

/// The pages.
#[component]
pub(super) fn Preview(props: &PreviewProps) -> Html {
    let state = use_state_eq(|| State::Waiting);
    let around = use_node_ref();
    use_effect_with(props.file.clone(), {
        let (state, around) = (state.setter(), around.clone());
        move |file| {
            state.set(State::Waiting);
            let element = around.cast::<HtmlElement>();
            let width = element.map_or(600, |around| dom::sheet_width(&around));
            let drawing = draw(file, width, move |told| state.set(told));
            move || drop(drawing)
        }
    });
    let pages = match &*state {
        State::Open(sizes) => sizes.clone(),
        _ => Vec::new(),
    };
    html! {
        <div class="preview" role="group" tabindex="0" aria-label={crate::text::PAGES_TITLE} data-testid="preview" data-pages={pages.len().to_string()}>
            <div ref={around} class="preview-width"></div>
            if *state == State::Waiting {
                <p class="soft" role="status">{ words::PREVIEW_WAITS }</p>
            }
            if *state == State::Failed {
                <p class="failed" role="alert">{ words::PREVIEW_FAILED }</p>
            }
            { for (0..pages.len().min(PAGES_MAX)).map(|page| html! {
                <div class="sheet" key={page}>
                    <canvas id={canvas_id(page)} role="img" aria-label={crate::text::page_label(page + 1, pages.len())} />
                </div>
            }) }
        </div>
    }
}

fn canvas_id(page: usize) -> String {
    format!("preview-page-{page}")
}

fn draw(file: &Blob, width: u32, tell: impl Fn(State) + 'static) -> Option<Drawing> {
    let start: Function = Reflect::get(&js_sys::global(), &"podpis".into())
        .and_then(|podpis| Reflect::get(&podpis, &"renderer".into()))
        .ok()?
        .dyn_into()
        .ok()?;
    let worker: Worker = start.call0(&JsValue::NULL).ok()?.dyn_into().ok()?;
    let asking = worker.clone();
    let pages = Rc::new(RefCell::new(0_usize));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = event.data();
        let field = |name: &str| Reflect::get(&message, &name.into()).ok();
        let text = |name: &str| field(name).and_then(|value| value.as_string());
        match text("type").as_deref() {
            Some("opened") if text("error").is_none_or(|error| error.is_empty()) => {
                let flat = field("sizes").and_then(|sizes| sizes.dyn_into::<Float32Array>().ok());
                let flat = flat.map(|flat| flat.to_vec()).unwrap_or_default();
                let sizes: Vec<_> = flat.chunks_exact(2).map(|p| (p[0], p[1])).collect();
                *pages.borrow_mut() = sizes.len().min(PAGES_MAX);
                tell(State::Open(sizes));
            }
            Some("opened" | "failed") => tell(State::Failed),
            Some("drawn") => {
                let page = field("page")
                    .and_then(|page| page.as_f64())
                    .unwrap_or_default() as usize;
                let bitmap = field("bitmap").and_then(|bitmap| bitmap.dyn_into().ok());
                if let Some(bitmap) = bitmap {
                    paint(page, bitmap);
                }
                if page + 1 < *pages.borrow() {
                    send(
                        &asking,
                        &[
                            ("type", "draw".into()),
                            ("page", JsValue::from_f64((page + 1) as f64)),
                            ("width", width.into()),
                        ],
                    );
                }
            }
            _ => {}
        }
    });
    worker.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    send(
        &worker,
        &[
            ("type", "open".into()),
            ("file", file.clone().into()),
            ("width", width.into()),
        ],
    );
    Some(Drawing {
        worker,
        _listener: listener,
    })
}

/// The canvas is there once the page has been drawn anew, which comes before the next picture.
fn paint(page: usize, bitmap: ImageBitmap) {
    gloo::timers::callback::Timeout::new(0, move || {
        let canvas = dom::by_id(&canvas_id(page));
        let canvas = canvas.and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
        let Some(canvas) = canvas else { return };
        let sheet = canvas.parent_element();
        if let Some(sheet) = sheet.and_then(|sheet| sheet.dyn_into::<HtmlElement>().ok()) {
            dom::keep_place(&sheet, bitmap.width() as f32, bitmap.height() as f32);
        }
        dom::paint(&canvas, &bitmap);
    })
    .forget();
}

fn send(worker: &Worker, fields: &[(&str, JsValue)]) {
    let message = Object::new();
    for (name, value) in fields {
        // A fresh plain object takes any field, and files can be handed to workers.
        let _ = Reflect::set(&message, &(*name).into(), value);
    }
    let _ = worker.post_message(&message);
}
