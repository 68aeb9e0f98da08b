//! Known attacks on a sealed file, each with the answer that it gets; and what is allowed.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/revisions.rs"]
mod revisions;
#[path = "../common/sealed.rs"]
mod sealed;

mod contents;
mod later;
mod ranges;
mod structure;

use podpis_pdf::{
    Change, EVIDENCE_NAME, RangeFault, Severity, SignatureKind, Step, append_timestamp, attachment,
    changes, examine, harmful,
};
use revisions::{object, offset, replaced, update, update_compressed, update_with};
use sealed::sealed;

/// What a revision of these objects after the seal is taken for.
fn after(objects: revisions::Objects) -> Vec<Change> {
    let file = sealed();
    changes(&file, &update(&file, objects, "")).unwrap()
}

/// The same with the newest text of an object, a part of it replaced.
#[track_caller]
fn after_edit(number: u32, old: &str, new: &str) -> Vec<Change> {
    let text = object(&sealed(), number);
    assert!(text.contains(old), "{text}");
    after(&[(number, &text.replace(old, new))])
}

fn page(page: u32) -> Change {
    Change::PageContentChanged { page }
}

fn annotation(page: u32) -> Change {
    Change::AnnotationChanged { page }
}

fn resource(page: u32, kind: &str) -> Change {
    Change::ResourceChanged {
        page,
        kind: kind.to_owned(),
    }
}

fn catalog(key: &str) -> Change {
    Change::CatalogChanged {
        key: key.to_owned(),
    }
}

fn value(name: &str) -> Change {
    Change::FieldValueChanged {
        name: name.to_owned(),
    }
}

fn appended(what: &str) -> Change {
    Change::Other {
        what: format!("the appended revision: {what}"),
    }
}

#[track_caller]
fn all_harmful(found: &[Change]) {
    assert!(!found.is_empty());
    assert_eq!(
        harmful(found, Step::AfterSeal).count(),
        found.len(),
        "{found:?}"
    );
}

/// Fails unless exactly these changes are found, each of them harmful.
#[track_caller]
fn refused(found: &[Change], expected: &[Change]) {
    assert_eq!(found, expected);
    all_harmful(found);
}
