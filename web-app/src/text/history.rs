//! What has happened to a document.

pub(crate) const TITLE: &str = "Что происходило с\u{a0}документом";
pub(crate) const READING: &str = "Загружаем…";
pub(crate) const FAILED: &str =
    "Не\u{a0}удалось загрузить. Проверьте интернет, сверните и\u{a0}откройте ещё\u{a0}раз.";
