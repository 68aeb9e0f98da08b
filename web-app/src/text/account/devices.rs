//! Devices that are signed in.

use podpis_shared::Timestamp;
use podpis_shared::wire::account::Device;

use super::moment;

pub(crate) const DEVICES_LEAD: &str = "Здесь открыт ваш кабинет. Незнакомое устройство? Выйдите на\u{a0}всех и\u{a0}смените пароль Госуслуг, если входили через них.";
pub(crate) const DEVICE_CURRENT: &str = "Это устройство";
pub(crate) const DEVICE_END: &str = "Выйти";
pub(crate) const DEVICES_END_ALL: &str = "Выйти на\u{a0}всех устройствах";
pub(crate) const DEVICES_END_ALL_HINT: &str =
    "И\u{a0}на\u{a0}этом тоже: потом нужно будет войти заново.";
pub(crate) const DEVICE_ENDED: &str = "На\u{a0}том устройстве кабинет закрыт.";

/// For a screen reader: which one the button signs out.
pub(crate) fn device_end_label(device: &Device) -> String {
    format!("Выйти на\u{a0}устройстве: {}", device.name)
}

/// How and when it signed in.
pub(crate) fn device_since(device: &Device, now: Timestamp) -> String {
    let how = match device.how.as_str() {
        "esia" => "через Госуслуги",
        "email" => "по\u{a0}почте",
        _ => "по\u{a0}телефону",
    };
    format!("Вход {how} {}", moment(device.created_at, now))
}

/// When it was last here.
pub(crate) fn device_seen(device: &Device, now: Timestamp) -> String {
    format!("Последний раз {}", moment(device.seen_at, now))
}
