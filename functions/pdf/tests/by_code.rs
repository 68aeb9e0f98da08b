//! The protocol of a signature by a one-time code, and of an accepted public offer.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
#[path = "common/judges.rs"]
mod judges;

use podpis_pdf::{
    AgreementFacts, Capacity, CodeChannel, CodeFacts, Identification, Protocol, append_protocol,
    inspect,
};
use std::path::PathBuf;
use time::macros::datetime;

const CONSENT: &[u8] = include_bytes!("../../../tests/fixtures/consent/consent.pdf");

/// A contract that was signed by a code, on the ground of an accepted agreement.
fn contract() -> Protocol {
    let mut protocol = common::protocol(CONSENT, 3);
    protocol.document.title =
        "Договор на оказание платных медицинских услуг № 2026/1147".to_owned();
    protocol.document.kind = "Договор на оказание платных медицинских услуг".to_owned();
    protocol.identification = Identification::Code(CodeFacts {
        channel: CodeChannel::Sms,
        to_masked: "+7 916 ***-**-67".to_owned(),
        source: "назвала медицинская организация, подтвердил кодом владелец личного кабинета"
            .to_owned(),
        contact_since: datetime!(2026-10-02 07:30:00 UTC),
        account_fingerprint: "0d1c2b3a49586776859483a2b1c0dfee0d1c2b3a49586776859483a2b1c0dfee"
            .to_owned(),
        sent_at: datetime!(2026-11-22 11:04:12 UTC),
        entered_at: datetime!(2026-11-22 11:05:30 UTC),
        wrong_tries: 1,
        agreement: Some(AgreementFacts {
            title: "Пользовательское соглашение ООО «Клиника „Здоровье“» об электронных документах"
                .to_owned(),
            number: "doc_5f0a6c1d2e3b48579a6b7c8d9e0f1a2b".to_owned(),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
            accepted_at: datetime!(2026-10-02 07:32:41 UTC),
            how: "принято кодом из СМС".to_owned(),
        }),
    });
    protocol.signer.snils_masked = None;
    protocol.signer.phone_masked = None;
    protocol.method = "Простая электронная подпись кодом из СМС".to_owned();
    protocol.consent.text = "Я прочитал(а) документ целиком и подписываю его кодом из СМС. По соглашению с клиникой это \
                             равнозначно подписи на бумаге."
        .to_owned();
    protocol.consent.button = "Подписать кодом из СМС".to_owned();
    protocol.legal_basis = vec![
        "п. 1 ст. 160, п. 2 ст. 434 Гражданского кодекса Российской Федерации".to_owned(),
        "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»"
            .to_owned(),
        "соглашение сторон об электронных документах и простой электронной подписи".to_owned(),
    ];
    protocol.needs_medic = false;
    protocol
}

/// A user agreement that was accepted by somebody whose name nobody knows.
fn acceptance() -> Protocol {
    let mut protocol = contract();
    protocol.document.title =
        "Пользовательское соглашение ООО «Клиника „Здоровье“» об электронных документах".to_owned();
    protocol.document.kind = "Пользовательское соглашение".to_owned();
    protocol.document.external_id = None;
    protocol.signer.full_name = "Владелец номера +7 916 ***-**-67".to_owned();
    protocol.signer.is_named = false;
    protocol.signer.birth_date = None;
    protocol.signer.phone_masked = None;
    protocol.signer.capacity = Capacity::Acceptor;
    if let Identification::Code(code) = &mut protocol.identification {
        code.source = "назвал владелец личного кабинета и подтвердил его кодом".to_owned();
        code.contact_since = datetime!(2026-11-22 11:01:09 UTC);
        code.wrong_tries = 0;
        code.agreement = None;
    }
    protocol.consent.text = "Я прочитал(а) соглашение целиком и принимаю его. Номер телефона, на который пришёл код, — мой."
        .to_owned();
    protocol.consent.button = "Принять соглашение".to_owned();
    protocol.legal_basis = vec![
        "п. 1 ст. 160, п. 2 ст. 434, п. 2 ст. 437, п. 3 ст. 438 Гражданского кодекса Российской Федерации".to_owned(),
        "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»".to_owned(),
    ];
    protocol
}

#[test]
fn a_signature_by_code_names_phone_times_and_agreement() {
    let Some(text) = text_of("contract.pdf", &contract()) else {
        return;
    };
    for words in [
        "Документ подписан простой электронной подписью",
        "Иванова Мария Петровна",
        "12.03.1985",
        "Простая электронная подпись кодом из СМС",
        "+7 916 ***-**-67",
        "Чей это номер назвала медицинская организация",
        "только для этого документа (по его SHA-256), отправлен в СМС на номер +7 916 ***-**-67",
        "22.11.2026 14:04:12 МСК (UTC+3)",
        "неверных попыток: 1",
        "Соглашение, на котором основана подпись",
        "02.10.2026 10:32:41 МСК (UTC+3)",
        "doc_5f0a6c1d2e3b48579a6b7c8d9e0f1a2b",
        "принято кодом из СМС",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    assert!(
        !text.contains("оферт") && !text.contains("Госуслуг"),
        "{text}"
    );
}

#[test]
fn an_acceptance_says_that_it_is_one_and_of_whom() {
    let Some(text) = text_of("acceptance.pdf", &acceptance()) else {
        return;
    };
    for words in [
        "Публичная оферта принята простой электронной подписью",
        "Владелец номера +7 916 ***-**-67",
        "имя не устанавливалось",
        "акцепт публичной оферты",
        "верно с первого раза",
        "приходят коды подписания",
        "Принять соглашение",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    for words in [
        "Дата рождения",
        "Соглашение, на котором основана",
        "Фамилия",
        "пациент,",
    ] {
        assert!(!text.contains(words), "{words} stands in\n{text}");
    }
}

#[test]
fn an_address_is_called_one() {
    let mut protocol = acceptance();
    protocol.method = "Простая электронная подпись кодом из письма".to_owned();
    if let Identification::Code(code) = &mut protocol.identification {
        code.channel = CodeChannel::Email;
        code.to_masked = "m***@example.ru".to_owned();
        code.source = "назвал владелец личного кабинета и подтвердил его кодом".to_owned();
    }
    let Some(text) = text_of("address.pdf", &protocol) else {
        return;
    };
    assert!(
        text.contains("отправлен письмом на адрес m***@example.ru"),
        "{text}"
    );
    assert!(
        text.contains("Чей это адрес") && !text.contains("СМС"),
        "{text}"
    );
}

/// The text of the file with this protocol, where poppler is there to read it; one page longer than the original.
fn text_of(name: &str, protocol: &Protocol) -> Option<String> {
    let sealed = append_protocol(CONSENT, protocol, b"{}", None)
        .unwrap()
        .into_bytes();
    assert_eq!(inspect(&sealed).unwrap().pages, 4, "it takes one page");
    let path = scratch(name);
    std::fs::write(&path, &sealed).unwrap();
    if let Some(severity) = judges::qpdf_severity(&path) {
        assert_eq!(severity, 0, "qpdf is not content");
    }
    if let Some(pages) = judges::poppler_pages(&path) {
        assert_eq!(pages, Some(4));
    }
    judges::printed("pdftotext", &["-f", "4", "-raw"], &path)?;
    let text = std::fs::read_to_string(path.with_extension("txt")).unwrap();
    Some(one_line(&text))
}

/// The words as one line: layout breaks them between columns and lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A path of this process's own.
fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("podpis-by-code-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}
