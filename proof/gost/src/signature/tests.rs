//! The examples of GOST R 34.10-2012, appendix A, which are those of RFC 7091, section 7; and the ends of the ranges.

use crypto_bigint::U256;

use super::*;
use crate::ParamSet;
use crate::curve::{AnyCurve, LONG, SHORT, Text};
use crate::samples::Samples;

struct Example {
    curve: Text,
    secret: &'static str,
    e: &'static str,
    nonce: &'static str,
    r: &'static str,
    s: &'static str,
    key: [&'static str; 2],
}

/// Section 7.1, over a curve of the text's own.
const SHORT_EXAMPLE: Example = Example {
    curve: Text {
        p: "8000000000000000000000000000000000000000000000000000000000000431",
        a: "0000000000000000000000000000000000000000000000000000000000000007",
        b: "5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E",
        q: "8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3",
        x: "0000000000000000000000000000000000000000000000000000000000000002",
        y: "08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8",
        cofactor: 1,
    },
    secret: "7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28",
    e: "2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5",
    nonce: "77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3",
    r: "41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493",
    s: "01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40",
    key: [
        "7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B",
        "26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA",
    ],
};

/// Section 7.2, over a curve of the text's own.
const LONG_EXAMPLE: Example = Example {
    curve: Text {
        p: concat!(
            "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D",
            "F1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373"
        ),
        a: concat!(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000007"
        ),
        b: concat!(
            "1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC43",
            "61834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC"
        ),
        q: concat!(
            "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D",
            "A82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF"
        ),
        x: concat!(
            "24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762",
            "FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A"
        ),
        y: concat!(
            "2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C",
            "83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E"
        ),
        cofactor: 1,
    },
    secret: concat!(
        "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B1020",
        "72E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4"
    ),
    e: concat!(
        "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C591",
        "7184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C"
    ),
    nonce: concat!(
        "0359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F3658",
        "86748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1"
    ),
    r: concat!(
        "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD3",
        "5492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36"
    ),
    s: concat!(
        "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5",
        "823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A"
    ),
    key: [
        concat!(
            "115DC5BC96760C7B48598D8AB9E740D4C4A85A65BE33C1815B5C320C854621DD",
            "5A515856D13314AF69BC5B924C8B4DDFF75C45415C1D9DD9DD33612CD530EFE1"
        ),
        concat!(
            "37C7C90CD40B0F5621DC3AC1B751CFA0E2634FA0503B3D52639F5D7FB72AFD61",
            "EA199441D943FFE7F0C70A2759A3CDB84C114E1F9339FDF27F35ECA93677BEEC"
        ),
    ],
};

#[test]
fn the_example_of_256_bits() {
    SHORT_EXAMPLE.check::<SHORT>();
}

#[test]
fn the_example_of_512_bits() {
    LONG_EXAMPLE.check::<LONG>();
}

impl Example {
    fn check<const L: usize>(&self) {
        let curve = Curve::<L>::new(&self.curve);
        let number = |text| Uint::<L>::from_be_hex(text);
        let secret = number(self.secret);
        let key = curve.times_generator(&secret);
        let [x, y] = self.key.map(number);
        assert_eq!(curve.point(&x, &y), Ok(key));
        let (e, k) = (number(self.e), number(self.nonce));
        let (r, s) = (number(self.r), number(self.s));
        assert_eq!(sign_with_nonce(&curve, &secret, &e, &k), Some((r, s)));
        let digest = e.to_le_bytes();
        let signature = [s.to_be_bytes().as_ref(), r.to_be_bytes().as_ref()].concat();
        assert!(verify(&curve, &key, digest.as_ref(), &signature));
        let swapped = [r.to_be_bytes().as_ref(), s.to_be_bytes().as_ref()].concat();
        assert!(!verify(&curve, &key, digest.as_ref(), &swapped));
    }
}

#[test]
fn halves_out_of_range_never_verify() {
    for set in ParamSet::ALL {
        match set.curve() {
            AnyCurve::Short(curve) => out_of_range(curve),
            AnyCurve::Long(curve) => out_of_range(curve),
        }
    }
}

/// 0, q, q + 1, all ones, and the same number once more around: r + q and s + q, where they fit.
fn out_of_range<const L: usize>(curve: &Curve<L>) {
    let mut samples = Samples(3);
    let secret = curve.order.reduce(&samples.number());
    let key = curve.times_generator(&secret);
    let digest = samples.number::<L>().to_le_bytes();
    let e = number(curve, digest.as_ref());
    let (r, s) = sign_with_nonce(curve, &secret, &e, &Uint::from_u8(5)).unwrap_or_default();
    let verifies = |s: &Uint<L>, r: &Uint<L>| {
        let signature = [s.to_be_bytes().as_ref(), r.to_be_bytes().as_ref()].concat();
        verify(curve, &key, digest.as_ref(), &signature)
    };
    assert!(verifies(&s, &r));
    let q = curve.order.modulus();
    let around = |number: &Uint<L>| number.wrapping_add(q);
    let bad = [Uint::ZERO, *q, q.wrapping_add(&Uint::ONE), Uint::MAX];
    for bad in bad.into_iter().chain([curve.order.neg(&s), around(&s)]) {
        assert!(!verifies(&bad, &r));
        assert!(!verifies(&bad, &bad));
    }
    for bad in bad.into_iter().chain([curve.order.neg(&r), around(&r)]) {
        assert!(!verifies(&s, &bad));
    }
}

/// A digest that is 0 modulo q counts as 1, so that it has an inverse.
#[test]
fn a_digest_of_zero_counts_as_one() {
    let AnyCurve::Short(curve) = ParamSet::CryptoProXchA.curve() else {
        unreachable!("a set of 256 bits")
    };
    let q = curve.order.modulus().to_le_bytes();
    for zero in [&[0; 32], q.as_ref()] {
        assert_eq!(number(curve, zero), U256::ONE);
    }
    let secret = U256::from_u8(9);
    let key = curve.times_generator(&secret);
    let signature = sign(curve, &secret, &[0; 32], &[]);
    assert!(verify(curve, &key, q.as_ref(), &signature));
    assert!(verify(
        curve,
        &key,
        U256::ONE.to_le_bytes().as_ref(),
        &signature
    ));
}

/// Where p is more than q, an abscissa may be r plus a multiple of q: with a cofactor of 4 that is the usual case.
#[test]
fn abscissas_above_q_are_found() {
    let AnyCurve::Short(curve) = ParamSet::Tc26A256.curve() else {
        unreachable!("a set of 256 bits")
    };
    let mut above = 0;
    let key = curve.times_generator(&U256::from_u8(3));
    for k in 1..30_u8 {
        let (secret, e, k) = (U256::from_u8(3), U256::from_u8(11), U256::from_u8(k));
        let x = curve.field.plain(&curve.times_generator(&k).x);
        above += usize::from(x >= *curve.order.modulus());
        let (r, s) = sign_with_nonce(curve, &secret, &e, &k).unwrap_or_default();
        let signature = [s.to_be_bytes().as_ref(), r.to_be_bytes().as_ref()].concat();
        assert!(verify(curve, &key, e.to_le_bytes().as_ref(), &signature));
    }
    assert!(above > 10, "{above}");
}
