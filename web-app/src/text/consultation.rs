//! What the page says of a telemedicine consultation.

use podpis_shared::Timestamp;
use podpis_shared::consultation::{Status, on_the_clock};
use podpis_shared::wire::consultation::ConsultationView;

pub(crate) const TITLE: &str = "Онлайн-консультация";
pub(crate) const DOCTOR: &str = "Врач";
pub(crate) const WHEN: &str = "Начало по\u{a0}часам клиники";

/// Under the clinic's name.
pub(crate) const REQUEST: &str = "просит согласие на\u{a0}онлайн-консультацию";

/// What the consent is for, and why Gosuslugi is asked once for both.
pub(crate) const WHY: &str = "По\u{a0}закону врач начинает консультацию только с\u{a0}вашего согласия и\u{a0}зная, кто перед ним. \
     Вход на\u{a0}Госуслуги делает и\u{a0}то, и\u{a0}другое: подтверждает, что\u{a0}это вы, и\u{a0}подписывает согласие.";

/// How it stands with a consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) title: &'static str,
    pub(crate) body: String,
    /// Its look.
    pub(crate) tone: &'static str,
}

/// `5 декабря 2026, 14:00 (МСК)`.
pub(crate) fn when(at: Timestamp, utc_offset: i32) -> String {
    on_the_clock(at, utc_offset)
}

/// The state; `open`: the consent can still be given.
pub(crate) fn state(booked: &ConsultationView, open: bool) -> State {
    let (title, body, tone) = match booked.status {
        Status::Waiting | Status::Opened => (
            "Согласие ещё не\u{a0}дано",
            "Прочитайте его и\u{a0}подпишите до\u{a0}начала: без\u{a0}него консультация не\u{a0}начнётся.".to_owned(),
            "standing-warn",
        ),
        Status::Consented => (
            "Консультация может начаться",
            "Согласие получено, клиника уже знает об\u{a0}этом.".to_owned(),
            "standing-good",
        ),
        Status::Missed if open => (
            "Время начала прошло, согласия нет",
            format!(
                "Его ещё можно дать до\u{a0}{}. Состоится ли консультация, скажет клиника.",
                when(booked.consent_until, booked.utc_offset)
            ),
            "standing-bad",
        ),
        Status::Missed => (
            "Время прошло",
            "Согласия не\u{a0}было, и\u{a0}консультация не\u{a0}началась. Чтобы записаться снова, позвоните в\u{a0}клинику."
                .to_owned(),
            "standing-bad",
        ),
        Status::Declined => (
            "Согласия нет",
            "Вы\u{a0}решили его не\u{a0}давать, поэтому консультация не\u{a0}начнётся.".to_owned(),
            "standing-bad",
        ),
        Status::Cancelled => (
            "Консультация отменена",
            "Её\u{a0}отменила клиника. Если это неожиданно, позвоните туда.".to_owned(),
            "standing-bad",
        ),
    };
    State { title, body, tone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_consent_lets_it_begin() {
        for status in Status::ALL {
            let booked = ConsultationView {
                status: *status,
                doctor: "Смирнова Анна Юрьевна".into(),
                starts_at: Timestamp::from_unix(1_795_000_000),
                consent_until: Timestamp::from_unix(1_795_003_600),
                utc_offset: 180,
            };
            for open in [false, true] {
                let said = state(&booked, open);
                assert_eq!(
                    said.title == "Консультация может начаться",
                    status.may_begin()
                );
                assert_eq!(said.tone == "standing-good", status.may_begin());
                let may_still = open && *status == Status::Missed;
                assert_eq!(said.body.contains("ещё можно"), may_still, "{said:?}");
            }
        }
    }
}
