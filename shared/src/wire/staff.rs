//! The staff's sign-in: `/staff/…` (`docs/staff.md`).
//!
//! The session is a cookie; every request also carries [`STAFF_HEADER`], which no foreign page can send. With the same cookie and
//! header the console asks `/api/v1/…`, in place of an API key. Binary values are base64url without padding.

use crate::sensitive::Sensitive;
use crate::staff::{Permission, Role};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Header of every request of the console; its value is `1`.
pub const STAFF_HEADER: &str = "podpis-staff";

/// `POST /staff/sign-in`: the first step. It answers [`Step`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: Sensitive<String>,
}

/// What comes next: the second factor is to be proven, or set up. A cookie that lives some minutes knows what was shown already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// One of them is to be shown: `POST /staff/second`.
    Prove {
        /// Those that this person has.
        second: Vec<Factor>,
        /// What a passkey is to sign, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passkey: Option<PasskeyChallenge>,
    },
    /// There is none yet: `POST /staff/totp/confirm`.
    Enrol {
        /// Always `enrol`.
        second: Enrol,
        /// For the program on the phone.
        totp: NewTotp,
    },
}

/// The word `enrol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enrol {
    /// The only one.
    Enrol,
}

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// A code of a program on the phone (RFC 6238).
    Totp,
    /// A passkey (WebAuthn).
    Passkey,
    /// One of the codes that were shown once.
    Recovery,
}

/// For `navigator.credentials.get`, with `userVerification: "required"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyChallenge {
    /// To be signed.
    pub challenge: String,
    /// Our host.
    pub rp_id: String,
    /// Ids of this person's passkeys.
    pub credentials: Vec<String>,
}

/// A new secret for a program on the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTotp {
    /// Base32, in groups of four.
    pub secret: Sensitive<String>,
    /// `otpauth://totp/…`.
    pub uri: Sensitive<String>,
    /// The same as a QR code: an SVG image, black on white.
    pub qr_svg: Sensitive<String>,
}

/// `POST /staff/second`: one of these. It answers [`Me`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Second {
    /// Six digits.
    Totp(Sensitive<String>),
    /// One of the recovery codes; it works once.
    Recovery(Sensitive<String>),
    /// What the passkey says.
    Passkey(PasskeyAnswer),
}

/// An assertion (WebAuthn level 2, 5.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAnswer {
    /// `rawId`.
    pub credential_id: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// `clientDataJSON`.
    pub client_data_json: String,
    /// `signature`: DER.
    pub signature: String,
}

/// What the token of a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Becoming staff of a clinic.
    Invite,
    /// A new password; the second factor stays.
    Reset,
    /// A new second factor, the phone being lost; the password stays and is asked for.
    Factor,
}

/// `POST /staff/invitation`: looks what a letter's token is for, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// As the link has it, behind `#invite-` or `#reset-`.
    pub token: Sensitive<String>,
}

/// What it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Whose.
    pub email: String,
    /// The clinic that it comes from.
    pub clinic_name: String,
    /// The role there.
    pub role: Role,
    /// The name there, where the clinic gave one.
    pub name: String,
    /// The person has a password and a second factor: with `invite` neither is asked for anew, but the second factor is to be shown.
    pub known: bool,
    /// What it is for.
    pub purpose: Purpose,
}

/// `POST /staff/invitation/accept`: answers [`Step`]. Nothing changes before the second factor was shown or set up, so that it may
/// be repeated until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptInvitation {
    /// As in [`Invitation`].
    pub token: Sensitive<String>,
    /// One's own name; where absent, the clinic's word stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new password: needed with `invite` of somebody unknown and with `reset`. With `factor` it is the one that is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Sensitive<String>>,
}

/// `POST /staff/totp/confirm`: the first code of the new secret. It answers [`Enrolled`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmTotp {
    /// Six digits.
    pub code: Sensitive<String>,
}

/// The second factor is set up, and the person signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// For a lost phone; shown this once.
    pub recovery_codes: Vec<Sensitive<String>>,
    /// Who signed in.
    pub me: Me,
}

