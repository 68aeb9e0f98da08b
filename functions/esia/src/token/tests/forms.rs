//! Signatures, and texts that only look like tokens.

use super::*;

/// The text as ESIA writes it: fields in another order, slashes escaped, no `lvl`.
#[test]
fn the_structure_of_a_genuine_token() {
    let head = r#"{"alg":"GOST3410_2012_256","ver":0,"sbt":"id","typ":"JWT"}"#;
    let payload = format!(
        r#"{{"aud":"PODPIS","sub":1000299353,"nbf":{NOW},"amr":"PWD","urn:esia:amd":"PWD","auth_time":{NOW},"iss":"http:\/\/esia.gosuslugi.ru\/","urn:esia:sbj":{{"urn:esia:sbj:typ":"P","urn:esia:sbj:is_tru":true,"urn:esia:sbj:oid":1000299353,"urn:esia:sbj:nam":"OID.1000299353"}},"exp":{exp},"iat":{NOW},"urn:esia:sid":"8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67"}}"#,
        exp = NOW + 10_800
    );
    let token = sign_text(ESIA, head, &payload);
    assert!(check(&token, &sign(&header("access"), &access())).is_ok());
}

#[test]
fn wrong_headers() {
    let (id_claims, access_claims) = (id(), access());
    let access = sign(&header("access"), &access_claims);
    for (pointer, value, error) in [
        ("/alg", json!("none"), TokenError::Algorithm),
        ("/alg", json!("HS256"), TokenError::Algorithm),
        ("/alg", json!("RS512"), TokenError::Algorithm),
        ("/alg", json!("RS256"), TokenError::Algorithm),
        ("/alg", json!("gost3410_2012_256"), TokenError::Algorithm),
        ("/alg", json!(["GOST3410_2012_256"]), TokenError::Form),
        ("/alg", Value::Null, TokenError::Form),
        ("/crit", json!(["exp"]), TokenError::Form),
        ("/sbt", json!("access"), TokenError::Kind),
        ("/sbt", json!("authorization_code"), TokenError::Kind),
        ("/sbt", Value::Null, TokenError::Kind),
    ] {
        let token = sign(&with(header("id"), pointer, value.clone()), &id_claims);
        assert_eq!(
            check(&token, &access).unwrap_err(),
            error,
            "{pointer} = {value}"
        );
    }
    // Tokens that are genuine, but each in the other's place.
    let id = sign(&header("id"), &id_claims);
    assert_eq!(check(&access, &id).unwrap_err(), TokenError::Kind);
    assert_eq!(check(&id, &id).unwrap_err(), TokenError::Kind);
}

#[test]
fn wrong_signatures() {
    let access_claims = access();
    let access = sign(&header("access"), &access_claims);
    let token = sign(&header("id"), &id());
    let (message, signature) = token.rsplit_once('.').unwrap();

    let foreign = sign_text(FOREIGN, &header("id").to_string(), &id().to_string());
    assert_eq!(check(&foreign, &access).unwrap_err(), TokenError::Signature);
    let foreign = sign_text(
        FOREIGN,
        &header("access").to_string(),
        &access_claims.to_string(),
    );
    assert_eq!(check(&token, &foreign).unwrap_err(), TokenError::Signature);

    // Signed by one of ESIA's keys, but under the name of another algorithm.
    let rsa = sign_text(RSA, &header("id").to_string(), &id().to_string());
    assert_eq!(check(&rsa, &access).unwrap_err(), TokenError::Signature);

    // The unsigned form, with the algorithm pinned and with the signature left out.
    let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "sbt": "id"}).to_string());
    let payload = message.split_once('.').unwrap().1;
    assert_eq!(
        check(&format!("{none}.{payload}."), &access).unwrap_err(),
        TokenError::Algorithm
    );
    assert_eq!(
        check(&format!("{message}."), &access).unwrap_err(),
        TokenError::Signature
    );

    // A payload changed after signing, and one written anew with the same meaning.
    let other = URL_SAFE_NO_PAD.encode(with(id(), "/sub", json!(1)).to_string());
    let head = message.split_once('.').unwrap().0;
    assert_eq!(
        check(&format!("{head}.{other}.{signature}"), &access).unwrap_err(),
        TokenError::Signature
    );
    let spaced = URL_SAFE_NO_PAD.encode(serde_json::to_string_pretty(&id()).unwrap());
    assert_eq!(
        check(&format!("{head}.{spaced}.{signature}"), &access).unwrap_err(),
        TokenError::Signature
    );

    // The halves swapped, the bytes backwards, and a longer signature.
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for wrong in [
        [&bytes[32..], &bytes[..32]].concat(),
        bytes.iter().rev().copied().collect(),
        [&bytes[..], &[0]].concat(),
        vec![0; 64],
    ] {
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(wrong));
        assert_eq!(check(&token, &access).unwrap_err(), TokenError::Signature);
    }
}

