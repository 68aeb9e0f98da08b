//! When to try again after the network failed.

/// Pauses before the second, third … try, in milliseconds; past the last one the person decides.
pub(crate) const PAUSES_MS: [u32; 3] = [700, 2_000, 5_000];

/// Pause before the next try after `failures` failures in a row; `None`: give up.
pub(crate) fn pause_after(failures: usize) -> Option<u32> {
    PAUSES_MS.get(failures.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!(pause_after(0), None);
        let pauses: Vec<_> = (1..).map_while(pause_after).collect();
        assert_eq!(pauses, PAUSES_MS);
        assert!(pauses.is_sorted());
    }
}
