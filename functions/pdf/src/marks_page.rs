//! The look of the sheet of signatures: one framed mark for each signature of the clinic, on a page of its own, so that
//! no mark ever stands over text (GOST R 7.0.97-2016, 5.23).

use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::{Over, TimeEvidence};

use crate::marks::{Mark, MarkSheet};
use crate::typeset::{Block, Composer, Face, Ink, Margins, Span, Style, Typeset};

const BODY: Style = Style::regular(9.6, 12.6);
const LABEL: Style = Style::regular(9.6, 13.0).ink(Ink::Muted);
const VALUE: Style = Style::regular(9.6, 13.0);
const MAIN: Style = Style::regular(10.6, 14.2);
const NUMBER: Style = Style::regular(9.0, 14.2).face(Face::Mono);
const HASH: Style = Style::regular(7.9, 12.6).face(Face::Mono);
const SMALL: Style = Style::regular(8.0, 10.6).ink(Ink::Muted);
const LABEL_WIDTH: f64 = 118.0;

/// Characters of a name that are printed. What stands in a certificate, its owner and issuer chose.
const NAME_MAX: usize = 300;

/// The words that the mark must have, letter for letter.
const PHRASE: &str = "Документ подписан электронной подписью";

/// Sets the sheet's pages.
pub(crate) fn set(sheet: &MarkSheet) -> Typeset {
    let mut page = Page {
        composer: Composer::new(Margins::default()),
    };
    page.masthead(sheet);
    for (number, mark) in (1..).zip(&sheet.marks) {
        page.mark(number, sheet.marks.len(), mark);
    }
    page.document(sheet);
    page.notes(sheet);
    let footer = format!("№ {} · {}", sheet.number, sheet.made_at.moscow());
    page.composer.finish(SMALL, |number, total| {
        (
            footer.clone(),
            format!("Лист подписей · лист {number} из {total}"),
        )
    })
}

/// What viewers say of the attached signature.
pub(crate) fn description(mark: &Mark) -> String {
    format!(
        "Электронная подпись медицинской организации: {}",
        cut(&mark.owner)
    )
}

struct Page {
    composer: Composer,
}

impl Page {
    fn masthead(&mut self, sheet: &MarkSheet) {
        let title = Style::regular(18.0, 23.0).face(Face::Bold).ink(Ink::Accent);
        self.composer.text("Лист подписей", title, Block::default());
        let name = Style::regular(11.0, 14.6).face(Face::Bold);
        self.text(&cut(&sheet.title), name, 2.0);
        let clinic = format!("Медицинская организация: {}", cut(&sheet.clinic));
        self.text(&clinic, LABEL, 10.0);
    }

    fn mark(&mut self, number: usize, total: usize, mark: &Mark) {
        let strong = MAIN.face(Face::Bold);
        let mut rows = vec![
            ("Сертификат №", mark.certificate.to_uppercase(), NUMBER),
            ("Владелец", cut(&mark.owner), strong),
        ];
        let mut optional = |label, value: &Option<String>| {
            rows.extend(value.as_ref().map(|value| (label, cut(value), VALUE)));
        };
        optional("Должность", &mark.position);
        optional("Организация", &mark.organisation);
        let validity = format!("с {} по {}", date(mark.valid_from), date(mark.valid_to));
        rows.push(("Действителен", validity, strong));
        rows.push(("Кем выдан", cut(&mark.issuer), VALUE));
        let when = match mark.time_evidence {
            TimeEvidence::Timestamp => {
                format!("{} — по метке службы времени", mark.signed_at.moscow())
            }
            TimeEvidence::SigningTime => {
                format!("{} — по часам подписавшего", mark.signed_at.moscow())
            }
            TimeEvidence::None => "в подписи не указано".into(),
        };
        rows.push(("Время подписания", when, VALUE));
        rows.push(("Получена и проверена", mark.accepted_at.moscow(), VALUE));
        let over = match mark.over {
            Over::Signed => "подписанный пациентом файл целиком",
            Over::Original => "исходный документ клиники",
            Over::Final => "файл клиники",
        };
        rows.push((
            "Что подписано",
            format!("{over}; подпись {} приложена: {}", mark.level, mark.file),
            VALUE,
        ));
        let heading = Style::regular(11.6, 17.0).face(Face::Bold).ink(Ink::Accent);
        let mut head = vec![Span::new(PHRASE, heading)];
        if total > 1 {
            head.push(Span::new(format!("  ·  {number} из {total}"), LABEL));
        }
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(label, value, style)| (Span::new(label, LABEL), Span::new(value, style)))
            .collect();
        self.composer.frame(&head, &rows, LABEL_WIDTH);
        self.composer.gap(9.0);
    }

    fn document(&mut self, sheet: &MarkSheet) {
        self.section("К какому документу");
        self.fact("Номер документа", &sheet.number, BODY);
        let size = format!("первые {} байт этого файла", sheet.signed.size);
        self.fact("Подписанный файл", &size, BODY);
        self.fact("Его SHA-256", &sheet.signed.sha256, HASH);
        self.fact("Лист составлен", &moment(sheet.made_at), BODY);
    }

    fn notes(&mut self, sheet: &MarkSheet) {
        self.section("Что это за лист");
        let mut lines = vec![
            "Лист добавлен после того, как документ подписала медицинская организация. Документ, протокол подписания \
             пациентом и печать на них остались как были: лист идёт отдельной редакцией PDF после них."
                .to_owned(),
            format!(
                "Подпись проверяется по приложенному файлу, а не по отметке. Подписанный файл: \
                 head -c {} файл.pdf > signed.pdf; файлы подписи — во вложениях.",
                sheet.signed.size
            ),
            "Проверка при получении — техническая. Квалифицированная ли подпись и действует ли её сертификат, \
             устанавливает средство с подтверждением соответствия (63-ФЗ, ст. 11)."
                .to_owned(),
        ];
        lines.extend(sheet.seal.iter().cloned());
        if let Some(url) = &sheet.verify_url {
            lines.push(format!(
                "Проверка одним действием: откройте {url} и перетащите на страницу этот файл. Он никуда не отправляется."
            ));
        }
        for line in lines {
            self.text(&line, BODY, 2.0);
        }
    }

    fn section(&mut self, title: &str) {
        let style = Style::regular(10.4, 12.6).face(Face::Bold).ink(Ink::Accent);
        self.composer.ensure(56.0);
        self.composer.gap(5.0);
        self.text(title, style, 2.0);
        self.composer.rule(0.5, Ink::Rule);
        self.composer.gap(2.0);
    }

    fn fact(&mut self, label: &str, value: &str, style: Style) {
        let label = [Span::new(label, LABEL)];
        self.composer
            .row(&label, &[Span::new(value, style)], LABEL_WIDTH, 1.0);
    }

    fn text(&mut self, text: &str, style: Style, after: f64) {
        let block = Block {
            after,
            ..Block::default()
        };
        self.composer.text(text, style, block);
    }
}

/// Moscow time, and UTC in the form of the evidence.
fn moment(at: Timestamp) -> String {
    format!("{} · {at}", at.moscow())
}

/// The day in Moscow.
fn date(at: Timestamp) -> String {
    let (year, month, day) = at.moscow_date();
    format!("{day:02}.{month:02}.{year}")
}

/// A name, shortened where somebody put a book into it.
fn cut(name: &str) -> String {
    match name.char_indices().nth(NAME_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
