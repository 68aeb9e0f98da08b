//! Who may act for a clinic: its staff and its MIS's keys.

use crate::{keys, staff};

routes! {
    /// The clinic's staff, in the order of invitation
    get "/api/v1/staff" => staff::list as listStaff in staff by Staff, "One page";

    /// Invite somebody to the clinic's staff
    ///
    /// By a letter with a link that works for 7 days.
    post "/api/v1/staff" => staff::add as inviteStaff in staff by Staff, "Invited",
        fails { StaffExists, Invalid "`detail` names the field; or there are too many" };

    /// Give a member of the staff another role
    ///
    /// Their sessions end.
    put "/api/v1/staff/{id}" => staff::put as putStaff in staff by Staff, "The member with the role in force",
        fails { LastHead };

    /// Remove a member of the staff: signed out at once
    delete "/api/v1/staff/{id}" => staff::remove as deleteStaff in staff by Staff, "Removed", fails { LastHead };

    /// Send the invitation again
    ///
    /// To who has accepted it: the way to a new second factor, the phone being lost. Earlier letters open nothing any more.
    post "/api/v1/staff/{id}/invite" => staff::invite_again as inviteStaffAgain in staff by Staff, "Queued",
        fails { TooMany "a minute has not passed since the last letter; or over the rate limit" };

    /// API keys that work
    get "/api/v1/keys" => keys::list as listKeys in keys by Keys, "All of them, oldest first";

    /// Make an API key
    ///
    /// It is shown once, and may everything that the clinic may.
    post "/api/v1/keys" => keys::add as makeKey in keys by Keys, "Made",
        fails { Invalid "the label, or there are too many keys" };

    /// Revoke an API key; repeating is harmless
    ///
    /// Any of the clinic's, the one that asks too.
    delete "/api/v1/keys/{id}" => keys::remove as deleteKey in keys by Keys, "Revoked";
}
