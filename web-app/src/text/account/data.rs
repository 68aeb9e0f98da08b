//! What is stored about the person: export, log, deletion.

use podpis_shared::Timestamp;
use podpis_shared::wire::account::Kept;

use super::date;

pub(crate) const EXPORT: &str = "Выгрузка";
pub(crate) const EXPORT_BODY: &str = "Всё, что хранится о\u{a0}вас в\u{a0}кабинете: контакты, устройства, журнал, сведения о\u{a0}документах и\u{a0}подписях, отправленные вам сообщения. Один файл JSON (статья 14 закона 152\u{2011}ФЗ). Сами документы скачиваются из\u{a0}списка.";
pub(crate) const EXPORT_GET: &str = "Скачать мои данные";
pub(crate) const EXPORTED: &str = "Файл сохранён.";
pub(crate) const LOG: &str = "Журнал";
pub(crate) const LOG_LEAD: &str = "Что происходило с\u{a0}кабинетом: входы, контакты, настройки.";
pub(crate) const LOG_NONE: &str = "Пока ничего не\u{a0}происходило.";
pub(crate) const LOG_ALL: &str = "Показать весь журнал";
pub(crate) const ERASE: &str = "Удаление";
pub(crate) const ERASE_BODY: &str = "Можно закрыть кабинет и\u{a0}удалить данные. Подписанные документы клиника обязана хранить по\u{a0}закону; сколько\u{a0}— покажем до\u{a0}удаления.";
pub(crate) const ERASE_OPEN: &str = "Что будет удалено";
pub(crate) const ERASE_DELETED: &str = "Будет удалено";
pub(crate) const ERASE_KEPT: &str = "Останется по\u{a0}закону";
pub(crate) const ERASE_KEPT_BODY: &str = "Эти данные удалить нельзя: их\u{a0}хранения требует закон. Показывать их\u{a0}в\u{a0}кабинете перестанем, а\u{a0}после срока удалим.";
pub(crate) const ERASE_KEPT_NONE: &str = "Ничего: хранить по\u{a0}закону нечего.";
pub(crate) const ERASE_ASK: &str = "Я\u{a0}понимаю, что вернуть кабинет будет нельзя";
pub(crate) const ERASE_DO: &str = "Удалить кабинет";
pub(crate) const ERASING: &str = "Удаляем…";
pub(crate) const ERASE_ASK_MISSING: &str = "Отметьте, что вернуть кабинет будет нельзя.";
pub(crate) const ERASE_BACK: &str = "Оставить кабинет";
pub(crate) const ERASE_SAVE_FIRST: &str = "Сначала скачайте подписанные документы: после удаления их\u{a0}можно получить только в\u{a0}клинике.";
pub(crate) const CLOSED_TITLE: &str = "Кабинет удалён";
pub(crate) const CLOSED_BODY: &str = "Вы\u{a0}вышли на\u{a0}всех устройствах. Если клиника снова пришлёт документ, можно завести новый кабинет.";
pub(crate) const CLOSED_DELETED: &str = "Удалено";
pub(crate) const CLOSED_LOGIN: &str = "К\u{a0}началу";

/// Name of the export's file.
pub(crate) fn export_name(now: Timestamp) -> String {
    let (year, month, day) = now.moscow_date();
    format!("Мои данные в\u{a0}Podpis {year}-{month:02}-{day:02}.json")
}

/// One kind of thing that stays: what and how many.
pub(crate) fn kept(kept: &Kept) -> String {
    if kept.count > 1 {
        format!("{}: {}", kept.what, kept.count)
    } else {
        kept.what.clone()
    }
}

/// Until when and why it stays.
pub(crate) fn kept_until(kept: &Kept) -> String {
    format!("До\u{a0}{} ({})", date(&kept.until), kept.law)
}
