//! What a person reads when signing in to the account through ESIA has failed. The page has words of its own; these are for
//! whoever reads the answer itself.

use crate::refused::Refused;
use podpis_kit::Failure;
use podpis_shared::problem::Code;

/// Seconds after which a page may hand in the same code once more.
const RETRY_AFTER_S: u32 = 5;

/// The answer to a refusal.
pub(super) fn failure(refused: &Refused) -> Failure {
    let failure = of(refused.code());
    match refused {
        Refused::Unavailable(_) if !refused.is_final() => failure.retry_after(RETRY_AFTER_S),
        _ => failure,
    }
}

/// The answer for a code.
pub(super) fn of(code: Code) -> Failure {
    let detail = match code {
        Code::EsiaUnavailable => {
            "Госуслуги сейчас не отвечают. Попробуйте ещё раз через несколько минут."
        }
        Code::EsiaRejected => {
            "Госуслуги не приняли запрос сервиса. Войдите по номеру телефона или почте."
        }
        Code::EsiaDenied => "Вход через Госуслуги отменён.",
        Code::EsiaSession => {
            "Прошло слишком много времени, или вход начат в другом браузере. Войдите ещё раз."
        }
        Code::EsiaUnconfirmed => {
            "Нужна подтверждённая учётная запись Госуслуг. Подтвердите её или войдите по номеру телефона."
        }
        Code::EsiaChild => "Детской учётной записью Госуслуг войти нельзя.",
        Code::EsiaAccount => {
            "Эта учётная запись Госуслуг не действует. Войдите по номеру телефона."
        }
        Code::EsiaStale => {
            "Госуслуги вернули прежний вход. Войдите ещё раз: пароль спросят заново."
        }
        Code::WrongPerson => {
            "Это кабинет другого человека: через Госуслуги вошли не вы или под чужой записью."
        }
        _ => {
            "Войти через Госуслуги не получилось. Попробуйте ещё раз или войдите по номеру телефона."
        }
    };
    Failure::new(code, detail)
}
