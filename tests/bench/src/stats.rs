//! Medians with their spread.

use std::fmt;

/// Values of one thing measured in several rounds.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<f64>);

impl Series {
    /// Adds the value of the next round.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The middle value; of an even number the mean of the middle two; 0 of none.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = |index: usize| sorted.get(index).copied().unwrap_or_default();
        let length = sorted.len();
        if length % 2 == 1 {
            middle(length / 2)
        } else {
            f64::midpoint(middle((length / 2).saturating_sub(1)), middle(length / 2))
        }
    }

    /// Ours to theirs, round by round.
    #[must_use]
    pub fn over(&self, theirs: &Self) -> Self {
        Self(
            self.0
                .iter()
                .zip(&theirs.0)
                .map(|(ours, theirs)| ours / theirs)
                .collect(),
        )
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

/// `12.3 (11.9–14.0)`: median, smallest, largest.
impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        write!(
            f,
            "{} ({}–{})",
            short(self.median()),
            short(least),
            short(most)
        )
    }
}

/// Three digits that matter.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Prints a row of the report: what, theirs, ours, and ours to theirs.
pub fn row(what: &str, unit: &str, theirs: &Series, ours: &Series) {
    println!(
        "| {what}, {unit} | {theirs} | {ours} | {} |",
        ours.over(theirs)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_spread() {
        let series: Series = [3.0, 1.0, 200.0].into_iter().collect();
        assert_eq!(series.to_string(), "3.00 (1.00–200)");
        let even: Series = [1.0, 2.0].into_iter().collect();
        assert!((even.median() - 1.5).abs() < 1e-9);
        assert_eq!(Series::default().median().to_string(), "0");
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let ours: Series = [2.0, 30.0].into_iter().collect();
        let theirs: Series = [1.0, 10.0].into_iter().collect();
        assert_eq!(ours.over(&theirs).to_string(), "2.50 (2.00–3.00)");
    }
}
