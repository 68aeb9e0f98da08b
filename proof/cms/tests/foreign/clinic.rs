//! The technical check of clinics' signatures: made with OpenSSL and its GOST engine, in every form that clinics send.

use base64::Engine as _;
use cms::content_info::ContentInfo;
use cms::signed_data::SignedData as Cms;
use der::asn1::{Any, ObjectIdentifier, SetOfVec};
use der::{Decode as _, Encode as _};
use podpis_cms::clinic::{Against, Checked, Fault, Level, Revocation, check, read, read_embedded};
use podpis_cms::crl::Crl;
use podpis_cms::{Certificate, HashKind, tsp};
use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::TimeEvidence;
use x509_cert::attr::Attribute;

use crate::common::{CA, CONTENT, Dir, SEAL, TSA, digest};

/// Algorithm as `genpkey` takes it, and hash.
const KEYS: [(&str, &str); 6] = [
    ("gost2012_256 -pkeyopt paramset:XA", "md_gost12_256"),
    ("gost2012_256 -pkeyopt paramset:TCA", "md_gost12_256"),
    ("gost2012_512 -pkeyopt paramset:A", "md_gost12_512"),
    ("gost2012_512 -pkeyopt paramset:C", "md_gost12_512"),
    ("EC -pkeyopt ec_paramgen_curve:P-256", "sha256"),
    ("RSA -pkeyopt rsa_keygen_bits:2048", "sha256"),
];
const GOST: (&str, &str) = KEYS[0];

/// The owner's name as accredited authorities write it, and what stands in a qualified certificate.
const CLINIC: &str = "C=RU\nO=ООО Клиника\ntitle=Главный врач\nCN=Петрова Анна Сергеевна\nSN=Петрова\nGN=Анна Сергеевна\n\
    SNILS=11223344595\nOGRN=1027700132195\nINNLE=7707083893\nINN=770700000012";
const QUALIFIED: [&str; 7] = [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature,nonRepudiation",
    "certificatePolicies=1.2.643.100.113.1,1.2.643.100.113.2",
    "1.2.643.100.111=ASN1:FORMAT:UTF8,UTF8String:КриптоПро CSP",
    "1.2.643.100.112=ASN1:SEQUENCE:tools",
    "1.2.643.100.114=ASN1:INTEGER:0",
    "[tools]\na=FORMAT:UTF8,UTF8String:КриптоПро CSP\nb=FORMAT:UTF8,UTF8String:ПАК УЦ\nc=FORMAT:UTF8,UTF8String:СФ/124-3380\nd=FORMAT:UTF8,UTF8String:СФ/128-3592",
];

/// A certificate below `issuer`, or of itself.
fn certificate(
    dir: &Dir,
    issuer: &str,
    name: &str,
    key: (&str, &str),
    subject: &str,
    extensions: &[&str],
) -> Certificate {
    dir.write(
        "req.cnf",
        format!(
            "oid_section=oids\n[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\nstring_mask=utf8only\n[oids]\n\
             INNLE=1.2.643.100.4\n[dn]\n{subject}\n"
        ),
    );
    dir.write("x.cnf", format!("[x]\n{}\n", extensions.join("\n")));
    dir.openssl(&format!(
        "genpkey -engine gost -algorithm {} -out {name}.key",
        key.0
    ));
    dir.openssl(&format!(
        "req -engine gost -new -config req.cnf -key {name}.key -out {name}.csr"
    ));
    let signer = match issuer == name {
        true => format!("-signkey {name}.key"),
        false => format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial"),
    };
    dir.openssl(&format!(
        "x509 -engine gost -req -in {name}.csr {signer} -days 400 -extfile x.cnf -extensions x -out {name}.pem"
    ));
    dir.certificate(name)
}

