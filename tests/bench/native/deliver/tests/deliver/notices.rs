//! Notices: what is queued, when, for whom, and what becomes of it.

use super::*;

#[tokio::test]
async fn a_deadline_is_reminded_of_once_by_day() {
    let _alone = install().await;
    let document = sent(-50, 20).insert().await;
    for _ in 0..3 {
        tick().await;
    }
    let [queued] = outbox(&document).await.try_into().unwrap();
    assert_eq!(
        (queued.notice.as_str(), queued.channel.as_str()),
        ("deadline", "email")
    );
    assert_eq!(queued.to, document.patient.email.as_ref().unwrap().expose());
    // At once by day, else at 10:00: the next ticks change nothing about it.
    let due = by_day(now(), ZONE).unix();
    assert!(
        queued.status == "sent" || (queued.next_at - due).abs() < 60,
        "{queued:?}"
    );
    morning(&document).await;
    assert_eq!(outbox(&document).await[0].status, "sent");
    let [message] = messages(&queued.to).await.try_into().unwrap();
    assert!(
        message.contains("https://podpis.test/account/document#"),
        "{message}"
    );
}

#[tokio::test]
async fn no_reminder_where_there_is_nothing_to_remind_of() {
    let _alone = install().await;
    let documents = [
        // Sent less than 48 hours before its end; ends later than tomorrow; signed; closed; by link, to nobody that we know.
        sent(-20, 20).insert().await,
        sent(-50, 25).insert().await,
        sent(-50, 20).status(Status::PatientSigned).insert().await,
        sent(-50, 20).status(Status::Declined).insert().await,
        sent(-50, 20).by_link().insert().await,
    ];
    tick().await;
    for document in documents {
        assert_eq!(outbox(&document).await, [], "{document:?}");
    }
}

#[tokio::test]
async fn an_account_chooses_its_ways() {
    let _alone = install().await;
    for (wants, by_link, expected) in [
        (
            r#"{"email": true, "push": true}"#,
            false,
            vec!["email", "push"],
        ),
        (r#"{"email": true, "push": false}"#, false, vec!["email"]),
        (r#"{"email": false, "push": true}"#, false, vec!["push"]),
        (r#"{"email": false, "push": false}"#, false, vec![]),
        (
            r#"{"email": true, "push": true}"#,
            true,
            vec!["email", "push"],
        ),
    ] {
        let mut draft = sent(-50, 20);
        draft.account(wants).await;
        let draft = if by_link { draft.by_link() } else { draft };
        let document = draft.insert().await;
        tick().await;
        let mut ways: Vec<String> = outbox(&document)
            .await
            .into_iter()
            .map(|q| q.channel)
            .collect();
        ways.sort_unstable();
        assert_eq!(ways, expected, "{wants} {by_link}");
    }
}

#[tokio::test]
async fn a_letter_goes_to_the_accounts_address_where_the_clinic_gave_none() {
    let _alone = install().await;
    let mut draft = sent(-50, 20);
    draft.account(r#"{"email": true, "push": false}"#).await;
    let email = draft.document.patient.email.take().unwrap();
    let document = draft.insert().await;
    tick().await;
    assert_eq!(outbox(&document).await[0].to, email.expose());
}

#[tokio::test]
async fn the_same_is_told_once_but_a_reminder_each_time() {
    let _alone = install().await;
    let document = sent(0, 48).insert().await;
    for _ in 0..2 {
        queue(&document, Notice::Arrived).await;
        queue(&document, Notice::Reminder).await;
    }
    let told: Vec<String> = outbox(&document)
        .await
        .into_iter()
        .map(|q| q.notice)
        .collect();
    assert_eq!(told, ["arrived", "reminder", "reminder"]);
}

#[tokio::test]
async fn who_asks_to_sign_what_is_closed_stays_silent() {
    let _alone = install().await;
    let mut draft = sent(0, 48);
    draft.account(r#"{"email": true, "push": true}"#).await;
    let document = draft.insert().await;
    queue(&document, Notice::Arrived).await;
    execute(
        "UPDATE documents SET status = 'cancelled' WHERE id = ?1",
        [id(&document)],
    )
    .await;
    queue(&document, Notice::Cancelled).await;
    execute(
        "DELETE FROM push_subscriptions WHERE endpoint = ?1",
        [push(&document)],
    )
    .await;
    tick().await;
    for queued in outbox(&document).await {
        let outcome = queued.outcome.as_deref().unwrap();
        match (queued.notice.as_str(), queued.channel.as_str()) {
            ("arrived", _) => assert_eq!(outcome, "document_closed"),
            ("cancelled", "push") => assert_eq!(outcome, "unsubscribed"),
            ("cancelled", "email") => {
                assert_eq!((outcome, queued.status.as_str()), ("sent", "sent"))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_wakes_nobody_goes_out_at_any_hour() {
    let _alone = install().await;
    for (hour, is_night) in [(0, true), (9, true), (10, false), (20, false), (21, true)] {
        let mut draft = sent(0, 48);
        draft.account(r#"{"email": true, "push": true}"#).await;
        let document = draft.insert().await;
        let minutes = where_it_is(hour);
        let sql = "UPDATE accounts SET utc_offset = CAST(?2 AS INTEGER) WHERE id = ?1";
        let account = format!("acc_{}", document.id);
        execute(sql, [account, minutes.to_string()]).await;
        let at = now();
        let morning = Clock::of_minutes(minutes).by_day(at);
        assert_eq!(morning > at, is_night, "{hour}");
        for (notice, letter, push) in [
            (Notice::Arrived, at, morning),
            (Notice::Cancelled, at, morning),
            (Notice::Signed, at, at),
            (Notice::Reminder, morning, morning),
            (Notice::Expired, morning, morning),
        ] {
            queue_at(&document, notice, at).await;
            let rows = outbox(&document).await;
            let due = |channel: &str| {
                let mut rows = rows.iter().filter(|row| row.notice == notice.as_str());
                rows.find(|row| row.channel == channel).unwrap().next_at
            };
            let found = (due("email"), due("push"));
            assert_eq!(found, (letter.unix(), push.unix()), "{notice:?} at {hour}");
        }
    }
}

#[tokio::test]
async fn a_reminder_of_what_ends_in_the_night_goes_out_at_once() {
    let _alone = install().await;
    // From 3:00 there are seven hours to the morning, of which one is to be left.
    for (ends_in, waits) in [(9, true), (6, false)] {
        let mut draft = sent(0, ends_in);
        draft.account(r#"{"email": true, "push": false}"#).await;
        let document = draft.insert().await;
        let sql = "UPDATE accounts SET utc_offset = CAST(?2 AS INTEGER) WHERE id = ?1";
        let account = format!("acc_{}", document.id);
        execute(sql, [account, where_it_is(3).to_string()]).await;
        let at = now();
        queue_at(&document, Notice::Reminder, at).await;
        let [queued] = outbox(&document).await.try_into().unwrap();
        assert_eq!(queued.next_at > at.unix(), waits, "{queued:?}");
    }
}
