//! The clinic's document inside the sealed file: the first revision, and what the operator added to it.

use crate::case::Case;
use crate::pdf::{describe, worst};
use crate::report::{Check, CheckId};
use podpis_pdf::{Severity, Step, changes};

/// `original-unchanged`: between the document and the seal lies nothing but the protocol, the bundle and the seal.
pub(crate) fn unchanged(case: &Case<'_>) -> Check {
    let id = CheckId::OriginalUnchanged;
    let Some(original) = case.original else {
        return Check::fail(
            id,
            "Файл короче документа, о котором говорят доказательства: документа клиники в нём нет.",
        );
    };
    match changes(original, case.sealed) {
        // The operator adds nothing that even has to be looked at.
        Ok(found) if worst(&found, Step::Sealing) > Some(Severity::Harmless) => Check::fail(
            id,
            "Вместе с печатью в файл внесли то, что меняет вид документа клиники.",
        )
        .details(describe(&found)),
        Ok(found) => Check::pass(
            id,
            "Документ клиники стоит в начале файла целиком. Оператор добавил после него лист с протоколом, доказательства \
             и печать; страницы документа прежние.",
        )
        .details(describe(&found)),
        Err(error) => Check::fail(
            id,
            "Не удалось отделить документ клиники от того, что добавил оператор.",
        )
        .detail("Причина", error),
    }
}
