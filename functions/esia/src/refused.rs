//! Why a way through ESIA ended without a signature: one table of codes, words and journal entries.

use crate::person::DataError;
use crate::token::TokenError;
use podpis_kit::Failure;
use podpis_shared::person::Mismatch;
use podpis_shared::problem::Code;
use serde_json::{Value, json};

/// A refusal of ours or of ESIA's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The person did not allow it at ESIA.
    Denied,
    /// ESIA does not answer, or with an error of its own; the text names the step.
    Unavailable(&'static str),
    /// Unknown, of another browser, out of time, or its code was used up.
    Session,
    /// An answer that fails a check; the text names the check.
    Invalid(&'static str),
    /// The account is not confirmed, or deleted.
    Unconfirmed,
    /// ESIA gave back a sign-in from before the act.
    Stale,
    /// Somebody else than the addressee.
    WrongPerson(Mismatch),
}

impl Refused {
    /// The stable code.
    pub const fn code(self) -> Code {
        match self {
            Self::Denied => Code::EsiaDenied,
            Self::Unavailable(_) => Code::EsiaUnavailable,
            Self::Session => Code::EsiaSession,
            Self::Invalid(_) => Code::EsiaInvalid,
            Self::Unconfirmed => Code::EsiaUnconfirmed,
            Self::Stale => Code::EsiaStale,
            Self::WrongPerson(_) => Code::WrongPerson,
        }
    }

    /// Whether the same request can't succeed any more, so that a new sign-in is needed.
    ///
    /// While ESIA is down its code may still be good; a used code may belong to a request that is still at work.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Unavailable(_) | Self::Session)
    }

    /// What the journal keeps: kinds only, no data of any person.
    pub fn entry(self, act_id: &str) -> Value {
        let mut entry = json!({"act_id": act_id, "code": self.code().as_str()});
        match self {
            Self::Unavailable(check) | Self::Invalid(check) => entry["check"] = check.into(),
            Self::WrongPerson(mismatch) => entry["mismatch"] = json!(mismatch),
            Self::Denied | Self::Session | Self::Unconfirmed | Self::Stale => {}
        }
        entry
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        failure(refused.code())
    }
}

/// The answer for a code: what happened and what to do next. Never whose document it is.
pub fn failure(code: Code) -> Failure {
    let detail = match code {
        Code::EsiaDenied => {
            "Вы не разрешили Госуслугам передать данные, документ не подписан. Чтобы подписать, начните ещё раз и \
             нажмите «Разрешить»."
        }
        Code::EsiaSession => {
            "Вход устарел или начат в другом браузере, документ не подписан. Нажмите «Подписать через Госуслуги» ещё \
             раз."
        }
        Code::EsiaInvalid => {
            "Ответ Госуслуг не прошёл проверку, документ не подписан. Попробуйте ещё раз; если не получится, позвоните \
             в клинику."
        }
        Code::EsiaUnconfirmed => {
            "Учётная запись Госуслуг не подтверждена: подписать ею документ нельзя. Подтвердите её в приложении банка \
             или в МФЦ и подпишите снова, либо подпишите документ в клинике на бумаге."
        }
        Code::EsiaStale => {
            "Госуслуги вернули прежний вход, а для подписи нужен новый. Нажмите «Подписать через Госуслуги» ещё раз и \
             войдите заново."
        }
        Code::WrongPerson => {
            "Документ адресован другому человеку. Если вы вошли под чужой учётной записью, начните ещё раз и войдите \
             под своей. Если под своей, позвоните в клинику: возможно, в её данных ошибка."
        }
        Code::AlreadySigned => "Документ уже подписан. Обновите страницу, чтобы скачать его.",
        Code::HashMismatch => {
            "Показанный документ отличается от присланного клиникой, подписать его нельзя. Обновите страницу; если не \
             поможет, позвоните в клинику."
        }
        Code::ConsentChanged => {
            "Текст согласия обновился. Обновите страницу и прочитайте его ещё раз."
        }
        Code::NotFullyShown => "Документ показан не целиком. Пролистайте его до конца и подпишите.",
        _ => {
            "Госуслуги сейчас не отвечают, документ не подписан. Попробуйте ещё раз через несколько минут."
        }
    };
    Failure::new(code, detail)
}

