//! What is no key is refused: points off the curve, out of range, of small order.

use crate::samples::{Samples, hex, reversed};
use podpis_gost::{GostError, ParamSet, PublicKey, SecretKey};

#[test]
fn lengths_are_exact() {
    for &set in ParamSet::ALL {
        for length in [0, 1, set.size() - 1, set.size() + 1, 3 * set.size()] {
            let expected = set.size();
            let error = GostError::Length {
                expected,
                found: length,
            };
            assert_eq!(
                SecretKey::from_bytes(set, &vec![1; length]).unwrap_err(),
                error
            );
            let (expected, found) = (2 * set.size(), length * 2);
            let error = GostError::Length { expected, found };
            assert_eq!(
                PublicKey::from_bytes(set, &vec![1; 2 * length]).unwrap_err(),
                error
            );
            let key = Samples(1).key(set);
            let expected = set.size();
            let error = GostError::Length {
                expected,
                found: length,
            };
            assert_eq!(key.sign_digest(&vec![1; length]).unwrap_err(), error);
        }
    }
}

#[test]
fn secrets_are_between_one_and_q() {
    for &set in ParamSet::ALL {
        let q = reversed(&hex(order(set)));
        let mut above = q.clone();
        above[0] += 1; // q is odd, and no q ends in ff
        let mut last = q.clone();
        last[0] -= 1;
        for bad in [vec![0; set.size()], q, above, vec![0xff; set.size()]] {
            assert_eq!(
                SecretKey::from_bytes(set, &bad).unwrap_err(),
                GostError::SecretRange
            );
        }
        let last = SecretKey::from_bytes(set, &last).unwrap();
        let mut one = vec![0; set.size()];
        one[0] = 1;
        let first = SecretKey::from_bytes(set, &one).unwrap();
        // Their points are each other's negatives: the same abscissa.
        let abscissa = |key: &SecretKey| key.public_key().to_bytes()[..set.size()].to_vec();
        assert_eq!(abscissa(&first), abscissa(&last));
        assert_ne!(first.public_key(), last.public_key());
        assert_eq!(*first.to_bytes(), one);
    }
}

#[test]
fn points_are_on_the_curve() {
    for &set in ParamSet::ALL {
        let mut samples = Samples(4);
        let genuine = samples.key(set).public_key().to_bytes();
        assert!(PublicKey::from_bytes(set, &genuine).is_ok());
        // Infinity has no coordinates; this is how it is written now and then.
        assert_eq!(
            PublicKey::from_bytes(set, &vec![0; genuine.len()]).unwrap_err(),
            GostError::NotOnCurve
        );
        for _ in 0..20 {
            let mut point = genuine.clone();
            point[samples.below(genuine.len())] ^= 1 << samples.below(8);
            let error = PublicKey::from_bytes(set, &point).unwrap_err();
            assert!(
                matches!(error, GostError::NotOnCurve | GostError::Coordinate),
                "{set:?}"
            );
        }
        let swapped = [&genuine[set.size()..], &genuine[..set.size()]].concat();
        assert_eq!(
            PublicKey::from_bytes(set, &swapped).unwrap_err(),
            GostError::NotOnCurve
        );
        let big_endian: Vec<u8> = genuine.chunks(set.size()).flat_map(reversed).collect();
        assert!(PublicKey::from_bytes(set, &big_endian).is_err());
    }
}

#[test]
fn coordinates_are_reduced() {
    for &set in ParamSet::ALL {
        let p = reversed(&hex(prime(set)));
        let genuine = Samples(5).key(set).public_key().to_bytes();
        for at in [0, set.size()] {
            let mut point = genuine.clone();
            point[at..at + set.size()].copy_from_slice(&p);
            assert_eq!(
                PublicKey::from_bytes(set, &point).unwrap_err(),
                GostError::Coordinate
            );
            point[at..at + set.size()].fill(0xff);
            assert_eq!(
                PublicKey::from_bytes(set, &point).unwrap_err(),
                GostError::Coordinate
            );
        }
    }
    // The generator of CryptoPro-B once more around: x = 1 + p fits into 256 bits.
    let mut one = vec![0; 32];
    one[0] = 1;
    let generator = SecretKey::from_bytes(ParamSet::CryptoProB, &one).unwrap();
    let mut point = generator.public_key().to_bytes();
    assert_eq!(point[..32], one);
    point[..32].copy_from_slice(&reversed(&hex(prime(ParamSet::CryptoProB))));
    point[0] += 1;
    let error = PublicKey::from_bytes(ParamSet::CryptoProB, &point).unwrap_err();
    assert_eq!(error, GostError::Coordinate);
}

/// Points of order 2 and 4, and the generator with one of them added, so of order 2q and 4q. On a twisted Edwards curve
/// that RFC 7836 gives as `e = 1` and `d`, with `s = (1 - d)/4` and `t = (1 + d)/6`, they are `(t, 0)` and `(t + s, s)`.
#[test]
fn points_outside_of_the_subgroup_are_refused() {
    for (set, points) in [(ParamSet::Tc26A256, SHORT), (ParamSet::Tc26C512, LONG)] {
        for [x, y] in points {
            let point = [reversed(&hex(x)), reversed(&hex(y))].concat();
            assert_eq!(
                PublicKey::from_bytes(set, &point).unwrap_err(),
                GostError::Subgroup
            );
        }
    }
}

