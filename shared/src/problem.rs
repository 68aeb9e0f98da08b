//! Errors on the wire: RFC 9457 `application/problem+json` with stable codes.

pub mod words;

use crate::policy::Refusal;
use crate::wire::account::Ended;
use serde::{Deserialize, Serialize};

/// Content type of an error answer.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// RFC 9457: the body of every error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `about:blank`: the code says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short text of the code.
    pub title: String,
    /// HTTP status.
    #[cfg_attr(feature = "schema", schemars(range(min = 400, max = 599)))]
    pub status: u16,
    /// What happened this time; nothing internal.
    pub detail: String,
    /// Stable, for machines; there may be more later.
    #[cfg_attr(feature = "schema", schemars(extend("x-extensible-enum" = Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>())))]
    pub code: String,
    /// Rule of the policy, with `policy` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Article of the law, with `policy` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// Why the browser's session is over, with `signed_out` only; of our own pages, no MIS meets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub ended: Option<Ended>,
}

/// The one table of codes: each with its HTTP status and title.
macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// Stable code of an error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$meta])* $variant,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }

            /// HTTP status.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status,)+ } }

            /// Short text.
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title,)+ } }

            /// From the code on the wire.
            pub fn parse(text: &str) -> Option<Self> { match text { $($code => Some(Self::$variant),)+ _ => None } }
        }
    };
}

