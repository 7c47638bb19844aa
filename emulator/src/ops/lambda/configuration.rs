//! A function's configuration, as answers tell it and as inputs give it.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::ids::FunctionArn;
use crate::ops::Context;
use crate::state::lambda::configuration::{Configuration, Vpc, check_environment};
use crate::state::lambda::deployment::log_group;
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::function::{Function, Version};
use crate::state::lambda::written;
use crate::wire::validate::{Violations, between};

/// How far a change has come, as answers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// CreateFunction's own answer: the function is being made [R].
    Creating,
    /// An update's own answer: the change is being made [R].
    Updating,
    /// Any answer after that.
    Done,
}

/// A function's configuration on the wire [R].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfigurationShape {
    function_name: String,
    function_arn: FunctionArn,
    runtime: String,
    role: String,
    handler: String,
    code_size: usize,
    description: String,
    timeout: u32,
    last_modified: String,
    code_sha256: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_config: Option<VpcAnswer>,
    memory_size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<EnvironmentShape>,
    tracing_config: TracingShape,
    revision_id: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_status_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update_status_reason_code: Option<&'static str>,
    package_type: &'static str,
    architectures: [String; 1],
    ephemeral_storage: EphemeralStorageShape,
    snap_start: SnapStart,
    logging_config: LoggingConfig,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpcAnswer {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
    vpc_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStart {
    apply_on: &'static str,
    optimization_status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoggingConfig {
    log_format: &'static str,
    log_group: String,
}

/// `{"Variables": …}`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EnvironmentShape {
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

/// `{"Mode": …}`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TracingShape {
    mode: String,
}

/// `{"Size": …}`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EphemeralStorageShape {
    size: u32,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct VpcShape {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
}

impl ConfigurationShape {
    /// One version of a function. `qualified` says whether the ARN names the version, as it does
    /// where one was asked for [R].
    pub(super) fn new(
        function: &Function,
        (version, configuration): (Version, &Configuration),
        progress: Progress,
    ) -> Self {
        let name = function.arn.as_str().rsplit(':').next().unwrap_or_default();
        let function_arn = match version {
            Version::Latest => function.arn.clone(),
            Version::Published(number) => FunctionArn::new(format!("{}:{number}", function.arn)),
        };
        let is_creating = progress == Progress::Creating;
        let is_updating = progress == Progress::Updating;
        const REASON: &str = "The function is being created.";
        Self {
            function_name: name.to_owned(),
            function_arn,
            runtime: configuration.runtime.as_str().to_owned(),
            role: configuration.role.clone(),
            handler: configuration.handler.clone(),
            code_size: configuration.code.archive.len(),
            description: configuration.description.clone(),
            timeout: configuration.timeout_s,
            last_modified: written(configuration.last_modified),
            code_sha256: configuration.code.sha256.clone(),
            version: version.to_string(),
            vpc_config: configuration.vpc.as_ref().map(|vpc| VpcAnswer {
                subnet_ids: vpc.subnet_ids.clone(),
                security_group_ids: vpc.security_group_ids.clone(),
                vpc_id: "",
            }),
            memory_size: configuration.memory_mb,
            environment: configuration
                .environment
                .as_ref()
                .map(|variables| EnvironmentShape {
                    variables: variables.clone(),
                }),
            tracing_config: TracingShape {
                mode: configuration.tracing_mode.clone(),
            },
            revision_id: configuration.revision_id.clone(),
            state: if is_creating { "Pending" } else { "Active" },
            state_reason: is_creating.then_some(REASON),
            state_reason_code: is_creating.then_some("Creating"),
            last_update_status: match progress {
                Progress::Creating => None,
                Progress::Updating => Some("InProgress"),
                Progress::Done => Some("Successful"),
            },
            last_update_status_reason: is_updating.then_some(REASON),
            last_update_status_reason_code: is_updating.then_some("Creating"),
            package_type: "Zip",
            architectures: [configuration.architecture.clone()],
            ephemeral_storage: EphemeralStorageShape {
                size: configuration.ephemeral_storage_mb,
            },
            snap_start: SnapStart {
                apply_on: "None",
                optimization_status: "Off",
            },
            logging_config: LoggingConfig {
                log_format: "Text",
                log_group: log_group(name),
            },
        }
    }
}

/// What CreateFunction and UpdateFunctionConfiguration can set.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attributes {
    pub(super) runtime: Option<String>,
    pub(super) role: Option<String>,
    pub(super) handler: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    environment: Option<EnvironmentShape>,
    tracing_config: Option<TracingShape>,
    ephemeral_storage: Option<EphemeralStorageShape>,
    vpc_config: Option<VpcShape>,
    layers: Option<Vec<IgnoredAny>>,
    file_system_configs: Option<Vec<IgnoredAny>>,
    image_config: Option<IgnoredAny>,
    durable_config: Option<IgnoredAny>,
}

