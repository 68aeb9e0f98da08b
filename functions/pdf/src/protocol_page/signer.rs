//! Who signed, how that is known, and what a signature by code rests on.

use super::{Page, date, moment};
use crate::protocol::{
    AgreementFacts, Capacity, CodeChannel, CodeFacts, EsiaFacts, Identification, Protocol,
};

impl Page {
    pub(super) fn signer(&mut self, protocol: &Protocol) {
        let signer = &protocol.signer;
        self.section("Подписант");
        let who = if signer.is_named {
            "Фамилия, имя, отчество"
        } else {
            "Кто подписал"
        };
        self.fact(who, &whole(&signer.full_name));
        if let Some(born) = signer.birth_date {
            self.fact("Дата рождения", &date(born));
        }
        match &signer.capacity {
            Capacity::Patient => self.fact("В каком качестве", "пациент, от своего имени"),
            Capacity::Acceptor => self.fact(
                "В каком качестве",
                "от своего имени, принимая публичную оферту медицинской организации",
            ),
            Capacity::Representative {
                patient,
                patient_birth_date,
                basis,
            } => {
                let born =
                    patient_birth_date.map_or_else(String::new, |born| format!(", {}", date(born)));
                self.fact(
                    "В каком качестве",
                    &format!("представитель пациента: {patient}{born}"),
                );
                self.fact("Основание", basis);
            }
        }
        let masked = [
            ("СНИЛС", &signer.snils_masked),
            ("телефон", &signer.phone_masked),
        ];
        let masked: Vec<String> = masked
            .iter()
            .filter_map(|(label, value)| value.as_ref().map(|v| format!("{label} {}", whole(v))))
            .collect();
        if !masked.is_empty() {
            self.fact("Сведения (скрыты частично)", &masked.join(" · "));
        }
        match &protocol.identification {
            Identification::Esia(esia) => self.esia(esia),
            Identification::Code(code) => self.contact(code, signer.is_named),
        }
    }

    fn esia(&mut self, esia: &EsiaFacts) {
        self.fact(
            "Как установлена личность",
            &format!("{}, {}", esia.system, esia.account),
        );
        self.fact("Вход выполнен", &moment(esia.authenticated_at));
        self.fact("Сверено с адресатом", &esia.matched);
        self.hash("Отпечаток идентификатора", &esia.subject_fingerprint);
    }

    fn contact(&mut self, code: &CodeFacts, is_named: bool) {
        let to = format!("{} {}", words(code.channel).to, whole(&code.to_masked));
        let how = if is_named {
            format!("одноразовым кодом, который пришёл {to}")
        } else {
            format!(
                "имя не устанавливалось: известно только, что одноразовый код, который пришёл {to}, введён верно"
            )
        };
        self.fact("Как установлена личность", &how);
        self.fact(words(code.channel).whose, &code.source);
        self.fact("В личном кабинете с", &moment(code.contact_since));
        self.hash("Отпечаток личного кабинета", &code.account_fingerprint);
    }

    /// How the code that signed was made, sent and typed.
    pub(super) fn code(&mut self, code: &CodeFacts) {
        let words = words(code.channel);
        self.fact(
            "Одноразовый код",
            &format!(
                "только для этого документа (по его SHA-256), отправлен {} {} {}",
                words.by,
                words.to,
                whole(&code.to_masked)
            ),
        );
        self.fact("Код отправлен", &moment(code.sent_at));
        let tries = match code.wrong_tries {
            0 => "верно с первого раза".to_owned(),
            wrong => format!("неверных попыток: {wrong}"),
        };
        self.fact(
            "Код введён",
            &format!("{} · {tries}", moment(code.entered_at)),
        );
    }

    /// What it means that the clinic's public offer was accepted; the phone that it names for codes.
    pub(super) fn acceptance(&mut self, phone: Option<&str>) {
        let mut meaning = "акцепт публичной оферты (ст. 438 ГК РФ): соглашение заключено между медицинской организацией и \
                           тем, кто его принял, в редакции этого документа"
            .to_owned();
        if let Some(phone) = phone {
            meaning.push_str(&format!(
                "; номер {} — тот, на который по этому соглашению приходят коды подписания",
                whole(phone)
            ));
        }
        self.fact("Что означает подпись", &meaning);
    }

    /// The agreement on electronic documents that a signature by code rests on.
    pub(super) fn agreement(&mut self, agreement: &AgreementFacts) {
        self.section("Соглашение, на котором основана подпись");
        self.fact("Название", &agreement.title);
        self.fact(
            "Заключено",
            &format!("{}, {}", moment(agreement.accepted_at), agreement.how),
        );
        self.fact("Номер документа", &agreement.number);
        self.hash("SHA-256 текста", &agreement.sha256);
    }
}

/// A masked number is not broken between lines: `+7 916 ***-**-67`.
fn whole(text: &str) -> String {
    match text.split_once("+7 ") {
        Some((before, number)) => format!("{before}+7\u{a0}{}", number.replace(' ', "\u{a0}")),
        None => text.to_owned(),
    }
}

/// A channel in words.
struct Words {
    by: &'static str,
    to: &'static str,
    whose: &'static str,
}

const fn words(channel: CodeChannel) -> Words {
    match channel {
        CodeChannel::Sms => Words {
            by: "в СМС",
            to: "на номер",
            whose: "Чей это номер",
        },
        CodeChannel::Email => Words {
            by: "письмом",
            to: "на адрес",
            whose: "Чей это адрес",
        },
    }
}