codes! {
    /// The request is malformed; mend it, a repeat does not help.
    BadRequest = "bad_request", 400, "Bad request";
    /// No key, or a key that is unknown or revoked.
    Unauthorized = "unauthorized", 401, "Authorization required";
    /// Nobody is signed in to the account, or not any more.
    SignedOut = "signed_out", 401, "Not signed in";
    /// The account asks for a proof before it shows anything: the date of birth, or ESIA.
    Gated = "gated", 403, "A proof is needed first";
    /// Not there, or not yours.
    NotFound = "not_found", 404, "Not found";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed";
    /// The document is in a state that does not allow this; read it again.
    InvalidState = "invalid_state", 409, "Not possible in this state";
    /// The document has not been signed yet.
    NotSigned = "not_signed", 409, "Not signed yet";
    /// A signature that the document needs is still missing, or it ended without one; read it again.
    NotCompleted = "not_completed", 409, "Not completed yet";
    /// The idempotency key was used with another body.
    IdempotencyConflict = "idempotency_conflict", 409, "Idempotency key reused";
    /// A request with this idempotency key is still running; repeat a little later.
    IdempotencyBusy = "idempotency_busy", 409, "Same request still running";
    /// Over the size limit.
    TooLarge = "too_large", 413, "Too large";
    /// The file is not a PDF.
    NotPdf = "not_pdf", 415, "Not a PDF";
    /// The body is of another media type than this call takes.
    UnsupportedMedia = "unsupported_media_type", 415, "Unsupported media type";
    /// The PDF is encrypted; send it without a password.
    EncryptedPdf = "encrypted_pdf", 422, "Encrypted PDF";
    /// The PDF has scripts, launch actions or XFA; send it without.
    ActiveContent = "active_content", 422, "PDF with active content";
    /// The PDF cannot be read or carried through signing.
    BrokenPdf = "broken_pdf", 422, "Broken PDF";
    /// A field of the request is wrong; `detail` names it.
    Invalid = "invalid", 422, "Invalid data";
    /// The law or the rules do not allow it; `rule` and `law` say why.
    Policy = "policy", 422, "Not allowed by policy";
    /// Fields of the template are missing, unknown, too long or can't be printed; `detail` names them.
    TemplateFields = "template_fields", 422, "Fields of the template";
    /// Too many requests; `Retry-After` says when to come back.
    TooMany = "too_many_requests", 429, "Too many requests";
    /// Our fault; the request id helps to find it.
    Internal = "internal", 500, "Internal error";
    /// The journal was tampered with or damaged: nothing is added to it and no checkpoint is signed until it is mended.
    JournalBroken = "journal_broken", 500, "The journal does not add up";
    /// A neighbour did not answer; repeat.
    Unavailable = "unavailable", 503, "Temporarily unavailable";

    /// The link is unknown: mistyped, or replaced by a newer one.
    LinkUnknown = "link_unknown", 404, "Unknown link";
    /// The link's time is over.
    LinkExpired = "link_expired", 410, "Link expired";
    /// The bytes that the browser saw are not those that the clinic sent.
    HashMismatch = "hash_mismatch", 409, "The document differs from the original";
    /// The page was not shown in full.
    NotFullyShown = "not_fully_shown", 422, "The document was not fully shown";
    /// The consent's text changed meanwhile; load the page again.
    ConsentChanged = "consent_changed", 409, "The consent text has changed";
    /// The document is signed already.
    AlreadySigned = "already_signed", 409, "Already signed";
    /// ESIA did not answer, or with an error of its own; repeat later. With `Retry-After` the same request may be
    /// repeated, without it a new sign-in is needed.
    EsiaUnavailable = "esia_unavailable", 502, "ESIA is unavailable";
    /// ESIA refuses our own request: a mistake of this installation, which its operator has to mend.
    EsiaRejected = "esia_rejected", 502, "ESIA rejects our request";
    /// The person refused at ESIA.
    EsiaDenied = "esia_denied", 403, "Denied at ESIA";
    /// The sign-in was started in another browser, ran out, or was used.
    EsiaSession = "esia_session", 409, "Sign-in session lost";
    /// The code is malformed, or was issued for another act; start again.
    EsiaCode = "esia_code", 502, "ESIA's code is not valid";
    /// ESIA's answer belongs to another request of ours; start again.
    EsiaState = "esia_state", 502, "ESIA answers another request";
    /// A token is missing, or is no token; start again.
    EsiaTokenForm = "esia_token_form", 502, "ESIA's token is malformed";
    /// A token is signed with an algorithm that is not configured.
    EsiaTokenAlgorithm = "esia_token_algorithm", 502, "ESIA's token has another algorithm";
    /// A token of another kind (`sbt`) in place of the one that is needed.
    EsiaTokenKind = "esia_token_kind", 502, "ESIA's token is of another kind";
    /// None of ESIA's known keys made the token's signature.
    EsiaTokenSignature = "esia_token_signature", 502, "ESIA's token has a bad signature";
    /// A claim of a token is missing or of another type.
    EsiaTokenClaims = "esia_token_claims", 502, "ESIA's token has wrong claims";
    /// A token of another issuer (`iss`).
    EsiaTokenIssuer = "esia_token_issuer", 502, "ESIA's token has another issuer";
    /// A token for another system (`aud`, `client_id`).
    EsiaTokenAudience = "esia_token_audience", 502, "ESIA's token is for another system";
    /// A token out of date (`exp`).
    EsiaTokenExpired = "esia_token_expired", 502, "ESIA's token has expired";
    /// A token from the future (`nbf`, `iat`): the clocks differ.
    EsiaTokenEarly = "esia_token_early", 502, "ESIA's token is not yet valid";
    /// The tokens name different people (`sub`, `oid`).
    EsiaTokenSubject = "esia_token_subject", 502, "ESIA's tokens name different people";
    /// The tokens belong to different sign-ins (`urn:esia:sid`).
    EsiaTokenSession = "esia_token_session", 502, "ESIA's tokens are of different sign-ins";
    /// The sign-in happened in the future (`auth_time`): the clocks differ.
    EsiaAuthTime = "esia_auth_time", 502, "Sign-in at ESIA in the future";
    /// Name, date of birth or SNILS as ESIA gave them are missing or wrong.
    EsiaPersonData = "esia_person_data", 502, "ESIA's personal data are not usable";
    /// The ESIA account is not confirmed.
    EsiaUnconfirmed = "esia_unconfirmed", 403, "ESIA account is not confirmed";
    /// A child's account (`lvl` is `KD`), which can't sign.
    EsiaChild = "esia_child", 403, "Child's account at ESIA";
    /// The account is deleted or blocked (`status` is not `REGISTERED`).
    EsiaAccount = "esia_account", 403, "ESIA account is not active";
    /// ESIA gave back a sign-in from before the act; start again: the old one is ended first.
    EsiaStale = "esia_stale", 409, "Old sign-in at ESIA";
    /// Another person signed in than the addressee.
    WrongPerson = "wrong_person", 403, "Not the addressee";
    /// The code came to another phone than the clinic named for the signer, or to one that the account holds no more.
    PhoneMismatch = "phone_mismatch", 409, "Not the signer's phone";
    /// A code signs, but the account has no phone that it could go to.
    PhoneNeeded = "phone_needed", 409, "No phone in the account";
    /// The one-time code is not the one that was sent, or was sent for another act; `detail` says how many tries are left.
    CodeWrong = "code_wrong", 403, "Wrong code";
    /// The one-time code works no more: out of time, replaced, or typed wrong too often. Ask for a new one.
    CodeExpired = "code_expired", 410, "Code expired";
    /// The answer does not open the account, or comes after too many wrong ones; ESIA does.
    GateFailed = "gate_failed", 403, "Not proven";
    /// The change needs a fresh proof: a new sign-in by the phone that the account has, or by ESIA.
    ProofNeeded = "proof_needed", 403, "A fresh proof is needed";
    /// Somebody else has just taken this phone or e-mail.
    ContactTaken = "contact_taken", 409, "Taken meanwhile";
    /// The account would lose its last way in.
    LastContact = "last_contact", 409, "The last way in";

    /// The clinic's signature cannot be read, contradicts itself, or does not verify.
    SignatureInvalid = "signature_invalid", 422, "The signature is wrong";
    /// The signature holds its content; a detached one is needed.
    SignatureNotDetached = "signature_not_detached", 422, "Not a detached signature";
    /// The signature is over other bytes than those that it was said to be over.
    DigestMismatch = "digest_mismatch", 422, "The signature is over other bytes";
    /// An algorithm that is not checked here, such as the withdrawn GOST R 34.10-2001.
    SignatureUnsupported = "signature_unsupported", 422, "Algorithm not supported";
    /// The time stamp beside the signature is broken, or of something else.
    TimestampInvalid = "timestamp_invalid", 422, "The time stamp is wrong";
    /// The certificate, or one above it, was out of date at the moment of the signature.
    CertificateExpired = "certificate_expired", 422, "Certificate expired";
    /// The certificate, or one above it, was not yet in force.
    CertificateNotYetValid = "certificate_not_yet_valid", 422, "Certificate not yet valid";
    /// The certificate is not for signing documents.
    CertificateUsage = "certificate_usage", 422, "Certificate for other uses";
    /// No path from the certificate to an authority that the operator has added.
    CertificateUntrusted = "certificate_untrusted", 422, "Certificate not trusted";
    /// The certificate, or one above it, was revoked.
    CertificateRevoked = "certificate_revoked", 422, "Certificate revoked";
    /// The certificate is neither the clinic's nor that of a person on its list.
    WrongSigner = "wrong_signer", 422, "Not the clinic's certificate";
    /// The document demands no signature in this role now: it has it, another comes first, or `role` must say which one it is.
    SignerRole = "signer_role", 409, "No such signature is waited for";

    /// The role of this member of the clinic's staff does not allow it; `detail` says what.
    Role = "role", 403, "Ваша роль этого не позволяет";
    /// The clinic would be left without anybody who may manage its staff.
    LastHead = "last_head", 409, "The last head of the clinic";
    /// Somebody with this e-mail is staff of the clinic already.
    StaffExists = "staff_exists", 409, "Already staff";
    /// Nobody of the staff has this e-mail with this password.
    WrongPassword = "wrong_password", 401, "Wrong e-mail or password";
    /// The second factor does not prove it: a wrong code, one that was used, or a passkey that is not this person's.
    WrongCode = "wrong_code", 401, "Wrong code";
    /// The new password is too short, too long, or easy to guess; `detail` says which.
    WeakPassword = "weak_password", 422, "Weak password";
}

impl Problem {
    /// Builds the body of an error.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".into(),
            title: code.title().into(),
            status: code.status(),
            detail: detail.into(),
            code: code.as_str().into(),
            rule: None,
            law: None,
            ended: None,
        }
    }

    /// A refusal of the policy, for the person who is about to sign.
    pub fn of_refusal_to_sign(refusal: Refusal) -> Self {
        Self {
            detail: refusal.to_signer.clone(),
            ..refusal.into()
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self {
            rule: Some(refusal.rule.into()),
            law: Some(refusal.law),
            ..Self::new(Code::Policy, refusal.sentence)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_round_trip() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert!((400..600).contains(&code.status()));
        }
        let mut names: Vec<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn shape_on_the_wire() {
        let json = serde_json::to_string(&Problem::new(Code::NotPdf, "no %PDF header")).unwrap();
        assert_eq!(
            json,
            r#"{"type":"about:blank","title":"Not a PDF","status":415,"detail":"no %PDF header","code":"not_pdf"}"#
        );
    }
}
