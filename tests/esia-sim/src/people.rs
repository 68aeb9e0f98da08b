//! The people who can sign in. `docs/sandbox.md` tells what each one is for.

/// Level of an account, as `urn:esia:sbj:lvl` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Confirmed: the person was seen in person or proved otherwise.
    Confirmed,
    /// Simplified or standard.
    Plain,
    /// A child's account, kept by a parent.
    Child,
}

impl Level {
    /// The value of `urn:esia:sbj:lvl` in a token.
    pub const fn claim(self) -> &'static str {
        match self {
            Self::Confirmed => "PR",
            Self::Plain => "P",
            Self::Child => "KD",
        }
    }
}

/// An invented person with an account.
#[derive(Debug)]
pub struct Account {
    /// Key of the button on the login page.
    pub key: &'static str,
    /// Number of the account.
    pub oid: u64,
    /// Фамилия.
    pub last_name: &'static str,
    /// Имя.
    pub first_name: &'static str,
    /// Отчество.
    pub middle_name: Option<&'static str>,
    /// `DD.MM.YYYY`.
    pub birth_date: &'static str,
    /// `M` or `F`.
    pub gender: &'static str,
    /// `000-000-000 00`.
    pub snils: Option<&'static str>,
    /// `trusted` of the person's data and `is_tru` of the tokens.
    pub trusted: bool,
    /// Level in the tokens.
    pub level: Level,
    /// `REGISTERED` or `DELETED`.
    pub status: &'static str,
    /// ИНН.
    pub inn: Option<&'static str>,
    /// `+7(NNN)NNNNNNN`.
    pub mobile: Option<&'static str>,
    /// Series and number; without it, a child with a birth certificate.
    pub passport: Option<(&'static str, &'static str)>,
    /// Keys of the children.
    pub children: &'static [&'static str],
    /// Where the person is the head.
    pub organisation: Option<Organisation>,
    /// Where the login page lists this person.
    pub group: Group,
    /// What the login page says of this person.
    pub purpose: &'static str,
}

/// An invented organisation.
#[derive(Clone, Copy, Debug)]
pub struct Organisation {
    /// Number of its account.
    pub oid: u64,
    /// Полное наименование.
    pub full_name: &'static str,
    /// Сокращённое наименование.
    pub short_name: &'static str,
    /// ОГРН.
    pub ogrn: &'static str,
}

/// A heading on the login page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// May sign what is addressed to them.
    Adults,
    /// Parents and children.
    Family,
    /// Resemble the addressee of the sample document.
    Lookalikes,
    /// Accounts that don't do for a signature.
    Accounts,
}

impl Group {
    /// All, in the order of the page.
    pub const ALL: &[Self] = &[Self::Adults, Self::Family, Self::Lookalikes, Self::Accounts];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Adults => "Взрослые",
            Self::Family => "Родители и дети",
            Self::Lookalikes => "Похожи на Иванову",
            Self::Accounts => "Учётная запись не подходит",
        }
    }
}

/// A confirmed adult; the others differ from it in what their `purpose` says.
const CONFIRMED: Account = Account {
    key: "",
    oid: 0,
    last_name: "",
    first_name: "",
    middle_name: None,
    birth_date: "",
    gender: "F",
    snils: None,
    trusted: true,
    level: Level::Confirmed,
    status: "REGISTERED",
    inn: None,
    mobile: None,
    passport: Some(("4515", "123456")),
    children: &[],
    organisation: None,
    group: Group::Adults,
    purpose: "",
};

