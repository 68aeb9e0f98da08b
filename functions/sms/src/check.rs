//! `POST /codes/check`: whether a typed code is the right one.

use crate::codes::{self, Digits, Outcome, Over, Status, TRIES_MAX};
use crate::db::{self, Kept};
use crate::limits::count;
use crate::pepper::{self, NO_HASH, Pepper};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::at_rest::Keys;
use podpis_kit::db::DbError;
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::Sensitive;
use podpis_shared::problem::Code;
use podpis_shared::wire::code::{Check, Verified};

/// What `context` is sealed for.
pub(crate) fn context_of(id: &str) -> String {
    format!("codes.context:{id}")
}

/// Checks a typed code.
///
/// A code that nobody issued costs the same reads and the same hash as one that is out of time, and gets the same
/// kind of answer.
///
/// # Errors
/// `code_wrong`: a try was counted. `code_expired`: another code is needed. `invalid`: these are no digits of a code.
pub(crate) async fn check(headers: HeaderMap, body: Body) -> Result<Response> {
    let check: Check = http::read_json(&headers, body).await?;
    let digits = Digits::typed(check.code.expose())
        .ok_or_else(|| Failure::new(Code::Invalid, "Введите 6 цифр из сообщения."))?;
    let (db, at) = (Db::open().await?, now());
    let pepper = Pepper::load(&db).await?;
    // It has the purpose and the subject in it: for another act the right digits are wrong ones.
    let hash = pepper.hash(&check.id, check.purpose, &check.subject, digits.expose());
    // Whoever loses a compare-and-set finds one try more, or the code closed: so it ends.
    for _ in 0..TRIES_MAX + 3 {
        let kept = db::find(&db, &check.id).await?;
        let right = pepper::same(kept.as_ref().map_or(NO_HASH, |kept| &kept.hash), &hash);
        let outcome = codes::judge(kept.as_ref().map(|kept| &kept.state), at, right);
        match (outcome, kept) {
            (Outcome::Repeat, Some(kept)) => {
                let verified = answer(&db, &check.id, kept).await?;
                return http::json(StatusCode::OK, &verified);
            }
            // The next round reads what is stored, so that the first answer is the same as its repetition.
            (Outcome::Verify, Some(kept)) => {
                db::verify(&db, &check.id, &kept.state, at).await?;
            }
            (Outcome::Wrong { tries, status }, Some(kept)) => {
                if db::count_try(&db, &check.id, &kept.state, tries, status).await? {
                    return Err(wrong(tries, status));
                }
            }
            (Outcome::Over(why), _) => return Err(over(why)),
            (_, None) => return Err(over(Over::Gone)),
        }
    }
    Err(Failure::busy())
}

async fn answer(db: &Db, id: &str, kept: Kept) -> Result<Verified> {
    let context = match kept.context {
        Some(sealed) => {
            let keys = Keys::load(db).await?;
            Some(Sensitive::new(keys.open_text(&context_of(id), sealed)?))
        }
        None => None,
    };
    Ok(Verified {
        channel: kept.channel,
        to: kept.recipient,
        text: kept.text,
        issued_at: kept.issued_at,
        sent_at: kept.sent_at,
        receipt: kept.receipt,
        verified_at: kept
            .state
            .verified_at
            .ok_or_else(|| DbError::corrupt("code"))?,
        wrong_tries: kept.wrong_tries.ok_or_else(|| DbError::corrupt("code"))?,
        round: kept.round,
        context,
    })
}

fn wrong(tries: i64, status: Status) -> Failure {
    if status == Status::Locked {
        return over(Over::Locked);
    }
    let left = TRIES_MAX - tries;
    let verb = if left == 1 {
        "Осталась"
    } else {
        "Осталось"
    };
    let left = count(left, ["попытка", "попытки", "попыток"]);
    Failure::new(Code::CodeWrong, format!("Код неверный. {verb} {left}."))
}

fn over(why: Over) -> Failure {
    let detail = match why {
        Over::Gone => "Этот код больше не действует. Запросите новый.",
        Over::Late => "Время кода вышло: он действует 5 минут. Запросите новый.",
        Over::Replaced => {
            "Этот код заменён более новым. Введите новый там, где его запросили, или запросите ещё один."
        }
        Over::Locked => "Код введён неверно 5 раз и больше не действует. Запросите новый.",
    };
    Failure::new(Code::CodeExpired, detail)
}
