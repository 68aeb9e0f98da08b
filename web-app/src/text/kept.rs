//! What is said of the signatures that came with a document for keeping.

use podpis_shared::wire::kept::{KeptSignature, Place, Verdict};

pub(crate) const SIGNATURE: &str = "Электронная подпись";
pub(crate) const DOWNLOAD: &str = "Скачать файл подписи";
pub(crate) const NOTICE: &str = "Это техническая проверка в\u{a0}день, когда документ пришёл. Квалифицированная ли подпись и\u{a0}действует ли \
     её сертификат, устанавливает только средство с\u{a0}подтверждением соответствия (63-ФЗ, ст.\u{a0}11).";

/// Whose certificate it is, and when it signed: `Петрова Анна Сергеевна, главный врач, ООО Клиника, 3 мая 2026`.
pub(crate) fn whose(signature: &KeptSignature) -> String {
    let owner = signature
        .owner
        .as_deref()
        .unwrap_or("Чья, узнать не\u{a0}удалось");
    let more = [&signature.position, &signature.organisation];
    let more = more.into_iter().filter_map(Option::as_deref);
    let mut words = vec![owner.to_owned()];
    words.extend(more.filter(|more| *more != owner).map(str::to_owned));
    words.extend(signature.signed_at.map(|at| at.moscow_words()));
    words.join(", ")
}

/// What the check found.
pub(crate) fn found(signature: &KeptSignature) -> String {
    let found = match signature.verdict {
        Verdict::Valid => "Подпись верна".to_owned(),
        Verdict::Unproven => format!(
            "Проверить до\u{a0}конца не\u{a0}удалось: {}",
            why(signature)
        ),
        Verdict::Invalid => format!("Подпись не\u{a0}подтвердилась: {}", why(signature)),
    };
    let more = match signature.place {
        Place::Inside if !signature.covers_all => {
            " После неё в\u{a0}файл что-то добавлено, к\u{a0}добавленному она не\u{a0}относится."
        }
        Place::Inside | Place::Detached => "",
    };
    format!("{found}.{more}")
}

fn why(signature: &KeptSignature) -> &'static str {
    match signature.code.as_deref() {
        Some("digest_mismatch") => "она поставлена под\u{a0}другим содержимым",
        Some("signature_unsupported") => "она сделана способом, который здесь не\u{a0}проверяется",
        Some("timestamp_invalid") => "отметка времени в\u{a0}ней неверна",
        Some("certificate_expired") => "срок её сертификата вышел",
        Some("certificate_not_yet_valid") => "её сертификат тогда ещё не\u{a0}действовал",
        Some("certificate_usage") => "её сертификат не\u{a0}для\u{a0}подписи документов",
        Some("certificate_untrusted") => "кто выдал её сертификат, здесь не\u{a0}известно",
        Some("certificate_revoked") => "её сертификат отозван",
        _ => "она повреждена",
    }
}

/// File name of a detached signature, beside that of its document.
pub(crate) fn file_name(title: &str, number: u32) -> String {
    format!("{}.{number}.sig", super::file_name(title, false))
}
