//! Managed policies by their ARNs: the account's own, and those of AWS that are known here.

use crate::state::iam::Iam;
use crate::state::iam::error::IamError;
use crate::state::iam::managed_policy::ManagedPolicy;
use crate::wire::aws_managed;

/// Refuses what is no ARN at all [R].
pub(in crate::ops) fn check_arn(arn: &str) -> Result<(), IamError> {
    let parts = arn.split(':').count();
    if arn.starts_with("arn:") && parts >= 6 {
        return Ok(());
    }
    Err(IamError::NotAnArn(arn.to_owned()))
}

/// A managed policy of the account, or one of AWS's.
///
/// # Errors
/// There is none; or it is one of AWS's that is not known here, which is said rather than denied.
pub(in crate::ops) fn find<'a>(iam: &'a Iam, arn: &str) -> Result<&'a ManagedPolicy, IamError> {
    let own = iam.policy(arn);
    let Err(not_found) = own else {
        return own;
    };
    match aws_managed::find(arn) {
        Some(policy) => Ok(policy),
        None if aws_managed::is_of_aws(arn) => Err(IamError::NotEmulated(format!(
            "The AWS managed policy {arn}"
        ))),
        None => Err(not_found),
    }
}

/// A managed policy that is to be attached.
///
/// # Errors
/// As [`find`], in other words.
pub(super) fn attachable<'a>(iam: &'a Iam, arn: &str) -> Result<&'a ManagedPolicy, IamError> {
    find(iam, arn).map_err(|error| match error {
        IamError::PolicyNotFound(arn) => IamError::NotAttachable(arn),
        other => other,
    })
}
