//! What a line says in words, and what is said of it.

use crate::policy::Ground;

/// How a clinic may write why a representative signs.
const GROUNDS: [(Ground, [&str; 2]); 5] = [
    (Ground::Minor, ["minor", "несовершеннолетний"]),
    (
        Ground::MinorDrugTreatment,
        ["minor_drug_treatment", "лечение наркомании"],
    ),
    (
        Ground::MinorNarcology,
        ["minor_narcology", "наркологическая помощь"],
    ),
    (Ground::MinorDonation, ["minor_donation", "донорство"]),
    (Ground::Incapable, ["incapable", "недееспособный"]),
];

pub(super) const EMPTY: &str = "не заполнено";

/// What [`crate::person::Person::check`] says, in Russian.
pub(super) fn name_reason(why: &str) -> String {
    let words = match why {
        "is empty" => EMPTY,
        "is longer than 100 characters" => "длиннее 100 знаков",
        "has control characters" => "управляющие знаки внутри имени",
        "mixes Cyrillic letters with those of another alphabet" => {
            "буквы кириллицы вперемешку с похожими латинскими: наберите имя заново"
        }
        other => other,
    };
    words.to_owned()
}

/// Why a representative signs.
///
/// # Errors
/// What may stand there.
pub(super) fn ground(text: &str) -> Result<Ground, &'static str> {
    let text = text.to_lowercase();
    let found = GROUNDS
        .iter()
        .find(|(_, names)| names.contains(&text.as_str()));
    found
        .map(|(ground, _)| *ground)
        .ok_or("одно из: несовершеннолетний, недееспособный, наркологическая помощь, лечение наркомании, донорство")
}
