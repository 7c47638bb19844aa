//! ListResourcePolicies: the names of the attached policies, of which there is one at most [D].

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::paging;
use super::policy::DEFAULT_NAME;
use super::target::Call;

const CALL: Call = Call::on_metadata(ListResourcePolicies::NAME);

/// ListResourcePolicies [M].
pub(super) struct ListResourcePolicies;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    resource_policies: Vec<Summary>,
}

/// `ResourcePolicySummary` [M].
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Summary {
    policy_name: &'static str,
}

impl Operation for ListResourcePolicies {
    const NAME: &'static str = "ListResourcePolicies";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let target = CALL.read(world, cx, &input.secret_id)?;
        let secret = target.secret.seen(cx.now)?;
        secret.check_live()?;
        let policy_name = DEFAULT_NAME;
        let names = secret
            .policy
            .iter()
            .map(|_| (policy_name, Summary { policy_name }));
        let request = (Self::NAME, &secret.arn);
        let token = input.next_token.as_deref();
        let page = paging::page_by_key(names, &request, input.max_results, token)?;
        Ok(Output {
            next_token: page.next_token,
            resource_policies: page.items,
        })
    }
}
