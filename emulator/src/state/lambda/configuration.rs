//! What a version of a function is: its code and everything that it is run with.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::time::Timestamp;

use super::error::LambdaError;

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

/// A runtime that can be run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    name: String,
    /// What it is.
    pub family: Family,
}

/// What starts a function's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The file `bootstrap` in the code.
    Provided,
    /// Python.
    Python,
    /// Node.js.
    Node,
}

/// What other runtimes of the model begin with: known, but nothing here runs them.
const NOT_RUN: [&str; 4] = ["java", "dotnet", "ruby", "go1.x"];

impl Runtime {
    pub(super) fn new(name: &str, family: Family) -> Self {
        let name = name.to_owned();
        Self { name, family }
    }

    /// Reads the name of a runtime.
    ///
    /// # Errors
    /// Nothing here runs it, or Lambda does not know it.
    pub fn parse(name: &str) -> Result<Self, LambdaError> {
        let family = if matches!(name, "provided" | "provided.al2" | "provided.al2023") {
            Family::Provided
        } else if is_numbered(name, "python3.", "") {
            Family::Python
        } else if is_numbered(name, "nodejs", ".x") {
            Family::Node
        } else if NOT_RUN.iter().any(|known| name.starts_with(known)) {
            return Err(LambdaError::RuntimeNotRun(name.to_owned()));
        } else {
            return Err(LambdaError::RuntimeUnknown(name.to_owned()));
        };
        Ok(Self::new(name, family))
    }

    /// The name, such as `python3.13`.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

fn is_numbered(name: &str, before: &str, after: &str) -> bool {
    let number = name.strip_prefix(before);
    let number = number.and_then(|rest| rest.strip_suffix(after));
    number.is_some_and(|n| (1..=2).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
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

/// How much all variables may take together, in bytes [D].
const ENVIRONMENT_BYTES_MAX: usize = 4 << 10;

/// Checks a function's own variables.
///
/// # Errors
/// One of them is Lambda's own, or they are too long.
pub fn check_environment(variables: &BTreeMap<String, String>) -> Result<(), LambdaError> {
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| RESERVED.contains(name))
        .collect();
    if !reserved.is_empty() {
        return Err(LambdaError::ReservedVariables(reserved.join(", ")));
    }
    let length: usize = variables
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if length > ENVIRONMENT_BYTES_MAX {
        return Err(LambdaError::EnvironmentTooLarge);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_are_run_known_or_unknown() {
        for name in [
            "provided.al2023",
            "provided.al2",
            "python3.9",
            "python3.13",
            "nodejs22.x",
        ] {
            assert_eq!(Runtime::parse(name).unwrap().as_str(), name);
        }
        for name in ["java21", "dotnet8", "ruby3.3", "go1.x"] {
            let refused = LambdaError::RuntimeNotRun(name.to_owned());
            assert_eq!(Runtime::parse(name), Err(refused));
        }
        for name in [
            "",
            "python",
            "python2.7",
            "python3.",
            "python3.x",
            "nodejs",
            "perl",
        ] {
            let refused = LambdaError::RuntimeUnknown(name.to_owned());
            assert_eq!(Runtime::parse(name), Err(refused));
        }
    }

    #[test]
    fn lambdas_own_variables_and_too_many_bytes_are_refused() {
        let variables =
            |name: &str, length| BTreeMap::from([(name.to_owned(), "x".repeat(length))]);
        assert_eq!(check_environment(&variables("MINE", 4092)), Ok(()));
        let too_large = Err(LambdaError::EnvironmentTooLarge);
        assert_eq!(check_environment(&variables("MINE", 4093)), too_large);
        let reserved = Err(LambdaError::ReservedVariables("AWS_REGION".to_owned()));
        assert_eq!(check_environment(&variables("AWS_REGION", 1)), reserved);
    }
}
