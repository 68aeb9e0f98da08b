//! `index.csv`: the archive's list for people, as a Russian spreadsheet program opens it.

use podpis_kit::store::Document;
use podpis_shared::{Status, Timestamp};

/// The list while it grows.
pub(super) struct Index(String);

impl Index {
    /// With the mark of UTF-8 and the headings.
    pub(super) fn new() -> Self {
        let mut index = Self("\u{feff}".into());
        index.row([
            "Номер",
            "Номер в МИС",
            "Вид",
            "Название",
            "Пациент",
            "Состояние",
            "Получен",
            "Подписан",
            "Папка",
            "Файлы",
        ]);
        index
    }

    /// A line for a document.
    pub(super) fn add<'a>(
        &mut self,
        document: &Document,
        folder: &str,
        files: impl Iterator<Item = &'a str>,
    ) {
        let date = |at: Timestamp| at.moscow().replace(" МСК (UTC+3)", "");
        let files: Vec<&str> = files.collect();
        self.row([
            &document.id,
            document.external_id.as_deref().unwrap_or_default(),
            document.kind.label(),
            &document.title,
            &document.patient.full_name(),
            words(document),
            &date(document.created_at),
            &document.signed_at.map(date).unwrap_or_default(),
            folder,
            &files.join(", "),
        ]);
    }

    /// The whole list.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn row(&mut self, cells: [&str; 10]) {
        let cells = cells.map(cell);
        self.0 += &cells.join(";");
        self.0 += "\r\n";
    }
}

/// A quoted cell (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe, which it takes for text.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

fn words(document: &Document) -> &'static str {
    match document.status {
        Status::Completed if document.is_kept() => "прислан пациенту на хранение",
        Status::Sent => "отправлен",
        Status::Opened => "открыт",
        Status::PatientSigned => "подписан пациентом, ждёт подписи клиники",
        Status::Completed => "завершён",
        Status::Declined => "пациент отказался",
        Status::Expired => "срок истёк",
        Status::Cancelled => "отозван клиникой",
        Status::Superseded => "заменён другим",
    }
}
