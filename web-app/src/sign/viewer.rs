//! The pages of the document: places first, pictures as they come.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    Element, HtmlCanvasElement, HtmlElement, IntersectionObserver, IntersectionObserverEntry,
    IntersectionObserverInit,
};
use yew::prelude::*;

use super::flow::Flow;
use crate::model::pages::{next_job, to_release};
use crate::model::{Event, File, Model, Screen, Trouble};
use crate::worker::{DocumentWorker, Picture, Told};
use crate::{boot, dom, text};

/// How often the time in view is counted.
const WATCH_MS: u32 = 1_000;

/// A zoom with two fingers has settled after so long.
const ZOOM_SETTLES_MS: u32 = 250;

/// Element that follows the last page.
const END: &str = "document-end";

/// Properties of [`Viewer`].
#[derive(PartialEq, Properties)]
pub(crate) struct ViewerProps {
    pub(crate) model: Rc<Model>,
    pub(crate) flow: Flow,
}

/// Progress while the file streams in, then every page in its place.
#[component]
pub(crate) fn Viewer(props: &ViewerProps) -> Html {
    let column = use_node_ref();
    let zoom = use_state(dom::pinch_zoom);
    let large = use_state(|| false);
    let gallery = use_memo((), |()| Gallery::default());
    let model = &props.model;

    // The worker outlives every rendering of this component.
    let worker = use_memo((), {
        let (gallery, flow) = ((*gallery).clone(), props.flow.clone());
        move |()| {
            DocumentWorker::listen(move |told| match told {
                Told::Event(event) => flow.tell(event),
                Told::Picture(picture) => gallery.hang(picture, &flow),
            })
        }
    });

    // Pictures that came before their place, then the next piece of work.
    use_effect_with((model.clone(), *zoom, *large), {
        let (gallery, worker, column, flow) = (
            (*gallery).clone(),
            worker.clone(),
            column.clone(),
            props.flow.clone(),
        );
        move |(model, zoom, _): &(Rc<Model>, f64, bool)| {
            gallery.hang_waiting(&flow);
            let (Some(worker), Some(column)) = (worker.as_ref(), column.cast::<Element>()) else {
                return;
            };
            release_far(model, &flow);
            if model.drawing.is_some() || model.pages().is_empty() {
                return;
            }
            // A hidden column has no width; there is nothing to draw for it.
            let width = dom::sheet_width(&column);
            if let Some(job) = next_job(model.pages(), width, *zoom).filter(|_| width > 0) {
                flow.tell(Event::Drawing(job));
                worker.draw(job);
            }
        }
    });

    use_effect_with(model.pages().len(), {
        let flow = props.flow.clone();
        move |count| watch(*count, flow)
    });
    use_effect_with((), {
        let flow = props.flow.clone();
        move |()| {
            let clock = Interval::new(WATCH_MS, move || {
                if dom::is_visible() {
                    flow.tell(Event::Watched(u64::from(WATCH_MS)));
                }
            });
            move || drop(clock)
        }
    });
    use_effect_with((), {
        let zoom = zoom.setter();
        move |()| watch_zoom(move |now| zoom.set(now))
    });
    use_effect_with(model.reopened, {
        let (worker, column) = (worker.clone(), column.clone());
        move |reopened| {
            if let (1.., Some(worker), Some(access)) = (*reopened, worker.as_ref(), boot::access())
            {
                worker.reopen(
                    &access,
                    column
                        .cast::<Element>()
                        .map_or(0, |column| dom::sheet_width(&column)),
                );
            }
        }
    });

    let count = model.pages().len();
    let resize = {
        let large = large.clone();
        Callback::from(move |_| large.set(!*large))
    };
    html! {
        <section
            class={classes!("document", large.then_some("document-large"))}
            aria-label={text::PAGES_TITLE}
            hidden={model.screen() == Screen::HashMismatch}
        >
            <div class="document-top" hidden={count == 0}>
                <h2>{ text::PAGES_TITLE }</h2>
                <button type="button" class="button button-second button-small" data-testid="page-size" onclick={resize}>
                    { if *large { text::SMALLER } else { text::LARGER } }
                </button>
            </div>
            <p class="visually-hidden">{ text::LISTENERS }</p>
            <div class="pages" ref={column}>
                if let File::Arriving { loaded, total } = model.file {
                    <Arriving {loaded} {total} />
                }
                { for model.pages().iter().enumerate().map(|(index, page)| html! {
                    <Sheet
                        key={index}
                        {index}
                        {count}
                        width={page.width}
                        height={page.height}
                        drawn={page.is_drawn()}
                        flawed={!page.flaws.is_empty()}
                    />
                }) }
            </div>
            <div id={END} class="end" hidden={count == 0}></div>
        </section>
    }
}

/// Properties of [`Arriving`].
#[derive(PartialEq, Properties)]
struct ArrivingProps {
    loaded: u64,
    total: u64,
}

