//! Known answers: the digest's, a genuine token's, and of the derived nonces.

use crate::samples::{hex, reversed};
use podpis_gost::{ParamSet, PublicKey, SecretKey, streebog};

/// RFC 6986, section 10.1, in the order of certificates and signatures.
#[test]
fn the_digest_of_the_standard() {
    let message = b"012345678901234567890123456789012345678901234567890123456789012";
    assert_eq!(
        streebog(32, message),
        hex("9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500")
    );
    assert_eq!(
        streebog(64, message),
        hex(
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa
             00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
        )
    );
}

/// A genuine ESIA token: ekapusta/oauth2-esia, `tests/Security/RemoteSignerTest.php` at commit 28f346e.
#[test]
fn a_genuine_token_of_esia() {
    let digest = hex("75aff81eaa264339c74a58423d2ac0f0759aedeb647354641cd7b95c72dbb853");
    let s = hex("6a2299fb5f1d501c69163f07ca7df752843d538fab417858eed3e4cb616c22c8");
    let r = hex("26b0e259809654c02ad1acda2de20e36864cfc1b338e7bcebff199376584b36c");
    let x = hex("d5c6c61ef124b6fea31db0b5e45c9ac8b5f51d1d7756306efdb9be826b3a7f24");
    let y = hex("1a189891410a4c8045d7ba0d05d199a44ba9b36424465965dfe0340ecc9bbb99");
    let point = [reversed(&x), reversed(&y)].concat();
    let key = PublicKey::from_bytes(ParamSet::CryptoProXchA, &point).unwrap();
    let signature = [s.clone(), r.clone()].concat();
    assert!(key.verify_digest(&digest, &signature));
    // The mistakes that back ends make.
    assert!(!key.verify_digest(&digest, &reversed(&signature)));
    assert!(!key.verify_digest(&digest, &[r, s].concat()));
    assert!(!key.verify_digest(&reversed(&digest), &signature));
}

/// Signatures with derived nonces, without and with extra bytes, against a second implementation: plain arithmetic of Python
/// with the digests of OpenSSL's engine. The sets whose q is far below a power of two make it try more than one nonce.
#[test]
fn derived_nonces() {
    for (set, plain, mixed) in DERIVED {
        let mut secret: Vec<u8> = (0..set.size()).map(|at| (7 * at + 3) as u8).collect();
        *secret.last_mut().unwrap() = 0x15;
        let key = SecretKey::from_bytes(set, &secret).unwrap();
        assert_eq!(key.sign("Подпись".as_bytes()), hex(plain), "{set:?}");
        assert_eq!(
            key.sign_with("Подпись".as_bytes(), b"more"),
            hex(mixed),
            "{set:?}"
        );
    }
}

const DERIVED: [(ParamSet, &str, &str); 7] = [
    (
        ParamSet::CryptoProXchA,
        "a2cabbcd2d7c9e115720bababebf80b4e9fcc9bb8274fe47432c26bc46102918
             40c792d9f081a9c199758cf4547b3347fa9e9f7d112f1f9d2f5af2aa545fbe08",
        "07c867543cb941f752997aea3864b0a96906d66867e6a1be868ce26329e6ad1e
             f5c9c829128b580ac79be7a2320efeb201c6bf812e05366d6c7d3477b1a7c8e3",
    ),
    (
        ParamSet::CryptoProB,
        "1dab26ae23897810b542b48fb822a87d8604cb9e93b513d8288332de586d803b
             33cee41684d3d87b4a098605d0c8094b95ced71428db764cc7b17c16a621be21",
        "298caf20eedb8aba3b74d84daf38b948ce212ec68baf3e2313657a1224f4ba78
             38b81028d7e5d778a71f3b61763ab31f60cdbe01c6fb3b85aa6ac23d4e8c5e96",
    ),
    (
        ParamSet::CryptoProC,
        "9247faf80688bc6308f513d942af35f25ab93cde1ca3f58e00cdeed9dea7c955
             4b8ae632eff562d7412c99f52607ec3acd757e4f0aed2af1b71c2b03b5732843",
        "5f828499e703bc36999465b8f370e65d61a8f00d0a427fb82fa080f2dc8f07e0
             1bd1d2fb54990dc233baf54e0c3225fc9c600b621edaaabd9737253b9161311d",
    ),
    (
        ParamSet::Tc26A256,
        "15b6178b97e51b97e20ee09f592b89259c3c94b171f5b651a84a93f389b517d7
             04b543aba819afd85204159bbb12bffb10cc23424810087e3a1274607529b9cb",
        "3a538c991a3a9223d28a8909ed1e0a8fc29b60147758d83915f28d315d78cf40
             004009e04a492e776254d7fc3a55a5405a85e02a0246696b7046a31f0d16adf0",
    ),
    (
        ParamSet::Tc26A512,
        "2dee26a9a5993c300731e73edeb4832230ad633584833149d0945edb0346d8bd
             6b2dd1b6c4536a6e866a9e24105113adb5b3686c01cde5179211da08a2cbb742
             bbfe329a523d04dbd12c39ec4ae290a036c1b7178a716764600af246a724daec
             c604765dd4df7520bfc823b65a924339bc6610bf8faec8632386b6a2e68e201a",
        "743c25c2e1ec4c17d412a4512e6e1fdc4363224999c8653545d7c9edc3b50c1a
             0c4633b722899dd1d387fe183f19462959cc1acc9f6475e8883d65ff83f3b4c4
             8b8e36427c69ceb25c726e0ec9c6e99bbe7d0b6ffd46a4355cf0ceb4057341d2
             63a00672cc7e1eb4bbe58e386b8e669059aca102a01ce9887521a5a57bf944f0",
    ),
    (
        ParamSet::Tc26B512,
        "440d92f51e58b3dea59c9da5633dbca1a024f8bf6b508b9bacd7e170d7b02341
             c5384f4c26abd564d65f15d2a4e0787cabca7c3df95c34eb924de6a556c67fcd
             5b269b8198e2a928cbc7878036873d6df99f7e554c8262a752d68448b3b79471
             1ea1bba0f591ad2e1b83107adb6c82b2264eca2ede08b4706a386f20393af9b4",
        "3b975c2110e6d66608bc734d035384d314926ab751d13f6111a5149cae362b76
             ee7b3ac8bfda3b2892221d30c62a54d0520769735dd88ea04898642c1547cc8d
             47f54c9723dcdadd6fff8c24df6cf5f1b15b7b16b4c115fb86025e222e14a925
             75ab3902faae68b0eb36dee2d2bca1457b2fb4fab28cb9ab8255a7898f4d59e1",
    ),
    (
        ParamSet::Tc26C512,
        "017560c0f0ff74a5c506e74d5e88e20756afa9c9a2e519aad998e85661d38854
             57ae27dcb3e204c0eca05830c37a1befc2a7621414655df3534b84e5f7bd7683
             2726a0f703f22b6a169c373b7c9e1f5a34a5a4bb7ed78ececb1a5f198a20edd3
             b82e420d4cfe771ed0380d754266fe10c4df841249f2245d09288f4ac63a0ad4",
        "10331082423d277d15490ccfd4cb4dc3b0c014f908ba43a355dc187906795f0c
             b5564785994b73e7406b953a743aa09977a198ef19dd3f01921de1375e667795
             3e00178fbd22ec30f06709477b4f7cda4f2236eccccf214e12d92563b92ad02b
             12f63e1c385032bb4c3d1e782f5dc3cf15d9aa3bbfdeb96715bd8852dfb50813",
    ),
];
