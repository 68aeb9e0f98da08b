//! Who acts for a clinic through the API: its MIS by a key, a member of its staff, or the operator.

use serde_json::Value;
use std::fmt;

/// Who acts. Ids only, so that it may stand in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The MIS, by the API key with this id.
    Key(String),
    /// The member of the staff with this id.
    Staff(String),
    /// The operator of the installation.
    Operator,
}

impl fmt::Display for Actor {
    /// As it stands in the journal: `key:key_…`, `staff:stf_…`, `operator`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::Operator => f.write_str("operator"),
        }
    }
}

impl Actor {
    /// An entry's facts with the member `by`. What is no object stays as it is.
    #[must_use]
    pub fn signed(&self, mut facts: Value) -> Value {
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("by".into(), self.to_string().into());
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facts_name_who_acted() {
        let facts = json!({"sha256": "ab"});
        for (actor, by) in [
            (Actor::Key("key_1".into()), "key:key_1"),
            (Actor::Staff("stf_1".into()), "staff:stf_1"),
            (Actor::Operator, "operator"),
        ] {
            let signed = actor.signed(facts.clone());
            assert_eq!(signed, json!({"sha256": "ab", "by": by}));
        }
    }
}
