//! The words of the SMS that carries the link of a consultation's consent.
//!
//! Anybody may look at a phone's screen: no name of a person, not the doctor's either, no speciality, no title and no kind of a document. The time is
//! there, because the consent is of use before it only; it is that of the clinic's clock.

use super::Consultation;
use crate::daytime::Clock;
use crate::db::{DbError, Tx};
use crate::store::documents::Document;
use crate::store::outbox::{self, LINK_TOKEN};
use crate::store::planned;
use podpis_shared::Timestamp;
use podpis_shared::consultation::on_the_clock;

/// What an SMS is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sms {
    /// It was booked.
    Booked,
    /// It begins at another time.
    Rescheduled,
    /// It nears, and there is no consent.
    Reminder,
}

/// Queues the SMS to whoever is to consent, with a link of its own, to go out at `due`; `false` where the clinic gave no phone.
///
/// # Errors
/// As the database says.
pub async fn queue(
    tx: &Tx,
    consent: &Document,
    consultation: &Consultation,
    about: Sms,
    base_url: &str,
    due: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let Some(phone) = &consent.signer().phone else {
        return Ok(false);
    };
    let sql = "SELECT name FROM clinics WHERE id = ?1";
    let row = tx.first(sql, [consent.clinic_id.as_str().into()]).await?;
    let clinic = row.ok_or_else(|| DbError::corrupt("clinic"))?.text(0)?;
    let clock = planned::clinic_clock(tx, &consent.clinic_id).await?;
    let text = sms(about, &clinic, base_url, consultation.starts_at, clock);
    outbox::queue_sms(tx, consent, phone.expose(), &text, due, now).await?;
    Ok(true)
}

/// The text; the token takes its place when the message is sent.
fn sms(about: Sms, clinic: &str, base_url: &str, starts_at: Timestamp, clock: Clock) -> String {
    let when = on_the_clock(starts_at, clock.minutes());
    let what = match about {
        Sms::Booked => format!("онлайн-консультация {when}"),
        Sms::Rescheduled => format!("онлайн-консультация перенесена на {when}"),
        Sms::Reminder => format!("скоро онлайн-консультация, {when}"),
    };
    format!(
        "{clinic}: {what}. Чтобы она началась, заранее подпишите документ: {base_url}/c/#{LINK_TOKEN} Ссылка только для \
         вас, не пересылайте её."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_stands_alone_and_the_time_is_the_clinics() {
        let at = Timestamp::parse("2026-12-05T04:00:00Z").unwrap();
        let clock = Clock::of_zone("Asia/Vladivostok");
        for about in [Sms::Booked, Sms::Rescheduled, Sms::Reminder] {
            let text = sms(about, "Клиника", "https://sign.example", at, clock);
            let link = format!("https://sign.example/c/#{LINK_TOKEN}");
            assert!(text.split(' ').any(|word| word == link), "{text}");
            assert!(
                text.contains("5\u{a0}декабря 2026, 14:00 (МСК+7)"),
                "{text}"
            );
        }
    }
}