/// How much has arrived, over the place of the first page.
#[component]
fn Arriving(props: &ArrivingProps) -> Html {
    let whole = props.total > 0 && props.loaded >= props.total;
    let label = if whole {
        text::OPENING.to_owned()
    } else {
        text::arriving(props.loaded, props.total)
    };
    html! {
        <div class="sheet sheet-empty">
            <div class="arriving">
                <p id="arriving-label">{ label }</p>
                if props.total > 0 {
                    <progress
                        aria-labelledby="arriving-label"
                        max={props.total.to_string()}
                        value={props.loaded.to_string()}
                    ></progress>
                } else {
                    <progress aria-labelledby="arriving-label"></progress>
                }
            </div>
        </div>
    }
}

/// Properties of [`Sheet`].
#[derive(PartialEq, Properties)]
struct SheetProps {
    index: usize,
    count: usize,
    width: f32,
    height: f32,
    drawn: bool,
    flawed: bool,
}

/// The place of one page.
#[component]
fn Sheet(props: &SheetProps) -> Html {
    let place = use_node_ref();
    use_effect_with((props.width, props.height), {
        let place = place.clone();
        move |(width, height): &(f32, f32)| {
            if let Some(place) = place.cast::<HtmlElement>() {
                dom::keep_place(&place, *width, *height);
            }
        }
    });
    let number = props.index + 1;
    html! {
        <figure class="page">
            <div class="sheet" id={place_id(props.index)} ref={place}>
                <canvas
                    id={canvas_id(props.index)}
                    data-testid="page-canvas"
                    data-page-number={number.to_string()}
                    data-rendered={props.drawn.to_string()}
                    role="img"
                    aria-label={text::page_label(number, props.count)}
                ></canvas>
            </div>
            <figcaption>
                if props.flawed {
                    <strong class="flawed">{ text::PAGE_FLAWED }</strong>
                }
                if props.count > 1 {
                    <span aria-hidden="true">{ format!("{number} / {}", props.count) }</span>
                }
            </figcaption>
        </figure>
    }
}

/// Pictures on their way to their canvases.
#[derive(Clone, Default)]
struct Gallery(Rc<RefCell<Vec<Picture>>>);

impl Gallery {
    /// Paints a picture, or keeps it until its canvas is there.
    fn hang(&self, picture: Picture, flow: &Flow) {
        match canvas(picture.page) {
            Some(canvas) if dom::paint(&canvas, &picture.bitmap) => flow.tell(Event::Drawn {
                page: picture.page,
                width: picture.width,
                flaws: picture.flaws,
                at_ms: dom::now_ms() as u64,
            }),
            Some(_) => flow.tell(Event::FileFailed(Trouble::Other)),
            None => self.0.borrow_mut().push(picture),
        }
    }

    fn hang_waiting(&self, flow: &Flow) {
        for picture in self.0.take() {
            self.hang(picture, flow);
        }
    }
}

fn release_far(model: &Model, flow: &Flow) {
    let far = to_release(model.pages());
    if far.is_empty() {
        return;
    }
    far.iter()
        .filter_map(|page| canvas(*page))
        .for_each(|canvas| dom::release(&canvas));
    flow.tell(Event::Released(far));
}

/// Tells which pages are in view, until dropped.
fn watch(count: usize, flow: Flow) -> impl FnOnce() {
    let seen = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        for entry in entries
            .iter()
            .filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok())
        {
            let share = if entry.is_intersecting() {
                entry.intersection_ratio().max(0.01)
            } else {
                0.0
            };
            match page_of(&entry.target().id()) {
                Some(page) => flow.tell(Event::InView { page, share }),
                None if entry.is_intersecting() => flow.tell(Event::ReachedEnd),
                None => {}
            }
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_threshold(&Array::of3(&0.0.into(), &0.3.into(), &0.6.into()));
    let observer =
        IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options).ok();
    if let Some(observer) = &observer {
        let places = (0..count).filter_map(|page| dom::by_id(&place_id(page)));
        places
            .chain(dom::by_id(END))
            .for_each(|element| observer.observe(&element));
    }
    move || {
        if let Some(observer) = observer {
            observer.disconnect();
        }
        drop(seen);
    }
}

/// Tells the zoom whenever it has settled.
fn watch_zoom(settled: impl Fn(f64) + Clone + 'static) -> impl FnOnce() {
    let waiting = Rc::new(RefCell::new(None));
    let viewport = web_sys::window().and_then(|window| window.visual_viewport());
    let listener = viewport.map(|viewport| {
        EventListener::new(&viewport, "resize", move |_| {
            let settled = settled.clone();
            // A newer timer drops, and so stops, the older one.
            *waiting.borrow_mut() = Some(Timeout::new(ZOOM_SETTLES_MS, move || {
                settled(dom::pinch_zoom())
            }));
        })
    });
    move || drop(listener)
}

fn canvas(page: usize) -> Option<HtmlCanvasElement> {
    dom::by_id(&canvas_id(page)).and_then(|element| JsValue::from(element).dyn_into().ok())
}

fn canvas_id(page: usize) -> String {
    format!("canvas-{page}")
}

fn place_id(page: usize) -> String {
    format!("place-{page}")
}

fn page_of(place: &str) -> Option<usize> {
    place.strip_prefix("place-")?.parse().ok()
}
