//! The journal: who did what, in words.

use podpis_shared::staff::Role;

use crate::model::clinic::journal::{Names, Who};
use crate::model::clinic::seen::Act;
use crate::text::plural;

pub(crate) const TITLE: &str = "Журнал";
pub(crate) const LEAD: &str = "Кто и\u{a0}что делал от\u{a0}имени клиники: сотрудники, ваша система по\u{a0}ключу API, оператор сервиса. Стереть \
     или исправить запись здесь и\u{a0}по\u{a0}API нельзя. Время московское.";
pub(crate) const BY: &str = "Кто";
pub(crate) const ANYBODY: &str = "Все";
pub(crate) const NONE: &str = "Записей нет";
pub(crate) const NONE_BODY: &str =
    "Здесь появится всё, что сделают сотрудники, ключи API и\u{a0}оператор.";
pub(crate) const OPEN: &str = "Документ";
const OPERATOR: &str = "Оператор сервиса";

/// Said when the list has come.
pub(crate) fn listed(count: usize, more: bool) -> String {
    let what = plural(count as u64, ["запись", "записи", "записей"]);
    if more {
        format!("{count} {what}, есть ещё")
    } else {
        format!("Всего {count} {what}")
    }
}

/// Of a link to a document, for whoever hears many of them.
pub(crate) fn open(id: &str) -> String {
    format!("{OPEN} {id}")
}

/// Who acted.
pub(crate) fn who(by: &str, names: &Names) -> String {
    match names.who(by) {
        Who::Member(name) => name.to_owned(),
        Who::Former(id) => format!("Бывший сотрудник ({id})"),
        Who::Key(Some(label)) => format!("Ключ API «{label}»"),
        Who::Key(None) => "Ключ API без названия".into(),
        Who::RevokedKey(id) => format!("Отозванный ключ API ({id})"),
        Who::Operator => OPERATOR.into(),
        Who::Other(by) => by.to_owned(),
    }
}

/// What was done.
pub(crate) fn what(act: &Act) -> String {
    let fact = |name: &str| act.data[name].as_str();
    let nearer = match act.kind.as_str() {
        "document.sent" if fact("purpose") == Some("keeping") => {
            Some("Документ передан на\u{a0}хранение")
        }
        "webhook.changed" => match fact("change") {
            Some("set") => Some("Задан адрес вебхука"),
            Some("removed") => Some("Вебхук удалён"),
            Some("secret") => Some("Выпущен новый секрет вебхука"),
            _ => None,
        },
        "staff.secured" => match fact("what") {
            Some("password") => Some("Пароль изменён"),
            Some("totp") => Some("Настроено новое приложение для кодов"),
            Some("passkey") => Some("Изменены ключи доступа"),
            Some("factor_letter") => {
                Some("Отправлено письмо: настроить вход на\u{a0}новом телефоне")
            }
            _ => None,
        },
        _ => None,
    };
    let words = nearer.or_else(|| plain(&act.kind));
    words.map_or_else(|| act.kind.clone(), str::to_owned)
}

/// About whom or what, and why; empty where there is nothing to add.
pub(crate) fn details(act: &Act, names: &Names) -> String {
    let fact = |name: &str| act.data[name].as_str();
    let whom = fact("staff_id").map(|id| {
        let name = names.member(id).map(str::to_owned);
        name.unwrap_or_else(|| format!("бывший сотрудник ({id})"))
    });
    let key = fact("key_id").map(|id| match names.key(id) {
        Some(label) => format!("«{label}»"),
        None => id.to_owned(),
    });
    let role = fact("role").filter(|_| act.kind.starts_with("staff."));
    let role = role
        .and_then(Role::parse)
        .map(|role| format!("роль: {}", role.title()));
    let reason = fact("reason").filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| format!("причина: {reason}"));
    let all: Vec<String> = [whom, key, role, reason].into_iter().flatten().collect();
    all.join(", ")
}

