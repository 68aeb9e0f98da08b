//! Answers of an adapter, and forged receipts.

use super::*;

fn gateway() -> Json {
    Json {
        url: "https://sms.invalid/send".into(),
        token: Sensitive::new("t".into()),
        sender: String::new(),
        secret: Sensitive::new("receipts".into()),
    }
}

fn sent(status: u16, body: &str) -> Sent {
    read_sent(
        StatusCode::from_u16(status).unwrap(),
        body.as_bytes(),
        "msg_1",
    )
}

#[test]
fn a_message_is_taken() {
    let Sent::Taken(taken) = sent(
        202,
        r#"{"id": 7, "parts": 2, "cost": "8.30", "balance": 91}"#,
    ) else {
        panic!()
    };
    assert_eq!((taken.gateway_id.as_str(), taken.parts), ("7", Some(2)));
    assert_eq!(taken.cost.map(|cost| cost.kopecks), Some(830));
    assert!(matches!(sent(200, "{}"), Sent::Taken(taken) if taken.gateway_id == "msg_1"));
}

#[test]
fn refusals() {
    for (status, body, reason) in [
        (
            422,
            r#"{"reason": "bad_number", "code": "E7"}"#,
            Reason::BadNumber,
        ),
        (503, r#"{"reason": "down"}"#, Reason::Down),
        (422, r#"{"reason": "moon_phase"}"#, Reason::Other),
        (401, "", Reason::Auth),
        (402, "{}", Reason::NoMoney),
        (429, "", Reason::TooOften),
        (400, "<html>", Reason::Request),
        (302, "", Reason::Down),
    ] {
        let sent = sent(status, body);
        assert!(
            matches!(&sent, Sent::Refused(refused) if refused.reason == reason),
            "{status} {body}: {sent:?}"
        );
    }
    for (status, body) in [(500, ""), (504, "{}"), (200, "<html>"), (200, "")] {
        assert!(
            matches!(sent(status, body), Sent::Unknown(_)),
            "{status} {body}"
        );
    }
}

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
const BODY: &str = r#"{"reference":"msg_1","state":"failed","reason":"expired","at":"2027-01-15T07:59:00Z","cost":"4.1"}"#;

fn headers(at: &str, body: &str, secret: &[u8]) -> HeaderMap {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let signature = format!("v1={}", hex(&mac.finalize().into_bytes()));
    HeaderMap::from_iter([
        ("podpis-timestamp".parse().unwrap(), at.parse().unwrap()),
        (
            "podpis-signature".parse().unwrap(),
            signature.parse().unwrap(),
        ),
    ])
}

#[test]
fn a_receipt_is_signed_and_fresh() {
    let read = |at: &str, secret: &[u8], body: &str| {
        gateway().receipts(&headers(at, BODY, secret), body.as_bytes(), NOW)
    };
    let receipts = read("1799999900", b"receipts", BODY).unwrap();
    let [(about, word)] = receipts.as_slice() else {
        panic!()
    };
    assert_eq!(*about, About::Reference("msg_1".into()));
    assert_eq!(
        word.standing,
        Standing::Failed(Refused::new(Reason::Expired, ""))
    );
    assert_eq!(word.cost.as_ref().map(|cost| cost.kopecks), Some(410));
    assert!(read("1799999900", b"another", BODY).is_none());
    assert!(read("1799999900", b"receipts", &BODY.replace("msg_1", "msg_2")).is_none());
    for stale in ["1799999699", "1800000301", "now", ""] {
        assert!(read(stale, b"receipts", BODY).is_none(), "{stale}");
    }
    assert!(
        gateway()
            .receipts(&HeaderMap::new(), BODY.as_bytes(), NOW)
            .is_none()
    );
    let mut open = gateway();
    open.secret = Sensitive::new(String::new());
    assert!(
        open.receipts(&headers("1799999900", BODY, b""), BODY.as_bytes(), NOW)
            .is_none()
    );
}
