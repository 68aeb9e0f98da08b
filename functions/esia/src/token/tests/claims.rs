//! Every claim that is wrong has an error of its own.

use super::*;

#[test]
fn older_forms_pass() {
    let access = sign(&header("access"), &access());
    for (pointer, value) in [
        ("/auth_time", json!(SIGNED_IN * 1000)),
        ("/sub", json!("1000299353")),
        ("/nbf", Value::Null),
        ("/urn:esia:sbj/urn:esia:sbj:lvl", Value::Null),
        ("/iat", json!(NOW + 59)),
        ("/exp", json!(NOW - 59)),
    ] {
        let token = sign(&header("id"), &with(id(), pointer, value.clone()));
        assert!(check(&token, &access).is_ok(), "{pointer} = {value}");
    }
}

#[test]
fn each_wrong_claim_of_the_id_token() {
    let access = sign(&header("access"), &access());
    for (pointer, value, error) in [
        (
            "/iss",
            json!("http://esia.gosuslugi.ru"),
            TokenError::Issuer,
        ),
        (
            "/iss",
            json!("https://esia.gosuslugi.ru/"),
            TokenError::Issuer,
        ),
        ("/iss", Value::Null, TokenError::Claims),
        ("/aud", json!("OTHER"), TokenError::Audience),
        ("/aud", json!(["PODPIS"]), TokenError::Claims),
        ("/exp", json!(NOW - 60), TokenError::Expired),
        ("/exp", Value::Null, TokenError::Claims),
        ("/nbf", json!(NOW + 61), TokenError::NotYetValid),
        ("/iat", json!(NOW + 61), TokenError::NotYetValid),
        ("/sub", json!(1_000_299_354_u64), TokenError::Subject),
        ("/sub", json!("ivanova"), TokenError::Claims),
        (
            "/urn:esia:sbj/urn:esia:sbj:oid",
            json!(1_000_299_354_u64),
            TokenError::Subject,
        ),
        ("/urn:esia:sbj", Value::Null, TokenError::Claims),
        ("/urn:esia:sid", json!("other"), TokenError::Session),
        ("/urn:esia:sid", Value::Null, TokenError::Claims),
        ("/auth_time", json!(STARTED - 6), TokenError::Stale),
        ("/auth_time", json!((STARTED - 6) * 1000), TokenError::Stale),
        ("/auth_time", json!(0), TokenError::Stale),
        ("/auth_time", json!(i64::MIN), TokenError::Stale),
        ("/auth_time", json!(NOW + 61), TokenError::AuthTime),
        ("/auth_time", Value::Null, TokenError::Claims),
        (
            "/urn:esia:sbj/urn:esia:sbj:is_tru",
            Value::Null,
            TokenError::Unconfirmed,
        ),
        (
            "/urn:esia:sbj/urn:esia:sbj:is_tru",
            json!(false),
            TokenError::Unconfirmed,
        ),
        (
            "/urn:esia:sbj/urn:esia:sbj:lvl",
            json!("P"),
            TokenError::Unconfirmed,
        ),
        (
            "/urn:esia:sbj/urn:esia:sbj:lvl",
            json!("KD"),
            TokenError::Child,
        ),
    ] {
        let token = sign(&header("id"), &with(id(), pointer, value.clone()));
        assert_eq!(
            check(&token, &access).unwrap_err(),
            error,
            "{pointer} = {value}"
        );
    }
}

#[test]
fn each_wrong_claim_of_the_access_token() {
    let id = sign(&header("id"), &id());
    for (pointer, value, error) in [
        ("/iss", json!("http://example.org/"), TokenError::Issuer),
        ("/client_id", json!("OTHER"), TokenError::Audience),
        ("/exp", json!(NOW - 60), TokenError::Expired),
        ("/iat", json!(NOW + 61), TokenError::NotYetValid),
        (
            "/urn:esia:sbj_id",
            json!(1_000_299_354_u64),
            TokenError::Subject,
        ),
        ("/urn:esia:sid", json!("other"), TokenError::Session),
    ] {
        let token = sign(&header("access"), &with(access(), pointer, value.clone()));
        assert_eq!(
            check(&id, &token).unwrap_err(),
            error,
            "{pointer} = {value}"
        );
    }
}

/// An account of a child is told apart from one that is not confirmed, whatever else it says.
#[test]
fn levels_of_accounts() {
    let access = sign(&header("access"), &access());
    let outcome = |trusted: Value, level: Value| {
        let claims = with(id(), "/urn:esia:sbj/urn:esia:sbj:is_tru", trusted);
        let claims = with(claims, "/urn:esia:sbj/urn:esia:sbj:lvl", level);
        check(&sign(&header("id"), &claims), &access).map(|_| ())
    };
    for (trusted, level, expected) in [
        (json!(true), json!("PR"), Ok(())),
        (json!(true), Value::Null, Ok(())),
        (json!(true), json!("P"), Err(TokenError::Unconfirmed)),
        (json!(true), json!("pr"), Err(TokenError::Unconfirmed)),
        (json!(true), json!(""), Err(TokenError::Unconfirmed)),
        (json!(false), json!("PR"), Err(TokenError::Unconfirmed)),
        (Value::Null, json!("PR"), Err(TokenError::Unconfirmed)),
        (Value::Null, Value::Null, Err(TokenError::Unconfirmed)),
        (json!(true), json!("KD"), Err(TokenError::Child)),
        (Value::Null, json!("KD"), Err(TokenError::Child)),
        (json!("true"), json!("PR"), Err(TokenError::Claims)),
        (json!(1), json!("PR"), Err(TokenError::Claims)),
        (json!(true), json!(1), Err(TokenError::Claims)),
    ] {
        assert_eq!(
            outcome(trusted.clone(), level.clone()),
            expected,
            "{trusted} {level}"
        );
    }
}

/// The clocks of ESIA and ours differ by up to a minute; an old session is seen even so.
#[test]
fn a_sign_in_from_before_the_act() {
    // `skew`: how far ESIA's clock is ahead. `auth`: when the person signed in, by our clock, seconds after the start.
    let outcome = |skew: i64, auth: i64| {
        let esia = |ours: i64| ours + skew;
        let token = |header: &Value, claims: Value| {
            let claims = with(claims, "/iat", json!(esia(NOW)));
            sign(header, &with(claims, "/nbf", json!(esia(NOW))))
        };
        let claims = with(id(), "/auth_time", json!(esia(STARTED + auth)));
        check(
            &token(&header("id"), claims),
            &token(&header("access"), access()),
        )
        .map(|_| ())
    };
    for skew in [-55, -10, 0, 10, 60] {
        assert_eq!(outcome(skew, 0), Ok(()), "{skew}");
        assert_eq!(outcome(skew, 60), Ok(()), "{skew}");
        assert_eq!(outcome(skew, -AGE_LEEWAY_S), Ok(()), "{skew}");
        for auth in [-AGE_LEEWAY_S - 1, -30, -90, -3600] {
            assert_eq!(outcome(skew, auth), Err(TokenError::Stale), "{skew} {auth}");
        }
    }
    // A clock that is wrong by more is no ground to believe anything on.
    assert_eq!(outcome(-61, 0), Err(TokenError::Stale));
    assert_eq!(outcome(61, 0), Err(TokenError::NotYetValid));
}
