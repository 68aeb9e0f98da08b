//! Files of signatures that go along with a document for keeping.

use podpis_shared::wire::kept::{DETACHED_ALL_MAX, DETACHED_BYTES_MAX, DETACHED_MAX};

/// Why they can't be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// One of them is empty.
    Empty,
    /// More of them than the API takes.
    Many,
    /// One of them, or all together, are larger than the API takes.
    Large,
}

/// Whether the API takes files of these sizes, in bytes.
///
/// # Errors
/// Why not.
pub(crate) fn check(sizes: &[u64]) -> Result<(), Flaw> {
    let larger = |size: u64, than: usize| usize::try_from(size).map_or(true, |size| size > than);
    if sizes.contains(&0) {
        return Err(Flaw::Empty);
    }
    if sizes.len() > DETACHED_MAX {
        return Err(Flaw::Many);
    }
    let all = sizes
        .iter()
        .fold(0, |all: u64, size| all.saturating_add(*size));
    let one = sizes.iter().any(|size| larger(*size, DETACHED_BYTES_MAX));
    if one || larger(all, DETACHED_ALL_MAX) {
        return Err(Flaw::Large);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_those_of_the_api() {
        let (one, all) = (DETACHED_BYTES_MAX as u64, DETACHED_ALL_MAX as u64);
        for (sizes, said) in [
            (vec![], Ok(())),
            (vec![1; DETACHED_MAX], Ok(())),
            (vec![one, one], Ok(())),
            (vec![1; DETACHED_MAX + 1], Err(Flaw::Many)),
            (vec![one + 1], Err(Flaw::Large)),
            (vec![one, one, all - 2 * one], Ok(())),
            (vec![one, one, all - 2 * one + 1], Err(Flaw::Large)),
            (vec![7, 0], Err(Flaw::Empty)),
            (vec![u64::MAX, u64::MAX], Err(Flaw::Large)),
        ] {
            assert_eq!(check(&sizes), said, "{sizes:?}");
        }
    }
}