/// Root, intermediate and a clinic's certificate.
fn clinic(dir: &Dir, key: (&str, &str)) -> Certificate {
    dir.write("content", CONTENT);
    certificate(dir, "root", "root", key, "CN=Головной УЦ", &CA);
    certificate(dir, "root", "middle", key, "CN=УЦ", &CA);
    certificate(dir, "middle", "leaf", key, CLINIC, &QUALIFIED)
}

fn sign(dir: &Dir, hash: &str, arguments: &str) -> Vec<u8> {
    let middle = if arguments.contains("-certfile") {
        ""
    } else {
        "-certfile middle.pem"
    };
    let signers = if arguments.contains("-signer") {
        ""
    } else {
        "-signer leaf.pem -inkey leaf.key"
    };
    dir.openssl(&format!(
        "cms -engine gost -sign -binary -in content {signers} -md {hash} -outform DER -out out.sig {middle} {arguments}"
    ));
    dir.read("out.sig")
}

fn now_of(certificate: &Certificate) -> Timestamp {
    certificate.not_before().plus(300)
}

fn judge(
    message: &[u8],
    roots: &[Certificate],
    lists: &[Crl],
    now: Timestamp,
) -> Result<Checked, Fault> {
    let message = read(message)?;
    let against = Against {
        roots,
        tsa_roots: &[],
        lists,
        now,
    };
    check(&message.signers()[0], digest, &against)
}

fn fault(outcome: Result<Checked, Fault>) -> &'static str {
    outcome.err().map_or("accepted", |fault| fault.code())
}

#[test]
fn every_form_of_a_good_signature_is_taken() {
    let mut taken = 0;
    for (key, hash) in KEYS {
        let dir = Dir::new();
        let leaf = clinic(&dir, (key, hash));
        let roots = [dir.certificate("root")];
        for (arguments, level) in [
            ("-cades", Level::Bes),
            ("-cades -keyid", Level::Bes),
            ("-cades -nosmimecap", Level::Bes),
            ("", Level::Cms),
            ("-noattr", Level::Cms),
            ("-cades -certfile both.pem", Level::Bes),
        ] {
            dir.write(
                "both.pem",
                [dir.read("middle.pem"), dir.read("root.pem")].concat(),
            );
            let der = sign(&dir, hash, arguments);
            let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
            let pem = format!("-----BEGIN CMS-----\r\n{base64}\r\n-----END CMS-----\r\n");
            for form in [der, base64.into_bytes(), pem.into_bytes()] {
                let checked = judge(&form, &roots, &[], now_of(&leaf)).map_err(|e| e.to_string());
                let checked = checked.unwrap();
                assert_eq!(checked.level, level, "{key} {arguments}");
                assert_eq!(checked.path.len(), 3);
                let expected = match arguments {
                    "-noattr" => TimeEvidence::None,
                    _ => TimeEvidence::SigningTime,
                };
                assert_eq!(checked.moment.evidence, expected);
                taken += 1;
            }
        }
    }
    assert_eq!(taken, 108);
}

#[test]
fn what_a_qualified_certificate_says_is_read() {
    let dir = Dir::new();
    let leaf = clinic(&dir, GOST);
    let checked = judge(
        &sign(&dir, GOST.1, "-cades"),
        &[dir.certificate("root")],
        &[],
        now_of(&leaf),
    );
    let owner = checked.ok().unwrap().owner;
    assert_eq!(owner.name, "Петрова Анна Сергеевна");
    assert_eq!(owner.position.as_deref(), Some("Главный врач"));
    assert_eq!(owner.organisation.as_deref(), Some("ООО Клиника"));
    assert_eq!(owner.organisation_inn.as_deref(), Some("7707083893"));
    assert_eq!(owner.inn.as_deref(), Some("770700000012"));
    assert_eq!(owner.ogrn.as_deref(), Some("1027700132195"));
    assert!(
        owner
            .snils
            .as_ref()
            .is_some_and(|snils| snils.expose() == "11223344595")
    );
    assert_eq!(owner.owner_tool.as_deref(), Some("КриптоПро CSP"));
    assert_eq!(owner.issuer_tools.as_ref().unwrap().authority, "ПАК УЦ");
    assert_eq!(owner.classes, ["КС1", "КС2"]);
    assert_eq!(owner.identified, Some(0));
    assert!(owner.has_qualified_form() && !owner.is_personal());
}

