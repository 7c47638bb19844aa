//! BatchGetSecretValue: the AWSCURRENT values of named secrets, or of those that filters let through.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::SortKey;
use crate::state::secrets::error::SecretsError;
use crate::state::secrets::lookup;
use crate::state::secrets::secret::Selector;
use crate::wire::error_code::WireError;
use crate::wire::error_code::denial::Denial;

use super::filters::{FilterShape, Listing, filters};
use super::paging;
use super::secret_value::SecretValueShape;
use super::target::Call;

const CALL: Call = Call::on_value(BatchGetSecretValue::NAME);
/// Values on a page if none are asked for: the most that can be [M].
const DEFAULT_ITEMS: i64 = 20;

/// BatchGetSecretValue [M].
pub(super) struct BatchGetSecretValue;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id_list: Option<Vec<String>>,
    filters: Option<Vec<FilterShape>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// Output: `Errors` only if there are some [?].
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<Failure>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    secret_values: Vec<SecretValueShape>,
}

/// `APIErrorType` [M]: the id as it was asked for [G].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    error_code: String,
    message: String,
    secret_id: String,
}

impl Failure {
    fn new(secret_id: String, error: WireError) -> Self {
        Self {
            error_code: error.code.into_owned(),
            message: error.message,
            secret_id,
        }
    }
}

/// The ids of a page of the secrets that the filters let through, in the order of a list.
fn found(
    world: &mut World,
    cx: &Context<'_>,
    input: &Input,
    shapes: &[FilterShape],
) -> Result<(Vec<String>, Option<String>), SecretsError> {
    let (partition, settings) = world.partition_and_settings(cx.scope);
    let listing = Listing {
        filters: filters(Some(shapes)),
        is_planned_in: false,
        known_at: cx.now.plus_millis(-settings.secrets.list_lag_ms),
    };
    let request = (
        BatchGetSecretValue::NAME,
        &cx.scope.account,
        &cx.scope.region,
        shapes,
    );
    let token = input.next_token.as_deref();
    let after = token
        .map(|token| paging::place(&request, token))
        .transpose()?;
    let max = paging::items(input.max_results.or(Some(DEFAULT_ITEMS)));
    let (page, next) =
        partition
            .secrets
            .page((SortKey::Created, false), after.as_ref(), max, |secret| {
                listing.shows(secret)
            });
    let ids = page.iter().map(|secret| secret.arn.to_string());
    Ok((
        ids.collect(),
        next.map(|place| paging::token(&request, &place)),
    ))
}

/// Whoever may not read a secret is told so for that secret [D].
fn read(world: &mut World, cx: &mut Context<'_>, id: &str) -> Result<SecretValueShape, WireError> {
    let denied = |denial: Denial| denial.wire_error();
    cx.check_read(id, world).map_err(denied)?;
    let mut read = || {
        lookup::check_id(id)?;
        let mut secret = CALL.read(world, cx, id)?.secret;
        let value = secret.read(Selector::CURRENT, cx.now)?;
        Ok(SecretValueShape::new(value))
    };
    read().map_err(|error: SecretsError| WireError::of_secrets(&error))
}

impl Operation for BatchGetSecretValue {
    const NAME: &'static str = "BatchGetSecretValue";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    /// One secret that cannot be read fails by itself and not the call [D]. Each read is noted.
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let (ids, next_token) = match (&input.secret_id_list, &input.filters) {
            (Some(_), Some(_)) | (None, None) => return Err(SecretsError::IdsOrFilters.into()),
            (Some(_), None) if input.max_results.is_some() => {
                return Err(SecretsError::PageSizeWithoutFilters.into());
            }
            (Some(ids), None) => (ids.clone(), None),
            (None, Some(shapes)) => found(world, cx, &input, shapes)?,
        };
        let mut output = Output {
            errors: None,
            next_token,
            secret_values: Vec::new(),
        };
        for id in ids {
            match read(world, cx, &id) {
                Ok(value) => output.secret_values.push(value),
                Err(error) => output
                    .errors
                    .get_or_insert_default()
                    .push(Failure::new(id, error)),
            }
        }
        Ok(output)
    }
}
