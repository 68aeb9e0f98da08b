//! Answers as SMSC.ru documents them, and forged receipts.

use super::*;

fn smsc() -> Smsc {
    Smsc {
        url: "https://smsc.invalid".into(),
        login: Sensitive::new("clinic".into()),
        password: Sensitive::new("pass".into()),
        sender: String::new(),
        secret: Sensitive::new("secret".into()),
    }
}

fn reason(sent: &Sent) -> Option<Reason> {
    match sent {
        Sent::Refused(refused) => Some(refused.reason),
        _ => None,
    }
}

#[test]
fn a_message_is_taken() {
    let sent = read_sent(br#"{"id": 1234, "cnt": 2, "cost": "8.24", "balance": "100.5"}"#);
    let Sent::Taken(taken) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!((taken.gateway_id.as_str(), taken.parts), ("1234", Some(2)));
    assert_eq!(taken.cost.map(|cost| cost.kopecks), Some(824));
    assert_eq!(taken.balance.map(|balance| balance.kopecks), Some(10_050));
    // With an id of letters it comes back as a string; the cost may be absent.
    let sent = read_sent(br#"{"id": "a-1", "cnt": 1}"#);
    assert!(
        matches!(sent, Sent::Taken(taken) if taken.gateway_id == "a-1" && taken.cost.is_none())
    );
}

#[test]
fn refusals() {
    for (code, expected) in [
        (1, Reason::Request),
        (2, Reason::Auth),
        (3, Reason::NoMoney),
        (4, Reason::Auth),
        (5, Reason::Request),
        (6, Reason::Blocked),
        (7, Reason::BadNumber),
        (8, Reason::NoRoute),
        (9, Reason::TooOften),
        (10, Reason::Other),
    ] {
        let body = format!(r#"{{"error": "описание", "error_code": {code}, "id": 77}}"#);
        assert_eq!(
            reason(&read_sent(body.as_bytes())),
            Some(expected),
            "{code}"
        );
    }
}

#[test]
fn what_says_neither_may_have_been_taken() {
    for body in [
        "",
        "<html>",
        "{}",
        "{\"cnt\":1}",
        "OK - 1 SMS, ID - 1234",
        "{\"id\":1234",
        "[]",
    ] {
        assert!(
            matches!(read_sent(body.as_bytes()), Sent::Unknown(_)),
            "{body}"
        );
    }
}

#[test]
fn statuses() {
    let read = |status: &str| {
        let body = format!(
            r#"{{"status": {status}, "last_date": "28.12.2019 19:20:22", "last_timestamp": 1577550022, "cost": "4.12"}}"#
        );
        read_status(body.as_bytes())
    };
    for (status, expected) in [
        ("-1", Standing::Pending),
        ("0", Standing::Pending),
        ("1", Standing::Delivered),
        ("2", Standing::Delivered),
        ("4", Standing::Delivered),
        ("-3", Standing::Missing),
    ] {
        assert_eq!(read(status).standing, expected, "{status}");
    }
    for (status, expected) in [
        ("3", Reason::Expired),
        ("20", Reason::Undelivered),
        ("22", Reason::BadNumber),
        ("23", Reason::Blocked),
        ("24", Reason::NoMoney),
        ("25", Reason::NoRoute),
        ("-2", Reason::Undelivered),
    ] {
        assert_eq!(
            read(status).standing,
            Standing::Failed(Refused::new(expected, status))
        );
    }
    let word = read("1");
    assert_eq!(word.at, Some(Timestamp::from_unix(1_577_550_022)));
    assert_eq!(word.cost.map(|cost| cost.kopecks), Some(412));
    assert!(matches!(read("99").standing, Standing::Unknown(_)));
    assert_eq!(
        read_status(br#"{"error": "x", "error_code": 3}"#).standing,
        Standing::Missing
    );
    for body in [r#"{"error": "x", "error_code": 9}"#, "{}", "<html>"] {
        assert!(
            matches!(read_status(body.as_bytes()).standing, Standing::Unknown(_)),
            "{body}"
        );
    }
}

#[test]
fn balances() {
    assert_eq!(
        read_balance(br#"{"balance": "-3.10"}"#).unwrap().kopecks,
        -310
    );
    assert_eq!(read_balance(br#"{"balance": 12}"#).unwrap().kopecks, 1200);
    assert_eq!(
        read_balance(br#"{"error": "x", "error_code": 2}"#)
            .unwrap_err()
            .reason,
        Reason::Auth
    );
    assert_eq!(read_balance(b"{}").unwrap_err().reason, Reason::Other);
}

/// `printf 1234:79161234567:1:secret | md5sum`
const SIGNED: &str = "id=1234&phone=79161234567&status=1&ts=1577550022&cost=4.12&err=0&md5=";
const MD5: &str = "0b55c35e5164b69e223d877b9ee147cb";

#[test]
fn a_receipt_is_signed() {
    let receipts = smsc()
        .receipts(format!("{SIGNED}{MD5}").as_bytes())
        .unwrap();
    let [(about, word)] = receipts.as_slice() else {
        panic!()
    };
    assert_eq!(*about, About::Reference("1234".into()));
    assert_eq!(word.standing, Standing::Delivered);
    assert_eq!(word.at, Some(Timestamp::from_unix(1_577_550_022)));
    assert_eq!(word.cost.as_ref().map(|cost| cost.kopecks), Some(412));
    assert!(
        smsc()
            .receipts(format!("{SIGNED}{}", MD5.to_uppercase()).as_bytes())
            .is_some()
    );
}

#[test]
fn forged_receipts() {
    let right = format!("{SIGNED}{MD5}");
    for forged in [
        right.replace("status=1", "status=20"),
        right.replace("id=1234", "id=1235"),
        right.replace("phone=79161234567", "phone=79161234568"),
        right.replace(MD5, ""),
        right.replace(MD5, &"0".repeat(32)),
        SIGNED.trim_end_matches("&md5=").to_owned(),
        String::new(),
    ] {
        assert!(smsc().receipts(forged.as_bytes()).is_none(), "{forged}");
    }
    let mut open = smsc();
    open.secret = Sensitive::new(String::new());
    assert!(
        open.receipts(right.as_bytes()).is_none(),
        "no secret is set"
    );
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?}", smsc());
    assert!(!shown.contains("pass") || shown.contains("password: [hidden]"));
    assert!(!shown.contains("\"clinic\"") && !shown.contains("\"secret\""));
}
