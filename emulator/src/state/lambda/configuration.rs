//! What a version of a function is: its code and everything that it is run with.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::time::Timestamp;

use super::error::LambdaError;
use super::runtime::Runtime;

/// What a function may be called with to change `$LATEST`; a published version never changes.
#[derive(Clone)]
pub struct Configuration {
    /// What runs the code.
    pub runtime: Runtime,
    /// The ARN of its role.
    pub role: String,
    /// `file.function` for interpreters; `provided` runtimes are given it and may ignore it.
    pub handler: String,
    /// What somebody wrote about it.
    pub description: String,
    /// How long it may run, in seconds.
    pub timeout_s: u32,
    /// How much memory it may use, in MB.
    pub memory_mb: u32,
    /// Its own environment variables; none if none were ever given.
    pub environment: Option<BTreeMap<String, String>>,
    /// `x86_64` or `arm64`, kept and not looked at.
    pub architecture: String,
    /// The size of `/tmp` in MB, kept and not enforced.
    pub ephemeral_storage_mb: u32,
    /// Where failed events would go, kept and not looked at.
    pub dead_letter_target: Option<String>,
    /// The key that would encrypt the variables, kept and not looked at.
    pub kms_key: Option<String>,
    /// Would published versions start from a snapshot? Kept and not looked at.
    pub has_snap_start: bool,
    /// Where its output goes.
    pub logging: Logging,
    /// `PassThrough` or `Active`, kept and not looked at.
    pub tracing_mode: String,
    /// Subnets and security groups, kept and not looked at.
    pub vpc: Option<Vpc>,
    /// Its code.
    pub code: Arc<Code>,
    /// When it was last changed.
    pub last_modified: Timestamp,
    /// Changes with every change.
    pub revision_id: String,
}

/// Where a function would be attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vpc {
    /// Subnets.
    pub subnet_ids: Vec<String>,
    /// Security groups.
    pub security_group_ids: Vec<String>,
    /// IPv6 too?
    pub is_dual_stack: bool,
}

/// An archive that holds a function's code.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    /// The archive, as it was sent.
    pub archive: Vec<u8>,
    /// Its SHA-256 in base64 [R].
    pub sha256: String,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({} bytes, {})", self.archive.len(), self.sha256)
    }
}

/// Without the variables' values: they may be secrets.
impl fmt::Debug for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configuration")
            .field("runtime", &self.runtime)
            .field("handler", &self.handler)
            .field("revision_id", &self.revision_id)
            .finish_non_exhaustive()
    }
}

/// How a function's output is written to its log group [D].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logging {
    /// In which form.
    pub format: LogFormat,
    /// The group, if it is not the function's own.
    pub group: Option<String>,
}

/// Text as it comes, or one JSON object a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines as they are written.
    #[default]
    Text,
    /// JSON, from these levels on.
    Json {
        /// For what the function logs: `TRACE` to `FATAL`.
        application: String,
        /// For what Lambda says itself: `DEBUG`, `INFO` or `WARN`.
        system: String,
    },
}

/// The variables that Lambda sets itself [D].
const RESERVED: [&str; 20] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// How much all variables may take together, in bytes of JSON [R].
const ENVIRONMENT_BYTES_MAX: usize = 4 << 10;

/// Variables as Lambda measures them. They may be secrets, so that only who sent them is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Measured(pub String);

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Measured({} bytes)", self.0.len())
    }
}

/// Checks a function's own variables; `measured` are the same as JSON, which is what counts.
///
/// # Errors
/// One of them is Lambda's own, or they are too long.
pub fn check_environment(
    variables: &BTreeMap<String, String>,
    measured: String,
) -> Result<(), LambdaError> {
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| RESERVED.contains(name))
        .collect();
    if !reserved.is_empty() {
        return Err(LambdaError::ReservedVariables(reserved.join(", ")));
    }
    if measured.len() > ENVIRONMENT_BYTES_MAX {
        return Err(LambdaError::EnvironmentTooLarge(Measured(measured)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambdas_own_variables_and_too_many_bytes_are_refused() {
        let variables =
            |name: &str, length| BTreeMap::from([(name.to_owned(), "x".repeat(length))]);
        let check = |name: &str, length: usize| {
            let json = format!(r#"{{"{name}":"{}"}}"#, "x".repeat(length));
            check_environment(&variables(name, length), json)
        };
        assert_eq!(check("MINE", 4085), Ok(()));
        let refused = check("MINE", 4086);
        assert!(
            matches!(&refused, Err(LambdaError::EnvironmentTooLarge(Measured(json)))
            if json.starts_with(r#"{"MINE":"xx"#))
        );
        assert!(!format!("{refused:?}").contains("xx"), "{refused:?}");
        let reserved = Err(LambdaError::ReservedVariables("AWS_REGION".to_owned()));
        assert_eq!(check("AWS_REGION", 1), reserved);
    }
}
