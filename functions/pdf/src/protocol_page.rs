//! The look of the protocol: a page that a hospital files and a court reads.

mod signer;

use podpis_shared::Timestamp;
use time::{Date, OffsetDateTime};

use crate::attach::EVIDENCE_NAME;
use crate::protocol::{Capacity, CodeChannel, Identification, Protocol};
use crate::typeset::{Align, Block, Composer, Face, Ink, Margins, Span, Style, Typeset};

const BODY: Style = Style::regular(9.2, 11.2);
const LABEL: Style = Style::regular(9.2, 11.2).ink(Ink::Muted);
const HASH: Style = Style::regular(7.9, 11.2).face(Face::Mono);
const SMALL: Style = Style::regular(8.0, 10.6).ink(Ink::Muted);
const LABEL_WIDTH: f64 = 134.0;

/// Sets the protocol's pages.
pub(crate) fn set(protocol: &Protocol) -> Typeset {
    let mut page = Page {
        composer: Composer::new(Margins::default()),
    };
    page.masthead(protocol);
    page.verdict(protocol);
    page.document(protocol);
    page.clinic(protocol);
    page.signer(protocol);
    page.will(protocol);
    page.basis(protocol);
    page.notes(protocol);
    page.verification(protocol);
    let footer = format!(
        "№ {} · SHA-256 документа {}…",
        protocol.number,
        first(&protocol.document.sha256, 16)
    );
    page.composer.finish(SMALL, |number, total| {
        (
            footer.clone(),
            format!("Протокол подписания · лист {number} из {total}"),
        )
    })
}

struct Page {
    composer: Composer,
}

impl Page {
    fn masthead(&mut self, protocol: &Protocol) {
        let title = Style::regular(18.0, 23.0).face(Face::Bold).ink(Ink::Accent);
        self.composer.text(
            "Протокол подписания электронного документа",
            title,
            Block::default(),
        );
        let line = format!("№ {} · {}", protocol.number, moscow(protocol.signed_at));
        self.composer.text(
            &line,
            LABEL,
            Block {
                after: 5.0,
                ..Block::default()
            },
        );
    }

    /// The one statement that everything else supports.
    fn verdict(&mut self, protocol: &Protocol) {
        let small = Style::regular(8.6, 11.6).ink(Ink::Muted);
        let name = Style::regular(13.5, 18.0).face(Face::Bold);
        let signer = &protocol.signer;
        let statement = match signer.capacity {
            Capacity::Acceptor => "Публичная оферта принята простой электронной подписью",
            Capacity::Patient | Capacity::Representative { .. } => {
                "Документ подписан простой электронной подписью"
            }
        };
        let lines = [
            vec![Span::new(
                statement,
                small.face(Face::Bold).ink(Ink::Accent),
            )],
            vec![Span::new(&signer.full_name, name)],
            vec![Span::new(
                format!(
                    "{} · {}",
                    capacity(&signer.capacity),
                    moment(protocol.signed_at)
                ),
                small.ink(Ink::Text),
            )],
        ];
        self.composer.panel(&lines);
        self.composer.gap(2.0);
    }

    fn document(&mut self, protocol: &Protocol) {
        let document = &protocol.document;
        self.section("Документ");
        self.fact("Название", &document.title);
        self.fact("Вид", &document.kind);
        if let Some(id) = &document.external_id {
            self.fact("Номер в системе клиники", id);
        }
        self.fact(
            "Объём",
            &format!(
                "{} · {} байт",
                pages(document.pages),
                grouped(document.size)
            ),
        );
        self.fact("Получен от клиники", &moment(document.received_at));
        self.hash("SHA-256", &document.sha256);
        self.hash("ГОСТ Р 34.11-2012, 256 бит", &document.streebog256);
    }

    fn clinic(&mut self, protocol: &Protocol) {
        let clinic = &protocol.clinic;
        self.section("Медицинская организация");
        self.fact("Наименование", &clinic.name);
        let numbers = match &clinic.ogrn {
            Some(ogrn) => format!("{} / {ogrn}", clinic.inn),
            None => clinic.inn.clone(),
        };
        self.fact(
            if clinic.ogrn.is_some() {
                "ИНН / ОГРН"
            } else {
                "ИНН"
            },
            &numbers,
        );
    }

    fn will(&mut self, protocol: &Protocol) {
        let consent = &protocol.consent;
        self.section("Подпись и волеизъявление");
        self.fact("Вид подписи", &protocol.method);
        if let Identification::Code(code) = &protocol.identification {
            self.code(code);
        }
        self.fact("Подписано", &moment(protocol.signed_at));
        if let Capacity::Acceptor = &protocol.signer.capacity {
            let phone = match &protocol.identification {
                Identification::Esia(_) => protocol.signer.phone_masked.as_deref(),
                Identification::Code(code) => {
                    Some(code.to_masked.as_str()).filter(|_| code.channel == CodeChannel::Sms)
                }
            };
            self.acceptance(phone);
        }
        self.fact("Показанный текст", &format!("«{}»", consent.text));
        self.fact(
            "Нажатая кнопка",
            &format!("«{}» (редакция текста {})", consent.button, consent.version),
        );
    }

