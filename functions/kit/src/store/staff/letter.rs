//! The letters of an invitation: their words, and their row in the outbox.

use crate::db::{DbError, Tx};
use crate::random;
use crate::store::outbox::LINK_TOKEN;
use podpis_shared::Timestamp;
use podpis_shared::staff::Role;
use podpis_shared::wire::staff::Purpose;

/// Queues the letter of an invitation. The statements are the same where there is no such invitation; then nothing is queued.
///
/// # Errors
/// As the database says.
pub(super) async fn queue(
    tx: &Tx,
    invitation_id: &str,
    purpose: Purpose,
    base_url: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = "SELECT c.name, m.role FROM staff_invitations i JOIN staff m ON m.id = i.staff_id \
               JOIN clinics c ON c.id = m.clinic_id WHERE i.id = ?1";
    let row = tx.first(sql, [invitation_id.into()]).await?;
    let (clinic, role) = match &row {
        Some(row) => (row.text(0)?, super::role(row, 1)?),
        None => (String::new(), Role::Registrar),
    };
    let id = random::id("msg").map_err(|e| DbError::host("random", e))?;
    let sql = "INSERT INTO outbox (id, clinic_id, invitation_id, channel, recipient, subject, text, status, attempts, \
               next_at, created_at, host) SELECT ?1, m.clinic_id, i.id, 'email', p.email, ?3, ?4, 'queued', 0, ?5, ?5, 'relay' \
               FROM staff_invitations i JOIN staff m ON m.id = i.staff_id JOIN staff_people p ON p.id = i.person_id \
               WHERE i.id = ?2";
    let params = [
        id.into(),
        invitation_id.into(),
        subject(purpose, &clinic).into(),
        text(purpose, &clinic, role, base_url).into(),
        now.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

fn subject(purpose: Purpose, clinic: &str) -> String {
    match purpose {
        Purpose::Invite => format!("Приглашение в кабинет клиники: {clinic}"),
        Purpose::Reset => "Новый пароль для кабинета клиники".into(),
        Purpose::Factor => "Новый телефон для входа в кабинет клиники".into(),
    }
}

/// The words; the token takes its place when the letter is sent. An address stands alone in its line.
fn text(purpose: Purpose, clinic: &str, role: Role, base_url: &str) -> String {
    let link = match purpose {
        Purpose::Invite => format!("{base_url}/clinic#invite-{LINK_TOKEN}"),
        Purpose::Reset => format!("{base_url}/clinic#reset-{LINK_TOKEN}"),
        Purpose::Factor => format!("{base_url}/clinic#factor-{LINK_TOKEN}"),
    };
    match purpose {
        Purpose::Invite => format!(
            "{clinic} приглашает вас в кабинет клиники. Ваша роль: {}.\n\n\
             Чтобы войти, откройте ссылку и следуйте подсказкам. Понадобится телефон с приложением для одноразовых кодов.\n\n\
             {link}\n\n\
             Ссылка действует 7 дней. Никому её не передавайте: кто её откроет, войдёт вместо вас.\n\n\
             Если вы не ждали приглашения, ничего не делайте.",
            role.title()
        ),
        Purpose::Reset => format!(
            "Кто-то попросил задать новый пароль для входа в кабинет клиники с этой почтой.\n\n\
             Если это вы, откройте ссылку. После пароля понадобится код с вашего телефона, как при входе.\n\n\
             {link}\n\n\
             Ссылка действует час. Если это не вы, ничего не делайте: прежний пароль остаётся в силе."
        ),
        Purpose::Factor => format!(
            "{clinic} разрешила вам заменить телефон, с которого приходят коды для входа.\n\n\
             Откройте ссылку, введите свой пароль и настройте новый телефон. Прежний телефон и ключи доступа перестанут \
             действовать.\n\n\
             {link}\n\n\
             Ссылка действует сутки. Если вы не просили об этом, ничего не делайте и сообщите руководителю клиники."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_one_link_of_its_kind() {
        for (purpose, link) in [
            (Purpose::Invite, "https://a.example/clinic#invite-{link}"),
            (Purpose::Reset, "https://a.example/clinic#reset-{link}"),
            (Purpose::Factor, "https://a.example/clinic#factor-{link}"),
        ] {
            let text = text(purpose, "Клиника", Role::Medic, "https://a.example");
            assert_eq!(text.matches(LINK_TOKEN).count(), 1);
            assert!(text.lines().any(|line| line == link), "{text}");
            assert!(!subject(purpose, "Клиника").contains(LINK_TOKEN));
        }
        assert!(text(Purpose::Invite, "К", Role::Medic, "").contains("Ваша роль: врач."));
    }
}
