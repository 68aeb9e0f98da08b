//! One-time codes as `patient` meets them: what a typed code comes to, and when another one may be asked for.

mod common;

use common::{check, code, install, issue, later, other, row, text, to_sign, to_sign_in, with};
use serde_json::json;

async fn ready() {
    install("codes", &[]).await;
}

#[tokio::test]
async fn the_right_code_gives_the_facts_and_gives_them_again() {
    ready().await;
    let body = to_sign();
    let issued = issue(&body).await;
    let (id, json) = (issued.id(), issued.json);
    assert_eq!(json["resends_left"], 3);
    let code = code(&id).await;
    let sent = text(&id).await;
    assert_eq!(
        sent,
        format!(
            "Клиника «Тест»: код {code}, чтобы подписать документ «Договор». Никому не сообщайте код.\n\
             @podpis.test #{code}"
        )
    );

    assert_eq!(
        check(&id, &body, &other(&code)).await.problem(),
        (403, "code_wrong")
    );
    let typed = format!(" {} {} ", &code[..3], &code[3..]);
    let verified = check(&id, &body, &typed).await;
    assert_eq!(verified.status, 200, "{}", verified.json);
    let facts = &verified.json;
    assert_eq!(
        (&facts["channel"], &facts["to"]),
        (&json!("sms"), &body["to"])
    );
    assert_eq!(facts["text"], sent.replace(&code, "••••••"));
    assert_eq!(facts["receipt"], format!("sandbox:{id}"));
    assert_eq!(
        (&facts["wrong_tries"], &facts["round"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(facts["context"], body["context"]);
    for time in ["issued_at", "sent_at", "verified_at"] {
        assert!(facts[time].is_string(), "{time}");
    }

    // A wrong one in between changes nothing of it.
    assert_eq!(
        check(&id, &body, &other(&code)).await.problem(),
        (403, "code_wrong")
    );
    assert_eq!(check(&id, &body, &code).await, verified);
}

#[tokio::test]
async fn the_fifth_wrong_code_locks() {
    ready().await;
    let body = to_sign_in();
    let id = issue(&body).await.id();
    let code = code(&id).await;
    for left in [
        "Осталось 4 попытки",
        "Осталось 3 попытки",
        "Осталось 2 попытки",
        "Осталась 1 попытка",
    ] {
        let reply = check(&id, &body, &other(&code)).await;
        assert_eq!(reply.problem(), (403, "code_wrong"));
        assert_eq!(reply.detail(), format!("Код неверный. {left}."));
    }
    for code in [other(&code), code] {
        let reply = check(&id, &body, &code).await;
        assert_eq!(reply.problem(), (410, "code_expired"));
        assert!(reply.detail().contains("5 раз"), "{}", reply.detail());
    }
}

#[tokio::test]
async fn a_code_works_for_its_purpose_and_subject_only() {
    ready().await;
    let (one, two) = (to_sign(), to_sign());
    let (first, second) = (issue(&one).await.id(), issue(&two).await.id());
    let code = code(&first).await;
    // The document of another tab, the id of another code, another act: each counts as a try.
    assert_eq!(
        check(&first, &two, &code).await.problem(),
        (403, "code_wrong")
    );
    let accept = with(one.clone(), "purpose", "accept");
    assert_eq!(
        check(&first, &accept, &code).await.problem(),
        (403, "code_wrong")
    );
    let tries = row("SELECT tries FROM codes WHERE id = ?1", &first).await;
    assert_eq!(tries.as_deref(), Some("2"));
    if common::code(&second).await != code {
        assert_eq!(
            check(&second, &two, &code).await.problem(),
            (403, "code_wrong")
        );
    }
    assert_eq!(check(&first, &one, &code).await.status, 200);
}

#[tokio::test]
async fn another_code_takes_the_place_of_the_first_after_a_minute() {
    ready().await;
    let body = to_sign_in();
    let first = issue(&body).await.id();
    let soon = issue(&body).await;
    assert_eq!(soon.problem(), (429, "too_many_requests"));
    assert!((50..=60).contains(&soon.retry_after.unwrap()));
    assert!(
        soon.detail()
            .starts_with("Код уже отправлен. Новый можно запросить через ")
    );
    // Somebody else does not wait.
    assert_eq!(issue(&to_sign_in()).await.status, 201);

    later(&first, 60).await;
    let again = issue(&body).await;
    let second = again.id();
    assert_eq!(again.json["resends_left"], 2);
    let old = check(&first, &body, &code(&first).await).await;
    assert_eq!(old.problem(), (410, "code_expired"));
    assert!(old.detail().contains("заменён"), "{}", old.detail());
    let facts = check(&second, &body, &code(&second).await).await;
    assert_eq!((facts.status, &facts.json["round"]), (200, &json!(2)));
}

#[tokio::test]
async fn four_sendings_an_hour() {
    ready().await;
    let body = to_sign();
    let mut ids = Vec::new();
    for left in [3, 2, 1, 0] {
        let issued = issue(&body).await;
        ids.push(issued.id());
        assert_eq!(issued.json["resends_left"], left);
        for id in &ids {
            later(id, 100).await;
        }
    }
    let fifth = issue(&body).await;
    assert_eq!(fifth.problem(), (429, "too_many_requests"));
    assert!(
        (3100..=3200).contains(&fifth.retry_after.unwrap()),
        "{:?}",
        fifth.retry_after
    );
    assert_eq!(
        fifth.detail(),
        "Код отправлен уже 4 раза. Новый можно запросить через 54 минуты."
    );
    later(&ids[0], 3200).await;
    assert_eq!(issue(&body).await.status, 201);
}

#[tokio::test]
async fn time_runs_out() {
    ready().await;
    let body = to_sign();
    let id = issue(&body).await.id();
    let code = code(&id).await;
    later(&id, 300).await;
    let late = check(&id, &body, &code).await;
    assert_eq!(late.problem(), (410, "code_expired"));
    assert!(late.detail().contains("Время"), "{}", late.detail());

    let body = to_sign();
    let id = issue(&body).await.id();
    let code = common::code(&id).await;
    later(&id, 290).await;
    assert_eq!(check(&id, &body, &code).await.status, 200);
    later(&id, 890).await;
    assert_eq!(
        check(&id, &body, &code).await.status,
        200,
        "whoever crashed goes on"
    );
    later(&id, 20).await;
    assert_eq!(
        check(&id, &body, &code).await.problem(),
        (410, "code_expired")
    );
}

#[tokio::test]
async fn codes_that_nobody_issued_and_texts_that_are_none() {
    ready().await;
    let body = to_sign();
    let unknown = check("code_AAAAAAAAAAAAAAAAAAAAAA", &body, "123456").await;
    assert_eq!(unknown.problem(), (410, "code_expired"));
    let id = issue(&body).await.id();
    for typed in ["", "12345", "1234567", "abcdef"] {
        assert_eq!(
            check(&id, &body, typed).await.problem(),
            (422, "invalid"),
            "{typed}"
        );
    }
    let tries = row("SELECT tries FROM codes WHERE id = ?1", &id).await;
    assert_eq!(tries.as_deref(), Some("0"), "no try was counted");
}

#[tokio::test]
async fn a_flooded_phone_can_still_sign() {
    ready().await;
    let phone = common::phone();
    for _ in 0..5 {
        assert_eq!(
            issue(&with(to_sign_in(), "to", phone.as_str()))
                .await
                .status,
            201
        );
    }
    let refused = issue(&with(to_sign_in(), "to", phone.as_str())).await;
    assert_eq!(refused.problem(), (429, "too_many_requests"));
    assert!(refused.retry_after.unwrap() > 3500);
    assert!(refused.detail().starts_with("Слишком много запросов кода."));
    let contact = with(
        with(to_sign_in(), "purpose", "contact"),
        "to",
        phone.as_str(),
    );
    assert_eq!(issue(&contact).await.status, 429);
    assert_eq!(
        issue(&with(to_sign(), "to", phone.as_str())).await.status,
        201
    );
}
