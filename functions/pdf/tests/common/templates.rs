//! Templates set in type, as independent readers see them.

use std::path::PathBuf;

use podpis_pdf::inspect;
use podpis_pdf::template::{TypesetError, typeset};
use podpis_shared::templates::{self, FieldKind, Need, Template, Values};

use crate::{judges, sample};

#[test]
fn readers_find_structure_fonts_and_order() {
    for template in templates::all() {
        for represented in [false, true] {
            let filled = template
                .fill(&sample::values(template, represented))
                .unwrap();
            let pdf = typeset(&filled).unwrap();
            assert!(
                pdf == typeset(&filled).unwrap(),
                "the same text makes the same bytes"
            );
            let facts = inspect(&pdf).unwrap();
            assert!((1..=3).contains(&facts.pages) && !facts.repaired && !facts.signed);
            let path = written(
                template,
                if represented { "represented" } else { "own" },
                &pdf,
            );
            if let Some(severity) = judges::qpdf_severity(&path) {
                assert_eq!(severity, 0, "{}", template.id());
            }
            if let Some(fonts) = judges::printed("pdffonts", &[], &path) {
                let fonts: Vec<_> = fonts.lines().skip(2).collect();
                // Embedded, a subset, mapped to Unicode.
                assert!(
                    !fonts.is_empty() && fonts.iter().all(|font| font.contains("yes yes yes")),
                    "{fonts:?}"
                );
            }
            if let Some(info) = judges::printed("pdfinfo", &[], &path) {
                assert!(info.contains("Tagged:          yes"), "{info}");
                assert!(info.contains(template.title()), "{info}");
            }
            if let Some(read) = judges::printed("pdfinfo", &["-struct-text"], &path) {
                assert_read_in_order(template, &read);
            }
        }
    }
}

/// What a screen reader goes by: the parts, and the text in the order of the source.
fn assert_read_in_order(template: &Template, read: &str) {
    for part in [
        "H1",
        "H2",
        "Table",
        "TR",
        "TH",
        "TD",
        "L (",
        "LI",
        "Lbl",
        "LBody",
        "/Scope /Row",
    ] {
        assert!(
            read.contains(part),
            "{}: no {part} in\n{read}",
            template.id()
        );
    }
    let mut rest = read;
    let title = format!("\"{}\"", template.title());
    for words in [
        "\"№ MIS-2026/10842\"",
        &title,
        "Алёна Вячеславовна",
        "Документ подписывается в электронной форме",
    ] {
        let at = rest.find(words);
        assert!(
            at.is_some(),
            "{}: {words} is not where it should be in\n{read}",
            template.id()
        );
        rest = &rest[at.unwrap() + words.len()..];
    }
    // The foot of a page is nothing to be read.
    assert!(!read.contains("Лист 1 из"), "{read}");
}

#[test]
fn no_word_is_lost() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for round in 0..3 {
        for template in templates::all() {
            let mut values = Values::default();
            let mut words = Vec::new();
            let represented = round != 1;
            for (field, need) in template.fields() {
                let of_another =
                    need == Need::Represented || field.name.starts_with("representative.");
                if of_another && !represented {
                    continue;
                }
                let value = match field.kind {
                    FieldKind::Date => "2015-03-12".to_owned(),
                    _ => random.words(field.max, &mut words),
                };
                values.set(&field.name, &value);
            }
            let pdf = typeset(&template.fill(&values).unwrap()).unwrap();
            assert!(inspect(&pdf).is_ok());
            let path = written(template, &format!("random-{round}"), &pdf);
            if judges::run("pdftotext", &[], &path).is_none() {
                return;
            }
            let text = std::fs::read_to_string(path.with_extension("txt")).unwrap();
            let lost: Vec<_> = words.iter().filter(|word| !text.contains(*word)).collect();
            assert!(lost.is_empty(), "{}: {lost:?} in\n{text}", template.id());
        }
    }
}

#[test]
fn signs_that_the_font_lacks_are_refused() {
    let template = templates::version("refusal", "2026-11").unwrap();
    let mut values = sample::values(template, false);
    values
        .set("medic.position", "врач 🩺")
        .set("refused", "漢字\nЕщё 漢");
    let found = match typeset(&template.fill(&values).unwrap()) {
        Err(TypesetError::Unprintable(found)) => found,
        Ok(_) => Vec::new(),
    };
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.field, one.signs.as_slice()))
        .collect();
    assert_eq!(
        found,
        [
            ("refused", &['漢', '字'][..]),
            ("medic.position", &['🩺'][..])
        ]
    );
    // Other peoples' letters are there.
    for name in [
        "Әлімжан Өмірұлы Ұлықбек",
        "Ґалаґан Їжакевич",
        "Müller-Łukasiewicz",
        "Ђорђевић",
        "Ñandú Ångström",
    ] {
        values.set("medic.position", name).set("refused", "нет");
        assert!(typeset(&template.fill(&values).unwrap()).is_ok(), "{name}");
    }
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    /// Words of up to 24 letters, no longer together than `max`; each is noted.
    fn words(&mut self, max: usize, noted: &mut Vec<String>) -> String {
        const LETTERS: &[char] = &[
            'а', 'б', 'ё', 'Ё', 'ж', 'й', 'о', 'у', 'щ', 'Ю', 'я', 'A', 'f', 'i', 'W', '7', '№',
            '«', '»', '(', ')', '.', '/', 'ә', 'ї', 'é', '{', '}', '*', '|', '#', '<', '&', '>',
        ];
        let mut text = String::new();
        let many = 1 + self.below(40);
        for _ in 0..many {
            let word: String = (0..1 + self.below(24))
                .map(|_| LETTERS[self.below(LETTERS.len())])
                .collect();
            if text.chars().count() + word.chars().count() + 1 > max {
                break;
            }
            text.push_str(&word);
            text.push(' ');
            noted.push(word);
        }
        if text.is_empty() {
            noted.push("ё".to_owned());
            "ё".clone_into(&mut text);
        }
        text
    }
}

fn written(template: &Template, what: &str, pdf: &[u8]) -> PathBuf {
    let path = crate::scratch(&format!("{}-{what}.pdf", template.id()));
    std::fs::write(&path, pdf).unwrap();
    path
}
