//! Outside the sandbox, without a usable pepper: no code is made.

mod common;

use common::{check, install, issue, to_sign_in};
use podpis_kit::Db;

#[tokio::test]
async fn codes_without_a_pepper() {
    install("no-pepper", &[("sandbox", "false"), ("code_pepper", " ")]).await;
    let body = to_sign_in();
    for reply in [issue(&body).await, check("code_a", &body, "123456").await] {
        assert_eq!(reply.problem(), (503, "unavailable"));
        assert!(reply.detail().contains("Ключ кодов"), "{}", reply.detail());
    }
    let db = Db::open().await.unwrap();
    let sql = "SELECT (SELECT count(*) FROM codes) + (SELECT count(*) FROM sandbox_keys)";
    let row = db.first(sql, []).await.unwrap().unwrap();
    assert_eq!(row.int(0).unwrap(), 0);
}
