//! Limits of one-time codes, with small numbers: each counts what it says, and the answer says when it is over.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod common;

use common::{Reply, install, issue, phone, subject, to_sign, to_sign_in, with};
use podpis_kit::Db;

/// The whole is limited last: its test fills it.
#[tokio::test]
async fn each_limit_by_what_it_counts() {
    let limits = "open_client_hour=3 open_clinic_hour=4 open_total_hour=12 known_document_hour=2 \
                  known_recipient_hour=3 known_clinic_hour=5";
    install("limits", &[("code_limits", limits)]).await;
    // What a clinic sends is counted for its account.
    let db = Db::open().await.unwrap();
    for id in ["cl_1", "cl_2"] {
        let sql = "INSERT INTO clinics (id, name, inn, timezone, created_at) \
                   VALUES (?1, 'Клиника', '7707083893', 'Europe/Moscow', 0)";
        db.execute(sql, [id.into()]).await.unwrap();
    }

    // One subscriber's addresses.
    for end in ["1", "2:3:4"] {
        assert_eq!(from(&format!("2001:db8:1:2::{end}")).await.status, 201);
    }
    assert_eq!(from("[2001:db8:1:2::9]:443").await.status, 201);
    limited(&from("2001:db8:1:2:ffff::").await);
    assert_eq!(from("2001:db8:1:3::").await.status, 201);
    // Who signs is known by more than an address.
    let sign = with(to_sign(), "client_addr", "2001:db8:1:2::1");
    assert_eq!(issue(&sign).await.status, 201);

    for _ in 0..4 {
        assert_eq!(
            issue(&with(to_sign_in(), "clinic_id", "cl_1")).await.status,
            201
        );
    }
    limited(&issue(&with(to_sign_in(), "clinic_id", "cl_1")).await);
    assert_eq!(
        issue(&with(to_sign_in(), "clinic_id", "cl_2")).await.status,
        201
    );

    // One document, whoever signs it.
    let document = |id: &str| with(to_sign(), "document_id", id);
    for _ in 0..2 {
        assert_eq!(issue(&document("doc_1")).await.status, 201);
    }
    limited(&issue(&document("doc_1")).await);
    assert_eq!(issue(&document("doc_2")).await.status, 201);

    // One person, whatever is signed.
    let to = phone();
    let sign = || with(with(to_sign(), "subject", subject()), "to", to.as_str());
    for _ in 0..3 {
        assert_eq!(issue(&sign()).await.status, 201);
    }
    limited(&issue(&sign()).await);

    // 9 open codes went out so far.
    for _ in 0..3 {
        assert_eq!(issue(&to_sign_in()).await.status, 201);
    }
    limited(&issue(&to_sign_in()).await);
    assert_eq!(issue(&to_sign()).await.status, 201, "signing goes on");
}

async fn from(address: &str) -> Reply {
    issue(&with(to_sign_in(), "client_addr", address)).await
}

#[track_caller]
fn limited(reply: &Reply) {
    assert_eq!(reply.problem(), (429, "too_many_requests"));
    assert!((3500..=3600).contains(&reply.retry_after.unwrap()));
    assert_eq!(
        reply.detail(),
        "Слишком много запросов кода. Попробуйте снова через 60 минут."
    );
}
