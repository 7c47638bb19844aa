//! A function's configuration, as answers tell it and as inputs give it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{FunctionArn, Region};
use crate::ops::Context;
use crate::state::lambda::configuration::{Configuration, Vpc, check_environment};
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::function::Version;
use crate::state::lambda::written;
use crate::wire::validate::{Violations, between};

use super::logging::{LoggingAnswer, LoggingShape};

/// How far a change has come, as answers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// CreateFunction's own answer: the function is being made [R].
    Creating,
    /// An update's own answer: the change is being made [R].
    Updating,
    /// Any answer after that.
    Done,
    /// Lists tell of no state [R].
    Listed,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_letter_config: Option<DeadLetterShape>,
    memory_size: u32,
    #[serde(rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    kms_key_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<EnvironmentShape>,
    tracing_config: TracingShape,
    revision_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
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
    runtime_version_config: RuntimeVersion,
    logging_config: LoggingAnswer,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpcAnswer {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
    vpc_id: &'static str,
    ipv6_allowed_for_dual_stack: bool,
}

/// `{"RuntimeVersionArn": …}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RuntimeVersion {
    runtime_version_arn: String,
}

/// `{"TargetArn": …}`; an empty one takes it away [D].
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
struct DeadLetterShape {
    target_arn: Option<String>,
}

/// `{"ApplyOn": …}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SnapStartShape {
    apply_on: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStart {
    apply_on: &'static str,
    optimization_status: &'static str,
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
    ipv6_allowed_for_dual_stack: bool,
}

impl ConfigurationShape {
    /// One version of a function, under the ARN by which it is told of.
    pub(super) fn new(
        arn: FunctionArn,
        (version, configuration): (Version, &Configuration),
        progress: Progress,
    ) -> Self {
        let parts: Vec<&str> = arn.as_str().split(':').collect();
        let part = |at: usize| parts.get(at).copied().unwrap_or_default();
        let (name, region) = (part(6).to_owned(), Region::new(part(3)));
        let runtime = &configuration.runtime;
        let is_creating = progress == Progress::Creating;
        let is_updating = progress == Progress::Updating;
        const REASON: &str = "The function is being created.";
        Self {
            function_name: name.clone(),
            function_arn: arn,
            runtime: configuration.runtime.as_str().to_owned(),
            role: configuration.role.clone(),
            handler: configuration.handler.clone(),
            code_size: configuration.code.archive.len(),
            description: configuration.description.clone(),
            timeout: configuration.timeout_s,
            last_modified: written(configuration.last_modified),
            code_sha256: configuration.code.sha256.clone(),
            version: version.to_string(),
            vpc_config: configuration.vpc.as_ref().map(VpcAnswer::new),
            dead_letter_config: configuration.dead_letter_target.clone().map(|target| {
                DeadLetterShape {
                    target_arn: Some(target),
                }
            }),
            kms_key_arn: configuration.kms_key.clone(),
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
            state: match progress {
                Progress::Creating => Some("Pending"),
                Progress::Updating | Progress::Done => Some("Active"),
                Progress::Listed => None,
            },
            state_reason: is_creating.then_some(REASON),
            state_reason_code: is_creating.then_some("Creating"),
            last_update_status: match progress {
                Progress::Creating | Progress::Listed => None,
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
            snap_start: SnapStart::new(configuration.has_snap_start, version),
            runtime_version_config: RuntimeVersion {
                runtime_version_arn: runtime.version_arn(&region),
            },
            logging_config: LoggingAnswer::new(&configuration.logging, &name),
        }
    }
}

impl VpcShape {
    /// In the words of the framework for lists [R].
    fn check(&self, violations: &mut Violations) {
        for (member, ids, prefix) in [
            ("subnetIds", &self.subnet_ids, "subnet-"),
            ("securityGroupIds", &self.security_group_ids, "sg-"),
        ] {
            let is_rest = |rest: &str| rest.bytes().all(|b| b.is_ascii_alphanumeric());
            if ids
                .iter()
                .all(|id| id.strip_prefix(prefix).is_some_and(is_rest))
            {
                continue;
            }
            let shown = format!("'[{}]'", ids.join(", "));
            let rule = format!(
                "satisfy constraint: [Member must have length less than or equal to 1024, Member \
                 must have length greater than or equal to 0, Member must satisfy regular \
                 expression pattern: {prefix}[0-9a-zA-Z]*]"
            );
            violations.add(shown, &format!("vpcConfig.{member}"), rule);
        }
    }
}

impl VpcAnswer {
    fn new(vpc: &Vpc) -> Self {
        Self {
            subnet_ids: vpc.subnet_ids.clone(),
            security_group_ids: vpc.security_group_ids.clone(),
            vpc_id: "",
            ipv6_allowed_for_dual_stack: vpc.is_dual_stack,
        }
    }
}

impl SnapStart {
    /// Only published versions start from a snapshot [D].
    fn new(is_wanted: bool, version: Version) -> Self {
        let is_on = is_wanted && version != Version::Latest;
        Self {
            apply_on: if is_wanted {
                "PublishedVersions"
            } else {
                "None"
            },
            optimization_status: if is_on { "On" } else { "Off" },
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
    dead_letter_config: Option<DeadLetterShape>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    snap_start: Option<SnapStartShape>,
    logging_config: Option<LoggingShape>,
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
        let apply_on = self.snap_start.as_ref().and_then(|it| it.apply_on.as_ref());
        let words = ["PublishedVersions", "None"];
        violations.one_of("snapStart.applyOn", apply_on, &words);
        if let Some(logging) = &self.logging_config {
            logging.check(violations);
        }
        if let Some(vpc) = &self.vpc_config {
            vpc.check(violations);
        }
    }

    /// Refuses variables that a function must not have.
    pub(super) fn check_rules(&self) -> Result<(), LambdaError> {
        let environment = self.environment.as_ref();
        environment.map_or(Ok(()), |shape| {
            let measured = serde_json::json!(shape.variables).to_string();
            check_environment(&shape.variables, measured)
        })
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
        if let Some(vpc) = self.vpc_config {
            configuration.vpc = Some(Vpc {
                subnet_ids: vpc.subnet_ids,
                security_group_ids: vpc.security_group_ids,
                is_dual_stack: vpc.ipv6_allowed_for_dual_stack,
            });
        }
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        if let Some(shape) = self.dead_letter_config {
            configuration.dead_letter_target = shape.target_arn.and_then(filled);
        }
        if let Some(key) = self.kms_key_arn {
            configuration.kms_key = filled(key);
        }
        if let Some(word) = self.snap_start.and_then(|shape| shape.apply_on) {
            configuration.has_snap_start = word == "PublishedVersions";
        }
        if let Some(shape) = self.logging_config {
            shape.apply(&mut configuration.logging);
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
