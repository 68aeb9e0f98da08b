//! What a person reads when signing through Gosuslugi (ESIA) has failed, and what they can do next.
//!
//! One table for both sides: `esia` answers with the sentence, the page shows it under its title. Nothing in it
//! tells whose document it is, or what exactly did not match.

use super::Code;

/// The words for a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// What happened, in a few words.
    pub title: &'static str,
    /// What it means and what to do next; whole by itself.
    pub body: &'static str,
    /// What the page offers, the best first.
    pub next: &'static [Next],
}

/// A step that the page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The main button starts a new sign-in.
    SignIn,
    /// Likewise, and ends the old sign-in at ESIA first, so that the person can choose another account.
    SignOut,
    /// Handing in the same answer of ESIA once more, where it may still be good.
    Repeat,
    /// A call to the clinic.
    Call,
    /// Signing on paper: the document to take along.
    Paper,
}

impl Words {
    /// Whether the person may try to sign once more from here.
    pub fn may_sign(self) -> bool {
        let signs = |next: &Next| matches!(next, Next::SignIn | Next::SignOut);
        self.next.iter().any(signs)
    }
}

/// The end of every sentence on an answer that fails a check.
macro_rules! failed_check {
    ($why:literal) => {
        Words {
            title: "Ответ Госуслуг не прошёл проверку",
            body: concat!(
                $why,
                " Документ не подписан. Попробуйте ещё раз; если повторится, позвоните в клинику."
            ),
            next: &[Next::SignIn, Next::Call],
        }
    };
}

