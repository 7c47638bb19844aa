//! ListSecretVersionIds: the versions that have a value [D][R].

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::secret::Secret;
use crate::state::secrets::version::Version;
use crate::wire::epoch::EpochSeconds;

use super::target::Call;
use super::{paging, shape};

const CALL: Call = Call::on_metadata(ListSecretVersionIds::NAME);

/// ListSecretVersionIds [M].
pub(super) struct ListSecretVersionIds;

/// The name of the account's default key in this answer [R].
const DEFAULT_KEY: &str = "DefaultEncryptionKey";

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
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
    name: Arc<str>,
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

impl Operation for ListSecretVersionIds {
    const NAME: &'static str = "ListSecretVersionIds";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    /// Newest first [?]; a secret that is scheduled for deletion lists its versions, too [?].
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let target = CALL.read(world, cx, &input.secret_id)?;
        let secret = target.secret.seen(cx.now)?;
        let is_all = input.include_deprecated.unwrap_or(false);
        let listed = secret.versions().rev().filter(|(id, version)| {
            version.value.is_some() && (is_all || secret.labels().is_labelled(id))
        });
        let request = ("ListSecretVersionIds", &secret.arn, is_all);
        let token = input.next_token.as_deref();
        let entry_of =
            |(id, version): (&VersionId, _)| (id.to_string(), entry(secret, id, version));
        let page = paging::page_by_key(listed.map(entry_of), &request, input.max_results, token)?;
        Ok(Output {
            arn: secret.arn.clone(),
            name: Arc::clone(&secret.name),
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
