//! Who judges what `vault` made: the offline verifier, and the evidence's schema.

use super::{account, ask};
use podpis_verify::{Input, verify};
use serde_json::Value as Json;

/// The offline verifier is content with the operator's own list.
pub(crate) async fn assert_valid(pdf: &[u8], newer: Option<&[u8]>) {
    let (_, trust) = ask("GET", "/trust", Vec::new()).await;
    let trust = serde_json::from_slice(&trust).unwrap();
    let report = verify(Input {
        pdf,
        clinic_signature: None,
        newer_evidence: newer,
        trust: Some(&trust),
        now: account::now(),
    });
    assert_eq!(report.verdict.as_str(), "valid", "{report:#?}");
}

/// The bundle is what `docs/evidence.schema.json` promises.
pub(crate) fn fits_its_schema(bundle: &Json) {
    let schema = include_str!("../../../../../../docs/evidence.schema.json");
    let schema: Json = serde_json::from_str(schema).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("evidence.json", schema).unwrap();
    let index = compiler.compile("evidence.json", &mut schemas).unwrap();
    if let Err(error) = schemas.validate(bundle, index) {
        panic!("{error}\n{bundle:#}");
    }
}
