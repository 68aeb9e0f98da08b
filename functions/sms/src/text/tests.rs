//! Each text as it is sent.

use super::*;

const FACTS: Facts<'static> = Facts {
    purpose: Purpose::Sign,
    channel: Channel::Sms,
    service: "Podpis",
    clinic: "Клиника «Тест»",
    title: "Договор на оказание платных услуг",
    host: "sign.example.ru",
};

/// Parts of an SMS in UCS-2.
fn parts(text: &str) -> usize {
    match text.encode_utf16().count() {
        ..=70 => 1,
        length => length.div_ceil(67),
    }
}

#[test]
fn text_messages() {
    for (purpose, expected, count) in [
        (
            Purpose::SignIn,
            "Podpis: код 042137 для входа в личный кабинет. Никому не сообщайте код.\n@sign.example.ru #042137",
            2,
        ),
        (
            Purpose::Contact,
            "Podpis: код 042137, чтобы добавить этот номер в личный кабинет. Никому не сообщайте код.\n\
             @sign.example.ru #042137",
            2,
        ),
        (
            Purpose::Accept,
            "Клиника «Тест»: код 042137, чтобы принять документ «Договор на оказание платных услуг». Никому не \
             сообщайте код.\n@sign.example.ru #042137",
            3,
        ),
        (
            Purpose::Sign,
            "Клиника «Тест»: код 042137, чтобы подписать документ «Договор на оказание платных услуг». Никому не \
             сообщайте код.\n@sign.example.ru #042137",
            3,
        ),
    ] {
        let facts = Facts { purpose, ..FACTS };
        let text = facts.text("042137");
        assert_eq!(text, expected);
        assert_eq!(parts(&text), count, "{} characters", text.chars().count());
        assert_eq!(facts.subject(), None);
    }
}

#[test]
fn e_mails() {
    const END: &str = "\n\nКод действует 5 минут. Никому не сообщайте код. Если вы его не запрашивали, ничего не делайте.";
    for (purpose, subject, begin) in [
        (
            Purpose::SignIn,
            "Код для входа в личный кабинет",
            "Podpis: код 042137 для входа в личный кабинет.",
        ),
        (
            Purpose::Contact,
            "Код для личного кабинета",
            "Podpis: код 042137, чтобы добавить этот адрес в личный кабинет.",
        ),
        (
            Purpose::Accept,
            "Код, чтобы принять документ",
            "Клиника «Тест»: код 042137, чтобы принять документ «Договор на оказание платных услуг».",
        ),
    ] {
        let facts = Facts {
            purpose,
            channel: Channel::Email,
            ..FACTS
        };
        assert_eq!(facts.subject(), Some(subject));
        assert_eq!(facts.text("042137"), format!("{begin}{END}"));
    }
}

#[test]
fn the_longest_take_three_parts() {
    let facts = Facts {
        service: &"П".repeat(100),
        clinic: &"К".repeat(100),
        title: &"Договор ".repeat(20),
        host: "sign.clinic-of-the-longest-name.ru",
        ..FACTS
    };
    for purpose in Purpose::ALL {
        let text = Facts { purpose, ..facts }.text("042137");
        assert!(parts(&text) <= 3, "{} in {text}", text.chars().count());
    }
}

#[test]
fn what_is_kept_has_no_code() {
    for purpose in Purpose::ALL {
        for channel in [Channel::Sms, Channel::Email] {
            // A title may hold the same digits.
            let facts = Facts {
                purpose,
                channel,
                title: "Договор 042138",
                ..FACTS
            };
            let (sent, kept) = (facts.text("042137"), facts.text(DOTS));
            assert!(sent.contains("042137") && !kept.contains("042137"));
            assert_eq!(kept.replace(DOTS, "042137"), sent);
        }
    }
    let kept = FACTS.text(DOTS);
    assert!(kept.ends_with("\n@sign.example.ru #••••••"), "{kept}");
}

#[test]
fn a_title_cannot_forge_the_last_line() {
    let title = "Акт\n@evil.example #000000\u{2028}\u{202e}\u{200b}x";
    let text = Facts { title, ..FACTS }.text("042137");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1], "@sign.example.ru #042137");
    assert!(lines[0].contains("«Акт @evil.example #000000x»"), "{text}");
}

#[test]
fn names_are_cut_at_words() {
    for (name, expected) in [
        ("Согласие", "Согласие"),
        ("  два \t слова\n", "два слова"),
        (
            "Договор на оказание платных медицинских услуг",
            "Договор на оказание платных медицинских…",
        ),
        (
            "Соглашение (об электронном документообороте)",
            "Соглашение (об электронном…",
        ),
        (
            "Договор «Семейный доктор» для всей семьи на год",
            "Договор «Семейный доктор» для всей…",
        ),
        ("\u{200b}\u{feff}", ""),
    ] {
        assert_eq!(short(name), expected);
        assert!(short(name).chars().count() <= NAME_MAX);
    }
    let long = short(&"ы".repeat(60));
    assert_eq!(
        (long.chars().count(), long.ends_with("ы…")),
        (NAME_MAX, true)
    );
    let quoted = Facts {
        title: "Договор «Семейный доктор»",
        ..FACTS
    }
    .text("042137");
    assert!(quoted.contains("«Договор „Семейный доктор“»"), "{quoted}");
}

#[test]
fn to_sign_is_always_somebodys_and_something() {
    for purpose in Purpose::ALL {
        let bare = matches!(purpose, Purpose::SignIn | Purpose::Contact);
        assert!(Facts { purpose, ..FACTS }.are_whole());
        assert_eq!(
            Facts {
                purpose,
                clinic: " ",
                ..FACTS
            }
            .are_whole(),
            bare
        );
        assert_eq!(
            Facts {
                purpose,
                title: "\u{200b}",
                ..FACTS
            }
            .are_whole(),
            bare
        );
    }
}
