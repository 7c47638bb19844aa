//! One CloudWatch embedded-metric-format line for each invocation.

use crate::tally::Tally;
use serde::Serialize;
use std::collections::BTreeMap;

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

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    meta: Meta,
    #[serde(rename = "Step")]
    step: &'a str,
    #[serde(rename = "Outcome")]
    outcome: &'a str,
    #[serde(rename = "Duration")]
    duration_ms: u64,
    #[serde(flatten)]
    values: BTreeMap<&'static str, i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    timestamp: u64,
    cloud_watch_metrics: [Directive; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [&'static [&'static str]; 2],
    metrics: Vec<MetricUnit>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricUnit {
    name: &'static str,
    unit: &'static str,
}

/// The line, without its line feed.
pub fn line(facts: Facts<'_>, tally: &Tally) -> String {
    let values = BTreeMap::from_iter(tally.entries());
    let duration = MetricUnit {
        name: "Duration",
        unit: "Milliseconds",
    };
    let counts = values.keys().map(|name| MetricUnit {
        name,
        unit: "Count",
    });
    let directive = Directive {
        namespace: NAMESPACE,
        // The empty set is what an alarm watches, whichever step ran and however it ended.
        dimensions: [&["Step", "Outcome"], &[]],
        metrics: std::iter::once(duration).chain(counts).collect(),
    };
    let line = Line {
        meta: Meta {
            timestamp: facts.timestamp_ms,
            cloud_watch_metrics: [directive],
        },
        step: facts.step,
        outcome: facts.outcome,
        duration_ms: facts.duration_ms,
        values,
    };
    serde_json::to_string(&line).expect("texts and numbers always serialize")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Metric;
    use serde_json::Value;

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
