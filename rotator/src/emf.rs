//! One CloudWatch embedded-metric-format line for each invocation.

use crate::tally::Tally;
use serde_json::{Map, Value, json};

const NAMESPACE: &str = "AppSyncKeyRotator";

/// What a line says besides the tally. The secret is no dimension: it would cost a metric each.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The rotation step, as the event names it.
    pub step: &'a str,
    /// `success` or the error type.
    pub outcome: &'a str,
    /// When the invocation ended, in unix milliseconds.
    pub timestamp_ms: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// The line, without its line feed.
pub fn line(facts: Facts<'_>, tally: &Tally) -> String {
    let entries = tally.entries();
    let unit = |name: &str, unit: &str| json!({ "Name": name, "Unit": unit });
    let counts = entries.iter().map(|(name, _)| unit(name, "Count"));
    let metrics: Vec<Value> = [unit("Duration", "Milliseconds")]
        .into_iter()
        .chain(counts)
        .collect();
    let mut line = Map::new();
    let directive = json!({
        "Namespace": NAMESPACE,
        // The empty set is what an alarm watches, whichever step ran and however it ended.
        "Dimensions": [["Step", "Outcome"], []],
        "Metrics": metrics,
    });
    let meta = json!({ "Timestamp": facts.timestamp_ms, "CloudWatchMetrics": [directive] });
    line.insert("_aws".to_owned(), meta);
    line.insert("Step".to_owned(), facts.step.into());
    line.insert("Outcome".to_owned(), facts.outcome.into());
    line.insert("Duration".to_owned(), facts.duration_ms.into());
    line.extend(
        entries
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into())),
    );
    Value::Object(line).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Metric;

    #[test]
    fn every_declared_metric_has_a_value() {
        let tally = Tally::default();
        tally.set(Metric::KeysTotal, 41);
        let facts = Facts {
            step: "testSecret",
            outcome: "success",
            timestamp_ms: 7,
            duration_ms: 12,
        };
        let parsed: Value = serde_json::from_str(&line(facts, &tally)).unwrap();
        let declared = parsed["_aws"]["CloudWatchMetrics"][0]["Metrics"]
            .as_array()
            .unwrap();
        assert_eq!(declared.len(), 1 + tally.entries().len());
        for metric in declared {
            let name = metric["Name"].as_str().unwrap();
            assert!(parsed[name].is_number(), "{name}");
        }
        assert_eq!(parsed["KeysTotal"], 41);
        assert_eq!(parsed["Step"], "testSecret");
    }
}
