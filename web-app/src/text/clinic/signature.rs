//! What the check of a clinic's signature says, in words.

/// Why a signature was not taken, by the API's code.
pub(crate) fn refusal(code: &str) -> Option<&'static str> {
    Some(match code {
        "signature_invalid" => {
            "Подпись не\u{a0}читается или не\u{a0}сходится. Подпишите файл заново."
        }
        "signature_not_detached" => {
            "Это подпись вместе с\u{a0}документом внутри. Нужна отсоединённая: отдельный файл .sig."
        }
        "digest_mismatch" => {
            "Подписан другой файл. Скачайте документ «для подписи» ещё раз и\u{a0}подпишите именно его, не\u{a0}пересохраняя."
        }
        "signature_unsupported" => {
            "Подпись сделана алгоритмом, который мы\u{a0}не\u{a0}проверяем (например, старым ГОСТ\u{a0}2001)."
        }
        "timestamp_invalid" => "Штамп времени у\u{a0}подписи неверен.",
        "certificate_expired" => {
            "Срок сертификата закончился до\u{a0}подписания. Нужен действующий."
        }
        "certificate_not_yet_valid" => "Сертификат ещё не\u{a0}начал действовать.",
        "certificate_usage" => "Этот сертификат не\u{a0}для подписания документов.",
        "certificate_untrusted" => {
            "Удостоверяющий центр этого сертификата нам неизвестен. Нужен сертификат аккредитованного центра."
        }
        "certificate_revoked" => "Сертификат отозван.",
        "wrong_signer" => {
            "Сертификат выдан не\u{a0}клинике и\u{a0}не\u{a0}сотруднику из\u{a0}её списка подписантов."
        }
        "signer_role" => {
            "Подпись в\u{a0}этой роли сейчас не\u{a0}нужна: она уже есть, или сначала должен подписать другой."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use podpis_shared::problem::Code;

    #[test]
    fn every_refusal_of_a_signature_has_its_words() {
        let about = |code: &&Code| {
            let name = code.as_str();
            [
                "signature_",
                "certificate_",
                "timestamp_",
                "digest_",
                "wrong_signer",
                "signer_",
            ]
            .iter()
            .any(|start| name.starts_with(start))
        };
        let about: Vec<_> = Code::ALL.iter().filter(about).collect();
        assert!(about.len() >= 12);
        for code in about {
            assert!(refusal(code.as_str()).is_some(), "{}", code.as_str());
        }
        assert_eq!(refusal("invalid"), None);
    }
}
