//! The data as a whole, and filling.

use super::*;
use crate::Birthday;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn today() -> Day {
    day("2026-11-28")
}

/// A value for every field that the template has; of a representative's, where one acts.
fn values(template: &Template, represented: bool) -> Values {
    let mut values = Values::default();
    for (field, need) in template.fields() {
        let of_representative =
            need == Need::Represented || field.name.starts_with("representative.");
        if of_representative && !represented {
            continue;
        }
        let value = match field.kind {
            FieldKind::Date => "1985-03-12".to_owned(),
            FieldKind::Line => format!("<{}>", field.name),
            FieldKind::Text | FieldKind::List => format!("<{}>\nВторая строка", field.name),
        };
        values.set(&field.name, &value);
    }
    if represented {
        values.set("representative.full_name", "Ёлкина-Тян Алёна");
    }
    values
}

fn printed(filled: &Filled) -> String {
    let mut out = String::new();
    let mut put = |text: &Text| {
        out.extend(text.iter().map(|run| run.text.as_str()));
        out.push('\n');
    };
    for block in &filled.blocks {
        match block {
            Block::Letterhead { left, right } => left.iter().chain(right).for_each(&mut put),
            Block::Rule => {}
            Block::Title(text)
            | Block::Note(text)
            | Block::Heading(text)
            | Block::Paragraph(text) => put(text),
            Block::Table(rows) => rows.iter().flatten().for_each(&mut put),
            Block::List { items, .. } => items.iter().for_each(&mut put),
            Block::Panel(texts) => texts.iter().for_each(&mut put),
        }
    }
    out
}

#[test]
fn the_data_fit_together() {
    let index: Index = serde_json::from_str(INDEX).unwrap();
    assert_eq!(all().len(), index.templates.len());
    for template in all() {
        let text = template.wording();
        assert!(
            text.contains(&format!("# {}", template.title)),
            "{}",
            template.id
        );
        let listed = [
            &template.required,
            &template.represented,
            &template.optional,
        ];
        for name in listed.into_iter().flatten() {
            assert!(field(name).is_some(), "{name}");
            assert!(
                markup::names(text).contains(&name.as_str()),
                "{}: {name} is not in the text",
                template.id
            );
        }
        for name in markup::names(text) {
            assert!(
                template.field(name).is_some(),
                "{}: {name} is no field",
                template.id
            );
        }
        assert!(
            template
                .valid_until
                .is_none_or(|until| template.valid_from < until)
        );
        assert!(
            !template.law.is_empty() && (template.valid_until.is_none() || template.act.is_some())
        );
        let same = all()
            .iter()
            .filter(|other| other.reference() == template.reference());
        assert_eq!(same.count(), 1);
    }
    for (name, _) in TEXTS {
        assert!(
            all().iter().any(|template| template.text == *name),
            "{name} is nobody's"
        );
    }
    for field in fields() {
        assert!(
            all()
                .iter()
                .any(|template| template.field(&field.name).is_some()),
            "{}",
            field.name
        );
    }
}

#[test]
fn every_value_stands_in_the_text() {
    for template in all() {
        for represented in [false, true] {
            let values = values(template, represented);
            let text = printed(&template.fill(&values).unwrap());
            assert!(!text.contains(['{', '}']) && !text.contains("**"), "{text}");
            assert_eq!(
                text.contains("Ёлкина-Тян Алёна"),
                represented,
                "{}",
                template.id
            );
            for (field, _) in template.fields() {
                let Some(value) = values.get(&field.name) else {
                    continue;
                };
                let shown = match field.kind {
                    FieldKind::Date => "12.03.1985",
                    _ => value.lines().next().unwrap(),
                };
                assert!(
                    text.contains(shown),
                    "{}: {} is lost",
                    template.id,
                    field.name
                );
            }
        }
    }
}

