//! The journal's entries and the signatures as sentences.

use crate::db::document::Entry;
use podpis_shared::problem::{Code, words};
use podpis_shared::wire::account::HistoryItem;
use podpis_shared::wire::mis::Signature;
use podpis_shared::{Kind, Status};
use serde_json::Value;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// Whoever signs.
    Signer,
    /// The patient for whom somebody else signs.
    Patient,
}

/// What is known of a document.
pub(super) struct Story {
    pub(super) status: Status,
    pub(super) kind: Kind,
    pub(super) reader: Reader,
    pub(super) entries: Vec<Entry>,
    pub(super) signatures: Vec<Signature>,
}

impl Story {
    /// It, oldest first. Of a withdrawn document nothing is told but that it was withdrawn.
    pub(super) fn told(&self) -> Vec<HistoryItem> {
        let withdrawn = self.status.is_withdrawn();
        let told = |entry: &&Entry| !withdrawn || entry.kind == "document.cancelled";
        let line = |entry: &Entry| {
            let text = self.line(&entry.kind, &entry.data)?;
            Some(HistoryItem { at: entry.at, text })
        };
        let entries = self.entries.iter().filter(told).filter_map(line);
        if withdrawn {
            return entries.collect();
        }
        let others = self.signatures.iter().filter(|one| one.party != "patient");
        let others = others.map(|signature| HistoryItem {
            at: signature.signed_at,
            text: format!("Подписано клиникой: {} (УКЭП)", signature.name),
        });
        let mut items: Vec<_> = others.chain(entries).collect();
        // Stable: what happened within one second stays in the journal's order.
        items.sort_by_key(|item| item.at);
        items.extend(self.waiting());
        items
    }

    /// Whose signature is still missing, since the person's own.
    fn waiting(&self) -> Option<HistoryItem> {
        if self.status != Status::PatientSigned {
            return None;
        }
        let own = self.signatures.iter().find(|one| one.party == "patient")?;
        let text = if self.kind.needs_medic() {
            "Ждёт подписи врача (УКЭП)"
        } else {
            "Ждёт подписи клиники"
        };
        Some(HistoryItem {
            at: own.signed_at,
            text: text.into(),
        })
    }

    /// One entry; `None` for what says nothing to a person, and for what a later version wrote.
    fn line(&self, kind: &str, data: &Value) -> Option<String> {
        let of = |signer: &str, patient: &str| match self.reader {
            Reader::Signer => signer.to_owned(),
            Reader::Patient => patient.to_owned(),
        };
        let text = match kind {
            "document.sent" if data["purpose"] == "keeping" => {
                "Клиника прислала документ на хранение".into()
            }
            "document.sent" => "Клиника прислала документ".into(),
            "document.opened" => of("Вы открыли документ", "Ваш представитель открыл документ"),
            "document.patient_signed" => {
                let how = how(data["method"].as_str());
                of(
                    &format!("Подписано {how}"),
                    &format!("Ваш представитель подписал {how}"),
                )
            }
            "document.completed" => "Все нужные подписи собраны".into(),
            "document.declined" => of(
                "Вы решили не подписывать документ",
                "Ваш представитель решил не подписывать документ",
            ),
            "document.expired" => "Время подписания вышло".into(),
            "document.cancelled" => "Клиника отозвала документ".into(),
            "agreement.accepted" => {
                format!("Вы приняли соглашение {}", how(data["method"].as_str()))
            }
            "consultation.consented" => "Согласие получено, консультация может начаться".into(),
            "consultation.declined" => "Без согласия консультация не начнётся".into(),
            "consultation.missed" => "Время консультации наступило, согласия ещё не было".into(),
            "consultation.rescheduled" => "Клиника перенесла консультацию".into(),
            "consultation.cancelled" => "Клиника отменила консультацию".into(),
            "consent.withdrawn" => of("Вы отозвали согласие", "Согласие отозвано"),
            "message.delivered" => format!("Отправлено {}", message(data)),
            "message.failed" => format!("Не удалось отправить {}", message(data)),
            "esia.started" => "Начато подписание через Госуслуги".into(),
            "esia.failed" => match data["code"].as_str().and_then(failed) {
                Some(why) => format!("Подписание через Госуслуги не завершено: {why}"),
                None => "Подписание через Госуслуги не завершено".into(),
            },
            "code.issued" => "Отправлен код из СМС для подписи".into(),
            "code.failed" => "Код введён неверно слишком много раз, он больше не действует".into(),
            "seal.timestamped" => "Добавлена отметка точного времени".into(),
            _ => return None,
        };
        Some(text)
    }
}

