//! ValidateResourcePolicy: what is wrong with a policy before it is attached.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::lookup;

use super::policy;
use super::target::Call;

const CALL: Call = Call::on_metadata(ValidateResourcePolicy::NAME);

/// ValidateResourcePolicy [M].
pub(super) struct ValidateResourcePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Option<String>,
    resource_policy: String,
}

/// Output; the names of AWS's checks are not known [?].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    policy_validation_passed: bool,
    validation_errors: Vec<ValidationError>,
}

/// `ValidationErrorsEntry` [M].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ValidationError {
    check_name: &'static str,
    error_message: &'static str,
}

impl Operation for ValidateResourcePolicy {
    const NAME: &'static str = "ValidateResourcePolicy";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    /// The secret may be left out [M]; one that is named must be there.
    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        if let Some(id) = &input.secret_id {
            lookup::check_id(id)?;
        }
        if let Some(id) = &input.secret_id {
            CALL.read(world, cx, id)?.secret.check_live()?;
        }
        let document = policy::read(input.resource_policy, world)?;
        let errors: Vec<_> = policy::is_public(&document)
            .then_some(ValidationError {
                check_name: "PublicPolicyCheck",
                error_message: "The resource policy grants broad access.",
            })
            .into_iter()
            .collect();
        Ok(Output {
            policy_validation_passed: errors.is_empty(),
            validation_errors: errors,
        })
    }
}
