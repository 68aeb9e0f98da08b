//! Files as clinics have them.

use super::*;
use crate::templates;
use proptest::prelude::*;

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-11-28T09:00:00Z").unwrap()
}

fn common(made_of: MadeOf) -> Common {
    let kind = match &made_of {
        MadeOf::Template { template, .. } => template.kind(),
        MadeOf::File { .. } => Kind::PaidContract,
    };
    Common {
        kind,
        title: "Документ".into(),
        delivery: Delivery::Account,
        method: Method::Esia,
        parties: Parties::Patient,
        expires_at: None,
        sms_fallback_after_hours: None,
        clinic_signers: None,
        clinic_signers_ordered: false,
        made_of,
    }
}

fn of_file() -> Common {
    common(MadeOf::File {
        sha256: "ab".repeat(32),
    })
}

fn of_template(id: &str, fields: &[(&str, &str)]) -> Common {
    let day = crate::policy::Day::parse("2026-11-28").unwrap();
    let value =
        |(name, value): &(&str, &str)| ((*name).to_owned(), Sensitive::new((*value).to_owned()));
    common(MadeOf::Template {
        template: templates::find(id, day).unwrap(),
        fields: fields.iter().map(value).collect(),
    })
}

/// One file for all, and every template; by link and in the account.
pub(super) fn every_common() -> Vec<Common> {
    let templates = templates::all()
        .iter()
        .map(|template| of_template(template.id(), &[]));
    let mut all: Vec<Common> = templates.chain([of_file()]).collect();
    all.push(Common {
        delivery: Delivery::Link,
        ..of_file()
    });
    all
}

fn read_file(text: &str, common: &Common) -> Result<Bulk, BulkError> {
    read(text, common, Table::builtin(), now())
}

