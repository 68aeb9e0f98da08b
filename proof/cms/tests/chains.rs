//! Certificate paths made with OpenSSL: each fault has its own error.

mod common;

use common::{CA, Dir, SEAL, TSA, at};
use podpis_cms::chain::{ChainError, Purpose, validate};
use podpis_cms::{Algorithm, Certificate};
use podpis_shared::Timestamp;

const EC: Algorithm = Algorithm::EcdsaP256Sha256;

/// Within the validity of what the tests make, whenever they run.
fn now_of(certificate: &Certificate) -> Timestamp {
    certificate.not_before().plus(3600)
}

fn check(
    leaf: &Certificate,
    intermediates: &[&Certificate],
    root: &Certificate,
    purpose: Purpose,
) -> Result<Vec<Certificate>, ChainError> {
    let intermediates: Vec<Certificate> = intermediates.iter().copied().cloned().collect();
    let roots = std::slice::from_ref(root);
    validate(leaf, &intermediates, roots, now_of(leaf), purpose)
}

/// The fault and the name that it tells.
macro_rules! assert_fault {
    ($result:expr, $fault:ident, $name:literal) => {
        match $result.unwrap_err() {
            ChainError::$fault(name) => assert_eq!(name, concat!("O=Podpis, CN=", $name)),
            other => unreachable!("{other}"),
        }
    };
}

#[test]
fn a_path_over_intermediates_in_any_order_is_found() {
    for algorithm in [EC, Algorithm::RsaSha256] {
        let dir = Dir::new();
        let root = dir.root("root", algorithm, &CA);
        let first = dir.below("root", "first", algorithm, &CA);
        let second = dir.below("first", "second", algorithm, &CA);
        let leaf = dir.below("second", "leaf", algorithm, &SEAL);
        let stranger = dir.root("stranger", EC, &CA);
        let path = check(
            &leaf,
            &[&stranger, &first, &root, &second],
            &root,
            Purpose::Seal,
        );
        assert_eq!(path.unwrap(), [leaf, second, first, root]);
    }
}

#[test]
fn without_its_intermediate_the_issuer_is_unknown() {
    let dir = Dir::new();
    let root = dir.root("root", EC, &CA);
    dir.below("root", "middle", EC, &CA);
    let leaf = dir.below("middle", "leaf", EC, &SEAL);
    assert_fault!(
        check(&leaf, &[], &root, Purpose::Seal),
        UnknownIssuer,
        "leaf"
    );
    assert_fault!(
        validate(&leaf, &[], &[], now_of(&leaf), Purpose::Seal),
        UnknownIssuer,
        "leaf"
    );
}

#[test]
fn a_root_of_the_same_name_with_another_key_is_no_issuer() {
    let dir = Dir::new();
    dir.root("root", EC, &CA);
    let leaf = dir.below("root", "leaf", EC, &SEAL);
    let other = Dir::new();
    let impostor = other.root("root", EC, &CA);
    assert_fault!(
        check(&leaf, &[], &impostor, Purpose::Seal),
        BadSignature,
        "leaf"
    );
    // Beside the right one it does no harm.
    let right = dir.certificate("root");
    let roots = [impostor, right.clone()];
    let path = validate(&leaf, &[], &roots, now_of(&leaf), Purpose::Seal);
    assert_eq!(path.unwrap(), [leaf, right]);
}

#[test]
fn a_certificate_counts_from_its_first_second_through_its_last() {
    let dir = Dir::new();
    let root = dir.root("root", EC, &CA);
    dir.key("middle", EC);
    let middle = dir.issue("root", "middle", "middle", &CA, "-days 100");
    let leaf = dir.below("middle", "leaf", EC, &SEAL);
    let path = |at: Timestamp| {
        let (intermediates, roots) = (std::slice::from_ref(&middle), std::slice::from_ref(&root));
        validate(&leaf, intermediates, roots, at, Purpose::Seal)
    };
    assert!(path(leaf.not_before()).is_ok());
    assert_fault!(path(leaf.not_before().plus(-1)), NotYetValid, "leaf");
    assert!(path(middle.not_after()).is_ok());
    assert_fault!(path(middle.not_after().plus(1)), Expired, "middle");
    assert_fault!(path(leaf.not_after().plus(1)), Expired, "leaf");
    assert_fault!(path(at("1999-01-01T00:00:00Z")), NotYetValid, "leaf");
}

#[test]
fn only_an_authority_may_issue() {
    let dir = Dir::new();
    let root = dir.root("root", EC, &CA);
    let person = dir.below("root", "person", EC, &SEAL);
    let leaf = dir.below("person", "leaf", EC, &SEAL);
    assert_fault!(
        check(&leaf, &[&person], &root, Purpose::Seal),
        NotAnAuthority,
        "person"
    );

    let plain = dir.below("root", "plain", EC, &["keyUsage=critical,keyCertSign"]);
    let leaf = dir.below("plain", "leaf", EC, &SEAL);
    assert_fault!(
        check(&leaf, &[&plain], &root, Purpose::Seal),
        NotAnAuthority,
        "plain"
    );

    let extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=cRLSign"];
    let crls = dir.below("root", "crls", EC, &extensions);
    let leaf = dir.below("crls", "leaf", EC, &SEAL);
    assert_fault!(
        check(&leaf, &[&crls], &root, Purpose::Seal),
        KeyUsage,
        "crls"
    );
}