#[test]
fn each_fault_has_its_code() {
    let dir = Dir::new();
    let leaf = clinic(&dir, GOST);
    let hash = GOST.1;
    let roots = [dir.certificate("root")];
    let now = now_of(&leaf);
    let good = sign(&dir, hash, "-cades");
    assert_eq!(fault(judge(&good, &roots, &[], now)), "accepted");

    // The dates: of the signer's certificate, by the clock of the check, since nothing but the signer tells the time.
    let late = leaf.not_after().plus(1);
    assert_eq!(
        fault(judge(&good, &roots, &[], late)),
        "certificate_expired"
    );
    let early = leaf.not_before().plus(-1);
    let early = fault(judge(&good, &roots, &[], early));
    assert_eq!(early, "certificate_not_yet_valid");
    let before = now.plus(-86_400);
    assert_eq!(
        fault(judge(&good, &roots, &[], before)),
        "signature_invalid"
    );

    // Who stands above.
    assert_eq!(fault(judge(&good, &[], &[], now)), "certificate_untrusted");
    let foreign = Dir::new();
    clinic(&foreign, GOST);
    let strangers = [foreign.certificate("root")];
    assert_eq!(
        fault(judge(&good, &strangers, &[], now)),
        "certificate_untrusted"
    );
    let alone = sign(&dir, hash, "-cades -certfile root.pem");
    assert_eq!(
        fault(judge(&alone, &roots, &[], now)),
        "certificate_untrusted"
    );
    let without = sign(&dir, hash, "-cades -nocerts");
    assert_eq!(
        fault(judge(&without, &roots, &[], now)),
        "signature_invalid"
    );

    // What the certificate is for.
    for (extensions, name) in [
        (
            &["keyUsage=critical,keyEncipherment"][..],
            "keyEncipherment",
        ),
        (&["basicConstraints=CA:FALSE"], "no usage"),
        (&TSA, "time stamps"),
    ] {
        certificate(&dir, "middle", "unfit", GOST, "CN=Чужой", extensions);
        let unfit = "-cades -signer unfit.pem -inkey unfit.key -certfile middle.pem";
        let outcome = judge(&sign(&dir, hash, unfit), &roots, &[], now);
        assert_eq!(fault(outcome), "certificate_usage", "{name}");
    }

    // The bytes.
    let attached = sign(&dir, hash, "-cades -nodetach");
    assert_eq!(
        fault(judge(&attached, &roots, &[], now)),
        "signature_not_detached"
    );
    dir.write("content", b"%PDF-1.7 another\n");
    let other = sign(&dir, hash, "-cades");
    assert_eq!(fault(judge(&other, &roots, &[], now)), "digest_mismatch");
    let bare = sign(&dir, hash, "-noattr");
    assert_eq!(fault(judge(&bare, &roots, &[], now)), "signature_invalid");

    // What is no signature.
    for wrong in [
        &b""[..],
        b"hello",
        b"%PDF-1.7",
        b"\x30\x03\x02\x01\x01",
        &good[1..],
    ] {
        assert_eq!(fault(judge(wrong, &roots, &[], now)), "signature_invalid");
    }
    let huge = vec![0x30; (2 << 20) + 1];
    assert_eq!(fault(judge(&huge, &roots, &[], now)), "signature_invalid");

    // An algorithm that was withdrawn.
    dir.write("content", CONTENT);
    certificate(
        &dir,
        "middle",
        "old",
        ("gost2001 -pkeyopt paramset:A", ""),
        "CN=Старый",
        &SEAL,
    );
    let old = "-cades -signer old.pem -inkey old.key -certfile middle.pem";
    let outcome = judge(&sign(&dir, "md_gost94", old), &roots, &[], now);
    assert_eq!(fault(outcome), "signature_unsupported");
}

