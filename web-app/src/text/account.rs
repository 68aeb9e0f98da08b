//! The words of the personal account.

use crate::model::account::route::Route;

mod agreements;
mod data;
mod dates;
mod devices;
mod documents;
mod gates;
mod help;
mod profile;
mod sign_in;
mod trouble;

pub(crate) use agreements::*;
pub(crate) use data::*;
pub(crate) use dates::*;
pub(crate) use devices::*;
pub(crate) use documents::*;
pub(crate) use gates::*;
pub(crate) use help::{HELP, HELP_LEAD, INSTALL};
pub(crate) use profile::*;
pub(crate) use sign_in::*;
pub(crate) use trouble::{code_trouble, contact_trouble, flaw, gate_trouble, note, trouble};

pub(crate) const NAME: &str = "Личный кабинет";
/// Under the name of the service.
pub(crate) const DOES: &str = "личный кабинет";
pub(crate) const NAVIGATION: &str = "Разделы кабинета";
pub(crate) const SIGN_OUT: &str = "Выйти";
pub(crate) const SIGNING_OUT: &str = "Выходим…";
pub(crate) const LOADING: &str = "Открываем кабинет…";
pub(crate) const RETRY: &str = "Повторить";
pub(crate) const CLOSE: &str = "Закрыть сообщение";
pub(crate) const OR: &str = "или";
pub(crate) const SKIP: &str = "Перейти к\u{a0}содержанию";

/// Title of the browser's tab.
pub(crate) fn tab_title(page: &str) -> String {
    format!("{page} — {NAME}")
}

/// A page's heading.
pub(crate) const fn heading(route: Route) -> &'static str {
    match route {
        Route::Documents(_) => "Документы",
        Route::Profile => "Профиль",
        Route::Devices => "Устройства",
        Route::Agreements => "Соглашения и\u{a0}согласия",
        Route::Data => "Мои данные",
        Route::Erase => "Удаление кабинета",
        Route::Help => "Помощь",
    }
}

/// In the navigation, where there is less room.
pub(crate) const fn short_heading(route: Route) -> &'static str {
    match route {
        Route::Agreements => "Соглашения",
        route => heading(route),
    }
}

#[cfg(test)]
mod tests;
