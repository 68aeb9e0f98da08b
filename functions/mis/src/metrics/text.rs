//! Prometheus' text format, version 0.0.4.

use std::fmt::{Display, Write as _};

/// A text under way.
#[derive(Default)]
pub(crate) struct Text(String);

/// The samples of one metric.
pub(crate) struct Family<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Text {
    /// A metric that goes up and down.
    pub(crate) fn gauge(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, help, "gauge")
    }

    /// A metric that only grows; the name ends in `_total`.
    pub(crate) fn counter(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, help, "counter")
    }

    /// Numbers of observations within bounds.
    pub(crate) fn histogram(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, help, "histogram")
    }

    /// The whole text.
    pub(crate) fn finish(self) -> String {
        self.0
    }

    fn family(&mut self, name: &'static str, help: &str, kind: &str) -> Family<'_> {
        line(
            &mut self.0,
            format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"),
        );
        Family {
            text: &mut self.0,
            name,
        }
    }
}

impl Family<'_> {
    /// One sample.
    pub(crate) fn value(&mut self, labels: &[(&str, &str)], value: impl Display) {
        let labels = set(labels);
        line(self.text, format_args!("{}{labels} {value}", self.name));
    }

    /// A histogram's samples: numbers up to each bound in seconds, of all, and the sum in microseconds.
    pub(crate) fn observed(
        &mut self,
        labels: &[(&str, &str)],
        upto: &[(f64, u64)],
        count: u64,
        micros: u64,
    ) {
        let name = self.name;
        let bounds = upto
            .iter()
            .map(|(bound, count)| (bound.to_string(), *count));
        for (bound, count) in bounds.chain([("+Inf".to_owned(), count)]) {
            let labels = set(&[labels, &[("le", bound.as_str())]].concat());
            line(self.text, format_args!("{name}_bucket{labels} {count}"));
        }
        let (labels, whole, rest) = (set(labels), micros / 1_000_000, micros % 1_000_000);
        line(
            self.text,
            format_args!("{name}_sum{labels} {whole}.{rest:06}"),
        );
        line(self.text, format_args!("{name}_count{labels} {count}"));
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{line}");
}

fn set(labels: &[(&str, &str)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let escaped = |value: &str| {
        value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    };
    let pairs = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format() {
        let mut text = Text::default();
        text.gauge("depth", "How deep.")
            .value(&[("a", "b\\\"\n")], 7);
        text.histogram("time", "How long.").observed(
            &[("route", "/x/{id}")],
            &[(0.005, 1), (0.5, 2)],
            3,
            2_500_007,
        );
        let wanted = "# HELP depth How deep.\n# TYPE depth gauge\ndepth{a=\"b\\\\\\\"\\n\"} 7\n\
            # HELP time How long.\n# TYPE time histogram\n\
            time_bucket{route=\"/x/{id}\",le=\"0.005\"} 1\ntime_bucket{route=\"/x/{id}\",le=\"0.5\"} 2\n\
            time_bucket{route=\"/x/{id}\",le=\"+Inf\"} 3\ntime_sum{route=\"/x/{id}\"} 2.500007\n\
            time_count{route=\"/x/{id}\"} 3\n";
        assert_eq!(text.finish(), wanted);
    }
}
