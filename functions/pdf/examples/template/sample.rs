//! Sample values for every field: invented people, an invented clinic.

use podpis_shared::templates::{FieldKind, Need, Template, Values};

/// Values for every field of a template; of a representative's, where one acts.
pub(crate) fn values(template: &Template, represented: bool) -> Values {
    let mut values = Values::default();
    for (field, need) in template.fields() {
        let of_another = need == Need::Represented || field.name.starts_with("representative.");
        if !of_another || represented {
            values.set(&field.name, value(&field.name, field.kind));
        }
    }
    values
}

fn value(name: &str, kind: FieldKind) -> &'static str {
    match name {
        "clinic.name" => "Общество с ограниченной ответственностью «Клиника „Здоровье“»",
        "clinic.inn" => "7701234567",
        "clinic.ogrn" => "1027700132195",
        "clinic.address" => "119021, г. Москва, ул. Примерная, д. 12, стр. 1",
        "clinic.license" => "Л041-01137-77/00000042 от 14.02.2022",
        "clinic.phone" => "+7 495 000-00-42",
        "document.number" => "MIS-2026/10842",
        "document.date" => "2026-11-28",
        "patient.full_name" => "Константинопольская-Ёлкина Алёна Вячеславовна",
        "patient.phone" => "+79161234567",
        "patient.birth_date" => "2015-03-12",
        "patient.address" => "125009, г. Москва, ул. Образцовая, д. 5, кв. 17",
        "patient.residence" => "141400, Московская область, г. Химки, ул. Московская, д. 1",
        "patient.identity_document" => {
            "паспорт 45 08 000042, выдан 20.05.2010 ОВД района Образцовый г. Москвы"
        }
        "representative.full_name" => "Ёлкин Вячеслав Петрович",
        "representative.basis" => "отец, свидетельство о рождении VI-МЮ № 000042 от 20.03.2015",
        "representative.birth_date" => "1985-07-01",
        "representative.address" => "125009, г. Москва, ул. Образцовая, д. 5, кв. 17",
        "representative.identity_document" => {
            "паспорт 45 05 000017, выдан 10.08.2005 ОВД района Образцовый г. Москвы"
        }
        "medic.full_name" => "Смирнова Елена Викторовна",
        "medic.position" => "врач-педиатр",
        "trusted_people" => {
            "Ёлкина Мария Сергеевна, +7 916 000-11-22\nКузнецова Анна Ильинична, +7 903 000-33-44"
        }
        "refused" => {
            "Введение лекарственных препаратов внутримышечно\nРентгенологические исследования"
        }
        "consequences" => {
            "Заболевание может быть распознано позже, его течение — стать тяжелее; возможен переход в хроническую форму.\n\
             Без снимка нельзя исключить перелом: неправильное сращение потребует операции."
        }
        "consultation.starts" => "1 декабря 2026 г., 10:00 (МСК)",
        "consultation.subject" => {
            "оценка эффективности лечения, назначенного на очном приёме 20 ноября 2026 г."
        }
        "pd.purpose" => "напоминать о приёмах и профилактических осмотрах, отвечать на обращения",
        "pd.data" => {
            "фамилия, имя, отчество, дата рождения, номер телефона, адрес электронной почты, даты приёмов"
        }
        "pd.recipients" => {
            "ООО «Связь-Пример», 127000, г. Москва, ул. Телефонная, д. 3 (рассылка сообщений)"
        }
        "pd.term" => "три года со дня подписания",
        _ if kind == FieldKind::Date => "1985-03-12",
        _ => "Пример",
    }
}
