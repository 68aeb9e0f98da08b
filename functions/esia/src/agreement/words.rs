//! What a person reads when accepting an agreement through ESIA has failed. The page has words of its own; these are for whoever
//! reads the answer itself.

use crate::refused::{self, Refused};
use podpis_kit::Failure;
use podpis_shared::problem::Code;

/// The answer to a refusal.
pub(super) fn of(refused: Refused) -> Failure {
    match refused {
        // It names its rule and article.
        Refused::Policy(_) | Refused::Unavailable(_) => refused.into(),
        _ => failure(refused.code()),
    }
}

/// The answer for a code.
pub(super) fn failure(code: Code) -> Failure {
    let detail = match code {
        Code::WrongPerson => {
            "Это кабинет другого человека: через Госуслуги вошли не вы или под чужой записью. Соглашение не принято."
        }
        Code::ConsentChanged => "Клиника обновила соглашение. Прочитайте новую редакцию.",
        Code::Policy => {
            "По закону это соглашение за вас принимает другой человек. Позвоните в клинику."
        }
        _ => return refused::failure(code),
    };
    Failure::new(code, detail)
}
