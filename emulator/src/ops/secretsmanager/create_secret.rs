//! CreateSecret: a new secret, with or without a first value.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::NewSecret;
use crate::state::secrets::lookup::{self, SUFFIX_LENGTH};
use crate::wire::blob::Blob;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::input;
use super::shape::{Tag, VersionIdentity, check_tags};

/// CreateSecret [M].
pub(super) struct CreateSecret;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    name: Required<String>,
    client_request_token: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    secret_binary: Option<Blob>,
    secret_string: Option<String>,
    tags: Option<Vec<Tag>>,
    add_replica_regions: Option<Vec<serde::de::IgnoredAny>>,
    r#type: Option<String>,
    #[serde(rename = "CrossAccountPrimaryARN")]
    cross_account_primary: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.required_text("name", &self.name, between(1, 512));
        input::check_token(
            violations,
            "clientRequestToken",
            self.client_request_token.as_ref(),
        );
        violations.optional_text("description", self.description.as_ref(), between(0, 2048));
        violations.optional_text("kmsKeyId", self.kms_key_id.as_ref(), between(0, 2048));
        input::check_value(
            violations,
            self.secret_string.as_ref(),
            self.secret_binary.as_ref(),
        );
        check_tags(violations, self.tags.as_deref().unwrap_or_default());
    }
}

impl Operation for CreateSecret {
    const NAME: &'static str = "CreateSecret";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = VersionIdentity;

    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Input,
    ) -> Result<VersionIdentity, ApiError> {
        let name = input.name.into_inner();
        lookup::check_name(&name)?;
        let token = input::token(input.client_request_token)?;
        let value = input::value(input.secret_string, input.secret_binary)?;
        input::refuse(input.add_replica_regions.as_ref(), "AddReplicaRegions")?;
        input::refuse(input.r#type.as_ref(), "Type")?;
        input::refuse(
            input.cross_account_primary.as_ref(),
            "CrossAccountPrimaryARN",
        )?;

        let version = value.is_some().then(|| token.clone());
        let new = NewSecret {
            name,
            token,
            value,
            description: input.description,
            kms_key_id: input.kms_key_id,
            tags: input
                .tags
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
        };
        let suffix = cx.entropy.alphanumeric(SUFFIX_LENGTH);
        let secrets = &mut cx.partition(world).secrets;
        let secret = secrets.create(new, cx.scope, &suffix, cx.now)?;
        Ok(VersionIdentity::new(secret, version))
    }
}
