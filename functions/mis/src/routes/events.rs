//! What has happened: journal, acts, events, and where they are pushed.

use crate::{acts, events, journal, webhook};

routes! {
    /// The present head of the clinic's journal, signed
    get "/api/v1/journal/checkpoint" => journal::checkpoint as readCheckpoint in journal by Events, "Checkpoint",
        fails { JournalBroken "the journal was damaged or tampered with; nothing is signed" };

    /// That a later head of the journal continues an earlier one
    get "/api/v1/journal/consistency" => journal::consistency as readConsistency in journal by Events,
        "Consistency proof, with the present head",
        fails { JournalBroken "the journal was damaged or tampered with; nothing is signed" };

    /// Who did what for the clinic, newest first
    ///
    /// Entries of the journal that name in `by` who acted: the MIS by a key, a member of the staff, the operator.
    get "/api/v1/acts" => acts::list as listActs in journal by Events, "One page";

    /// The clinic's events in order
    get "/api/v1/events" => events::list as listEvents in events by Events, "One page";

    /// Where events are pushed
    get "/api/v1/webhook" => webhook::read as readWebhook in events by Webhooks, "The webhook, without its secret",
        fails { NotFound "there is none" };

    /// Sets or changes the webhook
    put "/api/v1/webhook" => webhook::put as putWebhook in events by Webhooks,
        "The webhook with its secret, which stays when it is changed",
        fails { Invalid "the address is not https and public, or there is no such type", Unavailable };

    /// Removes the webhook; what was not delivered is given up
    delete "/api/v1/webhook" => webhook::remove as deleteWebhook in events by Webhooks, "There is none any more";

    /// A new secret; the old one signs too for a while
    post "/api/v1/webhook/rotate" => webhook::rotate as rotateWebhookSecret in events by Webhooks, "The new secret",
        fails { NotFound "there is no webhook", Unavailable };

    /// Pushed events with every attempt, newest first
    get "/api/v1/webhook/deliveries" => webhook::deliveries::list as webhookDeliveries in events by Webhooks, "A page";

    /// Sends an event again at once
    post "/api/v1/webhook/deliveries/{id}/replay" => webhook::deliveries::replay
        as replayWebhookDelivery in events by Webhooks,
        "Queued", fails { InvalidState "there is no webhook, or it is disabled", TooLarge };
}
