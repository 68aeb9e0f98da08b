//! A sandbox makes its storage key at first use: whoever comes at the same moment gets the same key.

mod common;

use podpis_kit::Db;
use podpis_kit::at_rest::Keys;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_at_first_use_gets_one_key() {
    common::install("first-use", &[]).await;
    let loads = (0..16).map(|_| {
        tokio::spawn(async {
            let db = Db::open().await.unwrap();
            Keys::load(&db).await.unwrap()
        })
    });
    let loads: Vec<_> = loads.collect();
    let mut keys = Vec::new();
    for load in loads {
        keys.push(load.await.unwrap());
    }
    for one in &keys {
        let sealed = one.seal("purpose", b"secret").unwrap();
        for other in &keys {
            assert_eq!(other.open("purpose", &sealed).unwrap(), b"secret");
        }
    }
    let db = Db::open().await.unwrap();
    let row = db.first("SELECT count(*) FROM sandbox_keys", []).await;
    assert_eq!(row.unwrap().unwrap().int(0).unwrap(), 1);
}