/// The words for a code; `None` for codes that end no way to a signature.
pub const fn of(code: Code) -> Option<Words> {
    Some(match code {
        Code::EsiaUnavailable => Words {
            title: "Госуслуги сейчас не отвечают",
            body: "Документ не подписан, с ним всё в порядке. Попробуйте ещё раз через несколько минут.",
            next: &[Next::Repeat, Next::SignIn],
        },
        Code::EsiaRejected => Words {
            title: "Госуслуги не приняли запрос сервиса",
            body: "Это не ваша ошибка: сервис подписания настроен неверно. Документ не подписан. Позвоните в клинику: \
                   она сообщит об ошибке, а если ждать нельзя, даст подписать на бумаге.",
            next: &[Next::Call, Next::Paper, Next::SignIn],
        },
        Code::EsiaDenied => Words {
            title: "Вход на Госуслуги отменён",
            body: "Вы не разрешили Госуслугам передать данные. Документ не подписан. Когда будете готовы, нажмите \
                   «Подписать через Госуслуги»: разрешение спросят ещё раз.",
            next: &[Next::SignIn],
        },
        Code::EsiaSession => Words {
            title: "Вход не завершился",
            body: "Прошло слишком много времени, или вход начат в другом браузере. Документ не подписан. Нажмите \
                   «Подписать через Госуслуги» ещё раз.",
            next: &[Next::SignIn],
        },
        Code::EsiaCode => failed_check!("Код входа повреждён или получен для другого документа."),
        Code::EsiaState => failed_check!("Госуслуги ответили на другой запрос."),
        Code::EsiaTokenForm => failed_check!("Госуслуги прислали ответ, который нельзя прочитать."),
        Code::EsiaTokenAlgorithm => {
            failed_check!("Ответ Госуслуг подписан не тем способом, о котором с ними договорились.")
        }
        Code::EsiaTokenKind => {
            failed_check!("Госуслуги прислали не тот вид ответа, который нужен.")
        }
        Code::EsiaTokenSignature => failed_check!("Подпись Госуслуг под ответом не сходится."),
        Code::EsiaTokenClaims => {
            failed_check!("В ответе Госуслуг не хватает обязательных сведений.")
        }
        Code::EsiaTokenIssuer => failed_check!("Ответ пришёл не от тех Госуслуг, которых ждали."),
        Code::EsiaTokenAudience => failed_check!("Ответ Госуслуг предназначен другому сервису."),
        Code::EsiaTokenExpired => failed_check!("Ответ Госуслуг уже просрочен."),
        Code::EsiaTokenEarly => {
            failed_check!("Ответ Госуслуг ещё не действует: часы сервиса и Госуслуг расходятся.")
        }
        Code::EsiaTokenSubject => {
            failed_check!("В ответе Госуслуг названы разные учётные записи.")
        }
        Code::EsiaTokenSession => {
            failed_check!("Части ответа Госуслуг относятся к разным входам.")
        }
        Code::EsiaAuthTime => {
            failed_check!("Госуслуги назвали время входа, которое ещё не наступило.")
        }
        Code::EsiaPersonData => Words {
            title: "Госуслуги передали не все данные",
            body: "Имени, даты рождения или СНИЛС в ответе Госуслуг нет, или они записаны с ошибкой. Документ не \
                   подписан. Проверьте данные в профиле на Госуслугах и попробуйте ещё раз; если не поможет, позвоните \
                   в клинику.",
            next: &[Next::SignIn, Next::Call],
        },
        Code::EsiaUnconfirmed => Words {
            title: "Нужна подтверждённая учётная запись",
            body: "Ваша запись на Госуслугах не подтверждена, подписать ею документ нельзя. Подтвердите её в МФЦ или в \
                   приложении банка и подпишите снова. Или подпишите документ в клинике на бумаге.",
            next: &[Next::SignIn, Next::Call, Next::Paper],
        },
        Code::EsiaChild => Words {
            title: "Вход детской учётной записью",
            body: "Детской записью подписать документ нельзя, он не подписан. Нажмите «Подписать через Госуслуги» и \
                   войдите под подтверждённой записью того, кому адресован документ. Если её нет, позвоните в клинику: \
                   она даст подписать на бумаге.",
            next: &[Next::SignOut, Next::Call, Next::Paper],
        },
        Code::EsiaAccount => Words {
            title: "Учётная запись не действует",
            body: "Эта запись на Госуслугах удалена или заблокирована, документ не подписан. Обратитесь в поддержку \
                   Госуслуг или подпишите документ в клинике на бумаге.",
            next: &[Next::SignOut, Next::Call, Next::Paper],
        },
        Code::EsiaStale => Words {
            title: "Госуслуги вернули прежний вход",
            body: "Для подписи нужен новый вход: он показывает, что подписываете вы и сейчас. Документ не подписан. \
                   Нажмите «Подписать через Госуслуги»: прежний вход завершится, и Госуслуги спросят пароль.",
            next: &[Next::SignOut],
        },
        Code::WrongPerson => Words {
            title: "Вошёл другой человек",
            body: "Документ адресован не тому, кто вошёл на Госуслуги, и не подписан. Если запись не ваша, нажмите \
                   «Подписать через Госуслуги»: этот вход завершится, и вы войдёте под своей. Если ваша, позвоните в \
                   клинику: в её данных может быть ошибка.",
            next: &[Next::SignOut, Next::Call],
        },
        Code::ConsentChanged => Words {
            title: "Текст для подписания обновился",
            body: "Пока страница была открыта, текст рядом с кнопкой изменился. Документ не подписан. Обновите страницу, \
                   прочитайте новый текст и нажмите кнопку ещё раз.",
            next: &[Next::SignIn],
        },
        Code::Policy => Words {
            title: "Подписать должен другой человек",
            body: "По закону вы больше не можете подписать этот документ: например, пациенту исполнилось 15 лет, и \
                   согласие он даёт сам. Позвоните в клинику: она пришлёт документ на имя того, кто должен подписать.",
            next: &[Next::Call],
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (Code, Words)> {
        Code::ALL
            .iter()
            .filter_map(|code| Some((*code, of(*code)?)))
    }

    #[test]
    fn every_failure_at_esia_has_words() {
        for code in Code::ALL {
            let own = code.as_str().starts_with("esia_")
                || matches!(
                    code,
                    Code::WrongPerson | Code::Policy | Code::ConsentChanged
                );
            assert_eq!(of(*code).is_some(), own, "{}", code.as_str());
        }
    }

    #[test]
    fn every_sentence_is_its_own_and_names_the_next_step() {
        let mut seen = Vec::new();
        for (code, words) in all() {
            assert!(!seen.contains(&words.body), "{}", code.as_str());
            seen.push(words.body);
            let step = [
                "Попробуйте ещё раз",
                "Нажмите",
                "нажмите",
                "позвоните в клинику",
                "Позвоните в клинику",
                "в клинике на бумаге",
            ];
            assert!(
                step.iter().any(|step| words.body.contains(step)),
                "{}: {}",
                code.as_str(),
                words.body
            );
            assert!(words.body.ends_with('.') && !words.title.ends_with('.'));
            assert!(words.body.chars().count() <= 320, "{}", code.as_str());
        }
    }

    #[test]
    fn what_the_page_offers_is_what_the_sentence_says() {
        for (code, words) in all() {
            let (body, code) = (words.body, code.as_str());
            let offers = |next| words.next.contains(&next);
            assert_eq!(
                offers(Next::Call),
                body.to_lowercase().contains("в клинику") || body.contains("в клинике"),
                "{code}"
            );
            assert!(!offers(Next::Paper) || body.contains("на бумаге"), "{code}");
            assert!(words.may_sign() || code == "policy", "{code}");
            assert!(!(offers(Next::SignIn) && offers(Next::SignOut)), "{code}");
        }
    }

    #[test]
    fn nobody_learns_what_did_not_match() {
        let words = of(Code::WrongPerson).map(|words| words.body.to_lowercase());
        for hint in ["дата", "рожд", "снилс", "отчеств", "фамили"] {
            assert!(!words.as_ref().is_some_and(|text| text.contains(hint)));
        }
    }
}
