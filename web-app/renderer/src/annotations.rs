//! Notes and form fields on a page that would stay invisible.
//!
//! The interpreter draws an annotation's own appearance stream (ISO 32000-2, 12.5.5) and nothing else.
//! Another viewer may make up a look where there is none, and the reader there sees more than here.

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro::hayro_syntax::page::Page;

/// Flags `Hidden` and `NoView` (ISO 32000-2, table 167).
const NOT_SHOWN: u32 = 1 << 1 | 1 << 5;

/// Whether something on the page asks to be seen and has nothing to be drawn with.
pub(crate) fn hides_something(page: &Page<'_>) -> bool {
    let annotations = page.raw().get::<Array<'_>>(b"Annots");
    annotations.is_some_and(|annotations| {
        annotations
            .iter::<Dict<'_>>()
            .any(|annotation| is_invisible(&annotation))
    })
}

fn is_invisible(annotation: &Dict<'_>) -> bool {
    if annotation.get::<u32>(b"F").unwrap_or(0) & NOT_SHOWN != 0 || has_look(annotation) {
        return false;
    }
    match annotation.get::<Name<'_>>(b"Subtype").as_deref() {
        // A link's look is the text below it; a popup belongs to its note.
        Some(b"Link" | b"Popup") => false,
        Some(b"Widget") => has_value(annotation),
        _ => true,
    }
}

/// An appearance to draw, or the word that in its present state there is none.
fn has_look(annotation: &Dict<'_>) -> bool {
    let Some(looks) = annotation.get::<Dict<'_>>(b"AP") else {
        return false;
    };
    match looks.get::<Object<'_>>(b"N") {
        Some(Object::Stream(_)) => true,
        // A box that isn't ticked often has no look of its own: only the ticked one has.
        Some(Object::Dict(states)) => match annotation.get::<Name<'_>>(b"AS") {
            Some(state) => {
                states.get::<Stream<'_>>(&*state).is_some() || !states.contains_key(&*state)
            }
            None => true,
        },
        _ => false,
    }
}

/// A form field with words or a choice in it; signatures show themselves otherwise.
fn has_value(widget: &Dict<'_>) -> bool {
    let parent = widget.get::<Dict<'_>>(b"Parent");
    let own_or_inherited = |key: &[u8]| {
        widget.get::<Object<'_>>(key).or_else(|| {
            parent
                .as_ref()
                .and_then(|parent| parent.get::<Object<'_>>(key))
        })
    };
    if matches!(own_or_inherited(b"FT"), Some(Object::Name(name)) if &*name == b"Sig") {
        return false;
    }
    match own_or_inherited(b"V") {
        Some(Object::String(words)) => !words.is_empty(),
        Some(Object::Name(state)) => &*state != b"Off",
        Some(Object::Array(choices)) => choices.raw_iter().next().is_some(),
        Some(Object::Stream(_)) => true,
        _ => false,
    }
}
