//! GetResourcePolicy: the attached policy as it was put.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::SecretArn;
use crate::ops::iam::policy::shown;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::lookup;

use super::policy;
use super::target::Call;

const CALL: Call = Call::on_metadata(GetResourcePolicy::NAME);

/// GetResourcePolicy [M].
pub(super) struct GetResourcePolicy;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    policy_name: Option<String>,
}

/// Output, as recorded in 2024; the newest model adds PolicyName [R][M].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    name: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_policy: Option<String>,
}

impl Operation for GetResourcePolicy {
    const NAME: &'static str = "GetResourcePolicy";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        lookup::check_id(&input.secret_id)?;
        policy::refuse_other_names(input.policy_name.as_deref())?;
        let target = CALL.read(world, cx, &input.secret_id)?;
        let secret = target.secret.seen(cx.now)?;
        secret.check_live()?;
        let (arn, name) = (secret.arn.clone(), Arc::clone(&secret.name));
        let policy = secret.policy.clone();
        drop(target);
        Ok(Output {
            arn,
            name,
            resource_policy: policy.map(|it| shown(&it, &world.iam).into_owned()),
        })
    }
}