    fn basis(&mut self, protocol: &Protocol) {
        if let Identification::Code(code) = &protocol.identification
            && let Some(agreement) = &code.agreement
        {
            self.agreement(agreement);
        }
        self.section("Правовое основание");
        for line in &protocol.legal_basis {
            self.composer.item(
                &[Span::new("—", LABEL)],
                &[Span::new(line, BODY)],
                14.0,
                0.0,
            );
        }
    }

    fn notes(&mut self, protocol: &Protocol) {
        if protocol.needs_medic {
            self.section("Что ещё нужно");
            self.composer.text(
                "Документ этого вида считается составленным полностью после подписания медицинским работником усиленной \
                 квалифицированной электронной подписью. До этого он подтверждает только волеизъявление пациента.",
                BODY,
                Block::default(),
            );
        }
        if let Some(seal) = &protocol.seal {
            self.section("Электронная печать оператора");
            for line in &seal.lines {
                self.composer.text(line, BODY, Block::default());
            }
        }
    }

    fn verification(&mut self, protocol: &Protocol) {
        let size = protocol.document.size;
        // Whole on one page: it is what a reader without us goes by.
        self.composer.ensure(80.0);
        self.section("Как проверить");
        let mut steps = vec![
            format!(
                "Первые {} байт этого файла — исходный документ без изменений, первая редакция PDF; её суммы должны \
                 совпасть с указанными выше: head -c {size} файл.pdf | sha256sum.",
                grouped(size)
            ),
            format!("К файлу приложены машиночитаемые доказательства: {EVIDENCE_NAME}."),
        ];
        if let Some(url) = &protocol.verify_url {
            steps.push(format!(
                "Проверка одним действием: откройте {url} и перетащите на страницу этот файл. Он никуда не отправляется."
            ));
        }
        for step in &steps {
            self.composer.text(step, BODY, Block::default());
        }
    }

    fn section(&mut self, title: &str) {
        let style = Style::regular(10.4, 12.6).face(Face::Bold).ink(Ink::Accent);
        self.composer.ensure(56.0);
        self.composer.gap(4.8);
        self.composer.text(
            title,
            style,
            Block {
                align: Align::Left,
                after: 2.0,
                ..Block::default()
            },
        );
        self.composer.rule(0.5, Ink::Rule);
        self.composer.gap(1.8);
    }

    fn fact(&mut self, label: &str, value: &str) {
        self.composer.row(
            &[Span::new(label, LABEL)],
            &[Span::new(value, BODY)],
            LABEL_WIDTH,
            1.0,
        );
    }

    fn hash(&mut self, label: &str, value: &str) {
        self.composer.row(
            &[Span::new(label, LABEL)],
            &[Span::new(value, HASH)],
            LABEL_WIDTH,
            1.0,
        );
    }
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

fn capacity(capacity: &Capacity) -> &'static str {
    match capacity {
        Capacity::Patient => "пациент",
        Capacity::Acceptor => "акцепт публичной оферты",
        Capacity::Representative { .. } => "представитель пациента",
    }
}

/// Moscow time, and UTC in the form of the evidence.
fn moment(at: OffsetDateTime) -> String {
    format!("{} · {}", moscow(at), stamp(at))
}

fn moscow(at: OffsetDateTime) -> String {
    stamp(at).moscow()
}

fn stamp(at: OffsetDateTime) -> Timestamp {
    Timestamp::from_unix(at.unix_timestamp())
}

fn date(date: Date) -> String {
    format!(
        "{:02}.{:02}.{:04}",
        date.day(),
        u8::from(date.month()),
        date.year()
    )
}

/// «1 страница», «3 страницы», «11 страниц».
fn pages(count: u32) -> String {
    let word = match (count % 10, count % 100) {
        (1, tens) if tens != 11 => "страница",
        (2..=4, tens) if !(12..=14).contains(&tens) => "страницы",
        _ => "страниц",
    };
    format!("{count} {word}")
}

/// Thousands apart by no-break spaces.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn prints_moscow_and_utc() {
        let at = datetime!(2026-11-22 21:05:31 UTC);
        assert_eq!(
            moment(at),
            "23.11.2026 00:05:31 МСК (UTC+3) · 2026-11-22T21:05:31Z"
        );
    }

    #[test]
    fn counts_in_russian() {
        let words: Vec<String> = [1, 3, 5, 11, 12, 21, 111, 122].map(pages).into();
        assert_eq!(
            words.join(", "),
            "1 страница, 3 страницы, 5 страниц, 11 страниц, 12 страниц, 21 страница, 111 страниц, 122 страницы"
        );
        assert_eq!(grouped(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(grouped(123), "123");
    }
}
