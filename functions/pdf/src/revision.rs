//! Writing a revision: numbered objects, a cross-reference of either form, a trailer (ISO 32000-1, 7.5).

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, ObjectId, Stream, Writer, xref::XrefEntry};
use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::reader::{Entry, Form, MAX_NUMBER};
use crate::unsealed::{Room, Signature};

/// Objects of one revision, new and overridden.
pub(crate) struct Revision {
    objects: BTreeMap<ObjectId, Object>,
    signature: Option<(ObjectId, Signature)>,
    free: Box<dyn Iterator<Item = u32>>,
}

impl Revision {
    /// New objects get numbers from `free`, which must have enough of them.
    pub(crate) fn new(free: impl Iterator<Item = u32> + 'static) -> Self {
        Self {
            objects: BTreeMap::new(),
            signature: None,
            free: Box::new(free),
        }
    }

    /// Takes a number for an object that is set later.
    pub(crate) fn reserve(&mut self) -> ObjectId {
        (self.free.next().unwrap_or(MAX_NUMBER), 0)
    }

    pub(crate) fn add(&mut self, object: impl Into<Object>) -> ObjectId {
        let id = self.reserve();
        self.set(id, object);
        id
    }

    pub(crate) fn set(&mut self, id: ObjectId, object: impl Into<Object>) {
        self.objects.insert(id, object.into());
    }

    /// The object as this revision has it.
    pub(crate) fn get(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(&id)
    }

    /// The one signature of this revision, which gets its bytes when the file is whole.
    pub(crate) fn sign(&mut self, signature: Signature) -> ObjectId {
        let id = self.reserve();
        self.signature = Some((id, signature));
        id
    }

    /// Appends objects, cross-reference and trailer to `out`; says where in `out` the signature's room is.
    ///
    /// `base` is where `out` starts, counted from the header; `older` are entries that the section lists as well.
    pub(crate) fn write(
        mut self,
        out: &mut Vec<u8>,
        base: usize,
        form: Form,
        mut trailer: Dictionary,
        older: BTreeMap<u32, Entry>,
    ) -> Option<Room> {
        let mut entries = older;
        for (id, object) in &self.objects {
            entries.insert(
                id.0,
                Entry::At {
                    offset: base + out.len(),
                    generation: id.1,
                },
            );
            write_indirect(out, *id, object);
        }
        let room = self.signature.take().map(|(id, signature)| {
            let offset = base + out.len();
            let generation = id.1;
            entries.insert(id.0, Entry::At { offset, generation });
            signature.write(out, id)
        });
        let start = base + out.len();
        match form {
            Form::Table => {
                trailer.set("Size", size(&entries, &trailer));
                write_table(out, &entries);
                out.extend_from_slice(b"trailer\n");
                write_object(out, &Object::Dictionary(trailer));
                out.push(b'\n');
            }
            Form::Stream => {
                let id = self.reserve();
                entries.insert(
                    id.0,
                    Entry::At {
                        offset: start,
                        generation: 0,
                    },
                );
                trailer.set("Size", size(&entries, &trailer));
                write_indirect(out, id, &xref_stream(&entries, trailer).into());
            }
        }
        out.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        room
    }
}

fn size(entries: &BTreeMap<u32, Entry>, trailer: &Dictionary) -> i64 {
    let highest = entries
        .last_key_value()
        .map_or(0, |(number, _)| i64::from(*number) + 1);
    let stated = trailer.get(b"Size").and_then(Object::as_i64).unwrap_or(0);
    highest.max(stated.min(i64::from(MAX_NUMBER) + 1))
}

fn write_indirect(out: &mut Vec<u8>, id: ObjectId, object: &Object) {
    out.extend_from_slice(format!("{} {} obj\n", id.0, id.1).as_bytes());
    write_object(out, object);
    out.extend_from_slice(b"\nendobj\n");
}

pub(crate) fn write_object(out: &mut Vec<u8>, object: &Object) {
    // A Vec takes every write.
    let _ = Writer::write_object(out, object);
}

/// Runs of consecutive numbers, each with its entries.
fn sections(entries: &BTreeMap<u32, Entry>) -> Vec<(u32, Vec<Entry>)> {
    let mut sections: Vec<(u32, Vec<Entry>)> = Vec::new();
    for (number, entry) in entries {
        match sections.last_mut() {
            Some((first, run)) if *first as usize + run.len() == *number as usize => {
                run.push(*entry)
            }
            _ => sections.push((*number, vec![*entry])),
        }
    }
    sections
}

fn write_table(out: &mut Vec<u8>, entries: &BTreeMap<u32, Entry>) {
    out.extend_from_slice(b"xref\n");
    for (first, run) in sections(entries) {
        out.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
        for entry in run {
            let line = match entry {
                Entry::At { offset, generation } => format!("{offset:010} {generation:05} n \n"),
                // A table cannot name members of object streams; it is not chosen when there are any.
                Entry::Free | Entry::In { .. } => "0000000000 65535 f \n".to_owned(),
            };
            out.extend_from_slice(line.as_bytes());
        }
    }
}

fn xref_stream(entries: &BTreeMap<u32, Entry>, mut trailer: Dictionary) -> Stream {
    let sections = sections(entries);
    let index = sections
        .iter()
        .flat_map(|(first, run)| [Object::from(*first), Object::from(run.len() as i64)])
        .collect();
    let mut data = Vec::with_capacity(entries.len() * 7);
    for entry in sections.into_iter().flat_map(|(_, run)| run) {
        let entry = match entry {
            Entry::Free => XrefEntry::Free,
            Entry::At { offset, generation } => XrefEntry::Normal {
                offset: u32::try_from(offset).unwrap_or(0),
                generation,
            },
            Entry::In { container, index } => XrefEntry::Compressed { container, index },
        };
        data.extend(entry.encode_for_xref_stream(&[1, 4, 2]));
    }
    trailer.set("Type", "XRef");
    trailer.set("W", vec![1.into(), 4.into(), Object::from(2)]);
    trailer.set("Index", Object::Array(index));
    compressed(trailer, data)
}

/// A stream, packed where that makes it smaller. Level 4: level 9 takes twice the time for one percent.
///
/// Packed by one named implementation: what stands behind `flate2` depends on the other crates
/// of a build, and the same input must give the same bytes in each of them.
pub(crate) fn compressed(mut dictionary: Dictionary, data: Vec<u8>) -> Stream {
    let packed = compress_to_vec_zlib(&data, 4);
    if packed.len() >= data.len() {
        return Stream::new(dictionary, data);
    }
    dictionary.set("Filter", "FlateDecode");
    Stream::new(dictionary, packed)
}
