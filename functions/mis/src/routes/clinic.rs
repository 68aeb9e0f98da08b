//! What a clinic sets, and what it is told of itself: agreement, signers, settings, look, usage, export.

use crate::{agreement, branding, clinic_signers, export, settings, usage};

routes! {
    /// The user agreement in force
    get "/api/v1/agreement" => agreement::read as readAgreement in agreement by Settings, "The version in force",
        fails { NotFound "none was published" };

    /// Publish a version of the user agreement
    ///
    /// Patients accept it when they register, and again when a new version is there. The bytes of the version in force again
    /// change nothing; its title stays then. Nothing is kept of what is refused.
    put "/api/v1/agreement" => agreement::put as publishAgreement in agreement by Settings, "The version in force now";

    /// The agreement's bytes, unchanged
    get "/api/v1/agreement/file" => agreement::file as readAgreementFile in agreement by Settings, "PDF",
        fails { NotFound "none was published" };

    /// Who accepted which version, oldest first
    ///
    /// Each acceptance is a document: its sealed PDF and evidence are those of `document_id`.
    get "/api/v1/agreements/acceptances" => agreement::acceptances::list
        as listAcceptances in agreement by Settings, "One page";

    /// Who signs for the clinic with a personal certificate
    get "/api/v1/clinic-signers" => clinic_signers::list
        as listClinicSigners in clinic by Settings, "All of them, oldest first";

    /// Add a medic by SNILS, by certificate, or both
    post "/api/v1/clinic-signers" => clinic_signers::add
        as addClinicSigner in clinic by Settings, "Added, or there before";

    /// Take a person off the list: signs nothing new. Repeating is harmless
    delete "/api/v1/clinic-signers/{id}" => clinic_signers::remove
        as removeClinicSigner in clinic by Settings, "Removed";

    /// What the clinic has chosen about notices
    get "/api/v1/settings" => settings::read as readSettings in settings by any_role, "The settings in force";

    /// Choose when people are told again of documents that wait
    ///
    /// For documents sent from then on. What is left out is as usual again.
    put "/api/v1/settings" => settings::put as putSettings in settings by Settings, "The settings in force";

    /// The clinic's look
    get "/api/v1/branding" => branding::read as readBranding in branding by any_role, "The look, or the defaults";

    /// Set the clinic's look
    ///
    /// The whole look: what is absent is not shown. Repeating it changes nothing.
    put "/api/v1/branding" => branding::put as putBranding in branding by Settings, "The look as it is shown";

    /// A page that shows the look
    get "/api/v1/branding/preview" => branding::preview
        as previewBranding in branding by Settings, "HTML that loads nothing";

    /// A page that shows a look before it is stored
    post "/api/v1/branding/preview" => branding::preview_of as previewNewBranding in branding by Settings,
        "HTML that loads nothing";

    /// A month's account
    get "/api/v1/usage" => usage::read as readUsage in usage by Usage, "The month by line";

    /// What a month's account is made of
    get "/api/v1/usage/rows" => usage::rows::read
        as listUsageRows in usage by Usage, "A page of rows; as CSV all of them";

    /// Everything of the clinic as a ZIP archive, in parts (docs/export.md)
    get "/api/v1/export" => export::read as export in export by Export,
        "One part: documents with their files, the manifest last; with the last documents the journal",
        fails { Unavailable "repeat after `Retry-After`" };
}