#[test]
fn an_authority_may_limit_what_is_below() {
    let dir = Dir::new();
    let none_below = ["basicConstraints=critical,CA:TRUE,pathlen:0", CA[1]];
    let root = dir.root("root", EC, &none_below);
    let leaf = dir.below("root", "near", EC, &SEAL);
    assert!(check(&leaf, &[], &root, Purpose::Seal).is_ok());
    let middle = dir.below("root", "middle", EC, &CA);
    let leaf = dir.below("middle", "leaf", EC, &SEAL);
    assert_fault!(
        check(&leaf, &[&middle], &root, Purpose::Seal),
        PathLength,
        "root"
    );
}

#[test]
fn what_is_critical_must_be_understood() {
    let dir = Dir::new();
    let root = dir.root("root", EC, &CA);
    let unknown = [SEAL[1], "1.2.3.4=critical,ASN1:NULL"];
    let leaf = dir.below("root", "leaf", EC, &unknown);
    let fault = check(&leaf, &[], &root, Purpose::Seal).unwrap_err();
    assert_eq!(
        fault,
        ChainError::UnknownCritical("1.2.3.4".to_owned(), leaf.subject_text())
    );

    let limited = [
        CA[0],
        CA[1],
        "nameConstraints=critical,excluded;DNS:example.org",
    ];
    let middle = dir.below("root", "middle", EC, &limited);
    let leaf = dir.below("middle", "leaf", EC, &SEAL);
    let fault = check(&leaf, &[&middle], &root, Purpose::Seal).unwrap_err();
    assert_eq!(
        fault,
        ChainError::UnknownCritical("2.5.29.30".to_owned(), middle.subject_text())
    );

    let harmless = [
        SEAL[1],
        "1.2.3.4=ASN1:NULL",
        "certificatePolicies=critical,1.2.3.4",
    ];
    let leaf = dir.below("root", "leaf", EC, &harmless);
    assert!(check(&leaf, &[], &root, Purpose::Seal).is_ok());
}

#[test]
fn a_key_is_used_for_what_it_is_for() {
    let dir = Dir::new();
    let root = dir.root("root", EC, &CA);
    let sign = "keyUsage=digitalSignature";
    let cases: [(&[&str], bool, bool); 10] = [
        (&SEAL, true, false),
        (&TSA, false, true),
        (&["basicConstraints=CA:FALSE"], false, false),
        (&["keyUsage=keyEncipherment"], false, false),
        (&["keyUsage=nonRepudiation"], true, false),
        (&[sign, "extendedKeyUsage=serverAuth"], false, false),
        (
            &[sign, "extendedKeyUsage=clientAuth,emailProtection"],
            true,
            false,
        ),
        // RFC 3161, 2.3: critical, and no other use beside it.
        (&[sign, "extendedKeyUsage=timeStamping"], false, false),
        (
            &[
                sign,
                "extendedKeyUsage=critical,timeStamping,emailProtection",
            ],
            true,
            false,
        ),
        (
            &[
                "keyUsage=keyEncipherment",
                "extendedKeyUsage=critical,timeStamping",
            ],
            false,
            false,
        ),
    ];
    for (extensions, seals, stamps) in cases {
        let leaf = dir.below("root", "leaf", EC, extensions);
        for (purpose, fit) in [(Purpose::Seal, seals), (Purpose::TimeStamp, stamps)] {
            let result = check(&leaf, &[], &root, purpose);
            if fit {
                assert!(result.is_ok(), "{extensions:?} {purpose:?}");
            } else {
                assert_fault!(result, KeyUsage, "leaf");
            }
        }
    }
}

#[test]
fn what_cannot_be_checked_says_so() {
    let dir = Dir::new();
    dir.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out root.key");
    let root = dir.issue("root", "root", "root", &CA, "-days 100");
    let leaf = dir.below("root", "leaf", EC, &SEAL);
    let fault = check(&leaf, &[], &root, Purpose::Seal).unwrap_err();
    assert_eq!(
        fault,
        ChainError::Unsupported("1.3.132.0.34".to_owned(), leaf.subject_text())
    );
}

#[test]
fn a_tangle_of_authorities_ends() {
    // Nine authorities of one name and one key, each of them the issuer of all: without a bound 9! paths.
    let dir = Dir::new();
    dir.key("knot", EC);
    dir.issue("knot", "knot", "knot", &CA, "-days 100");
    let knots: Vec<Certificate> = (0..9)
        .map(|_| {
            dir.write("knot2.key", dir.read("knot.key"));
            dir.issue("knot", "knot2", "knot", &CA, "-days 100")
        })
        .collect();
    let leaf = dir.below("knot", "leaf", EC, &SEAL);
    let others: Vec<&Certificate> = knots.iter().collect();
    let stranger = dir.root("stranger", EC, &CA);
    let fault = check(&leaf, &others, &stranger, Purpose::Seal).unwrap_err();
    assert!(matches!(fault, ChainError::TooLong(_)), "{fault}");
}
