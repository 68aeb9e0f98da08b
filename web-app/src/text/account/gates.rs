//! What stands before the documents.

pub(crate) const GATE_WHO_TITLE: &str = "Назовите дату рождения";
pub(crate) const GATE_WHO_PHONE: &str = "На\u{a0}этот номер клиники прислали документы разным людям. По\u{a0}дате рождения мы\u{a0}поймём, какие из\u{a0}них ваши.";
pub(crate) const GATE_WHO_EMAIL: &str = "На\u{a0}этот адрес клиники прислали документы разным людям. По\u{a0}дате рождения мы\u{a0}поймём, какие из\u{a0}них ваши.";
pub(crate) const GATE_RECYCLED_TITLE: &str = "Это ваш кабинет?";
pub(crate) const GATE_RECYCLED: &str = "Отсюда давно не\u{a0}входили, а\u{a0}номер мог перейти к\u{a0}другому человеку. Чтобы чужие документы никто не\u{a0}увидел, подтвердите, что кабинет ваш.";
pub(crate) const GATE_TITLE: &str = "Чей это кабинет";
pub(crate) const BIRTH: &str = "Дата рождения";
pub(crate) const BIRTH_DAY: &str = "День";
pub(crate) const BIRTH_MONTH: &str = "Месяц";
pub(crate) const BIRTH_YEAR: &str = "Год";
pub(crate) const BIRTH_CHOOSE: &str = "Выберите";
pub(crate) const BIRTH_WRONG: &str =
    "Проверьте дату: такого дня нет. Год пишите полностью, например 1950.";
pub(crate) const GATE_SUBMIT: &str = "Продолжить";
pub(crate) const GATE_ESIA: &str = "Подтвердить через Госуслуги";
pub(crate) const GATE_ESIA_HINT: &str =
    "Самый надёжный способ: Госуслуги сообщат имя и\u{a0}дату рождения.";
pub(crate) const GATE_NOT_MINE: &str = "Это не\u{a0}мой кабинет";
pub(crate) const GATE_NOT_MINE_TITLE: &str = "Начать новый кабинет?";
pub(crate) const GATE_NOT_MINE_BODY: &str = "Этот номер или адрес откроет новый, пустой кабинет. Документы прежнего владельца вы\u{a0}не\u{a0}увидите, а\u{a0}он\u{a0}больше не\u{a0}войдёт по\u{a0}этому номеру. Отменить это нельзя.";
pub(crate) const GATE_NONE_MINE_TITLE: &str = "Продолжить без\u{a0}этих документов?";
pub(crate) const GATE_NONE_MINE_BODY: &str = "Документы, которые клиники уже прислали сюда, вы\u{a0}не\u{a0}увидите. Новые, на\u{a0}ваше имя, появятся. Отменить это нельзя.";
pub(crate) const GATE_NONE_MINE_CONFIRM: &str = "Документы не\u{a0}мои";
pub(crate) const GATE_NOT_MINE_CONFIRM: &str = "Начать новый кабинет";
