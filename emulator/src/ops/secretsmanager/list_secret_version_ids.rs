//! ListSecretVersionIds: the versions that have a value [D][R].

use serde::{Deserialize, Serialize};

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::secret::Secret;
use crate::state::secrets::version::Version;
use crate::wire::epoch::EpochSeconds;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

use super::{input, paging, shape};

/// ListSecretVersionIds [M].
pub(super) struct ListSecretVersionIds;

/// The name of the account's default key in this answer [R].
const DEFAULT_KEY: &str = "DefaultEncryptionKey";

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
    include_deprecated: Option<bool>,
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    versions: Vec<Entry>,
}

/// One version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    created_date: EpochSeconds,
    kms_key_ids: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    last_accessed_date: Option<EpochSeconds>,
    version_id: VersionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_stages: Option<Vec<StagingLabel>>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        paging::check(violations, self.max_results, self.next_token.as_ref());
    }
}

impl Operation for ListSecretVersionIds {
    const NAME: &'static str = "ListSecretVersionIds";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    /// Newest first [?]; a secret that is scheduled for deletion lists its versions, too [?].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let secret = cx
            .partition(world)
            .secrets
            .find(&input.secret_id, cx.scope)?;
        let is_all = input.include_deprecated.unwrap_or(false);
        let entries = secret
            .versions()
            .rev()
            .filter(|(id, version)| {
                version.value.is_some() && (is_all || secret.labels().is_labelled(id))
            })
            .map(|(id, version)| entry(secret, id, version))
            .collect();
        let request = ("ListSecretVersionIds", &secret.arn, is_all);
        let token = input.next_token.as_deref();
        let page = paging::page(entries, &request, input.max_results, token)?;
        Ok(Output {
            arn: secret.arn.clone(),
            name: secret.name.clone(),
            next_token: page.next_token,
            versions: page.items,
        })
    }
}

fn entry(secret: &Secret, id: &VersionId, version: &Version) -> Entry {
    let key = version.kms_key_id.clone();
    Entry {
        created_date: EpochSeconds(version.created),
        kms_key_ids: [key.unwrap_or_else(|| DEFAULT_KEY.to_owned())],
        last_accessed_date: version.last_accessed_day.map(EpochSeconds),
        version_id: id.clone(),
        version_stages: shape::stages(secret, id),
    }
}
