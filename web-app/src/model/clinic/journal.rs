//! Who is behind the ids of the journal, as far as the clinic's own lists still say it.

use std::collections::BTreeMap;

use super::seen::{Act, Colleague, Key};

/// Actor of the operator.
const OPERATOR: &str = "operator";

/// Names by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    staff: BTreeMap<String, String>,
    keys: BTreeMap<String, Option<String>>,
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who<'a> {
    /// A member of the staff, by name.
    Member(&'a str),
    /// Somebody who is not of the staff any more.
    Former(&'a str),
    /// The MIS by a key, with its label where it has one.
    Key(Option<&'a str>),
    /// Likewise by a key that was revoked.
    RevokedKey(&'a str),
    /// The operator of the installation.
    Operator,
    /// An actor that this page does not know.
    Other(&'a str),
}

impl Names {
    /// Of the staff and the keys that there are today.
    pub(crate) fn of(staff: &[Colleague], keys: &[Key]) -> Self {
        let name = |one: &Colleague| {
            let name = one.name.clone().filter(|name| !name.is_empty());
            (one.id.clone(), name.unwrap_or_else(|| one.email.clone()))
        };
        Self {
            staff: staff.iter().map(name).collect(),
            keys: keys
                .iter()
                .map(|key| (key.id.clone(), key.label.clone()))
                .collect(),
        }
    }

    /// Who acted, by an entry's `by`.
    pub(crate) fn who<'a>(&'a self, by: &'a str) -> Who<'a> {
        match by.split_once(':') {
            Some(("staff", id)) => self
                .staff
                .get(id)
                .map_or(Who::Former(id), |name| Who::Member(name)),
            Some(("key", id)) => self
                .keys
                .get(id)
                .map_or(Who::RevokedKey(id), |label| Who::Key(label.as_deref())),
            None if by == OPERATOR => Who::Operator,
            _ => Who::Other(by),
        }
    }

    /// Name of a member; none of who is not one any more.
    pub(crate) fn member(&self, id: &str) -> Option<&str> {
        self.staff.get(id).map(String::as_str)
    }

    /// Label of a key, where it is there and has one.
    pub(crate) fn key(&self, id: &str) -> Option<&str> {
        self.keys.get(id)?.as_deref()
    }

    /// Everybody whose acts can be asked for, as `by`: the staff, the keys, the operator, and whoever else stands in the entries
    /// that are shown, or is asked for.
    pub(crate) fn actors(&self, shown: &[Act], asked: &str) -> Vec<String> {
        let staff = self.staff.keys().map(|id| format!("staff:{id}"));
        let keys = self.keys.keys().map(|id| format!("key:{id}"));
        let mut all: Vec<String> = staff.chain(keys).collect();
        all.push(OPERATOR.to_owned());
        let more = shown.iter().map(|act| act.by.as_str()).chain([asked]);
        for by in more.filter(|by| !by.is_empty()) {
            if !all.iter().any(|one| one == by) {
                all.push(by.to_owned());
            }
        }
        all
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use podpis_shared::Timestamp;
    use podpis_shared::staff::Role;
    use serde_json::{Value, json};

    use super::*;

    pub(crate) fn names() -> Names {
        let colleague = |id: &str, name: Option<&str>| Colleague {
            id: id.into(),
            name: name.map(str::to_owned),
            email: format!("{id}@example.ru"),
            role: Role::Medic,
            state: "active".into(),
            last_seen_at: None,
        };
        let key = |id: &str, label: Option<&str>| Key {
            id: id.into(),
            label: label.map(str::to_owned),
            created_at: Timestamp::from_unix(0),
            last_used_at: None,
        };
        Names::of(
            &[
                colleague("stf_1", Some("Анна Петрова")),
                colleague("stf_2", None),
            ],
            &[key("key_1", Some("МИС")), key("key_2", None)],
        )
    }

    pub(crate) fn act(kind: &str, by: &str, data: Value) -> Act {
        Act {
            id: "evt_1".into(),
            kind: kind.into(),
            by: by.into(),
            document_id: None,
            at: Timestamp::from_unix(0),
            data,
        }
    }

    #[test]
    fn ids_are_people_and_keys() {
        let names = names();
        for (by, who) in [
            ("staff:stf_1", Who::Member("Анна Петрова")),
            ("staff:stf_2", Who::Member("stf_2@example.ru")),
            ("staff:stf_9", Who::Former("stf_9")),
            ("key:key_1", Who::Key(Some("МИС"))),
            ("key:key_2", Who::Key(None)),
            ("key:key_9", Who::RevokedKey("key_9")),
            ("operator", Who::Operator),
            ("robot:1", Who::Other("robot:1")),
        ] {
            assert_eq!(names.who(by), who, "{by}");
        }
    }

    #[test]
    fn whoever_has_left_can_still_be_asked_for() {
        let shown = [
            act("document.sent", "staff:stf_9", json!({})),
            act("document.sent", "key:key_1", json!({})),
        ];
        let all = names().actors(&shown, "key:key_9");
        let expected = [
            "staff:stf_1",
            "staff:stf_2",
            "key:key_1",
            "key:key_2",
            "operator",
            "staff:stf_9",
            "key:key_9",
        ];
        assert_eq!(all, expected);
    }
}
