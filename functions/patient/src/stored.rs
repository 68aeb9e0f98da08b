//! What is stored about a person, table by table: where the export tells it (152-FZ art. 14), and what becomes of it when the account is
//! closed (art. 21). The one list of both; a test goes through the schema, so that no table and no column of one with personal data is
//! added without being thought of.

mod account;
mod documents;
#[cfg(test)]
mod nobody;
#[cfg(test)]
mod tests;

/// A table with something about a person in it.
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "statements are written out; a test compares them with the list"
    )
)]
struct Table {
    /// Its name.
    name: &'static str,
    /// Parts of the export that tell it; read in `crate::db::rights`.
    parts: &'static [&'static str],
    /// Columns that they tell, by whatever name.
    told: &'static str,
    /// All others, and why they are not told.
    untold: &'static [(&'static str, Untold)],
    /// What the closing of the account does to its rows.
    closing: Closing,
}

/// Why a column is not in the export.
#[derive(Clone, Copy)]
enum Untold {
    /// It says which row, or which row of another table, by a number of ours.
    Number,
    /// A secret, a key, or the hash of one: whoever reads the file could use it, or it says nothing.
    Secret,
    /// The same stands in the export elsewhere.
    Twice,
    /// How the work is done; it says nothing of the person.
    Service,
    /// For another reason, which the export names.
    Because(&'static str),
}

/// What the closing of an account does to a table's rows.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "statements are written out; a test compares them with the list"
    )
)]
enum Closing {
    /// They are deleted.
    Deleted,
    /// What is personal in them is; why the rest stays.
    Emptied(&'static str),
    /// They stay: why.
    Kept(&'static str),
    /// They go by themselves: when.
    Passes(&'static str),
}

/// Sentences of the export on what is stored and is not in it.
pub(crate) fn left_out() -> Vec<&'static str> {
    let mut sentences = Vec::new();
    for table in account::TABLES.iter().chain(documents::TABLES) {
        for (_, why) in table.untold {
            if let Untold::Because(sentence) = why
                && !sentences.contains(sentence)
            {
                sentences.push(*sentence);
            }
        }
    }
    sentences
}