impl From<TokenError> for Refused {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Unconfirmed | TokenError::Child => Self::Unconfirmed,
            TokenError::Stale => Self::Stale,
            TokenError::Form => Self::Invalid("form"),
            TokenError::Algorithm => Self::Invalid("alg"),
            TokenError::Kind => Self::Invalid("sbt"),
            TokenError::Signature => Self::Invalid("signature"),
            TokenError::Claims => Self::Invalid("claims"),
            TokenError::Issuer => Self::Invalid("iss"),
            TokenError::Audience => Self::Invalid("aud"),
            TokenError::Expired => Self::Invalid("exp"),
            TokenError::NotYetValid => Self::Invalid("nbf"),
            TokenError::Subject => Self::Invalid("sub"),
            TokenError::Session => Self::Invalid("sid"),
            TokenError::AuthTime => Self::Invalid("auth_time"),
        }
    }
}

impl From<DataError> for Refused {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Unconfirmed => Self::Unconfirmed,
            DataError::Form => Self::Unavailable("person"),
            DataError::Field(name) => Self::Invalid(name),
        }
    }
}

/// What ESIA means by an `error` in a callback or in a token answer.
pub fn of_esia(error: &str, description: &str) -> Refused {
    match esia_code(description) {
        Some("ESIA-007055") => Refused::Unconfirmed,
        Some("ESIA-007004") => Refused::Denied,
        Some("ESIA-007011") => Refused::Session,
        None if error == "access_denied" => Refused::Denied,
        None if error == "invalid_grant" => Refused::Session,
        _ => Refused::Unavailable("answer"),
    }
}

/// The `ESIA-00xxxx` at the start of a description.
pub fn esia_code(description: &str) -> Option<&str> {
    let code = description.get(..11)?;
    (code.starts_with("ESIA-") && code[5..].bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn esia_errors_are_told_apart() {
        for (error, description, refused) in [
            (
                "access_denied",
                "ESIA-007004: The resource owner denied the request.",
                Refused::Denied,
            ),
            (
                "access_denied",
                "ESIA-007053: OAuthErrorEnum.clientSecretWrong",
                Refused::Unavailable("answer"),
            ),
            ("access_denied", "", Refused::Denied),
            ("access_denied", "ESIA-007055: …", Refused::Unconfirmed),
            (
                "temporarily_unavailable",
                "ESIA-007008: …",
                Refused::Unavailable("answer"),
            ),
            ("invalid_grant", "ESIA-007011: …", Refused::Session),
            ("invalid_grant", "", Refused::Session),
            ("x", "ESIA-00ы", Refused::Unavailable("answer")),
        ] {
            assert_eq!(
                of_esia(error, description),
                refused,
                "{error} {description}"
            );
        }
    }

    #[test]
    fn every_token_error_has_its_own_check() {
        let entry = |error: TokenError| Refused::from(error).entry("act").to_string();
        let errors = [
            TokenError::Form,
            TokenError::Algorithm,
            TokenError::Kind,
            TokenError::Signature,
            TokenError::Claims,
            TokenError::Issuer,
            TokenError::Audience,
            TokenError::Expired,
            TokenError::NotYetValid,
            TokenError::Subject,
            TokenError::Session,
            TokenError::AuthTime,
            TokenError::Stale,
            TokenError::Unconfirmed,
        ];
        for error in errors {
            assert!(
                entry(error).contains(&error.to_string()),
                "{}",
                entry(error)
            );
        }
    }

    #[test]
    fn the_journal_gets_kinds_only() {
        assert_eq!(
            Refused::WrongPerson(Mismatch::BirthDate).entry("act"),
            json!({"act_id": "act", "code": "wrong_person", "mismatch": "birth_date"})
        );
        assert_eq!(
            Refused::Invalid("iss").entry("act"),
            json!({"act_id": "act", "code": "esia_invalid", "check": "iss"})
        );
    }

    #[test]
    fn the_wrong_person_does_not_learn_what_differs() {
        let failure = |mismatch| format!("{:?}", Failure::from(Refused::WrongPerson(mismatch)));
        assert_eq!(failure(Mismatch::Name), failure(Mismatch::Snils));
    }
}