/// Every character of a token, turned into another of the alphabet.
#[test]
fn a_flipped_character_never_verifies() {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let keys = keys(GOST);
    let (id, access) = (
        sign(&header("id"), &id()),
        sign(&header("access"), &access()),
    );
    assert!(verify(&id, &access, &keys, checks()).is_ok());
    // A fixed sequence (xorshift64), so that a failure repeats.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for (token, is_id) in [(&id, true), (&access, false)] {
        for at in 0..token.len() {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let mut bytes = token.clone().into_bytes();
            let other = ALPHABET[(seed % 64) as usize];
            bytes[at] = if other == bytes[at] { b'.' } else { other };
            let text = String::from_utf8(bytes).unwrap();
            let outcome = if is_id {
                verify(&text, &access, &keys, checks())
            } else {
                verify(&id, &text, &keys, checks())
            };
            let error = outcome.unwrap_err();
            let before_claims = [
                TokenError::Form,
                TokenError::Algorithm,
                TokenError::Kind,
                TokenError::Signature,
            ];
            assert!(before_claims.contains(&error), "{at}: {error}");
        }
    }
}

/// Base64 has one form per token, so that a token has no second writing.
#[test]
fn other_writings_of_the_same_bytes() {
    let access = sign(&header("access"), &access());
    let token = sign(&header("id"), &id());
    let (message, signature) = token.rsplit_once('.').unwrap();
    // The last of 86 characters holds two bits; the other four must be zero.
    let last = signature.chars().last().unwrap();
    for other in ('A'..='Z').filter(|other| *other != last) {
        let text = format!("{message}.{}{other}", &signature[..85]);
        assert!(check(&text, &access).is_err(), "{other}");
    }
    for wrong in [
        format!("{token}=="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}."),
        token.replace('-', "+").replace('_', "/") + "=",
    ] {
        assert!(check(&wrong, &access).is_err(), "{wrong:.20}");
    }
}

/// JSON that is signed by ESIA and still not to be believed, or not readable.
#[test]
fn odd_json() {
    let access = sign(&header("access"), &access());
    let head = header("id").to_string();
    let claims = id().to_string();
    let outcome =
        |claims: &str| check(&sign_text(ESIA, &head, claims), &access).map(|sign_in| sign_in.oid);
    assert_eq!(outcome(&claims), Ok(OID));
    // An addition changes nothing.
    assert_eq!(
        outcome(&claims.replacen('{', r#"{"new":{"aud":1},"#, 1)),
        Ok(OID)
    );
    let exp = format!(r#""exp":{}"#, NOW + 10_800);
    for (from, to) in [
        // Twice the same name, also where it is written otherwise, and within the subject.
        ("{", r#"{"aud":"OTHER","#),
        ("{", r#"{"aud":"PODPIS","#),
        ("{", r#"{"\u0061ud":"OTHER","#),
        ("{", r#"{"exp":99999999999,"#),
        ("{", r#"{"iss":"http://esia.gosuslugi.ru/","#),
        (
            r#""urn:esia:sbj:typ""#,
            r#""urn:esia:sbj:is_tru":true,"urn:esia:sbj:typ""#,
        ),
        (
            r#""urn:esia:sbj:typ""#,
            r#""urn:esia:sbj:lvl":"PR","urn:esia:sbj:typ""#,
        ),
        // Numbers out of every range, fractions, texts and others in place of numbers.
        (&exp, r#""exp":99999999999999999999999999"#),
        (&exp, r#""exp":1e400"#),
        (&exp, r#""exp":1.8e9"#),
        (&exp, r#""exp":-1.5"#),
        (&exp, &format!(r#""exp":"{}""#, NOW + 10_800)),
        (&exp, r#""exp":true"#),
        (&exp, r#""exp":[]"#),
        (&exp, r#""exp":null"#),
        (r#""sub":1000299353"#, r#""sub":-1"#),
        (r#""sub":1000299353"#, r#""sub":1000299353.0"#),
        (r#""sub":1000299353"#, r#""sub":18446744073709551616"#),
        (r#""sub":1000299353"#, r#""sub":"1000299353 ""#),
        // Not an object, and not JSON.
        (claims.as_str(), "[]"),
        (claims.as_str(), "null"),
        (claims.as_str(), ""),
        (claims.as_str(), "{}"),
        ("},", ","),
    ] {
        let changed = claims.replacen(from, to, 1);
        assert_ne!(changed, claims, "{from}");
        assert_eq!(outcome(&changed), Err(TokenError::Claims), "{to}");
    }
    // A tower of brackets is refused, not climbed.
    let deep = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
    let deep = claims.replacen('{', &format!(r#"{{"x":{deep},"#), 1);
    assert_eq!(outcome(&deep), Err(TokenError::Claims));

    for head in [
        r#"{"alg":"GOST3410_2012_256","alg":"GOST3410_2012_256","sbt":"id"}"#,
        r#"{"alg":"GOST3410_2012_256","sbt":"access","sbt":"id"}"#,
        r#"["GOST3410_2012_256","id",null]"#,
        "[]",
        "",
    ] {
        let token = sign_text(ESIA, head, &claims);
        assert_eq!(
            check(&token, &access).unwrap_err(),
            TokenError::Form,
            "{head}"
        );
    }
}

#[test]
fn what_is_no_token() {
    let access = sign(&header("access"), &access());
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "<html>",
        "é.é.é",
        &"a".repeat(20_000),
    ] {
        assert_eq!(
            check(text, &access).unwrap_err(),
            TokenError::Form,
            "{text:.20}"
        );
    }
}
