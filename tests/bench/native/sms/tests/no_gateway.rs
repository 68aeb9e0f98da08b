//! Outside the sandbox there is no gateway yet: nothing is sent, and what was not sent counts nowhere.

mod common;

use common::{install, issue, row, to_sign_in};
use podpis_kit::Db;

#[tokio::test]
async fn a_code_that_could_not_be_sent() {
    let (pepper, key) = ("5".repeat(64), "6".repeat(64));
    let variables = [
        ("sandbox", "false"),
        ("code_pepper", pepper.as_str()),
        ("storage_key", key.as_str()),
    ];
    install("no-gateway", &variables).await;
    let body = to_sign_in();
    for count in 1..=7 {
        // No wait and no limit: nobody got a message.
        assert_eq!(issue(&body).await.problem(), (503, "unavailable"));
        let sql = "SELECT count(*) FROM codes WHERE recipient = ?1 AND status = 'failed'";
        let failed = row(sql, body["to"].as_str().unwrap()).await;
        assert_eq!(failed, Some(count.to_string()));
    }
    let db = Db::open().await.unwrap();
    let sql = "SELECT (SELECT count(*) FROM sandbox_messages) + (SELECT count(*) FROM sandbox_keys) \
               + (SELECT count(*) FROM codes WHERE status <> 'failed')";
    let row = db.first(sql, []).await.unwrap().unwrap();
    assert_eq!(row.int(0).unwrap(), 0);
}
