//! What a function and its environment write, on its way to CloudWatch Logs.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::ids::Scope;
use crate::state::lambda::configuration::LogFormat;
use crate::time::Timestamp;

use super::Gateway;

/// How much of an invocation's log Invoke gives back, in bytes [D].
pub(crate) const TAIL_LIMIT: usize = 4 << 10;

/// One stream of a function's log group.
pub(crate) struct FunctionLog {
    gateway: Arc<dyn Gateway>,
    scope: Scope,
    pub(super) group: String,
    pub(super) stream: String,
    format: LogFormat,
    tail: Mutex<VecDeque<u8>>,
}

/// The name of a stream: the day, the version, and what tells one environment from others [D].
pub(crate) fn stream_name(now: Timestamp, version: &str, id: &str) -> String {
    let day = now.to_string();
    let day = day.get(..10).unwrap_or_default().replace('-', "/");
    let id: String = id.chars().filter(|c| *c != '-').collect();
    format!("{day}/[{version}]{id}")
}

/// The line with which an invocation begins [R].
pub(crate) fn start_line(request_id: &str, version: &str) -> String {
    format!("START RequestId: {request_id} Version: {version}")
}

impl FunctionLog {
    pub(crate) fn new(
        gateway: Arc<dyn Gateway>,
        scope: Scope,
        group: String,
        stream: String,
    ) -> Self {
        Self {
            gateway,
            scope,
            group,
            stream,
            format: LogFormat::Text,
            tail: Mutex::default(),
        }
    }

    /// The same log, in which Lambda writes in another form.
    pub(super) fn in_format(mut self, format: LogFormat) -> Self {
        self.format = format;
        self
    }

    /// Writes lines; they are the end of the invocation's log until more come.
    pub(crate) fn write(&self, lines: &[String]) {
        let mut tail = self.tail();
        for line in lines {
            tail.extend(line.as_bytes());
            tail.push_back(b'\n');
        }
        let excess = tail.len().saturating_sub(TAIL_LIMIT);
        tail.drain(..excess);
        drop(tail);
        self.gateway
            .log(&self.scope, &self.group, &self.stream, lines);
    }

    pub(super) fn line(&self, line: String) {
        self.write(&[line]);
    }

    /// An invocation begins.
    pub(crate) fn begin(&self, request_id: &str, version: &str) {
        self.tail().clear();
        match &self.format {
            LogFormat::Text => self.line(start_line(request_id, version)),
            LogFormat::Json { system, .. } => {
                let record = json!({ "requestId": request_id, "version": version });
                self.system(system, "INFO", "platform.start", record);
            }
        }
    }

    /// An environment begins.
    pub(super) fn begin_environment(&self, version: &str, version_arn: &str) {
        match &self.format {
            LogFormat::Text => self.line(format!(
                "INIT_START Runtime Version: {version}\tRuntime Version ARN: {version_arn}"
            )),
            LogFormat::Json { system, .. } => {
                let record = json!({
                    "initializationType": "on-demand",
                    "phase": "init",
                    "runtimeVersion": version,
                    "runtimeVersionArn": version_arn,
                });
                self.system(system, "INFO", "platform.initStart", record);
            }
        }
    }

    /// What Lambda says itself, in JSON: if its level is wanted [D].
    fn system(&self, wanted: &str, level: &str, kind: &str, record: Value) {
        let rank = |level: &str| ["DEBUG", "INFO", "WARN"].iter().position(|l| *l == level);
        if rank(level) >= rank(wanted) {
            let time = self.gateway.now().to_string();
            self.line(json!({ "time": time, "type": kind, "record": record }).to_string());
        }
    }