const ROLE_PATTERN: &str = "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+";

impl Attributes {
    pub(super) fn check(&self, violations: &mut Violations) {
        if let Some(role) = &self.role {
            violations.pattern("role", role, ROLE_PATTERN, is_role(role));
        }
        if let Some(handler) = &self.handler {
            violations.text("handler", handler, between(0, 128));
            let is_met = !handler.contains(char::is_whitespace);
            violations.pattern("handler", handler, "[^\\s]+", is_met);
        }
        violations.optional_text("description", self.description.as_ref(), between(0, 256));
        violations.number("timeout", self.timeout, between(1, 900));
        violations.number("memorySize", self.memory_size, between(128, 10_240));
        let size = self
            .ephemeral_storage
            .as_ref()
            .map(|shape| i64::from(shape.size));
        violations.number("ephemeralStorage.size", size, between(512, 10_240));
        let mode = self.tracing_config.as_ref().map(|shape| &shape.mode);
        violations.one_of("tracingConfig.mode", mode, &["Active", "PassThrough"]);
    }

    /// Refuses what is not emulated, and variables that a function must not have.
    pub(super) fn check_rules(&self) -> Result<(), LambdaError> {
        let is_filled =
            |list: &Option<Vec<IgnoredAny>>| list.as_ref().is_some_and(|l| !l.is_empty());
        let refused = [
            (is_filled(&self.layers), "Layers"),
            (is_filled(&self.file_system_configs), "FileSystemConfigs"),
            (self.image_config.is_some(), "ImageConfig"),
            (self.durable_config.is_some(), "DurableConfig"),
        ];
        if let Some((_, what)) = refused.into_iter().find(|(is_there, _)| *is_there) {
            return Err(LambdaError::NotEmulated(what));
        }
        let environment = self.environment.as_ref();
        environment.map_or(Ok(()), |shape| check_environment(&shape.variables))
    }

    /// Writes what was given into a configuration, but for the runtime.
    pub(super) fn apply(self, configuration: &mut Configuration, cx: &Context<'_>) {
        let whole = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        set(&mut configuration.role, self.role);
        set(&mut configuration.handler, self.handler);
        set(&mut configuration.description, self.description);
        set(&mut configuration.timeout_s, self.timeout.map(whole));
        set(&mut configuration.memory_mb, self.memory_size.map(whole));
        set(
            &mut configuration.tracing_mode,
            self.tracing_config.map(|shape| shape.mode),
        );
        let size = self.ephemeral_storage.map(|shape| shape.size);
        set(&mut configuration.ephemeral_storage_mb, size);
        if let Some(shape) = self.environment {
            configuration.environment = Some(shape.variables);
        }
        if let Some(VpcShape {
            subnet_ids,
            security_group_ids,
        }) = self.vpc_config
        {
            configuration.vpc = Some(Vpc {
                subnet_ids,
                security_group_ids,
            });
        }
        configuration.last_modified = cx.now;
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else {
        return false;
    };
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let name = resource.strip_prefix("role/").unwrap_or_default();
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@-_/".contains(&b);
    partition.starts_with("aws") && is_account && !name.is_empty() && name.bytes().all(is_letter)
}
