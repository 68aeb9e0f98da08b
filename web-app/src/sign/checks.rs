//! The proof that what is shown is what the clinic sent; and whom to ask.

use podpis_shared::Hashes;
use podpis_shared::wire::patient::ClinicView;
use yew::prelude::*;

use crate::model::Place;
use crate::text;

/// Properties of [`Checks`].
#[derive(PartialEq, Properties)]
pub(crate) struct ChecksProps {
    /// Whether the hashes are the clinic's; `None`: not known yet.
    pub(crate) authentic: Option<bool>,
    /// This browser's own hashes.
    pub(crate) hashes: Option<Hashes>,
}

/// Both hashes, computed in this browser, and what they mean.
#[component]
pub(crate) fn Checks(props: &ChecksProps) -> Html {
    let (class, words) = match props.authentic {
        None => ("checks", text::CHECKS_WAIT),
        Some(true) => ("checks checks-good", text::CHECKS_GOOD),
        Some(false) => ("checks checks-bad", text::CHECKS_BAD),
    };
    html! {
        <section {class}>
            <h2>{ text::CHECKS_TITLE }</h2>
            <p>{ words }</p>
            if let Some(hashes) = &props.hashes {
                <dl class="hashes">
                    <dt>{ text::CHECKS_SHA256 }</dt>
                    <dd data-testid="sha256">{ &hashes.sha256 }</dd>
                    <dt>{ text::CHECKS_STREEBOG }</dt>
                    <dd data-testid="streebog256">{ &hashes.streebog256 }</dd>
                </dl>
            }
        </section>
    }
}

/// Properties of [`Contact`].
#[derive(PartialEq, Properties)]
pub(crate) struct ContactProps {
    pub(crate) clinic: ClinicView,
    pub(crate) place: Place,
}

/// Whom to ask, and what this page never does.
#[component]
pub(crate) fn Contact(props: &ContactProps) -> Html {
    let clinic = &props.clinic;
    html! {
        <section class="contact">
            <h2>{ text::CONTACT_TITLE }</h2>
            <p>{ text::CONTACT_BODY }</p>
            <p class="contact-name">{ &clinic.name }</p>
            if let Some(registered) = &clinic.registered_name {
                <p data-testid="clinic-registered">{ text::registered(registered) }</p>
            }
            if let Some(phone) = &clinic.support_phone {
                <p><a class="link" href={format!("tel:{phone}")}>{ text::phone(phone) }</a></p>
            }
            if let Some(email) = &clinic.support_email {
                <p><a class="link" href={format!("mailto:{email}")}>{ email }</a></p>
            }
            <p class="safety">{ text::safety(props.place) }</p>
        </section>
    }
}
