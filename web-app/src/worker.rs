//! Talking to the document's worker (`worker.js`).

use js_sys::{Float32Array, Object, Reflect};
use podpis_shared::Hashes;
use podpis_shared::problem::Code;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{ImageBitmap, MessageEvent, Worker};

use crate::boot;
use crate::model::access::Access;
use crate::model::{Event, Job, Trouble};

/// Flaw of a page whose substitute font could not be fetched: the network's fault, not the document's.
const MISSING_FILE: &str = "missing-file";

/// What the worker told.
pub(crate) enum Told {
    /// A fact for the model.
    Event(Event),
    /// A picture to put on the canvas of its page.
    Picture(Picture),
}

/// A drawn page on its way to its canvas.
pub(crate) struct Picture {
    /// Index from 0.
    pub(crate) page: usize,
    /// Width that it was asked for.
    pub(crate) width: u32,
    /// What is not whole.
    pub(crate) flaws: String,
    /// The pixels.
    pub(crate) bitmap: ImageBitmap,
}

/// The worker, listened to as long as this value lives.
pub(crate) struct DocumentWorker {
    worker: Worker,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl DocumentWorker {
    /// Listens to the worker that `boot.js` started; what it told so far comes at once.
    ///
    /// `None` where the browser has no such worker; the backlog says so then.
    pub(crate) fn listen(mut hear: impl FnMut(Told) + 'static) -> Option<Self> {
        for message in boot::take_backlog() {
            if let Some(told) = read(&message) {
                hear(told);
            }
        }
        let worker = boot::worker()?;
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(told) = read(&event.data()) {
                hear(told);
            }
        });
        worker.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Self {
            worker,
            _listener: listener,
        })
    }

    /// Asks for a page.
    pub(crate) fn draw(&self, job: Job) {
        self.send(&[
            ("type", "draw".into()),
            ("page", JsValue::from_f64(job.page as f64)),
            ("width", JsValue::from_f64(f64::from(job.width))),
        ]);
    }

    /// Fetches the document once more.
    pub(crate) fn reopen(&self, access: &Access, width: u32) {
        let headers = Object::new();
        // A fresh plain object takes any field.
        let _ = Reflect::set(&headers, &access.header().into(), &access.value().into());
        self.send(&[
            ("type", "open".into()),
            ("headers", headers.into()),
            ("width", JsValue::from_f64(f64::from(width))),
        ]);
    }

    fn send(&self, fields: &[(&str, JsValue)]) {
        let message = Object::new();
        for (name, value) in fields {
            // A fresh plain object takes any field, and plain data can always be cloned.
            let _ = Reflect::set(&message, &(*name).into(), value);
        }
        let _ = self.worker.post_message(&message);
    }
}

impl Drop for DocumentWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
    }
}

fn read(message: &JsValue) -> Option<Told> {
    let field = |name: &str| Reflect::get(message, &name.into()).ok();
    let number = |name: &str| field(name)?.as_f64();
    let text = |name: &str| field(name)?.as_string();
    let event = match text("type")?.as_str() {
        "progress" => Event::FileProgress {
            loaded: number("loaded")? as u64,
            total: number("total")? as u64,
        },
        "opened" if text("error")?.is_empty() => Event::FileOpened {
            hashes: Hashes {
                sha256: text("sha256")?,
                streebog256: text("streebog256")?,
            },
            sizes: sizes(field("sizes")?),
        },
        "opened" => Event::FileFailed(Trouble::Other),
        "drawn" => {
            let flaws = text("flaws")?;
            if flaws.contains(MISSING_FILE) {
                return Some(Told::Event(Event::FileFailed(Trouble::Offline)));
            }
            return Some(Told::Picture(Picture {
                page: number("page")? as usize,
                width: number("asked")? as u32,
                flaws,
                bitmap: field("bitmap")?.dyn_into().ok()?,
            }));
        }
        "failed" if text("stage")? == "draw" => Event::PageFailed {
            page: number("page")? as usize,
        },
        "failed" => Event::FileFailed(trouble(&text("stage")?, number("status")?, &text("code")?)),
        _ => return None,
    };
    Some(Told::Event(event))
}

fn trouble(stage: &str, status: f64, code: &str) -> Trouble {
    match (stage, Code::parse(code)) {
        (_, Some(code)) => Trouble::Code(code),
        ("fetch" | "stream", None) if status == 0.0 => Trouble::Offline,
        ("fetch", None) => Trouble::Code(Code::Internal),
        _ => Trouble::Other,
    }
}

/// Pairs of width and height.
fn sizes(value: JsValue) -> Vec<(f32, f32)> {
    let flat = value
        .dyn_into::<Float32Array>()
        .map(|array| array.to_vec())
        .unwrap_or_default();
    flat.chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect()
}