#[test]
fn nothing_is_printed_of_a_secret() {
    let key = Samples(6).key(ParamSet::Tc26A256);
    let printed = format!("{key:?}");
    assert_eq!(
        printed,
        "SecretKey(id-tc26-gost-3410-2012-256-paramSetA, …)"
    );
}

#[test]
fn names_lead_to_their_sets() {
    for &set in ParamSet::ALL {
        assert_eq!(ParamSet::from_oid(set.oid()), Some(set));
        assert_eq!(Samples(7).key(set).param_set(), set);
        assert_eq!(Samples(7).key(set).public_key().param_set(), set);
    }
    assert_eq!(ParamSet::ALL.len(), 12);
    // The test set of RFC 4357, and nothing.
    assert_eq!(ParamSet::from_oid("1.2.643.2.2.35.0"), None);
    assert_eq!(ParamSet::from_oid(""), None);
}

const SHORT: [[&str; 2]; 4] = [
    [
        "0100FE73F595FF158E974B44D478D9588744FE5C192AC47EA63075DCE7A14AAA",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ],
    [
        "7F7F80C60535007538B45A5D95C39353BC5D80D1F36A9DC0ACE7C5118C2F5977",
        "7E7E82520F9F015FAA1D0F18C14AB9FB35188275DA3FD94206B74F34A48E0ECD",
    ],
    [
        "18476B1AF2E5CECDC380E4C91D2A3A5C2B6C0788066615E2B4E9A63246463E96",
        "4CFA952E3B48A1409977E07FABA396136986D7E8EDC05C336154375BE5070030",
    ],
    [
        "DDB921090CC4903145EC19C1E5A683137E548E895E189C8F32B7E8D45A953AE1",
        "266B0860F3C4DA7273AB5C51D5DFD1B1FD3971404EEB66D9B296EB3D7E342D8A",
    ],
];

const LONG: [[&str; 2]; 4] = [
    [
        "9A628F975594ECEFD89BA28A2539FFB79C8AB238AEED0851FA5C1ABB02B80B44
         C6734501B83A011DD625CD0B5145091A6D9ACD4B1F5C5B1E21B2B249DDFD1271",
        "0000000000000000000000000000000000000000000000000000000000000000
         0000000000000000000000000000000000000000000000000000000000000000",
    ],
    [
        "B2CEB8345535898813B22EBAED63002431BAA6E3A8897BD702D1F2A27EA3FA5D
         9CC65D7F23E2FF7114ED197A575D7B72C932995A7051D270EF26A6DB1101748F",
        "186C289CFFA09C983B168C30C829006C952FF4AAF99C73850875D7E77BEBEF18
         D653187D6BA8FE533EC74C6F061872585B97CC0F50F57752CD73F4913304621E",
    ],
    [
        "A971A08C11434AED18BE284BDA0575DF3112277F7F11DB4CFC63762467ACF3A9
         AD39E333D5727748008CA4A7275F22CE793D6E36A77CF3EE6793FDA38008C4BB",
        "A9D47F0ED920FAC7438C4DE7042D95E15B4DCED16636D7D59C54ECB3089D0F88
         9DD8856EFE606B368BDDD793C97053E7C676F70F5BFE30663501B4B3E8C6749D",
    ],
    [
        "ACF4504E3AF7BF24456C836BF8DF6B20905250923B610CC0004381F95DF26B3C
         06AFA85B9B447BE0D3DF4549AA21B044A263D3585DA9263FD5A943413714189E",
        "158CCD230A088E65AE5AEBCC473F84CE8E6FA15CC101BC424B2DA4AB1E4692AB
         CAFAA586FAAA7FDAE92228DD2832A926B28F37DB2BE88D1971ABD1666160EF3D",
    ],
];

/// q of a set, written once more from its document.
fn order(set: ParamSet) -> &'static str {
    match set {
        ParamSet::CryptoProA | ParamSet::CryptoProXchA | ParamSet::Tc26B256 => {
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893"
        }
        ParamSet::CryptoProB | ParamSet::Tc26C256 => {
            "800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F"
        }
        ParamSet::CryptoProC | ParamSet::CryptoProXchB | ParamSet::Tc26D256 => {
            "9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9"
        }
        ParamSet::Tc26A256 => "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
        ParamSet::Tc26A512 => {
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
             27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275"
        }
        ParamSet::Tc26B512 => {
            "8000000000000000000000000000000000000000000000000000000000000001
             49A1EC142565A545ACFDB77BD9D40CFA8B996712101BEA0EC6346C54374F25BD"
        }
        ParamSet::Tc26C512 => {
            "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
             C98CDBA46506AB004C33A9FF5147502CC8EDA9E7A769A12694623CEF47F023ED"
        }
    }
}

/// p of a set.
fn prime(set: ParamSet) -> &'static str {
    match set {
        ParamSet::CryptoProA
        | ParamSet::CryptoProXchA
        | ParamSet::Tc26A256
        | ParamSet::Tc26B256 => "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
        ParamSet::CryptoProB | ParamSet::Tc26C256 => {
            "8000000000000000000000000000000000000000000000000000000000000C99"
        }
        ParamSet::CryptoProC | ParamSet::CryptoProXchB | ParamSet::Tc26D256 => {
            "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B"
        }
        ParamSet::Tc26A512 | ParamSet::Tc26C512 => {
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
             FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7"
        }
        ParamSet::Tc26B512 => {
            "8000000000000000000000000000000000000000000000000000000000000000
             000000000000000000000000000000000000000000000000000000000000006F"
        }
    }
}
