//! Many documents from a table.

use crate::text::plural;

pub(crate) const TITLE: &str = "Рассылка списком";
pub(crate) const LEAD: &str = "Таблица пациентов и\u{a0}один шаблон: каждому уйдёт свой документ. Ничего не\u{a0}отправится, пока вы\u{a0}не\u{a0}проверите список.";
pub(crate) const WHAT: &str = "Что отправляем";
pub(crate) const FIELDS: &str = "Одинаково для всех";
pub(crate) const FIELDS_HINT: &str = "Пустые поля возьмём из\u{a0}столбцов таблицы.";
pub(crate) const TABLE: &str = "Таблица пациентов";
pub(crate) const SAMPLE: &str = "Скачать образец таблицы";
pub(crate) const SAMPLE_REPRESENTED: &str = "Образец с\u{a0}представителями";
pub(crate) const SAMPLE_NAME: &str = "Образец рассылки.csv";
pub(crate) const FILE: &str = "Выберите CSV или перетащите его сюда";
pub(crate) const FILE_HINT: &str = "Из\u{a0}Excel: «Сохранить как» → CSV. До\u{a0}2000 строк.";
pub(crate) const FILE_OTHER: &str = "Выбрать другой файл";
pub(crate) const UNREADABLE: &str =
    "Файл не\u{a0}читается как текст. Сохраните таблицу в\u{a0}CSV.";
pub(crate) const CHECK: &str = "Проверьте список";
pub(crate) const ROW: &str = "Строка";
pub(crate) const WHO: &str = "Пациент";
pub(crate) const STATE: &str = "Что с\u{a0}ней";
pub(crate) const READY: &str = "готова";
pub(crate) const SENDING: &str = "отправляем…";
pub(crate) const SENT: &str = "отправлена";
pub(crate) const START: &str = "Отправить";
pub(crate) const PAUSE: &str = "Приостановить";
pub(crate) const GO_ON: &str = "Продолжить";
pub(crate) const REPORT: &str = "Скачать отчёт (CSV)";
pub(crate) const REPORT_NAME: &str = "Отчёт о рассылке.csv";
pub(crate) const ONLY_FLAWED: &str = "Только с\u{a0}ошибками";
pub(crate) const SAFE: &str = "Прервать и\u{a0}повторить можно в\u{a0}любой момент: одна и\u{a0}та\u{a0}же строка дважды не\u{a0}уйдёт.";
pub(crate) const WAITING: &str = "Сервер просит подождать, продолжим сами…";
pub(crate) const STOPPED: &str = "Отправка остановилась:";
pub(crate) const ROWS_MAX_HINT: &str = "Показаны первые 200 строк; в\u{a0}отчёте будут все.";

/// What was found in the file.
pub(crate) fn found(good: usize, bad: usize) -> String {
    let rows = |n: usize| plural(n as u64, ["строка", "строки", "строк"]);
    let ready = plural(good as u64, ["готова", "готовы", "готовы"]);
    if bad == 0 {
        format!("{good} {} {ready} к\u{a0}отправке, ошибок нет.", rows(good))
    } else {
        format!(
            "{good} {} {ready} к\u{a0}отправке. С\u{a0}ошибками: {bad}\u{a0}— они не\u{a0}уйдут. Исправьте их в\u{a0}таблице и\u{a0}выберите файл \
             снова, или отправьте остальные.",
            rows(good)
        )
    }
}

/// Columns that mean nothing.
pub(crate) fn ignored(columns: &[String]) -> String {
    format!(
        "Эти столбцы не\u{a0}нужны, мы\u{a0}их пропустили: {}.",
        columns.join(", ")
    )
}

/// How far it is.
pub(crate) fn progress(sent: usize, refused: usize, of: usize) -> String {
    let done = sent + refused;
    let mut text = format!("Отправлено {sent} из\u{a0}{of}");
    if refused > 0 {
        text += &format!(", отказов: {refused}");
    }
    if done == of {
        text += ". Готово";
    }
    text + "."
}

/// On the button.
pub(crate) fn start(count: usize) -> String {
    let forms = ["документ", "документа", "документов"];
    format!("{START} {count} {}", plural(count as u64, forms))
}
