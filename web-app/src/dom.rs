//! The browser behind Yew: small steps that have no place in markup.

use gloo::events::EventListener;
use js_sys::{Array, Reflect};
use podpis_shared::branding::Palette;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Document, Element, File, FilePropertyBag,
    HtmlAnchorElement, HtmlCanvasElement, HtmlElement, ImageBitmap, ShareData, Url,
    VisibilityState,
};

/// The address's path.
pub(crate) fn path() -> String {
    web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .unwrap_or_default()
}

/// An element by its id.
pub(crate) fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Sets `data-page` and `data-state` of the body and the tab's title.
pub(crate) fn name_page(page: &str, state: &str, title: &str) {
    let Some(document) = document() else { return };
    document.set_title(title);
    if let Some(body) = document.body() {
        // Fails for malformed names only; these are ours.
        let _ = body.set_attribute("data-page", page);
        let _ = body.set_attribute("data-state", state);
    }
}

/// Gives the page a clinic's colour: `style.css` takes it from these variables.
pub(crate) fn color_page(palette: &Palette) {
    let root = document().and_then(|document| document.document_element());
    let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    for (theme, colors) in [("light", palette.light), ("dark", palette.dark)] {
        for (name, color) in [
            ("main", colors.main),
            ("press", colors.press),
            ("on", colors.on),
            ("tint", colors.tint),
        ] {
            // Fails for a read-only style only.
            let _ = root
                .style()
                .set_property(&format!("--{theme}-{name}"), &color.to_string());
        }
    }
    root.set_class_name("colored");
}

/// The app is broken: shows the message that `index.html` carries for this case.
pub(crate) fn give_up(page: &str, title: &str) {
    name_page(page, "error", title);
    for (id, hidden) in [("app", true), ("boot-failed", false)] {
        if let Some(element) = by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok())
        {
            element.set_hidden(hidden);
        }
    }
}

/// Moves the focus, and with it the screen reader, to an element.
pub(crate) fn focus(element: Option<HtmlElement>) {
    if let Some(element) = element {
        // An element that can't take the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Likewise by its id, once the page has been drawn anew.
pub(crate) fn focus_id(id: &'static str) {
    gloo::timers::callback::Timeout::new(0, move || {
        focus(by_id(id).and_then(|element| element.dyn_into().ok()));
    })
    .forget();
}

/// Goes to another address.
pub(crate) fn leave_for(address: &str) -> bool {
    web_sys::window().is_some_and(|window| window.location().assign(address).is_ok())
}

/// Goes to an address, also where only its fragment differs.
pub(crate) fn open_anew(address: &str) {
    let same_path = address.split('#').next() == Some(&*path());
    if leave_for(address) && same_path {
        reload();
    }
}

/// Goes to another address, so that «back» does not lead here again.
pub(crate) fn replace_with(address: &str) {
    if let Some(window) = web_sys::window() {
        // Fails for malformed addresses only; these are ours.
        let _ = window.location().replace(address);
    }
}

/// The page's own address, from its path on.
pub(crate) fn address() -> String {
    format!("{}#{}", path(), fragment())
}

/// The address's fragment, without `#`.
pub(crate) fn fragment() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    hash.unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Loads the page anew.
pub(crate) fn reload() {
    if let Some(window) = web_sys::window() {
        // Nothing is left to do where a page may not load itself.
        let _ = window.location().reload();
    }
}

/// Milliseconds since the page began to load.
pub(crate) fn now_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |clock| clock.now())
}

/// Seconds since 1970 by this browser's clock, which may be wrong.
pub(crate) fn unix_now() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}

/// Minutes by which this browser's clock is ahead of UTC.
pub(crate) fn utc_offset() -> i32 {
    -(js_sys::Date::new_0().get_timezone_offset() as i32)
}

/// The page is in the foreground.
pub(crate) fn is_visible() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Pixels of the device in one CSS pixel, at most 3: more can't be seen and costs memory.
pub(crate) fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio().clamp(1.0, 3.0))
}

/// How far the person has zoomed in with two fingers.
pub(crate) fn pinch_zoom() -> f64 {
    web_sys::window()
        .and_then(|window| window.visual_viewport())
        .map_or(1.0, |viewport| viewport.scale())
}