#[test]
fn a_changed_byte_is_refused_or_changes_nothing() {
    for (key, arguments) in [(GOST, "-cades"), (KEYS[4], "-cades"), (GOST, "-noattr")] {
        let dir = Dir::new();
        let leaf = clinic(&dir, key);
        let roots = [dir.certificate("root")];
        let now = now_of(&leaf);
        let good = sign(&dir, key.1, arguments);
        let said = |checked: &Checked| {
            (
                checked.verified.signer.clone(),
                checked.moment.clone(),
                checked.level,
            )
        };
        let expected = judge(&good, &roots, &[], now).ok().unwrap();
        let mut harmless = 0;
        for position in 0..good.len() {
            let mut broken = good.clone();
            broken[position] ^= 1 << (position % 8);
            if let Ok(checked) = judge(&broken, &roots, &[], now) {
                assert_eq!(said(&checked), said(&expected), "byte {position}");
                harmless += 1;
            }
        }
        // Only versions and names of algorithms, which say nothing that is believed.
        assert!(harmless < 40, "{harmless} of {}", good.len());
        for cut in (0..good.len()).step_by(7) {
            assert_ne!(fault(judge(&good[..cut], &roots, &[], now)), "accepted");
        }
    }
}

#[test]
fn several_signers_are_judged_one_by_one() {
    let dir = Dir::new();
    let leaf = clinic(&dir, GOST);
    certificate(&dir, "middle", "medic", KEYS[2], "CN=Врач", &SEAL);
    let roots = [dir.certificate("root")];
    let both = "-cades -signer leaf.pem -inkey leaf.key -signer medic.pem -inkey medic.key";
    // Each key has a hash of its own, so OpenSSL is left to choose it.
    dir.openssl(&format!(
        "cms -engine gost -sign -binary -in content {both} -outform DER -out both.sig -certfile middle.pem"
    ));
    let message = read(&dir.read("both.sig")).unwrap();
    // A PDF holds one signer, with signed attributes, and never the content.
    let embedded =
        |der: &[u8]| read_embedded(der).map_or_else(|fault| fault.code(), |_| "accepted");
    assert_eq!(embedded(&dir.read("both.sig")), "signature_invalid");
    for (arguments, outcome) in [
        ("-cades", "accepted"),
        ("-noattr", "signature_invalid"),
        ("-cades -nodetach", "signature_not_detached"),
    ] {
        assert_eq!(
            embedded(&sign(&dir, GOST.1, arguments)),
            outcome,
            "{arguments}"
        );
    }
    let against = Against {
        roots: &roots,
        tsa_roots: &[],
        lists: &[],
        now: now_of(&leaf),
    };
    let names: Vec<String> = message
        .signers()
        .iter()
        .map(|signer| check(signer, digest, &against).ok().unwrap().owner.name)
        .collect();
    assert!(
        names.contains(&"Врач".to_owned()) && names.len() == 2,
        "{names:?}"
    );
}

/// An authority's list in `name`; the certificates in `revoked` are on it.
fn list(dir: &Dir, authority: &str, revoked: &[&str], name: &str) -> Crl {
    dir.write(
        "ca.cnf",
        "[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\ndefault_md=default\ndefault_crl_days=30\nunique_subject=no\n",
    );
    dir.write("index.txt", "");
    let ca =
        format!("ca -engine gost -config ca.cnf -cert {authority}.pem -keyfile {authority}.key");
    for one in revoked {
        dir.openssl(&format!("{ca} -revoke {one}.pem -crl_reason keyCompromise"));
    }
    dir.openssl(&format!("{ca} -gencrl -out {name}"));
    Crl::from_any(&dir.read(name)).unwrap()
}