fn how(method: Option<&str>) -> &'static str {
    match method {
        Some("sms") => "кодом из СМС",
        Some("email") => "кодом из письма",
        _ => "через Госуслуги",
    }
}

fn message(data: &Value) -> &'static str {
    match data["channel"].as_str() {
        Some("email") => "письмо",
        Some("push") => "уведомление",
        _ => "СМС",
    }
}

/// Why a way through ESIA ended, in the words of the page, as the middle of a sentence.
fn failed(code: &str) -> Option<String> {
    let title = words::of(Code::parse(code)?)?.title;
    let mut chars = title.chars();
    let first = chars.next()?;
    // A name stays a name.
    let stays = title.starts_with("Госуслуги");
    Some(if stays {
        title.to_owned()
    } else {
        first.to_lowercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use podpis_shared::Timestamp;
    use serde_json::json;

    fn entry(kind: &str, at: i64, data: Value) -> Entry {
        Entry {
            kind: kind.into(),
            at: Timestamp::from_unix(at),
            data,
        }
    }

    fn signature(party: &str, at: i64) -> Signature {
        Signature {
            party: party.into(),
            name: "Петров Пётр".into(),
            method: "esia".into(),
            signed_at: Timestamp::from_unix(at),
            on_behalf_of: None,
            level: None,
            clinic: None,
        }
    }

    fn story() -> Story {
        let entries = vec![
            entry("document.sent", 1, json!({})),
            entry("message.delivered", 2, json!({"channel": "push"})),
            entry("link.issued", 2, json!({})),
            entry("document.opened", 3, json!({})),
            entry("esia.failed", 4, json!({"code": "esia_denied"})),
            entry("code.issued", 5, json!({})),
            entry("document.patient_signed", 6, json!({"method": "sms"})),
            entry("of.a.later.version", 7, json!({})),
        ];
        Story {
            status: Status::PatientSigned,
            kind: Kind::Ids,
            reader: Reader::Signer,
            entries,
            signatures: vec![signature("patient", 6)],
        }
    }

    fn texts(story: &Story) -> Vec<String> {
        story.told().into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn from_the_clinic_to_the_medic() {
        assert_eq!(
            texts(&story()),
            [
                "Клиника прислала документ",
                "Отправлено уведомление",
                "Вы открыли документ",
                "Подписание через Госуслуги не завершено: вход на Госуслуги отменён",
                "Отправлен код из СМС для подписи",
                "Подписано кодом из СМС",
                "Ждёт подписи врача (УКЭП)",
            ]
        );
    }

    #[test]
    fn the_clinics_own_signature_ends_it() {
        let mut done = story();
        done.status = Status::Completed;
        done.signatures.push(signature("clinic", 8));
        done.entries.push(entry("document.completed", 8, json!({})));
        let texts = texts(&done);
        let end = [
            "Подписано клиникой: Петров Пётр (УКЭП)",
            "Все нужные подписи собраны",
        ];
        assert_eq!(texts[texts.len() - 2..], end);
    }

    #[test]
    fn who_only_sees_it_reads_who_acted() {
        let mut seen = story();
        seen.reader = Reader::Patient;
        let texts = texts(&seen);
        assert!(texts.contains(&"Ваш представитель подписал кодом из СМС".to_owned()));
        assert!(
            !texts.iter().any(|text| text.starts_with("Вы ")),
            "{texts:?}"
        );
    }

    #[test]
    fn a_withdrawn_document_tells_nothing_else() {
        let mut taken = story();
        taken.status = Status::Cancelled;
        taken
            .entries
            .push(entry("document.cancelled", 9, json!({})));
        assert_eq!(texts(&taken), ["Клиника отозвала документ"]);
    }

    #[test]
    fn what_is_kept_was_sent_for_that() {
        let mut kept = story();
        kept.status = Status::Completed;
        kept.signatures.clear();
        kept.entries = vec![
            entry("document.sent", 1, json!({"purpose": "keeping"})),
            entry("document.opened", 2, json!({})),
        ];
        assert_eq!(
            texts(&kept),
            [
                "Клиника прислала документ на хранение",
                "Вы открыли документ"
            ]
        );
    }

    #[test]
    fn declining_is_no_refusal_of_an_intervention() {
        let mut declined = story();
        declined.entries = vec![entry("document.declined", 9, json!({"reason": null}))];
        declined.status = Status::Declined;
        assert_eq!(texts(&declined), ["Вы решили не подписывать документ"]);
    }
}
