//! The form of a later revision: what it may have besides the old one's fields (ISO 32000-1, 12.7.2, 12.7.4.5).

use lopdf::{Dictionary, Object, ObjectId};

use super::changes::Change;
use super::compare::{keys, same_value};
use super::comparison::{Comparison, appended, dictionary};
use super::form::array;
use super::signatures::SignatureKind;
use super::text::text;
use crate::reader::{Fault, Pdf};

/// What a new signature field and its widgets may say. Actions (`/A`, `/AA`) and layers (`/OC`) are not among it.
const FIELD_KEYS: [&[u8]; 29] = [
    b"Type",
    b"Subtype",
    b"FT",
    b"T",
    b"TU",
    b"TM",
    b"V",
    b"F",
    b"Ff",
    b"Rect",
    b"P",
    b"Parent",
    b"Kids",
    b"AP",
    b"AS",
    b"MK",
    b"DA",
    b"DR",
    b"Q",
    b"H",
    b"Lock",
    b"SV",
    b"BS",
    b"Border",
    b"M",
    b"NM",
    b"StructParent",
    b"Contents",
    b"C",
];

/// What signing an empty field may change of it.
const SIGNING_KEYS: [&[u8]; 7] = [b"V", b"AP", b"M", b"F", b"Lock", b"MK", b"DA"];

/// A signature field of the newer revision, added or signed there.
pub(super) struct NewField {
    pub(super) name: String,
    time_stamp: bool,
    /// Where it shows something, if it does.
    rect: Option<[f32; 4]>,
    pub(super) page: Option<u32>,
    /// The numbers of its widgets.
    pub(super) widgets: Vec<u32>,
}

impl NewField {
    pub(super) fn into_change(self) -> Change {
        match self.rect {
            Some(rect) => Change::VisibleSignature {
                field: self.name,
                page: self.page,
                rect,
            },
            None if self.time_stamp => Change::DocumentTimeStamp { field: self.name },
            None => Change::NewSignatureField { field: self.name },
        }
    }
}

impl Comparison<'_, '_> {
    /// Compares the forms; the signature fields that are new or newly signed.
    pub(super) fn form(
        &mut self,
        before: &Dictionary,
        after: &Dictionary,
    ) -> Result<Vec<NewField>, Fault> {
        let (old, new) = self.both(before, after, b"AcroForm")?;
        let (old, new) = (dictionary(old), dictionary(new));
        let mut found = Vec::new();
        let empty = array(self.older, &old, b"Fields")?.is_empty();
        for key in keys(&old, &new) {
            let allowed = match key {
                b"Fields" => {
                    let (old, new) = self.both(&old, &new, key)?;
                    match appended(&old, &new) {
                        Some(added) => self.added_fields(added, &mut found)?,
                        None => false,
                    }
                }
                b"SigFlags" => matches!(new.get(key), Ok(Object::Integer(_))),
                b"DR" => {
                    let (old, new) = self.both(&old, &new, key)?;
                    extends(&old, &new)
                }
                b"DA" if empty && !old.has(key) => true,
                other => same_value(&old, &new, other),
            };
            if !allowed {
                self.catalog_changed(&format!("AcroForm/{}", String::from_utf8_lossy(key)));
            }
        }
        self.old_fields_signed(&mut found)?;
        Ok(found)
    }

    /// Whether all of them are new objects.
    fn added_fields(&mut self, added: &[Object], found: &mut Vec<NewField>) -> Result<bool, Fault> {
        for field in added {
            let Some(id) = self.fresh(field) else {
                return Ok(false);
            };
            self.added_field(id, found)?;
        }
        Ok(true)
    }

    fn added_field(&mut self, id: ObjectId, found: &mut Vec<NewField>) -> Result<(), Fault> {
        let field = dictionary(self.newer.object(id)?);
        let name = text(&self.newer.value(&field, b"T")?).unwrap_or_default();
        if !matches!(self.newer.value(&field, b"FT")?, Object::Name(kind) if kind == b"Sig") {
            self.push(Change::FieldValueChanged { name });
            return Ok(());
        }
        let mut widgets = vec![(id, field.clone())];
        for kid in array(self.newer, &field, b"Kids")? {
            let kid_id = self.fresh(&kid);
            let widget = dictionary(self.newer.resolve(&kid)?);
            match kid_id {
                Some(id) if !widget.has(b"Kids") && !widget.has(b"FT") => {
                    widgets.push((id, widget));
                }
                _ => return self.odd_field(&name),
            }
        }
        let known = |(key, _): (&Vec<u8>, &Object)| FIELD_KEYS.contains(&key.as_slice());
        let value = field.get(b"V").ok();
        let stands_alone = match value {
            Some(Object::Reference(_)) => value.and_then(|v| self.fresh(v)).is_some(),
            _ => true,
        };
        let taken = self.old_fields.iter().any(|field| field.name == name);
        if taken || !stands_alone || !widgets.iter().all(|(_, widget)| widget.iter().all(known)) {
            return self.odd_field(&name);
        }
        let mut added = NewField {
            name,
            time_stamp: self.is_time_stamp(&field)?,
            rect: None,
            page: None,
            widgets: Vec::new(),
        };
        for (id, widget) in widgets {
            self.widget(&mut added, id, &widget)?;
        }
        found.push(added);
        Ok(())
    }