/// Width in device pixels of the column of pages.
pub(crate) fn sheet_width(element: &Element) -> u32 {
    (element.get_bounding_client_rect().width() * pixel_ratio()).round() as u32
}

/// Keeps the place of a picture of this shape; through the CSSOM, as the policy forbids `style` attributes.
pub(crate) fn keep_place(element: &HtmlElement, width: f32, height: f32) {
    // A value that the browser can't read leaves the stylesheet's own ratio.
    let _ = element
        .style()
        .set_property("aspect-ratio", &format!("{width} / {height}"));
}

/// Puts a picture on a canvas, at the picture's own size.
pub(crate) fn paint(canvas: &HtmlCanvasElement, bitmap: &ImageBitmap) -> bool {
    canvas.set_width(bitmap.width());
    canvas.set_height(bitmap.height());
    let context = canvas
        .get_context("2d")
        .ok()
        .flatten()
        .and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
    let painted = context.is_some_and(|context| {
        context
            .draw_image_with_image_bitmap(bitmap, 0.0, 0.0)
            .is_ok()
    });
    bitmap.close();
    painted
}

/// Lets a canvas's memory go.
pub(crate) fn release(canvas: &HtmlCanvasElement) {
    canvas.set_width(1);
    canvas.set_height(1);
}

/// Saves a file as the browser saves downloads.
pub(crate) fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let document = document().ok_or(JsValue::NULL)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    // The download has its own hold on the bytes by then.
    gloo::timers::callback::Timeout::new(60_000, move || drop(Url::revoke_object_url(&url)))
        .forget();
    Ok(())
}

/// Saves a text as a file.
pub(crate) fn save_text(text: &str, media: &str, name: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media);
    let parts = Array::of1(&text.into());
    save(
        &Blob::new_with_str_sequence_and_options(&parts, &options)?,
        name,
    )
}

/// Puts a text on the clipboard; `false` where the browser does not let.
pub(crate) async fn copy(text: &str) -> bool {
    let clipboard = web_sys::window().map(|window| window.navigator().clipboard());
    match clipboard {
        Some(clipboard) => JsFuture::from(clipboard.write_text(text)).await.is_ok(),
        None => false,
    }
}

/// Opens the browser's printing.
pub(crate) fn print() {
    if let Some(window) = web_sys::window() {
        // A browser that can't print has nothing to tell.
        let _ = window.print();
    }
}

/// While the page is printed, by whatever way, every `<details>` is open; until dropped.
pub(crate) fn open_details_for_print() -> Option<[EventListener; 2]> {
    const CLOSED: &str = "data-closed";
    let all = |selector: &str| {
        let found = document().and_then(|document| document.query_selector_all(selector).ok());
        let found = found.into_iter();
        found.flat_map(|list| {
            (0..list.length()).filter_map(move |at| list.get(at)?.dyn_into::<Element>().ok())
        })
    };
    let window = web_sys::window()?;
    Some([
        EventListener::new(&window, "beforeprint", move |_| {
            for details in all("details:not([open])") {
                // Fail for malformed names only; these are ours.
                let _ = details.set_attribute(CLOSED, "");
                let _ = details.set_attribute("open", "");
            }
        }),
        EventListener::new(&window, "afterprint", move |_| {
            for details in all("details[data-closed]") {
                let _ = details.remove_attribute(CLOSED);
                let _ = details.remove_attribute("open");
            }
        }),
    ])
}

/// Whether the browser offers to send files to other apps.
pub(crate) fn can_share() -> bool {
    web_sys::window().is_some_and(|window| {
        Reflect::has(&window.navigator(), &"canShare".into()).unwrap_or(false)
    })
}

/// Offers a PDF to other apps; the person may close the offer, which is no error.
pub(crate) async fn share(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let options = FilePropertyBag::new();
    options.set_type("application/pdf");
    let file = File::new_with_blob_sequence_and_options(&Array::of1(blob), name, &options)?;
    let data = ShareData::new();
    data.set_files(&Array::of1(&file));
    data.set_title(name);
    let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
    if !navigator.can_share_with_data(&data) {
        return Err(JsValue::NULL);
    }
    // A closed sheet rejects the promise as well.
    let _ = JsFuture::from(navigator.share_with_data(&data)).await;
    Ok(())
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