#[test]
fn revoked_certificates_are_refused() {
    let dir = Dir::new();
    let leaf = clinic(&dir, GOST);
    let roots = [dir.certificate("root")];
    let now = now_of(&leaf);
    let good = sign(&dir, GOST.1, "-cades");
    let above = list(&dir, "root", &[], "above.crl");
    let clean = list(&dir, "middle", &[], "clean.crl");
    assert!(clean.is_empty() && clean.is_whole());

    let judged = |lists: &[Crl], now| judge(&good, &roots, lists, now);
    let revocation = |lists: &[Crl], now| judged(lists, now).ok().unwrap().revocation;
    let oldest = above.this_update().min(clean.this_update());
    assert_eq!(
        revocation(&[above.clone(), clean.clone()], now),
        Revocation::Good(oldest)
    );
    assert!(matches!(revocation(&[], now), Revocation::Unknown(_)));
    assert_eq!(
        revocation(std::slice::from_ref(&clean), now),
        Revocation::Unknown("CN=Головной УЦ".into())
    );
    // Out of date: it says nothing any more.
    let next = clean.next_update().unwrap().plus(1);
    assert!(matches!(
        revocation(&[above.clone(), clean.clone()], next),
        Revocation::Unknown(_)
    ));

    let revoking = list(&dir, "middle", &["leaf"], "revoking.crl");
    assert_eq!(revoking.len(), 1);
    assert!(revoking.revoked_since(&leaf).is_some());
    // An older, clean list beside it does not help, nor does its age.
    for lists in [
        vec![revoking.clone()],
        vec![clean.clone(), revoking.clone(), above.clone()],
    ] {
        assert_eq!(fault(judged(&lists, now)), "certificate_revoked");
    }
    assert_eq!(
        fault(judged(std::slice::from_ref(&revoking), next)),
        "certificate_revoked"
    );
    let middle = list(&dir, "root", &["middle"], "middle.crl");
    assert_eq!(fault(judged(&[middle], now)), "certificate_revoked");

    // A list of the same name by another key says nothing.
    let foreign = Dir::new();
    clinic(&foreign, GOST);
    foreign.write("leaf.pem", dir.read("leaf.pem"));
    let forged = list(&foreign, "middle", &["leaf"], "forged.crl");
    assert_eq!(fault(judged(&[forged], now)), "accepted");
    // Nor does a changed one, wherever it was changed.
    for position in (0..revoking.der().len()).step_by(3) {
        let mut broken = revoking.der().to_vec();
        broken[position] ^= 4;
        if let Ok(list) = Crl::from_der(&broken) {
            assert!(
                list.signed_by(&dir.certificate("middle")).is_err(),
                "{position}"
            );
        }
    }
}

/// The token of an authority over the signature of the message, put beside it, with further attributes.
fn stamped(dir: &Dir, message: &[u8], stamped: Option<&[u8]>, more: &[&str]) -> Vec<u8> {
    let parsed = read(message).unwrap();
    let over = stamped.unwrap_or_else(|| parsed.signers()[0].signature());
    dir.write("serial", "01");
    dir.write(
        "tsa.cnf",
        "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n\
         signer_digest = md_gost12_256\ness_cert_id_alg = sha256\n",
    );
    let sha256: [u8; 32] = HashKind::Sha256.digest(over).try_into().unwrap();
    dir.write("request.tsq", tsp::request(&sha256, 7).unwrap());
    dir.openssl(
        "ts -reply -engine gost -config tsa.cnf -section t -queryfile request.tsq -signer tsa.pem -inkey tsa.key \
         -out response.tsr",
    );
    let token = tsp::token_from_response(&dir.read("response.tsr"), &sha256, 7).unwrap();
    let attribute = |oid: &str, value: Any| Attribute {
        oid: ObjectIdentifier::new_unwrap(oid),
        values: SetOfVec::try_from(vec![value]).unwrap(),
    };
    let mut attributes = vec![attribute(
        "1.2.840.113549.1.9.16.2.14",
        Any::from_der(&token).unwrap(),
    )];
    attributes.extend(more.iter().map(|oid| attribute(oid, Any::null())));
    let outer = ContentInfo::from_der(message).unwrap();
    let mut data: Cms = outer.content.decode_as().unwrap();
    let mut signers = data.signer_infos.0.into_vec();
    signers[0].unsigned_attrs = Some(SetOfVec::try_from(attributes).unwrap());
    data.signer_infos.0 = SetOfVec::try_from(signers).unwrap();
    ContentInfo {
        content_type: outer.content_type,
        content: Any::encode_from(&data).unwrap(),
    }
    .to_der()
    .unwrap()
}

