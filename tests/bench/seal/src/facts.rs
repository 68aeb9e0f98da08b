//! A protocol as long as they get: with every optional fact.

use podpis_pdf::{
    Capacity, ClinicFacts, ConsentFacts, DocumentFacts, EsiaFacts, Identification, Protocol,
    SignerFacts,
};
use time::macros::{date, datetime};

/// The protocol of a file of this size.
pub(crate) fn protocol(size: usize, pages: u32) -> Protocol {
    Protocol {
        number: "П-2026-000042".to_owned(),
        document: DocumentFacts {
            title: "Информированное добровольное согласие на виды медицинских вмешательств".to_owned(),
            kind: "Информированное добровольное согласие".to_owned(),
            external_id: Some("MIS-42".to_owned()),
            pages,
            size: size as u64,
            streebog256: "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500".to_owned(),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
            received_at: datetime!(2026-11-22 10:41:07 UTC),
        },
        clinic: ClinicFacts {
            name: "Общество с ограниченной ответственностью «Клиника „Здоровье“»".to_owned(),
            inn: "7701234567".to_owned(),
            ogrn: Some("1027700132195".to_owned()),
        },
        signer: SignerFacts {
            full_name: "Иванова Мария Петровна".to_owned(),
            is_named: true,
            birth_date: Some(date!(1985 - 03 - 12)),
            capacity: Capacity::Patient,
            snils_masked: Some("***-***-445\u{a0}95".to_owned()),
            phone_masked: Some("+7\u{a0}916\u{a0}***-**-67".to_owned()),
        },
        identification: Identification::Esia(EsiaFacts {
            system: "ЕСИА (Госуслуги)".to_owned(),
            account: "подтверждённая учётная запись".to_owned(),
            authenticated_at: datetime!(2026-11-22 11:04:58 UTC),
            subject_fingerprint: "9b1d6a0f0c2e4f5d8a7b3c1e0f9d8c7b6a5f4e3d2c1b0a998877665544332211".to_owned(),
            matched: "фамилия, имя, отчество, дата рождения, СНИЛС — совпали".to_owned(),
        }),
        method: "Простая электронная подпись, ключ которой получен в ЕСИА".to_owned(),
        consent: ConsentFacts {
            text: "Я прочитал(а) документ целиком, мне разъяснены цели, методы, риски и последствия, и я подписываю его простой электронной подписью через Госуслуги. Это равнозначно подписи на бумаге.".to_owned(),
            button: "Подписать через Госуслуги".to_owned(),
            version: "2026-11-01".to_owned(),
        },
        signed_at: datetime!(2026-11-22 11:05:31 UTC),
        legal_basis: vec![
            "Федеральный закон от 06.04.2011 № 63-ФЗ «Об электронной подписи», ст. 6 ч. 2, ст. 9".to_owned(),
            "Федеральный закон от 21.11.2011 № 323-ФЗ «Об основах охраны здоровья граждан в Российской Федерации», ст. 20 ч. 7".to_owned(),
            "Приказ Минздрава России от 12.11.2021 № 1051н".to_owned(),
        ],
        needs_medic: true,
        seal: None,
        verify_url: None,
    }
}
