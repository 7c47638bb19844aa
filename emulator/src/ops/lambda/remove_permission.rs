//! RemovePermission: takes a permission away.

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::{LambdaError, Revised};
use crate::state::lambda::revision;
use crate::wire::validate::{Constrained, Violations};

use super::input::{Named, check_revision, check_sid};

/// RemovePermission [MODEL].
pub(super) struct RemovePermission;

/// Input: the function and the statement.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(flatten)]
    function: Named,
    statement_id: String,
    revision_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.function.check(violations);
        check_sid(violations, &self.statement_id);
    }
}

impl Operation for RemovePermission {
    const NAME: &'static str = "RemovePermission";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 204;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        let reference = input.function.reference()?;
        let functions = &mut cx.partition(world).lambda;
        let function = functions.get_mut(&reference, cx.scope)?;
        let qualifier = reference.qualifier.as_ref();
        if function.policy(qualifier).is_none() {
            return Err(LambdaError::PolicyOfNothing.into());
        }
        let policy = function.policy_mut(qualifier);
        let latest = &policy.revision_id;
        check_revision(input.revision_id.as_ref(), latest, Revised::Policy)?;
        Ok(policy.remove(&input.statement_id, revision(cx.entropy))?)
    }
}