/// Everyone, in the order of the login page.
pub const PEOPLE: &[Account] = &[
    Account {
        key: "ivanova",
        oid: 1_000_299_353,
        last_name: "Иванова",
        first_name: "Мария",
        middle_name: Some("Петровна"),
        birth_date: "12.03.1985",
        snils: Some("112-233-445 95"),
        purpose: "Адресат демонстрационного согласия",
        inn: Some("500100732259"),
        mobile: Some("+7(916)1234567"),
        ..CONFIRMED
    },
    Account {
        key: "petrov",
        oid: 1_000_299_354,
        last_name: "Петров",
        first_name: "Пётр",
        birth_date: "01.07.1990",
        gender: "M",
        snils: Some("123-456-789 64"),
        purpose: "Без отчества. Для чужого документа — не тот человек",
        ..CONFIRMED
    },
    Account {
        key: "sidorova",
        oid: 1_000_299_355,
        last_name: "Сидорова",
        first_name: "Анна",
        middle_name: Some("Сергеевна"),
        birth_date: "23.11.1978",
        trusted: false,
        level: Level::Plain,
        purpose: "Личность не подтверждена: подписывать нельзя",
        group: Group::Accounts,
        ..CONFIRMED
    },
    Account {
        key: "standard",
        oid: 1_000_299_356,
        last_name: "Орлова",
        first_name: "Вера",
        middle_name: Some("Ильинична"),
        birth_date: "05.05.1969",
        snils: Some("145-678-903 07"),
        trusted: false,
        level: Level::Plain,
        purpose: "СНИЛС проверен, личность нет: подписывать нельзя",
        group: Group::Accounts,
        ..CONFIRMED
    },
    Account {
        key: "namesake",
        oid: 1_000_299_357,
        last_name: "Иванова",
        first_name: "Мария",
        middle_name: Some("Петровна"),
        birth_date: "20.05.1990",
        snils: Some("156-789-014 13"),
        purpose: "Полная тёзка с другой датой рождения",
        group: Group::Lookalikes,
        ..CONFIRMED
    },
    Account {
        key: "other-snils",
        oid: 1_000_299_358,
        last_name: "Иванова",
        first_name: "Мария",
        middle_name: Some("Петровна"),
        birth_date: "12.03.1985",
        snils: Some("167-890-125 09"),
        purpose: "То же имя и та же дата рождения, но другой СНИЛС",
        group: Group::Lookalikes,
        ..CONFIRMED
    },
    Account {
        key: "no-snils",
        oid: 1_000_299_359,
        last_name: "Иванова",
        first_name: "Мария",
        middle_name: Some("Петровна"),
        birth_date: "12.03.1985",
        purpose: "То же имя и та же дата рождения, СНИЛС в учётной записи нет",
        group: Group::Lookalikes,
        ..CONFIRMED
    },
    Account {
        key: "semenova",
        oid: 1_000_299_360,
        last_name: "СЕМЕНОВА-ТЯН",
        first_name: "АЛЕНА",
        middle_name: Some("ИГОРЕВНА"),
        birth_date: "29.02.1992",
        snils: Some("178-901-236 96"),
        purpose: "То же, что «Семёнова-Тян Алёна Игоревна»: буквы прописные, «е» вместо «ё»",
        ..CONFIRMED
    },
    Account {
        key: "minor",
        oid: 1_000_299_361,
        last_name: "Кузнецов",
        first_name: "Егор",
        middle_name: Some("Дмитриевич"),
        birth_date: "15.06.2011",
        gender: "M",
        snils: Some("189-012-347 72"),
        purpose: "Подросток 15 лет: согласие подписывает сам",
        group: Group::Family,
        ..CONFIRMED
    },
    Account {
        key: "mother",
        oid: 1_000_299_362,
        last_name: "Кузнецова",
        first_name: "Ольга",
        middle_name: Some("Андреевна"),
        birth_date: "08.09.1984",
        snils: Some("190-123-458 38"),
        purpose: "Мать: законный представитель ребёнка до 15 лет",
        group: Group::Family,
        children: &["child", "minor"],
        ..CONFIRMED
    },
    Account {
        key: "child",
        oid: 1_000_299_363,
        last_name: "Кузнецова",
        first_name: "Дарья",
        middle_name: Some("Дмитриевна"),
        birth_date: "03.02.2018",
        snils: Some("134-567-892 92"),
        level: Level::Child,
        purpose: "Ребёнок (уровень KD): подписывать нельзя",
        group: Group::Family,
        passport: None,
        ..CONFIRMED
    },
    Account {
        key: "deleted",
        oid: 1_000_299_364,
        last_name: "Иванова",
        first_name: "Мария",
        middle_name: Some("Петровна"),
        birth_date: "12.03.1985",
        snils: Some("112-233-445 95"),
        status: "DELETED",
        purpose: "Данные как у адресата, но учётная запись удалена",
        group: Group::Accounts,
        ..CONFIRMED
    },
    Account {
        key: "no-middle",
        oid: 1_000_299_365,
        last_name: "Иванова",
        first_name: "Мария",
        birth_date: "12.03.1985",
        snils: Some("112-233-445 95"),
        purpose: "Данные как у адресата, но отчества в учётной записи нет",
        group: Group::Lookalikes,
        ..CONFIRMED
    },
    Account {
        key: "latin",
        oid: 1_000_299_366,
        last_name: "Ивaнова",
        first_name: "Мария",
        middle_name: Some("Петровна"),
        birth_date: "12.03.1985",
        snils: Some("112-233-445 95"),
        purpose: "Первая «а» в фамилии латинская",
        group: Group::Lookalikes,
        ..CONFIRMED
    },
    Account {
        key: "director",
        oid: 1_000_299_367,
        last_name: "Смирнов",
        first_name: "Алексей",
        middle_name: Some("Юрьевич"),
        birth_date: "17.10.1972",
        gender: "M",
        snils: Some("156-235-780 74"),
        organisation: Some(Organisation {
            oid: 1_000_300_001,
            full_name: "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ \"КЛИНИКА ПРИМЕР\"",
            short_name: "ООО \"КЛИНИКА ПРИМЕР\"",
            ogrn: "1027700000008",
        }),
        purpose: "Руководитель организации",
        ..CONFIRMED
    },
];

