//! Which signature file belongs to which document: by the file's name, as signing programs leave it.

/// A document as it was handed out to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Its id.
    pub(crate) id: String,
    /// Name that its file got.
    pub(crate) name: String,
}

/// Endings that programs put after the name of the signed file.
const ENDINGS: [&str; 8] = [
    ".sig", ".p7s", ".sgn", ".p7m", ".sig.txt", ".pem", ".der", ".cms",
];

/// `Иванова_согласие [doc_x].pdf`: a name for people with the id in it, so that it can be found again.
pub(crate) fn file_name(title: &str, id: &str) -> String {
    let harmless = |c: char| {
        if c.is_alphanumeric() || " -,()№".contains(c) {
            c
        } else {
            ' '
        }
    };
    let title: String = title.chars().map(harmless).take(60).collect();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{title} [{id}].pdf").trim_start().to_owned()
}

/// The document that a file of this name belongs to: by the id in its name, else by the whole name. Browsers and archives add
/// ` (1)` to names, programs add endings; neither hides the id.
pub(crate) fn find<'a>(file: &str, waiting: &'a [Waiting]) -> Option<&'a Waiting> {
    let by_id = waiting.iter().find(|waiting| names(file, &waiting.id));
    by_id.or_else(|| {
        let bare = bare(file);
        let mut same = waiting.iter().filter(|w| bare_of(&w.name) == bare);
        // Two of one name can't be told apart.
        same.next().filter(|_| same.next().is_none())
    })
}

/// Whether a file is a whole signed PDF rather than a signature beside one.
pub(crate) fn is_pdf(file: &str, first: &[u8]) -> bool {
    first.starts_with(b"%PDF-") || (first.is_empty() && file.to_lowercase().ends_with(".pdf"))
}

/// The id stands in the name as a word of its own: `doc_1` is not in `doc_12`.
fn names(file: &str, id: &str) -> bool {
    let part_of_id = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    file.match_indices(id).any(|(at, found)| {
        let before = file[..at].chars().next_back();
        let after = file[at + found.len()..].chars().next();
        !id.is_empty() && !before.is_some_and(part_of_id) && !after.is_some_and(part_of_id)
    })
}

fn bare(file: &str) -> String {
    let mut name = file.to_lowercase();
    while let Some(shorter) = ENDINGS.iter().find_map(|end| name.strip_suffix(end)) {
        name = shorter.to_owned();
    }
    bare_of(&name)
}

fn bare_of(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_suffix(".pdf").unwrap_or(&name).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting() -> Vec<Waiting> {
        [("doc_1", "Согласие"), ("doc_12", "Отказ от прививки")]
            .map(|(id, title)| Waiting {
                id: id.into(),
                name: file_name(title, id),
            })
            .to_vec()
    }

    #[test]
    fn a_file_finds_its_document_by_the_id_in_its_name() {
        let waiting = waiting();
        for (file, id) in [
            ("Согласие [doc_1].pdf.sig", "doc_1"),
            ("Согласие [doc_1] (1).pdf.p7s", "doc_1"),
            ("doc_12.sig", "doc_12"),
            ("Отказ от прививки [doc_12].PDF.SGN", "doc_12"),
            ("подписан doc_1.pdf", "doc_1"),
        ] {
            let found = find(file, &waiting).map(|found| found.id.as_str());
            assert_eq!(found, Some(id), "{file}");
        }
        for file in ["doc_123.sig", "doc.sig", "Согласие.pdf.sig", ""] {
            assert_eq!(find(file, &waiting), None, "{file}");
        }
    }

    #[test]
    fn names_that_a_mis_gave_work_while_they_are_different() {
        let named = |id: &str, name: &str| Waiting {
            id: id.into(),
            name: name.into(),
        };
        let waiting = [named("a", "Акт.pdf"), named("b", "Акт 2.pdf")];
        assert_eq!(find("акт.PDF.sig", &waiting).unwrap().id, "a");
        let twins = [named("a", "Акт.pdf"), named("b", "Акт.pdf")];
        assert_eq!(find("Акт.pdf.sig", &twins), None);
    }

    #[test]
    fn file_names_are_harmless() {
        assert_eq!(file_name("А/Б\\..\"В\"", "doc_9"), "А Б В [doc_9].pdf");
        assert_eq!(file_name("///", "doc_9"), "[doc_9].pdf");
        assert!(is_pdf("x.sig", b"%PDF-1.7") && !is_pdf("x.pdf", b"0\x82"));
    }
}