/// A type of the journal in words.
fn plain(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "document.sent" => "Документ отправлен",
        "document.opened" => "Документ открыт",
        "document.patient_signed" => "Документ подписан пациентом",
        "document.clinic_signed" => "Загружена подпись клиники",
        "document.completed" => "Документ завершён",
        "document.declined" => "Пациент отказался подписать документ",
        "document.expired" => "Срок документа истёк",
        "document.cancelled" => "Документ отозван",
        "message.delivered" => "Сообщение пациенту отправлено",
        "message.failed" => "Сообщение пациенту не\u{a0}доставлено",
        "link.issued" => "Создана ссылка для пациента",
        "esia.started" => "Пациент перешёл на\u{a0}Госуслуги",
        "esia.failed" => "Подписать через Госуслуги не\u{a0}вышло",
        "seal.timestamped" => "К\u{a0}печати добавлен штамп времени",
        "agreement.published" => "Опубликовано соглашение с\u{a0}пациентами",
        "agreement.accepted" => "Пациент принял соглашение",
        "consent.withdrawn" => "Пациент отозвал согласие на\u{a0}рекламу",
        "branding.changed" => "Изменено оформление",
        "tariff.set" => "Задан тариф",
        "settings.changed" => "Изменены реквизиты или напоминания",
        "code.issued" => "Отправлен код для подписи",
        "code.failed" => "Код для подписи не\u{a0}подошёл слишком много раз",
        "consultation.consented" => "Получено согласие на\u{a0}консультацию",
        "consultation.declined" => "Пациент не\u{a0}согласился на\u{a0}консультацию",
        "consultation.missed" => "Консультация началась без согласия",
        "consultation.rescheduled" => "Консультация перенесена",
        "consultation.cancelled" => "Консультация отменена",
        "staff.invited" => "Отправлено приглашение сотруднику",
        "staff.joined" => "Приглашение принято",
        "staff.signed_in" => "Вход в\u{a0}кабинет",
        "staff.role_changed" => "Изменена роль сотрудника",
        "staff.removed" => "Сотрудник убран",
        "staff.secured" => "Изменена защита входа",
        "key.made" => "Выпущен ключ API",
        "key.revoked" => "Отозван ключ API",
        "webhook.changed" => "Изменён вебхук",
        "signer.added" => "В\u{a0}список подписантов добавлен человек",
        "signer.removed" => "Из\u{a0}списка подписантов убран человек",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::clinic::journal::tests::{act, names};

    /// Where the journal names its types.
    const JOURNAL: &str = include_str!("../../../../functions/kit/src/store/journal.rs");

    #[test]
    fn every_type_of_the_journal_has_words() {
        let named = JOURNAL.lines().filter_map(|line| {
            let (name, text) = line.trim().strip_prefix("Self::")?.split_once(" => \"")?;
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric())
                .then_some(())?;
            text.strip_suffix("\",")
        });
        let named: Vec<_> = named.collect();
        assert!(named.len() >= 38, "{named:?}");
        assert!(named.contains(&"staff.signed_in") && named.contains(&"document.sent"));
        for kind in named {
            let words = plain(kind).unwrap_or_default();
            assert!(words.chars().any(|c| ('а'..='я').contains(&c)), "{kind}");
        }
    }

    #[test]
    fn an_act_is_told_in_words() {
        let names = names();
        for (kind, data, words, more) in [
            (
                "document.sent",
                json!({"kind": "ids"}),
                "Документ отправлен",
                "",
            ),
            (
                "document.sent",
                json!({"purpose": "keeping"}),
                "Документ передан на хранение",
                "",
            ),
            (
                "document.cancelled",
                json!({"reason": "ошибка в фамилии"}),
                "Документ отозван",
                "причина: ошибка в фамилии",
            ),
            (
                "staff.role_changed",
                json!({"staff_id": "stf_1", "role": "head"}),
                "Изменена роль сотрудника",
                "Анна Петрова, роль: руководитель",
            ),
            (
                "staff.removed",
                json!({"staff_id": "stf_9"}),
                "Сотрудник убран",
                "бывший сотрудник (stf_9)",
            ),
            (
                "staff.secured",
                json!({"what": "passkey"}),
                "Изменены ключи доступа",
                "",
            ),
            (
                "staff.secured",
                json!({"what": "new"}),
                "Изменена защита входа",
                "",
            ),
            (
                "key.made",
                json!({"key_id": "key_1"}),
                "Выпущен ключ API",
                "«МИС»",
            ),
            (
                "key.revoked",
                json!({"key_id": "key_9"}),
                "Отозван ключ API",
                "key_9",
            ),
            (
                "webhook.changed",
                json!({"change": "removed"}),
                "Вебхук удалён",
                "",
            ),
            // The role of a signature is none of the staff's.
            (
                "document.clinic_signed",
                json!({"role": "medic"}),
                "Загружена подпись клиники",
                "",
            ),
            ("new.thing", json!({}), "new.thing", ""),
        ] {
            let act = act(kind, "operator", data);
            assert_eq!(what(&act).replace('\u{a0}', " "), words);
            assert_eq!(details(&act, &names), more, "{kind}");
        }
    }

    #[test]
    fn who_acted_is_told_by_name() {
        let names = names();
        for (by, words) in [
            ("staff:stf_1", "Анна Петрова"),
            ("staff:stf_9", "Бывший сотрудник (stf_9)"),
            ("key:key_1", "Ключ API «МИС»"),
            ("key:key_2", "Ключ API без названия"),
            ("operator", "Оператор сервиса"),
        ] {
            assert_eq!(who(by, &names), words);
        }
    }
}