    fn odd_field(&mut self, name: &str) -> Result<(), Fault> {
        self.push(Change::Other {
            what: format!("the signature field {name} does more than hold a signature"),
        });
        Ok(())
    }

    fn is_time_stamp(&self, field: &Dictionary) -> Result<bool, Fault> {
        let signature = dictionary(self.newer.value(field, b"V")?);
        let kind = SignatureKind::of(&self.newer.value(&signature, b"SubFilter")?);
        Ok(kind == SignatureKind::DocTimeStamp)
    }

    fn widget(&self, field: &mut NewField, id: ObjectId, widget: &Dictionary) -> Result<(), Fault> {
        field.widgets.push(id.0);
        if let Some(rect) = visible(self.newer, widget)? {
            field.rect = Some(rect);
            let page = widget.get(b"P").and_then(Object::as_reference).ok();
            let mut pages = self.new_pages.pages.iter();
            field.page = pages
                .position(|listed| page.is_some_and(|id| listed.number() == Some(id.0)))
                .and_then(|index| u32::try_from(index + 1).ok());
        }
        Ok(())
    }

    /// Old fields with another value. Only an empty signature field may get one.
    fn old_fields_signed(&mut self, found: &mut Vec<NewField>) -> Result<(), Fault> {
        let differing: Vec<(ObjectId, String, bool)> = self
            .old_fields
            .iter()
            .filter_map(|field| {
                let id = field.id.filter(|id| self.differs(id.0))?;
                Some((id, field.name.clone(), field.signature && !field.signed))
            })
            .collect();
        for (id, name, empty_signature) in differing {
            let before = dictionary(self.older.object(id)?);
            let after = dictionary(self.newer.object(id)?);
            let changed = |key: &&[u8]| !same_value(&before, &after, key);
            let value = after.get(b"V").ok().cloned();
            let signs = empty_signature
                && keys(&before, &after)
                    .filter(changed)
                    .all(|key| SIGNING_KEYS.contains(&key))
                && value.as_ref().is_none_or(|v| self.fresh(v).is_some());
            if signs {
                let mut signed = NewField {
                    name,
                    time_stamp: self.is_time_stamp(&after)?,
                    rect: None,
                    page: None,
                    widgets: Vec::new(),
                };
                self.widget(&mut signed, id, &after)?;
                found.push(signed);
                self.settled.insert(id.0);
            } else if [
                &b"V"[..],
                b"DV",
                b"AS",
                b"Opt",
                b"Kids",
                b"FT",
                b"T",
                b"MaxLen",
            ]
            .iter()
            .any(changed)
            {
                self.push(Change::FieldValueChanged { name });
                self.settled.insert(id.0);
            }
        }
        Ok(())
    }
}

/// Whether a dictionary of resources has everything that it had, kinds included.
fn extends(before: &Object, after: &Object) -> bool {
    let (Object::Dictionary(old), Object::Dictionary(new)) = (before, after) else {
        return before.is_null();
    };
    old.iter().all(|(kind, had)| match (had, new.get(kind)) {
        (Object::Dictionary(had), Ok(Object::Dictionary(has))) => {
            had.iter().all(|(name, _)| same_value(had, has, name))
        }
        _ => same_value(old, new, kind),
    })
}

/// The rectangle in which a widget shows or prints something (12.5.2, 12.5.3).
fn visible(pdf: &Pdf, widget: &Dictionary) -> Result<Option<[f32; 4]>, Fault> {
    let flags = pdf.value(widget, b"F")?.as_i64().unwrap_or(0);
    let (hidden, print, no_view) = (flags & 2 != 0, flags & 4 != 0, flags & 32 != 0);
    if hidden || (no_view && !print) {
        return Ok(None);
    }
    let mut numbers = Vec::new();
    for number in array(pdf, widget, b"Rect")?.iter().take(4) {
        numbers.push(pdf.resolve(number)?.as_float().unwrap_or(f32::NAN));
    }
    let &[x0, y0, x1, y1] = numbers.as_slice() else {
        return Ok(None);
    };
    let none = x0 == x1 || y0 == y1;
    Ok((!none).then_some([x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)]))
}
