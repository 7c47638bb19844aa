//! GetFunction: a function's configuration, and where its code is.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::configuration::{ConfigurationShape, Progress};
use super::input::Named;

/// GetFunction [MODEL].
pub(super) struct GetFunction;

/// Output [R]. The code's location is given out by AWS as a signed URL of S3, which has no
/// counterpart here: the member is left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    configuration: ConfigurationShape,
    code: CodeLocation,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CodeLocation {
    repository_type: &'static str,
}

impl Operation for GetFunction {
    const NAME: &'static str = "GetFunction";
    const KIND: Kind = Kind::Read;
    type Input = Named;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Named) -> Result<Output, ApiError> {
        let found = input.version(world, cx, Self::NAME)?;
        let version = (found.version, found.configuration);
        Ok(Output {
            configuration: ConfigurationShape::new(found.arn, version, Progress::Done),
            code: CodeLocation {
                repository_type: "S3",
            },
            tags: found.function.tags.clone(),
        })
    }
}