#[test]
fn a_time_stamp_outlives_the_certificate() {
    let dir = Dir::new();
    let leaf = clinic(&dir, GOST);
    certificate(&dir, "middle", "tsa", GOST, "CN=Служба времени", &TSA);
    let roots = [dir.certificate("root")];
    let good = sign(&dir, GOST.1, "-cades");
    let with = stamped(&dir, &good, None, &[]);
    let (now, late) = (now_of(&leaf), leaf.not_after().plus(86_400));
    for at in [now, late] {
        let checked = judge(&with, &roots, &[], at).ok().unwrap();
        assert_eq!(checked.level, Level::T);
        assert_eq!(checked.moment.evidence, TimeEvidence::Timestamp);
        let stamp = checked.moment.stamp.unwrap();
        assert_eq!(stamp.authority.as_deref(), Some("CN=Служба времени"));
        assert_eq!(stamp.at, Some(checked.moment.at));
    }
    // Revoked after the stamp: the signature stays.
    let revoking = list(&dir, "middle", &["leaf"], "revoking.crl");
    let since = revoking.revoked_since(&leaf).unwrap();
    let at = judge(&with, &roots, &[], now).ok().unwrap().moment.at;
    let expected = if since <= at {
        "certificate_revoked"
    } else {
        "accepted"
    };
    assert_eq!(fault(judge(&with, &roots, &[revoking], late)), expected);

    // An authority that nobody knows proves nothing: the signer's word is left.
    certificate(&dir, "tsa", "tsa", GOST, "CN=Своя служба", &TSA);
    let own = stamped(&dir, &good, None, &[]);
    let checked = judge(&own, &roots, &[], now).ok().unwrap();
    assert_eq!(checked.moment.evidence, TimeEvidence::SigningTime);
    assert!(checked.moment.stamp.unwrap().untrusted.is_some());
    assert_eq!(fault(judge(&own, &roots, &[], late)), "certificate_expired");
    // A stamp of something else is a forgery.
    let other = stamped(&dir, &good, Some(b"another signature"), &[]);
    assert_eq!(fault(judge(&other, &roots, &[], now)), "timestamp_invalid");
    let bare = stamped(&dir, &sign(&dir, GOST.1, "-noattr"), None, &[]);
    assert_eq!(
        judge(&bare, &roots, &[], now).ok().unwrap().level,
        Level::Cms
    );
}

#[test]
fn higher_levels_are_recognised() {
    let dir = Dir::new();
    let leaf = clinic(&dir, GOST);
    certificate(&dir, "middle", "tsa", GOST, "CN=Служба времени", &TSA);
    let roots = [dir.certificate("root")];
    let good = sign(&dir, GOST.1, "-cades");
    let id = |last: u8| format!("1.2.840.113549.1.9.16.2.{last}");
    for (more, level) in [
        (vec![id(21), id(22)], Level::C),
        (vec![id(21), id(22), id(23), id(24)], Level::Xl),
        (vec![id(21), id(22), id(23), id(24), id(25)], Level::Xlt1),
        (vec![id(23), id(24), id(48)], Level::A),
        (vec!["0.4.0.1733.2.4".into()], Level::A),
    ] {
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        let message = stamped(&dir, &good, None, &more);
        let checked = judge(&message, &roots, &[], now_of(&leaf)).ok().unwrap();
        assert_eq!(checked.level, level);
    }
}
