//! Answers as SMS.ru documents them, and forged receipts.

use super::*;

fn smsru() -> SmsRu {
    SmsRu {
        url: "https://smsru.invalid".into(),
        api_id: Sensitive::new("24EE3A41-98A6".into()),
        sender: String::new(),
    }
}

#[test]
fn a_message_is_taken() {
    let body = r#"{"status": "OK", "status_code": 100, "sms": {"79255070602": {"status": "OK", "status_code": 100,
        "sms_id": "000000-10000000", "cost": "4.30"}}, "balance": 4122.56}"#;
    let sent = read_sent(body.as_bytes());
    let Sent::Taken(taken) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(taken.gateway_id, "000000-10000000");
    assert_eq!(taken.cost.map(|cost| cost.kopecks), Some(430));
    assert_eq!(taken.balance.map(|balance| balance.kopecks), Some(412_256));
}

#[test]
fn refusals_of_a_request_and_of_a_message() {
    for (code, expected) in [
        (200, Reason::Auth),
        (201, Reason::NoMoney),
        (202, Reason::BadNumber),
        (203, Reason::Request),
        (204, Reason::Sender),
        (206, Reason::NoMoney),
        (207, Reason::NoRoute),
        (209, Reason::OptedOut),
        (214, Reason::BadNumber),
        (215, Reason::OptedOut),
        (216, Reason::Blocked),
        (220, Reason::Down),
        (221, Reason::Sender),
        (231, Reason::TooOften),
        (233, Reason::TooOften),
        (300, Reason::Auth),
        (302, Reason::Auth),
        (500, Reason::Down),
        (507, Reason::Other),
    ] {
        let whole = format!(r#"{{"status": "ERROR", "status_code": {code}, "status_text": "…"}}"#);
        let one = format!(
            r#"{{"status": "OK", "status_code": 100, "sms": {{"79255070602": {{"status": "ERROR", "status_code": {code},
            "status_text": "…"}}}}, "balance": 1}}"#
        );
        for body in [whole, one] {
            assert_eq!(
                read_sent(body.as_bytes()),
                Sent::Refused(Refused::new(expected, code)),
                "{body}"
            );
        }
    }
}

#[test]
fn what_says_neither_may_have_been_taken() {
    for body in [
        "",
        "100\n000000-10000000\nbalance=1",
        "<html>",
        "{}",
        r#"{"status_code": 100}"#,
        r#"{"status_code": 100, "sms": {"7": {"status_code": 100}}}"#,
    ] {
        assert!(
            matches!(read_sent(body.as_bytes()), Sent::Unknown(_)),
            "{body}"
        );
    }
}

#[test]
fn statuses() {
    let read = |status: i64| {
        let body = format!(
            r#"{{"status": "OK", "status_code": 100, "sms": {{"0-1": {{"status": "OK", "status_code": {status}, "cost": 0.5,
            "status_text": "…"}}}}, "balance": 1.5}}"#
        );
        read_status(body.as_bytes(), "0-1")
    };
    for status in 100..=102 {
        assert_eq!(read(status).standing, Standing::Pending);
    }
    assert_eq!(read(103).standing, Standing::Delivered);
    assert_eq!(read(110).standing, Standing::Delivered);
    assert_eq!(read(-1).standing, Standing::Missing);
    for (status, reason) in [
        (104, Reason::Expired),
        (105, Reason::Undelivered),
        (108, Reason::Undelivered),
        (150, Reason::NoRoute),
    ] {
        assert_eq!(
            read(status).standing,
            Standing::Failed(Refused::new(reason, status))
        );
    }
    assert!(matches!(read(109).standing, Standing::Unknown(_)));
    assert_eq!(read(103).cost.map(|cost| cost.kopecks), Some(50));
    let refused = br#"{"status": "ERROR", "status_code": 301}"#;
    assert!(matches!(
        read_status(refused, "0-1").standing,
        Standing::Unknown(_)
    ));
}

#[test]
fn balances() {
    let read = |body: &str| read_balance(body.as_bytes());
    assert_eq!(
        read(r#"{"status": "OK", "status_code": 100, "balance": 4122.56}"#)
            .unwrap()
            .kopecks,
        412_256
    );
    assert_eq!(
        read(r#"{"status": "ERROR", "status_code": 200}"#)
            .unwrap_err()
            .reason,
        Reason::Auth
    );
}

/// `printf '24EE3A41-98A6sms_status\n000000-1\n103\n1577550022sms_status\n000000-2\n104\n1577550023' | sha256sum`
const HASH: &str = "895476081b3ac9e23414bb17ce101216b424a229a6c8799152f6e81129199072";

fn signed() -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    // The order on the wire is not the order of the entries.
    form.append_pair("data[1]", "sms_status\n000000-2\n104\n1577550023");
    form.append_pair("data[0]", "sms_status\n000000-1\n103\n1577550022");
    form.append_pair("hash", HASH);
    form.finish()
}

#[test]
fn receipts_are_signed_together() {
    let receipts = smsru().receipts(signed().as_bytes()).unwrap();
    let [(first, one), (second, two)] = receipts.as_slice() else {
        panic!()
    };
    assert_eq!(*first, About::GatewayId("000000-1".into()));
    assert_eq!(
        (&one.standing, one.at),
        (
            &Standing::Delivered,
            Some(Timestamp::from_unix(1_577_550_022))
        )
    );
    assert_eq!(*second, About::GatewayId("000000-2".into()));
    assert_eq!(
        two.standing,
        Standing::Failed(Refused::new(Reason::Expired, 104))
    );
}

#[test]
fn forged_receipts() {
    let right = signed();
    for forged in [
        right.replace("103", "104"),
        right.replace("000000-1", "000000-3"),
        right.replace(HASH, &"0".repeat(64)),
        right.replace(HASH, ""),
        format!("{right}&data%5B2%5D=sms_status%0A000000-3%0A103%0A1"),
        format!("{right}&data%5Bx%5D=sms_status"),
        String::new(),
    ] {
        assert!(smsru().receipts(forged.as_bytes()).is_none(), "{forged}");
    }
}