/// `GET /staff/me`: who is signed in, where, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Id of the member of this clinic's staff.
    pub id: String,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Role in this clinic.
    pub role: Role,
    /// The clinic that the session acts for.
    pub clinic: Clinic,
    /// All clinics that may be chosen, this one included, by name.
    pub clinics: Vec<ClinicChoice>,
    /// What the role lets.
    pub permissions: Vec<Permission>,
    /// A program on the phone is set up.
    pub has_totp: bool,
    /// How many passkeys there are.
    pub passkeys: u32,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// Nothing here has legal force.
    pub sandbox: bool,
}

/// A clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clinic {
    /// Our id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A clinic that the session may act for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicChoice {
    /// Our id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Role there.
    pub role: Role,
}

/// `POST /staff/clinic`: acts for another one from now on. It answers [`Me`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseClinic {
    /// Of [`Me::clinics`].
    pub id: String,
}

/// A row of `GET /staff/sessions`, which answers `{"items": […]}`, newest sign-in first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Our id.
    pub id: String,
    /// `Chrome, Windows`: made of the User-Agent.
    pub name: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last here.
    pub seen_at: Timestamp,
    /// It is the one that asks.
    pub current: bool,
}

/// `POST /staff/password`: 204; all other sessions end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePassword {
    /// The one in force.
    pub old: Sensitive<String>,
    /// The new one.
    pub new: Sensitive<String>,
}

/// `POST /staff/reset`: 204, whether anybody has this e-mail or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// As typed.
    pub email: String,
}

/// `POST /staff/passkeys/begin`: for `navigator.credentials.create`, with `attestation: "none"`, `residentKey: "discouraged"`,
/// `userVerification: "required"` and the one algorithm -7 (ES256).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyOptions {
    /// Works once, for five minutes.
    pub challenge: String,
    /// `rp.id`: our host.
    pub rp_id: String,
    /// `rp.name`.
    pub rp_name: String,
    /// `user.id`.
    pub user_id: String,
    /// `user.name`: the e-mail.
    pub user_name: String,
    /// `user.displayName`.
    pub display_name: String,
    /// `excludeCredentials`: ids of those that there are.
    pub exclude: Vec<String>,
}

/// `POST /staff/passkeys`: 201 with [`PasskeyView`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasskey {
    /// What the person calls it.
    pub name: String,
    /// `rawId`.
    pub credential_id: String,
    /// `response.getPublicKey()`: `SubjectPublicKeyInfo` in DER.
    pub public_key: String,
    /// `response.getPublicKeyAlgorithm()`: -7.
    pub algorithm: i64,
    /// `response.getAuthenticatorData()`.
    pub authenticator_data: String,
    /// `response.clientDataJSON`.
    pub client_data_json: String,
}

/// A row of `GET /staff/passkeys`, which answers `{"items": […]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// Our id: `DELETE /staff/passkeys/{id}`.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json, to_value};

    #[test]
    fn the_two_steps_are_told_apart() {
        let prove = Step::Prove {
            second: vec![Factor::Totp, Factor::Recovery],
            passkey: None,
        };
        let wire = json!({"second": ["totp", "recovery"]});
        assert_eq!(to_value(&prove).unwrap(), wire);
        assert_eq!(from_value::<Step>(wire).unwrap(), prove);
        let enrol = Step::Enrol {
            second: Enrol::Enrol,
            totp: NewTotp {
                secret: Sensitive::new("ABCD".into()),
                uri: Sensitive::new("otpauth://totp/x".into()),
                qr_svg: Sensitive::new("<svg/>".into()),
            },
        };
        let wire = to_value(&enrol).unwrap();
        assert_eq!(wire["second"], "enrol");
        assert_eq!(from_value::<Step>(wire).unwrap(), enrol);
    }

    #[test]
    fn a_second_factor_is_one_of_three() {
        let read = from_value::<Second>(json!({"totp": "123456"})).unwrap();
        assert_eq!(read, Second::Totp(Sensitive::new("123456".into())));
        assert!(from_value::<Second>(json!({"recovery": "a-b"})).is_ok());
        assert!(from_value::<Second>(json!({"totp": "1", "recovery": "2"})).is_err());
        assert!(from_value::<Second>(json!({})).is_err());
        assert!(!format!("{read:?}").contains("123456"));
    }
}