impl Account {
    /// Number of something that belongs to the account: 1 to 9.
    pub(crate) const fn part(&self, number: u64) -> u64 {
        self.oid % 1_000_000 * 10 + number
    }

    /// The person with this key.
    pub fn by_key(key: &str) -> Option<&'static Self> {
        PEOPLE.iter().find(|account| account.key == key)
    }

    /// `Иванова Мария Петровна`.
    pub fn full_name(&self) -> String {
        match self.middle_name {
            Some(middle) => format!("{} {} {middle}", self.last_name, self.first_name),
            None => format!("{} {}", self.last_name, self.first_name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn keys_and_numbers_are_unique() {
        assert_eq!(
            PEOPLE.iter().map(|a| a.key).collect::<HashSet<_>>().len(),
            PEOPLE.len()
        );
        assert_eq!(
            PEOPLE.iter().map(|a| a.oid).collect::<HashSet<_>>().len(),
            PEOPLE.len()
        );
    }

    #[test]
    fn the_people_of_the_contract_are_as_it_names_them() {
        let ivanova = Account::by_key("ivanova").unwrap();
        assert_eq!(ivanova.full_name(), "Иванова Мария Петровна");
        assert_eq!(
            (ivanova.birth_date, ivanova.snils),
            ("12.03.1985", Some("112-233-445 95"))
        );
        assert!(ivanova.trusted);
        let petrov = Account::by_key("petrov").unwrap();
        assert_eq!(
            (petrov.full_name().as_str(), petrov.birth_date),
            ("Петров Пётр", "01.07.1990")
        );
        assert!(petrov.trusted && petrov.middle_name.is_none());
        assert!(!Account::by_key("sidorova").unwrap().trusted);
    }

    #[test]
    fn the_guide_names_everyone() {
        let guide = include_str!("../../../docs/sandbox.md");
        for account in PEOPLE {
            let row = format!("| `{}` | {} | ", account.key, account.full_name());
            assert!(guide.contains(&row), "docs/sandbox.md lacks the row {row}");
        }
    }
}
