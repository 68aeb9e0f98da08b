//! The rule of `docs/matching.md`, by examples and as properties.

use super::*;
use proptest::prelude::*;

#[test]
fn ways_to_write_one_name() {
    for (one, other) in [
        ("Семёнова", "СЕМЕНОВА"),
        ("Семёнова", "Семе\u{308}нова"),
        ("Андрей", "Андреи\u{306}"),
        ("Петрова-Водкина", "Петрова Водкина"),
        ("Петрова-Водкина", "петрова \u{2013} водкина"),
        ("Петрова-Водкина", "Петрова\u{2011}Водкина"),
        ("Петрова-Водкина", "Петрова\u{2212}Водкина"),
        ("Анна Мария", "Анна\u{a0}\u{a0}Мария "),
        ("Анна Мария", "\tАнна\u{2007}Мария"),
        ("О’Брайен", "О'Брайен"),
        ("О\u{2bc}Брайен", "О`Брайен"),
        ("Ива\u{ad}нова", "\u{feff}Иванова\u{200b}"),
        ("Müller", "MU\u{308}LLER"),
        ("Огълы Кызы", "ОГЪЛЫ-КЫЗЫ"),
        ("", " - "),
    ] {
        assert!(same(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn other_names() {
    for (one, other) in [
        ("Иванова", "Иванов"),
        ("Иванова", "Ивановa"),
        ("Анна Мария", "АннаМария"),
        ("Анна Мария", "Мария Анна"),
        ("Анна", ""),
        ("Й", "И"),
        ("Щ", "Ш"),
        ("Наталья", "Наталия"),
        ("ОСЕАН", "OCEAH"),
    ] {
        assert!(!same(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn latin_letters_that_look_cyrillic_are_told_apart_from_another_name() {
    for (ours, theirs) in [
        ("Ивановa", "Иванова"),
        ("CEPOBA", "Серова"),
        ("Maксим", "Максим"),
        ("Пёmр", "Пёмр"),
        ("Пëтр", "Пётр"),
    ] {
        assert!(
            !same(ours, theirs) && look_alike(ours, theirs),
            "{ours} {theirs}"
        );
    }
    assert!(!look_alike("Ivanova", "Иванова"));
}

#[test]
fn mixed_alphabets() {
    for mixed in [
        "Ивановa",
        "Cеменова",
        "Анна-Maria",
        "Ивановα",
        "e\u{308}лкин",
    ] {
        assert!(is_mixed(mixed), "{mixed}");
    }
    for plain in [
        "Иванова",
        "Ivanova",
        "Müller",
        "Петрова - Водкина",
        "О\u{2bc}Брайен",
        "Д`Артаньян",
        "и\u{306}",
        "Имя006",
        "Ҡаҙбаков",
        "Оʹ",
        "",
        "李",
    ] {
        assert!(!is_mixed(plain), "{plain}");
    }
}

/// Names of one to three words with what occurs in them.
fn names() -> impl Strategy<Value = String> {
    proptest::collection::vec("[А-ЯЁа-яёA-Za-z']{1,12}", 1..4).prop_map(|words| words.join(" "))
}

/// A gap between words as somebody may type it.
fn gaps() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        " ",
        "  ",
        "-",
        " - ",
        "\u{a0}",
        "\u{2013}",
        "\u{2011}",
        "\u{2009}\u{2212} ",
        "\t",
        "\u{200b} ",
    ])
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(name in any::<String>()) {
        prop_assert_eq!(fold(&fold(&name)), fold(&name));
    }

    #[test]
    fn case_yo_form_and_gaps_do_not_matter(name in names(), gap in gaps()) {
        let gapped = name.replace(' ', gap);
        for written in [
            name.to_uppercase(),
            name.to_lowercase(),
            name.replace('ё', "е").replace('Ё', "Е"),
            name.nfd().collect(),
            format!("{gap}{gapped}{gap}"),
        ] {
            prop_assert!(same(&name, &written), "{:?} {:?}", name, written);
            prop_assert!(same(&written, &name));
        }
    }

    #[test]
    fn one_letter_more_less_or_other_is_another_name(name in "[а-ея-я]{2,12}", at in 0usize..12, letter in "[ж-ю]") {
        let at = at % name.chars().count();
        let changed: String = name
            .chars()
            .enumerate()
            .map(|(i, c)| if i == at { letter.clone() } else { c.to_string() })
            .collect();
        prop_assert!(!same(&name, &changed));
        let longer = format!("{name}{letter}");
        prop_assert!(!same(&name, &longer));
        let shorter: String = name.chars().skip(1).collect();
        prop_assert!(!same(&name, &shorter));
    }

    #[test]
    fn a_latin_look_alike_never_matches_and_is_seen(name in "[а-я]{0,6}[авсенкмортхуАВСЕНКМОРТХУ][а-я]{1,6}") {
        let latin = |c| "авсенкмортхуАВСЕНКМОРТХУ".chars().position(|known| known == c)
            .and_then(|at| "abcehkmoptxyABCEHKMOPTXY".chars().nth(at));
        let mut done = false;
        let forged: String = name
            .chars()
            .map(|c| match latin(c) {
                Some(l) if !done => {
                    done = true;
                    l
                }
                _ => c,
            })
            .collect();
        prop_assert!(!same(&name, &forged));
        prop_assert!(look_alike(&name, &forged));
        prop_assert!(is_mixed(&forged) && !is_mixed(&name));
    }

    #[test]
    fn equality_is_symmetric_and_look_alikes_include_it(one in names(), other in names()) {
        prop_assert_eq!(same(&one, &other), same(&other, &one));
        prop_assert!(!same(&one, &other) || look_alike(&one, &other));
    }
}