    /// An invocation has ended.
    pub(crate) fn end(&self, request_id: &str, report: &Report<'_>) {
        match &self.format {
            LogFormat::Text => self.write(&[
                format!("END RequestId: {request_id}"),
                format!("REPORT RequestId: {request_id}\t{report}"),
            ]),
            LogFormat::Json { system, .. } => {
                let level = if report.error_type.is_some() {
                    "WARN"
                } else {
                    "INFO"
                };
                self.system(system, level, "platform.report", report.record(request_id));
            }
        }
    }

    /// The end of the invocation's log.
    pub(super) fn take_tail(&self) -> Vec<u8> {
        self.tail().drain(..).collect()
    }

    fn tail(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an invocation took.
pub(crate) struct Report<'a> {
    pub(crate) duration: Duration,
    pub(crate) memory_mb: u32,
    pub(crate) memory_used_mb: u64,
    pub(crate) init_duration: Option<Duration>,
    /// The type of the error, if it failed otherwise than by its own word.
    pub(crate) error_type: Option<&'a str>,
}

/// Milliseconds with two places, as Lambda writes durations.
pub(super) fn millis(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1000.0)
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let billed = self.duration.as_micros().div_ceil(1000);
        write!(
            f,
            "Duration: {} ms\tBilled Duration: {billed} ms\tMemory Size: {} MB\tMax Memory Used: \
             {} MB",
            millis(self.duration),
            self.memory_mb,
            self.memory_used_mb
        )?;
        if let Some(duration) = self.init_duration {
            write!(f, "\tInit Duration: {} ms", millis(duration))?;
        }
        // The members end with a tab, what follows them does not [R].
        match self.error_type {
            None => write!(f, "\t"),
            Some(TIMED_OUT) => write!(f, "\tStatus: timeout"),
            Some(error_type) => write!(f, "\tStatus: error\tError Type: {error_type}"),
        }
    }
}

impl Report<'_> {
    /// The same in JSON [D].
    fn record(&self, request_id: &str) -> Value {
        let status = match self.error_type {
            None => "success",
            Some(TIMED_OUT) => "timeout",
            Some(_) => "error",
        };
        let in_ms = |duration: Duration| (duration.as_secs_f64() * 100_000.0).round() / 100.0;
        let mut metrics = json!({
            "durationMs": in_ms(self.duration),
            "billedDurationMs": self.duration.as_micros().div_ceil(1000) as u64,
            "memorySizeMB": self.memory_mb,
            "maxMemoryUsedMB": self.memory_used_mb,
        });
        if let Some(duration) = self.init_duration {
            metrics["initDurationMs"] = json!(in_ms(duration));
        }
        let mut record = json!({ "requestId": request_id, "metrics": metrics, "status": status });
        if let Some(error_type) = self.error_type {
            record["errorType"] = json!(error_type);
        }
        record
    }
}

/// What Lambda calls a run over its time [U].
pub(crate) const TIMED_OUT: &str = "Sandbox.Timedout";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_the_members_that_tools_read() {
        let report = Report {
            duration: Duration::from_micros(12_345),
            memory_mb: 128,
            memory_used_mb: 40,
            init_duration: Some(Duration::from_millis(100)),
            error_type: Some("Runtime.ExitError"),
        };
        assert_eq!(
            report.to_string(),
            "Duration: 12.35 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t\
             Max Memory Used: 40 MB\tInit Duration: 100.00 ms\tStatus: error\t\
             Error Type: Runtime.ExitError"
        );
        let healthy = Report {
            init_duration: None,
            error_type: None,
            ..report
        };
        assert!(healthy.to_string().ends_with("Max Memory Used: 40 MB\t"));
        let record = report.record("id");
        assert_eq!(record["metrics"]["billedDurationMs"], 13);
        assert_eq!(record["status"], "error");
    }

    #[test]
    fn streams_are_named_by_day_version_and_environment() {
        let now = Timestamp::parse("2026-11-24T23:59:59Z").unwrap();
        assert_eq!(
            stream_name(now, "$LATEST", "ab-cd"),
            "2026/11/24/[$LATEST]abcd"
        );
    }
}
