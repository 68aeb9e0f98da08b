//! Signatures of documents for keeping, as the console has them beside the words of `crate::text::kept`.

use podpis_shared::Timestamp;
use podpis_shared::wire::kept::{KeptSignature, Place};

pub(crate) const TITLE: &str = "Подписи, с\u{a0}которыми он\u{a0}пришёл";
pub(crate) const NONE: &str =
    "Электронных подписей в\u{a0}файле и\u{a0}рядом с\u{a0}ним не\u{a0}было.";

/// Of a button.
pub(crate) fn download(number: u32) -> String {
    format!("Скачать подпись №\u{a0}{number}")
}

/// Where a signature stands, of what level it is, and who gave its certificate out until when.
pub(crate) fn certificate(one: &KeptSignature) -> String {
    let place = match one.place {
        Place::Inside => "Внутри PDF",
        Place::Detached => "Отдельный файл",
    };
    let issuer = one.issuer.as_deref();
    let issuer = issuer.map(|issuer| format!("сертификат выдал {issuer}"));
    let until = one.valid_to.map(|at| {
        // Always with the year: certificates outlive it.
        let day = crate::text::account::day(at, Timestamp::from_unix(0));
        format!("действует до\u{a0}{day}")
    });
    let all = [Some(place.to_owned()), one.level.clone(), issuer, until];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_known_is_not_told() {
        let all = json!({
            "place": "detached", "file": 1, "verdict": "valid", "code": null, "covers_all": true, "owner": "Петрова",
            "position": null, "organisation": null, "issuer": "УЦ", "certificate_serial": null, "valid_from": null,
            "valid_to": "2027-05-03T09:00:00Z", "level": "CAdES-BES", "signed_at": null, "time_evidence": null,
            "sha256": null, "checked_at": "2026-11-28T09:00:00Z",
        });
        let mut one: KeptSignature = serde_json::from_value(all).unwrap();
        let words = certificate(&one).replace('\u{a0}', " ");
        assert_eq!(
            words,
            "Отдельный файл, CAdES-BES, сертификат выдал УЦ, действует до 3 мая 2027"
        );
        (one.place, one.level, one.issuer, one.valid_to) = (Place::Inside, None, None, None);
        assert_eq!(certificate(&one), "Внутри PDF");
    }
}