#[test]
fn no_value_depends_on_another_one() {
    for template in all() {
        let whole = values(template, true);
        let optional = || {
            template
                .fields()
                .filter(|(_, need)| *need == Need::Optional)
        };
        let mut least = whole.clone();
        optional().for_each(|(field, _)| drop(least.set(&field.name, "")));
        for (field, _) in template
            .fields()
            .filter(|(_, need)| *need == Need::Represented)
        {
            least.set(&field.name, "");
        }
        for (field, _) in optional().filter(|(field, _)| !field.name.starts_with("representative."))
        {
            let mut values = least.clone();
            let value = whole.get(&field.name).unwrap();
            values.set(&field.name, value);
            let text = printed(&template.fill(&values).unwrap());
            assert!(
                text.contains(value.lines().next().unwrap()),
                "{}: {}",
                template.id,
                field.name
            );
        }
        let mut values = least;
        values.set("representative.address", "Москва");
        let error = template.fill(&values).err().unwrap();
        assert_eq!(error.unknown, ["representative.address"]);
    }
}

#[test]
fn what_is_wrong_is_named() {
    let template = find("refusal", today()).unwrap();
    let mut values = values(template, false);
    assert_eq!(template.fill(&values).err(), None);
    values
        .set("refused", " \u{200b}\n")
        .set("medic.position", &"а".repeat(201));
    values
        .set("patient.birth_date", "12.03.1985")
        .set("diagnosis", "нет");
    values
        .set("pd.purpose", "не отсюда")
        .set("patient.phone", "+79161234567");
    let error = template.fill(&values).err().unwrap();
    assert_eq!(error.missing, ["refused"]);
    assert_eq!(error.too_long, [("medic.position", 200)]);
    assert_eq!(error.malformed, ["patient.birth_date"]);
    assert_eq!(error.unknown, ["diagnosis", "pd.purpose"]);
    assert_eq!(
        error.to_string(),
        "fields of the template: missing: refused; unknown: diagnosis, pd.purpose; too long: medic.position (at most 200 \
         characters); malformed: patient.birth_date"
    );
    values.set("representative.full_name", "Иванов Пётр");
    assert!(
        template
            .fill(&values)
            .err()
            .unwrap()
            .missing
            .contains(&"representative.basis")
    );
}

#[test]
fn values_never_become_markup() {
    let template = find("refusal", today()).unwrap();
    let mut values = values(template, false);
    values.set("refused", "- {patient.full_name} **х** | # ?x: \n! второе");
    let filled = template.fill(&values).unwrap();
    let text = printed(&filled);
    assert!(
        text.contains("\n- {patient.full_name} **х** | # ?x:\n! второе\n"),
        "{text}"
    );
}

#[test]
fn the_day_decides() {
    assert!(find("ids", day("2028-02-29")).is_some());
    assert!(find("ids", day("2028-03-01")).is_none());
    assert!(find("ids", day("2026-10-31")).is_none());
    assert!(find("nothing", today()).is_none());
    assert_eq!(in_force(today()).count(), 5);
    assert_eq!(in_force(day("2028-03-01")).count(), 3);
    assert!(version("ids", "2026-11").is_some() && version("ids", "2020-01").is_none());
}

#[test]
fn people_fill_their_fields() {
    let person = |last: &str| crate::Person {
        last_name: crate::Sensitive::new(last.into()),
        first_name: crate::Sensitive::new("Алёна".into()),
        middle_name: None,
        birth_date: Birthday::parse("2015-05-01"),
        snils: None,
        phone: crate::Phone::parse("+79161234567"),
        email: None,
    };
    let mut values = Values::default();
    // The letter Й as И and a mark beside it.
    values.patient(&person("И\u{306}осифова"));
    assert_eq!(values.get("patient.full_name"), Some("Йосифова Алёна"));
    assert_eq!(values.get("patient.birth_date"), Some("2015-05-01"));
    assert!(!format!("{values:?}").contains("осифова"));
}
