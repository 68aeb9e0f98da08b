//! A clinic's staff: who may do what in the console (`docs/staff.md`), and what a password must be like.
//!
//! Least rights: a role may what its row says, and nothing else. The table is the same in the page, which hides what a role may
//! not do, and in the functions, which refuse it.

pub mod password;

use serde::{Deserialize, Serialize};

/// Longest name of a member of the staff, in characters.
pub const NAME_MAX: usize = 200;

/// What somebody is in a clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Role {
    /// Регистратор: sends documents.
    Registrar,
    /// Врач: sends documents and signs them.
    Medic,
    /// Руководитель: everything.
    Head,
    /// Бухгалтер: what it costs.
    Accountant,
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Documents, their files and states.
    DocumentsRead,
    /// Sending, reminding, cancelling; consultations, templates, recipients.
    DocumentsSend,
    /// The clinic's signature.
    Sign,
    /// Events and the journal.
    Events,
    /// The webhook, its deliveries and their replay.
    Webhooks,
    /// Settings, branding, the list of signers, the user agreement.
    Settings,
    /// Usage and prices.
    Usage,
    /// API keys.
    Keys,
    /// The export of the archive.
    Export,
    /// The staff itself.
    Staff,
}

/// What each permission lets, in Russian, as it follows «Ваша роль не позволяет» and stands in the console; who has it besides
/// the head of the clinic.
const TABLE: [(Permission, &str, &[Role]); 10] = [
    (
        Permission::DocumentsRead,
        "смотреть документы и их состояние",
        &[Role::Registrar, Role::Medic],
    ),
    (
        Permission::DocumentsSend,
        "отправлять документы, напоминать о них и отзывать их",
        &[Role::Registrar, Role::Medic],
    ),
    (
        Permission::Sign,
        "загружать подпись клиники под документами",
        &[Role::Medic],
    ),
    (Permission::Events, "смотреть события и журнал", &[]),
    (
        Permission::Webhooks,
        "настраивать вебхук и повторять его доставки",
        &[],
    ),
    (
        Permission::Settings,
        "менять настройки, оформление, подписантов и соглашение клиники",
        &[],
    ),
    (
        Permission::Usage,
        "смотреть расходы и тариф",
        &[Role::Accountant],
    ),
    (Permission::Keys, "выпускать и отзывать ключи API", &[]),
    (Permission::Export, "выгружать архив клиники", &[]),
    (
        Permission::Staff,
        "приглашать и исключать сотрудников, менять их роли",
        &[],
    ),
];

impl Role {
    /// Every role, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Registrar, Self::Medic, Self::Head, Self::Accountant];

    /// Name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::Medic => "medic",
            Self::Head => "head",
            Self::Accountant => "accountant",
        }
    }

    /// From the name on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// As people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Registrar => "регистратор",
            Self::Medic => "врач",
            Self::Head => "руководитель",
            Self::Accountant => "бухгалтер",
        }
    }

    /// Whether it lets do this.
    pub fn may(self, permission: Permission) -> bool {
        let row = TABLE.iter().find(|(known, ..)| *known == permission);
        row.is_some_and(|(.., roles)| self == Self::Head || roles.contains(&self))
    }

    /// All that it lets do.
    pub fn permissions(self) -> Vec<Permission> {
        let all = Permission::ALL.into_iter();
        all.filter(|permission| self.may(*permission)).collect()
    }
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 10] = [
        Self::DocumentsRead,
        Self::DocumentsSend,
        Self::Sign,
        Self::Events,
        Self::Webhooks,
        Self::Settings,
        Self::Usage,
        Self::Keys,
        Self::Export,
        Self::Staff,
    ];

    /// What it lets do, in Russian: `отправлять документы, …`.
    pub fn what(self) -> &'static str {
        let row = TABLE.iter().find(|(known, ..)| *known == self);
        row.map_or("", |(_, what, _)| what)
    }

    /// What somebody without it is told.
    pub fn refusal(self) -> String {
        format!("Ваша роль не позволяет {}.", self.what())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_rights() {
        use Permission::{DocumentsRead, DocumentsSend, Sign, Usage};
        assert_eq!(
            Role::Registrar.permissions(),
            [DocumentsRead, DocumentsSend]
        );
        assert_eq!(
            Role::Medic.permissions(),
            [DocumentsRead, DocumentsSend, Sign]
        );
        assert_eq!(Role::Accountant.permissions(), [Usage]);
        assert_eq!(Role::Head.permissions(), Permission::ALL);
    }

    #[test]
    fn every_permission_has_one_row_with_words_of_its_own() {
        let mut words = Vec::new();
        for permission in Permission::ALL {
            let rows = TABLE.iter().filter(|(known, ..)| *known == permission);
            assert_eq!(rows.count(), 1, "{permission:?}");
            assert!(!permission.what().is_empty() && !permission.what().ends_with('.'));
            assert!(!words.contains(&permission.what()));
            words.push(permission.what());
        }
        assert_eq!(
            Permission::Usage.refusal(),
            "Ваша роль не позволяет смотреть расходы и тариф."
        );
    }

    #[test]
    fn names_round_trip() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(
                serde_json::to_string(&role).unwrap(),
                format!("\"{}\"", role.as_str())
            );
        }
        assert_eq!(Role::parse("Head"), None);
        assert_eq!(
            serde_json::to_string(&Permission::DocumentsSend).unwrap(),
            "\"documents_send\""
        );
    }
}
