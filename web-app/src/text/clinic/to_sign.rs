//! Documents that wait for the clinic's signature.

use crate::text::plural;

pub(crate) const TITLE: &str = "На\u{a0}подпись";
pub(crate) const LEAD: &str = "Пациенты подписали эти документы. Скачайте их одним архивом, подпишите своей программой и\u{a0}верните все подписи разом.";
pub(crate) const NONE: &str = "Всё подписано";
pub(crate) const NONE_BODY: &str = "Когда пациент подпишет документ, он\u{a0}появится здесь.";
pub(crate) const ALL: &str = "Выбрать все";
pub(crate) const SIGNED: &str = "Пациент подписал";
pub(crate) const STEP_LOAD: &str = "Скачайте";
pub(crate) const STEP_LOAD_BODY: &str = "В\u{a0}имени каждого файла есть номер документа: по\u{a0}нему мы\u{a0}узнаем, чья подпись вернулась. \
     Переименовывать файлы можно, номер в\u{a0}квадратных скобках оставьте.";
pub(crate) const STEP_SIGN: &str = "Подпишите";
pub(crate) const STEP_SIGN_BODY: &str = "Распакуйте архив и\u{a0}подпишите файлы отсоединённой подписью: программы подписывают сразу всю папку.";
pub(crate) const STEP_RETURN: &str = "Верните подписи";
pub(crate) const DROP: &str = "Перетащите сюда все файлы .sig";
pub(crate) const DROP_HINT: &str = "Или выберите их. Можно и\u{a0}подписанные PDF.";
pub(crate) const RESULT: &str = "Что с\u{a0}подписями";
pub(crate) const ACCEPTED: &str = "принята";
pub(crate) const COMPLETED: &str = "принята, документ завершён";
pub(crate) const UNMATCHED: &str =
    "Не\u{a0}нашли, к\u{a0}какому документу она относится: в\u{a0}имени файла нет его номера.";
pub(crate) const CHECKING: &str = "проверяем…";
pub(crate) const QUEUED: &str = "ждёт";
pub(crate) const ARCHIVE: &str = "На подпись.zip";
pub(crate) const TOO_LARGE: &str = "Архив не\u{a0}собрался. Выберите меньше документов.";
pub(crate) const ONLY_FIRST: &str =
    "Показаны последние 50. Остальные появятся, когда эти будут подписаны.";

/// On the button.
pub(crate) fn load(count: usize) -> String {
    let forms = ["документ", "документа", "документов"];
    match count {
        0 => "Выберите документы".into(),
        count => format!("Скачать {count} {}", plural(count as u64, forms)),
    }
}

/// While they come.
pub(crate) fn loading(done: usize, of: usize) -> String {
    format!("Скачиваем {done} из\u{a0}{of}…")
}

/// How it stands with the signatures.
pub(crate) fn standing(good: usize, bad: usize, left: usize) -> String {
    if left > 0 {
        return format!("Проверяем подписи: осталось {left}");
    }
    format!("Принято: {good}. Не\u{a0}принято: {bad}.")
}
