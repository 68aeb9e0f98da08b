//! Requests and their latencies, added up over all instances, as `GET /api/metrics` gives them.

use crate::db::{Db, DbError, Tx, Value};

/// Upper bounds of the latency's buckets, in milliseconds; there is one more without a bound.
pub const BOUNDS_MS: [u32; 10] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000];

/// What requests are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// Id of the component.
    pub component: String,
    /// Method, or `OTHER`.
    pub method: String,
    /// Route with its parameters' names, or `none`.
    pub route: String,
    /// Status of the answer.
    pub status: u16,
}

/// How many, and how long they took until the answer's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    /// Requests.
    pub count: u64,
    /// All times together, in microseconds.
    pub micros: u64,
    /// Requests within each bound, each bucket without the ones below it.
    pub buckets: [u64; BOUNDS_MS.len()],
}

impl Latencies {
    /// Adds one request.
    pub fn add(&mut self, micros: u64) {
        self.count += 1;
        self.micros = self.micros.saturating_add(micros);
        let mut buckets = BOUNDS_MS.iter().zip(&mut self.buckets);
        if let Some((_, bucket)) = buckets.find(|(bound, _)| micros <= u64::from(**bound) * 1000) {
            *bucket += 1;
        }
    }
}

/// Adds to what is stored.
///
/// # Errors
/// As the database says.
pub async fn add(tx: &Tx, series: &Series, latencies: &Latencies) -> Result<(), DbError> {
    let columns: Vec<String> = columns().collect();
    let marks: Vec<String> = (5..5 + columns.len()).map(|n| format!("?{n}")).collect();
    let sums: Vec<String> = columns
        .iter()
        .map(|name| format!("{name} = {name} + excluded.{name}"))
        .collect();
    let sql = format!(
        "INSERT INTO request_metrics (component, method, route, status, {}) VALUES (?1, ?2, ?3, ?4, {}) \
         ON CONFLICT (component, method, route, status) DO UPDATE SET {}",
        columns.join(", "),
        marks.join(", "),
        sums.join(", ")
    );
    let number = |value: u64| Value::from(i64::try_from(value).unwrap_or(i64::MAX));
    let names = [&series.component, &series.method, &series.route];
    let names = names.map(|name| Value::from(name.as_str()));
    let numbers = [latencies.count, latencies.micros].into_iter();
    let params = names
        .into_iter()
        .chain([i64::from(series.status).into()])
        .chain(numbers.chain(latencies.buckets).map(number));
    tx.execute(&sql, params.collect::<Vec<_>>()).await.map(drop)
}

/// Everything that is stored, in the order of the series.
///
/// # Errors
/// As the database says.
pub async fn all(db: &Db) -> Result<Vec<(Series, Latencies)>, DbError> {
    let columns: Vec<String> = columns().collect();
    let sql = format!(
        "SELECT component, method, route, status, {} FROM request_metrics ORDER BY component, route, method, status",
        columns.join(", ")
    );
    let mut all = Vec::new();
    for row in db.query(&sql, []).await? {
        let number = |column: usize| {
            u64::try_from(row.int(column)?).map_err(|_| DbError::corrupt("number of requests"))
        };
        let series = Series {
            component: row.text(0)?,
            method: row.text(1)?,
            route: row.text(2)?,
            status: u16::try_from(row.int(3)?).map_err(|_| DbError::corrupt("status"))?,
        };
        let mut latencies = Latencies {
            count: number(4)?,
            micros: number(5)?,
            ..Latencies::default()
        };
        for (column, bucket) in (6..).zip(&mut latencies.buckets) {
            *bucket = number(column)?;
        }
        all.push((series, latencies));
    }
    Ok(all)
}

fn columns() -> impl Iterator<Item = String> {
    let buckets = BOUNDS_MS.iter().map(|bound| format!("ms_{bound}"));
    ["count".to_owned(), "micros".to_owned()]
        .into_iter()
        .chain(buckets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_in_one_bucket() {
        let mut latencies = Latencies::default();
        for micros in [0, 5000, 5001, 10_000_000, 10_000_001] {
            latencies.add(micros);
        }
        assert_eq!(latencies.count, 5);
        assert_eq!(latencies.micros, 20_010_002);
        assert_eq!(latencies.buckets, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}