#[track_caller]
fn refused(text: &str, common: &Common) -> Vec<String> {
    let bulk = read_file(text, common).unwrap();
    let request = &bulk.lines.last().unwrap().request;
    let errors = request.as_ref().err().unwrap();
    errors.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn requests(text: &str, common: &Common) -> Vec<Request> {
    let bulk = read_file(text, common).unwrap();
    let requests = bulk.lines.into_iter().map(|line| line.request);
    requests
        .map(|request| request.map_err(|errors| format!("{errors:?}")).unwrap())
        .collect()
}

#[test]
fn a_file_of_excel() {
    let text = "\u{feff}Фамилия;Имя;Отчество;Дата рождения;Моб. телефон;E-mail;СНИЛС;Кабинет\r\n\
                Иванова;Мария;Петровна;12.03.1985;8 916 123-45-67;m@example.ru;112-233-445 95;7\r\n\
                ;;;;;;;\r\n\
                \"Петров\";Иван;;1.2.1990;9161234568;;;\r\n";
    let bulk = read_file(text, &of_file()).unwrap();
    assert_eq!(bulk.ignored, ["Кабинет"]);
    let rows: Vec<_> = bulk
        .lines
        .iter()
        .map(|line| (line.row, line.who.expose().as_str()))
        .collect();
    assert_eq!(rows, [(2, "Иванова Мария Петровна"), (4, "Петров Иван")]);
    let requests = requests(text, &of_file());
    let first = &requests[0].document;
    let json = serde_json::to_value(first).unwrap();
    let patient = serde_json::json!({
        "last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна", "birth_date": "1985-03-12",
        "snils": "11223344595", "phone": "+79161234567", "email": "m@example.ru",
    });
    assert_eq!(json["patient"], patient);
    assert_eq!(
        (&json["kind"], &json["method"], &json["delivery"]),
        (&"paid_contract".into(), &"esia".into(), &"account".into())
    );
    assert!(first.external_id.as_ref().unwrap().starts_with("csv-"));
    // What is sent is what the API reads.
    serde_json::from_value::<NewDocument>(json).unwrap();
    assert!(requests[1].document.patient.middle_name.is_none());
}

#[test]
fn commas_english_and_a_full_name() {
    let text = "id,patient.full_name,birth_date,phone\n\
                A-1,\"Мамедов Али Гусейн оглы\",1985-03-12,+79161234567\n";
    let request = &requests(text, &of_file())[0].document;
    assert_eq!(request.external_id.as_deref(), Some("A-1"));
    assert_eq!(request.patient.last_name.expose(), "Мамедов");
    assert_eq!(
        request.patient.middle_name.as_ref().unwrap().expose(),
        "Гусейн оглы"
    );
    // Tabs, and what Excel says of its separator.
    for text in [
        text.replace(',', "\t"),
        format!("sep=;\r\n{}", text.replace(',', ";")),
    ] {
        assert_eq!(requests(&text, &of_file()).len(), 1);
    }
}

#[test]
fn fields_of_the_template() {
    let medic = [
        ("medic.full_name", "Смирнова Елена"),
        ("medic.position", "врач-терапевт"),
    ];
    let text = "ФИО*;Дата рождения*;Телефон;Адрес регистрации пациента*;Врач;trusted_people\n\
                Иванова Мария;12.03.1985;89161234567;Москва;;\"Петров, 8916\nСидоров, 8917\"\n\
                Петров Иван;12.03.1986;89161234568;Тверь;Другой Врач;\n";
    let requests = requests(text, &of_template("ids", &medic));
    let fields = |index: usize| &requests[index].document.template.as_ref().unwrap().fields;
    assert_eq!(fields(0)["medic.full_name"].expose(), "Смирнова Елена");
    assert_eq!(
        fields(0)["trusted_people"].expose(),
        "Петров, 8916\nСидоров, 8917"
    );
    assert_eq!(fields(1)["medic.full_name"].expose(), "Другой Врач");
    assert_eq!(fields(1)["patient.address"].expose(), "Тверь");
    // A number of ours would be printed.
    assert_eq!(requests[0].document.external_id, None);
    let text = text.replace("Тверь", "");
    let errors = refused(&text, &of_template("ids", &medic));
    assert_eq!(errors, ["«Адрес регистрации пациента*»: не заполнено"]);
    let text = text.replace("Петров Иван", "Petrov Иван");
    assert!(refused(&text, &of_template("ids", &medic)).len() == 1);
    let missing = read_file(
        "ФИО;Телефон\nА Б;89161234567\n",
        &of_template("ids", &medic),
    )
    .err();
    let named = vec![
        "Дата рождения".to_owned(),
        "Адрес регистрации пациента".to_owned(),
    ];
    assert_eq!(missing, Some(BulkError::Missing(named)));
}

#[test]
fn every_error_names_its_column() {
    let text = "Фамилия;Имя;Д.р.;Каб;Тел.;Email;СНИЛС\nИвaнова;;31.02.1985;x;916;a@b;123\n";
    let errors = refused(text, &of_file());
    assert_eq!(
        errors,
        [
            "«Д.р.»: такого дня нет в календаре",
            "«СНИЛС»: меньше 11 цифр; нули в начале тоже нужны",
            "«Тел.»: не номер телефона: нужны 11 цифр с 8 или 7, либо код страны с +",
            "«Email»: не адрес электронной почты",
        ]
    );
    let line = |line: &str| {
        refused(
            &format!("Фамилия;Имя;Дата рождения;Телефон\n{line}\n"),
            &of_file(),
        )
    };
    assert_eq!(
        line("Иванова;;12.03.1985;89161234567"),
        ["«Имя»: не заполнено"]
    );
    assert_eq!(
        line("Иванова;Мария;;89161234567"),
        ["«Дата рождения»: не заполнено"]
    );
    let latin = line("Ивaнова;Мария;12.03.1985;89161234567");
    assert!(
        latin[0].starts_with("«Фамилия»: буквы кириллицы"),
        "{latin:?}"
    );
    let reach = line("Иванова;Мария;12.03.1985;");
    assert!(
        reach[0].starts_with("«Телефон»: для личного кабинета"),
        "{reach:?}"
    );
    let more = line("Иванова;Мария;12.03.1985;89161234567;ещё");
    assert!(more[0].starts_with("значений больше"), "{more:?}");
    let age = line("Иванова;Мария;12.03.2020;89161234567");
    assert!(age.len() == 1 && !age[0].starts_with('«'), "{age:?}");
    let full = refused(
        "ФИО;Дата рождения;Телефон\nИванова;12.03.1985;89161234567\n",
        &of_file(),
    );
    assert_eq!(full, ["«ФИО»: не заполнено"]);
}

#[test]
fn a_representative() {
    let head = "ФИО;Дата рождения;ФИО представителя;Дата рождения представителя;Телефон представителя;Основание;Запись о представителе;Ground";
    let read = |line: &str| format!("{head}\n{line}\n");
    let right = read("Иванова Мария;12.03.2019;Иванов Пётр;01.02.1983;89161234567;отец;карта 1;");
    let request = &requests(&right, &of_file())[0].document;
    let representative = request.representative.as_ref().unwrap();
    assert_eq!(representative.basis, "отец");
    assert_eq!(
        representative.person.phone.as_ref().unwrap().expose(),
        "+79161234567"
    );
    let errors = refused(
        &read("Иванова Мария;12.03.2019;Иванов Пётр;;89161234567;;карта 1;кто-то"),
        &of_file(),
    );
    assert_eq!(errors[0], "«Дата рождения представителя»: не заполнено");
    assert_eq!(errors[1], "«Основание»: не заполнено");
    assert!(errors[2].starts_with("«Ground»: одно из"), "{errors:?}");
}

#[test]
fn the_same_line_is_the_same_document() {
    let text = "ФИО;Дата рождения;Телефон\nИванова Мария;12.03.1985;8 916 123-45-67\nПетров Иван;01.02.1990;1\n";
    let before = read_file(text, &of_file()).unwrap();
    // The second line is mended, and comes first; the phone is spaced otherwise.
    let mended = "Телефон;ФИО;Дата рождения\n89161234568;Петров Иван;01.02.1990\n+79161234567;Иванова  Мария;12.03.1985\n";
    let after = requests(mended, &of_file());
    let first = before.lines[0].request.as_ref().ok().unwrap();
    assert_eq!(
        (&first.key, &first.document.external_id),
        (&after[1].key, &after[1].document.external_id)
    );
    assert_ne!(after[0].key, after[1].key);
    assert!(first.key.len() <= 255 && first.key.is_ascii());
    // Another file or another title is another document.
    let other = Common {
        title: "Другой".into(),
        ..of_file()
    };
    assert_ne!(requests(mended, &other)[1].key, first.key);
    let other = common(MadeOf::File {
        sha256: "cd".repeat(32),
    });
    assert_ne!(requests(mended, &other)[1].key, first.key);
}

#[test]
fn what_repeats_is_said() {
    let text = "Номер документа;ФИО;Дата рождения;Телефон\n1;Иванова Мария;12.03.1985;89161234567\n1;Иванова Мария;12.03.1985;+79161234567\n";
    assert_eq!(refused(text, &of_file()), ["повторяет строку 2"]);
    let text = text.replace(
        "1;Иванова Мария;12.03.1985;+",
        "1;Иванова Анна;12.03.1985;+",
    );
    assert_eq!(
        refused(&text, &of_file()),
        ["«Номер документа»: такое же значение в строке 2"]
    );
}

#[test]
fn files_that_are_none() {
    let head = "ФИО;Дата рождения;Телефон\n";
    let error = |text: &str| read_file(text, &of_file()).err();
    assert_eq!(error(""), Some(BulkError::Empty));
    assert_eq!(error(head), Some(BulkError::Empty));
    let open = format!("{head}\"Иванова Мария;12.03.1985;1\nПетров Иван;12.03.1985;2\n");
    assert_eq!(error(&open), Some(BulkError::OpenQuote));
    let line = "Иванова Мария;12.03.1985;89161234567\n";
    assert!(error(&format!("{head}{}", line.repeat(LINES_MAX))).is_none());
    assert_eq!(
        error(&format!("{head}{}", line.repeat(LINES_MAX + 1))),
        Some(BulkError::TooManyLines)
    );
    assert_eq!(error(&" ".repeat(BYTES_MAX + 1)), Some(BulkError::TooLarge));
    let twice = error("ФИО;Дата рождения;Телефон;Мобильный\nx\n");
    assert_eq!(
        twice,
        Some(BulkError::Twice("Телефон".into(), "Мобильный".into()))
    );
    let by_link = Common {
        delivery: Delivery::Link,
        ..of_file()
    };
    let missing = read_file("Имя\nx\n", &by_link).err();
    let named = ["Фамилия", "Дата рождения", "Телефон"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(missing, Some(BulkError::Missing(named)));
}

proptest! {
    /// Any text: no panic, every line either a request that the API's type reads or at least one error.
    #[test]
    fn any_text(text in "[\\PC;,\"\\n\\t]{0,200}", head in prop::sample::select(vec!["", "ФИО;Дата рождения;Телефон\n", "Фамилия,Имя,birth_date\n"])) {
        for common in every_common() {
            let Ok(bulk) = read_file(&format!("{head}{text}"), &common) else { continue };
            prop_assert!(bulk.lines.len() <= LINES_MAX);
            for line in bulk.lines {
                match line.request {
                    Ok(request) => {
                        let json = serde_json::to_vec(&request.document).unwrap();
                        prop_assert!(serde_json::from_slice::<NewDocument>(&json).is_ok());
                    }
                    Err(errors) => prop_assert!(!errors.is_empty()),
                }
            }
        }
    }
}
