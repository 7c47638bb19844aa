//! Where a function's output goes and in which form, on the wire.

use serde::{Deserialize, Serialize};

use crate::state::lambda::configuration::{LogFormat, Logging};
use crate::state::lambda::deployment::log_group;
use crate::wire::validate::{Violations, between};

/// As answers tell it; levels are told for JSON only [R].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LoggingAnswer {
    log_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_log_level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_log_level: Option<String>,
    log_group: String,
}

impl LoggingAnswer {
    pub(super) fn new(logging: &Logging, name: &str) -> Self {
        let (log_format, application_log_level, system_log_level) = match &logging.format {
            LogFormat::Text => ("Text", None, None),
            LogFormat::Json {
                application,
                system,
            } => ("JSON", Some(application.clone()), Some(system.clone())),
        };
        Self {
            log_format,
            application_log_level,
            system_log_level,
            log_group: logging.group.clone().unwrap_or_else(|| log_group(name)),
        }
    }
}

/// As requests give it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct LoggingShape {
    log_format: Option<String>,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
    log_group: Option<String>,
}

const GROUP_PATTERN: &str = r"[\.\-_/#A-Za-z0-9]+";

impl LoggingShape {
    pub(super) fn check(&self, violations: &mut Violations) {
        let format = self.log_format.as_ref();
        violations.one_of("loggingConfig.logFormat", format, &["JSON", "Text"]);
        let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
        let level = self.application_log_level.as_ref();
        violations.one_of("loggingConfig.applicationLogLevel", level, &levels);
        let level = self.system_log_level.as_ref();
        violations.one_of(
            "loggingConfig.systemLogLevel",
            level,
            &["DEBUG", "INFO", "WARN"],
        );
        if let Some(group) = &self.log_group {
            let path = "loggingConfig.logGroup";
            violations.text(path, group, between(1, 512));
            let is_letter = |b: u8| b.is_ascii_alphanumeric() || b".-_/#".contains(&b);
            let is_met = group.bytes().all(is_letter);
            violations.pattern(path, group, GROUP_PATTERN, is_met);
        }
    }

    /// What is not given stays; a level makes sense for JSON only, whose levels are INFO at
    /// first [R].
    pub(super) fn apply(self, logging: &mut Logging) {
        if let Some(group) = self.log_group {
            logging.group = Some(group);
        }
        match self.log_format.as_deref() {
            Some("JSON") if logging.format == LogFormat::Text => {
                logging.format = LogFormat::Json {
                    application: "INFO".to_owned(),
                    system: "INFO".to_owned(),
                };
            }
            Some("Text") => logging.format = LogFormat::Text,
            _ => {}
        }
        if let LogFormat::Json {
            application,
            system,
        } = &mut logging.format
        {
            set(application, self.application_log_level);
            set(system, self.system_log_level);
        }
    }
}

fn set(place: &mut String, value: Option<String>) {
    if let Some(value) = value {
        *place = value;
    }
}
