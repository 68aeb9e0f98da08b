//! The journal's part of a bundle: inclusion proofs (RFC 6962) and the checkpoint that they lead to.

use crate::case::{self, Evidence, NO_TRUST};
use crate::code;
use crate::report::{Check, CheckId, Fact};
use podpis_evidence::{Entry, Trust};
use podpis_journal::{
    Checkpoint, Hash, NoteError, NoteVerifier, checkpoint, entry, from_hex, to_hex,
    verify_inclusion,
};

/// `journal-proof` and `checkpoint`, in this order.
pub(crate) fn checks(evidence: &Evidence, trust: Option<&Trust>) -> [Check; 2] {
    let head = Checkpoint::unverified(&evidence.bundle.journal.checkpoint);
    [
        proof(evidence, head.as_ref()),
        signed(evidence, head.as_ref(), trust),
    ]
}

/// Whether the newer bundle's journal has fewer entries than the older one's, or is another journal.
pub(crate) fn shrunk(older: &Evidence, newer: &Evidence) -> bool {
    let head = |evidence: &Evidence| Checkpoint::unverified(&evidence.bundle.journal.checkpoint);
    match (head(older), head(newer)) {
        (Some(old), Some(new)) => {
            new.origin != old.origin
                || new.size < old.size
                || (new.size == old.size && new.root != old.root)
        }
        _ => true,
    }
}

fn proof(evidence: &Evidence, head: Option<&Checkpoint>) -> Check {
    let id = CheckId::JournalProof;
    let Some(head) = head else {
        return Check::fail(
            id,
            "Контрольная точка журнала не читается: сверять записи не с чем.",
        );
    };
    let entries = &evidence.bundle.journal.entries;
    if entries.is_empty() && is_born_signed(evidence) {
        return Check::unchecked(
            id,
            "Документ появился в тот миг, когда приняли соглашение, поэтому на день подписания записей о нём ещё не было. \
             Запись о принятии — в более новых доказательствах: запросите их у оператора.",
        )
        .optional();
    }
    if entries.is_empty() {
        return Check::fail(id, "В доказательствах нет ни одной записи журнала.");
    }
    let check = match entries
        .iter()
        .find_map(|entry| fault(entry, evidence, head))
    {
        Some(fault) => Check::fail(id, fault),
        None if !entries.is_sorted_by_key(|entry| entry.seq) => {
            Check::fail(id, "Записи журнала стоят не по порядку.")
        }
        None => Check::pass(
            id,
            format!(
                "Записи о документе ({}) входят в журнал, на который указывает контрольная точка: ни одну нельзя изменить \
                 или убрать, не изменив её.",
                entries.len()
            ),
        ),
    };
    check.details(entries.iter().map(line))
}

/// A user agreement that was accepted in an account: its first entry is the acceptance, which tells of the sealed file.
fn is_born_signed(evidence: &Evidence) -> bool {
    code::is_made_by_accepting(evidence)
}

/// What is wrong with one entry.
fn fault(entry: &Entry, evidence: &Evidence, head: &Checkpoint) -> Option<&'static str> {
    let bundle = &evidence.bundle;
    let leaf = entry::json_leaf_hash(&entry.entry);
    let index = u64::try_from(entry.seq).ok()?.checked_sub(1);
    let proof: Option<Vec<Hash>> = entry.proof.iter().map(|hash| from_hex(hash)).collect();
    let Some((index, proof)) = index.zip(proof) else {
        return Some("Доказательство записи журнала не читается.");
    };
    if entry.entry["seq"] != entry.seq
        || entry.entry["document_id"] != bundle.document.id.as_str()
        || entry.entry["clinic_id"] != bundle.clinic.id.as_str()
    {
        Some("Среди записей журнала есть запись о другом документе.")
    } else if to_hex(&leaf) != entry.leaf_hash {
        Some("Запись журнала изменена: её контрольная сумма не та.")
    } else if !verify_inclusion(&leaf, index, head.size, &proof, &head.root) {
        Some("Записи нет в журнале, на который указывает контрольная точка.")
    } else {
        None
    }
}

fn signed(evidence: &Evidence, head: Option<&Checkpoint>, trust: Option<&Trust>) -> Check {
    let id = CheckId::Checkpoint;
    let Some(head) = head else {
        return Check::fail(id, "Контрольная точка журнала не читается.");
    };
    let check = if head.origin.rsplit_once('/').map(|(_, clinic)| clinic)
        == Some(&evidence.bundle.clinic.id)
    {
        opened(evidence, trust)
    } else {
        Check::fail(id, "Контрольная точка — от журнала другой клиники.")
    };
    check
        .detail("Журнал", &head.origin)
        .detail("Записей в журнале", head.size)
        .detail("Корень дерева", to_hex(&head.root))
}

fn opened(evidence: &Evidence, trust: Option<&Trust>) -> Check {
    let id = CheckId::Checkpoint;
    let Some(trust) = trust else {
        return Check::unchecked(id, NO_TRUST);
    };
    // A key that can't be read is one that nothing is signed with.
    let keys = trust
        .journal_keys
        .iter()
        .filter_map(|key| NoteVerifier::parse(key).ok());
    let keys: Vec<NoteVerifier> = keys.collect();
    match checkpoint::open(&evidence.bundle.journal.checkpoint, &keys) {
        Ok(_) => Check::pass(
            id,
            "Контрольная точка подписана ключом журнала. У клиники остаются такие же: если журнал потом перепишут, \
             они разойдутся.",
        ),
        Err(NoteError::UnknownKey) if !case::list_covers(trust, &evidence.bundle) => {
            Check::unchecked(
                id,
                "Ключа, которым подписана контрольная точка, нет в списке доверия: список старше документа или другого оператора.",
            )
        }
        Err(NoteError::UnknownKey) => Check::fail(
            id,
            "Контрольная точка подписана не ключом журнала оператора.",
        ),
        Err(_) => Check::fail(id, "Подпись под контрольной точкой журнала не сходится."),
    }
}

fn line(entry: &Entry) -> Fact {
    let at = entry.entry["at"]
        .as_str()
        .and_then(podpis_shared::Timestamp::parse);
    let at = at.map_or_else(
        || "время не указано".to_owned(),
        podpis_shared::Timestamp::moscow,
    );
    let kind = entry.entry["type"].as_str().unwrap_or("?");
    Fact::new(&format!("Запись {}", entry.seq), format!("{at}, {kind}"))
}
