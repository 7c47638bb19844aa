//! GetSchemaCreationStatus: whether a schema has been taken in.

use serde::{Deserialize, Serialize};

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::appsync::schema::SchemaStatus;
use crate::state::error::ApiError;
use crate::wire::validate::{Constrained, Violations};

use super::schema_details;

/// GetSchemaCreationStatus [MODEL].
pub(super) struct GetSchemaCreationStatus;

/// Input: the API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
}

/// Output: where the last creation stands, and why it failed.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
}

impl Constrained for Input {
    fn check(&self, _: &mut Violations) {}
}

impl Operation for GetSchemaCreationStatus {
    const NAME: &'static str = "GetSchemaCreationStatus";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let api = cx.partition(world).appsync.api(&input.api_id)?;
        let (status, details) = match api.schema.status(cx.now) {
            SchemaStatus::NotApplicable => ("NOT_APPLICABLE", None),
            SchemaStatus::Processing => ("PROCESSING", None),
            SchemaStatus::Success => ("SUCCESS", None),
            SchemaStatus::Failed(faults) => ("FAILED", Some(schema_details::of(faults))),
        };
        Ok(Output { status, details })
    }
}
