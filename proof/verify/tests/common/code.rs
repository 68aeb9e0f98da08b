//! Bundles of signatures by a one-time code.

use super::log::Log;
use super::{Operator, SIGNED};
use podpis_evidence::{account_fingerprint, salted};
use serde_json::{Value, json};

const SALT: &str = "00112233445566778899aabbccddeeff";
const PHONE: &str = "+79161234567";
const MASKED: &str = "+7 916 ***-**-67";

/// A contract that Мария Иванова signed by a code from an SMS, on the ground of an accepted agreement.
pub(crate) fn contract(operator: &Operator) -> Value {
    let mut bundle = operator.bundle();
    bundle["document"]["kind"] = "paid_contract".into();
    let sha256 = bundle["document"]["sha256"].clone();
    let signature = &mut bundle["signatures"][0];
    signature.as_object_mut().unwrap().remove("esia");
    signature["method"] = "sms".into();
    signature["signer"]["phone_masked"] = MASKED.into();
    signature["signer"]["snils_masked"] = Value::Null;
    signature["signer"]["hashed"] = json!({
        "salt": SALT, "snils": null, "phone": salted(SALT, "phone", PHONE), "esia_oid": null,
    });
    signature["code"] = json!({
        "channel": "sms", "to_masked": MASKED, "document_sha256": sha256, "named_by": ["clinic", "account"],
        "source": "назвала медицинская организация, подтвердил кодом владелец личного кабинета",
        "account_fingerprint": account_fingerprint("doc_1", "acc_1"),
        "contact_since": "2026-10-02T07:30:00Z",
        "text": "ООО «Клиника»: код •••••• подпишет «Договор». Никому его не говорите.\n@podpis.test #••••••",
        "issued_at": "2026-12-01T11:04:10Z", "sent_at": "2026-12-01T11:04:12Z", "receipt": "gw-42",
        "verified_at": "2026-12-01T11:05:30Z", "wrong_tries": 1, "round": 1,
    });
    signature["agreement"] = json!({
        "document_id": "doc_agreement", "title": "Пользовательское соглашение", "sha256": "ab".repeat(32),
        "accepted_at": "2026-10-02T07:32:41Z", "how": "sms",
    });
    bundle
}

/// A user agreement that somebody accepted whose name nobody knows: no entry of the journal tells of it yet.
pub(crate) fn acceptance(operator: &mut Operator) -> Value {
    operator.log = Log::of_a_document("doc_other", "");
    let mut bundle = contract(operator);
    bundle["document"]["kind"] = "user_agreement".into();
    bundle["document"]["status"] = "completed".into();
    bundle["document"]["expires_at"] = SIGNED.into();
    let signature = &mut bundle["signatures"][0];
    signature.as_object_mut().unwrap().remove("agreement");
    let signer = signature["signer"].as_object_mut().unwrap();
    signer.remove("birth_date");
    signer["name"] = format!("владелец номера {MASKED}").into();
    signature["code"]["named_by"] = json!(["account"]);
    bundle
}
