//! CreateFunction: takes an archive with code and everything that it is to be run with.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::configuration::{Code, Configuration, Logging};
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::function::Version;
use crate::state::lambda::runtime::Runtime;
use crate::state::lambda::{NAME_MAX, NewFunction, revision};
use crate::wire::archive;
use crate::wire::blob::Blob;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::configuration::{Attributes, ConfigurationShape, Progress};
use super::input;

/// CreateFunction [MODEL].
pub(super) struct CreateFunction;

/// Input: the name, the code, and what it is run with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(default)]
    function_name: Required<String>,
    #[serde(default)]
    code: Required<CodeShape>,
    #[serde(flatten)]
    attributes: Attributes,
    package_type: Option<String>,
    architectures: Option<Vec<String>>,
    publish: Option<bool>,
    tags: Option<BTreeMap<String, String>>,
}

/// The code, in the one form that it can come in here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CodeShape {
    zip_file: Option<ZipFile>,
}

/// How many bytes an archive may have [R].
const ARCHIVE_MAX: usize = 52_428_800;

impl CodeShape {
    /// The code, once its archive was looked into.
    pub(super) fn into_code(self) -> Result<Arc<Code>, LambdaError> {
        self.zip_file.ok_or(LambdaError::CodeMissing)?.0
    }
}

/// An archive that was looked into as it was decoded, which takes longer than all the rest of a call.
#[derive(Debug)]
struct ZipFile(Result<Arc<Code>, LambdaError>);

impl ZipFile {
    fn checked(archive: Vec<u8>) -> Result<Arc<Code>, LambdaError> {
        if archive.len() >= ARCHIVE_MAX {
            return Err(LambdaError::ArchiveTooLarge);
        }
        archive::check(&archive)?;
        let sha256 = STANDARD.encode(Sha256::digest(&archive));
        Ok(Arc::new(Code { archive, sha256 }))
    }
}

impl<'de> Deserialize<'de> for ZipFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Blob(archive) = Blob::deserialize(deserializer)?;
        Ok(Self(Self::checked(archive)))
    }
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        if self.function_name.is_present() {
            input::check_name(violations, &self.function_name);
        } else {
            violations.present("functionName", &self.function_name);
        }
        violations.present("code", &self.code);
        if self.attributes.role.is_none() {
            violations.add("null", "role", "not be null");
        }
        self.attributes.check(violations);
        violations.one_of("packageType", self.package_type.as_ref(), &["Image", "Zip"]);
        if let Some(list) = &self.architectures {
            check_architectures(violations, list);
        }
    }
}

impl Operation for CreateFunction {
    const NAME: &'static str = "CreateFunction";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 201;
    type Input = Input;
    type Output = ConfigurationShape;

    /// The answer tells of a function that is being made; whoever asks next finds it made [R].
    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<ConfigurationShape, ApiError> {
        if !world.settings.lambda.may_create {
            return Err(LambdaError::TurnedOff.into());
        }
        let name = name(&input, cx)?;
        let is_published = input.publish == Some(true);
        let tags = input.tags.clone().unwrap_or_default();
        let configuration = configuration(input, cx)?;
        input::check_role(world, cx.scope, &configuration.role)?;
        let new = NewFunction {
            name,
            configuration,
            tags,
        };
        let function = cx.partition(world).lambda.create(new, cx.scope)?;
        // The ARN has no version, though the answer tells of the one that was published [R].
        let version = match is_published {
            true => Version::Published(1),
            false => Version::Latest,
        };
        let arn = function.arn.clone();
        let answer = ConfigurationShape::new(arn, (version, function.latest()), Progress::Creating);
        let settled = revision(cx.entropy);
        function.change(|latest| latest.revision_id = settled);
        if is_published {
            function.publish(None, cx.entropy);
        }
        Ok(answer)
    }
}

/// The name, which may come as an ARN of this account and Region.
fn name(input: &Input, cx: &Context<'_>) -> Result<String, LambdaError> {
    let reference = input::reference(&input.function_name, None)?;
    if reference.name.len() > NAME_MAX {
        return Err(LambdaError::NameTooLong(reference.name));
    }
    if reference.is_foreign(cx.scope) {
        return Err(LambdaError::ForeignAccount);
    }
    reference.check_place(cx.scope)?;
    Ok(reference.name)
}

/// One of two [R]; lists are shown as Java shows them.
pub(super) fn check_architectures(violations: &mut Violations, list: &[String]) {
    let shown = format!("'[{}]'", list.join(", "));
    if list.len() > 1 {
        let rule = "have length less than or equal to 1";
        violations.add(&shown, "architectures", rule);
    }
    if list
        .iter()
        .any(|it| !["x86_64", "arm64"].contains(&it.as_str()))
    {
        let rule = "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], \
                    Member must not be null]";
        violations.add(&shown, "architectures", rule);
    }
}

fn configuration(input: Input, cx: &mut Context<'_>) -> Result<Configuration, LambdaError> {
    if input.package_type.as_deref() == Some("Image") {
        return Err(LambdaError::NotEmulated("PackageType Image"));
    }
    let attributes = input.attributes;
    attributes.check_rules()?;
    let (Some(runtime), Some(_)) = (&attributes.runtime, &attributes.handler) else {
        return Err(LambdaError::RuntimeMissing);
    };
    let architectures = input.architectures.unwrap_or_default();
    let mut configuration = Configuration {
        runtime: Runtime::parse(runtime)?,
        role: String::new(),
        handler: String::new(),
        description: String::new(),
        timeout_s: 3,
        memory_mb: 128,
        environment: None,
        architecture: architectures
            .into_iter()
            .next()
            .unwrap_or_else(|| "x86_64".to_owned()),
        ephemeral_storage_mb: 512,
        dead_letter_target: None,
        kms_key: None,
        has_snap_start: false,
        logging: Logging::default(),
        tracing_mode: "PassThrough".to_owned(),
        vpc: None,
        code: input.code.into_inner().into_code()?,
        last_modified: cx.now,
        revision_id: revision(cx.entropy),
    };
    attributes.apply(&mut configuration, cx);
    Ok(configuration)
}
