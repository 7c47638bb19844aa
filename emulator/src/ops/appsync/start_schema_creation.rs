//! StartSchemaCreation: takes a schema in. Until it is done, CreateApiKey is refused [REC].
//!
//! What is wrong with the schema is told by GetSchemaCreationStatus, not here [REC].

use serde::{Deserialize, Serialize};

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::wire::blob::Blob;
use crate::wire::validate::{Constrained, Violations};

/// StartSchemaCreation [MODEL].
pub(super) struct StartSchemaCreation;

/// Input: the API and the schema.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    definition: Option<Blob>,
}

/// Output: `PROCESSING`, however short it takes [INF].
#[derive(Debug, Serialize)]
pub(super) struct Output {
    status: &'static str,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        if self.definition.is_none() {
            violations.add("null", "definition", "not be null");
        }
    }
}

impl Operation for StartSchemaCreation {
    const NAME: &'static str = "StartSchemaCreation";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let (partition, settings) = world.partition_and_settings(cx.scope);
        let api = partition.appsync.api_mut(&input.api_id)?;
        api.check_unlocked(cx.now, &settings.appsync)?;
        let definition = input.definition.map(|blob| blob.0).unwrap_or_default();
        let ready_at = cx
            .now
            .plus_millis(settings.appsync.of_api(&input.api_id).schema_creation_ms);
        let text = String::from_utf8_lossy(&definition);
        api.schema.start_creation(&text, cx.now, ready_at);
        Ok(Output {
            status: "PROCESSING",
        })
    }
}
