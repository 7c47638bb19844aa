//! The errors of IAM and STS: codes of the models [M], texts as users have pasted them [U].

use crate::state::iam::error::{IamError, Kind};
use crate::state::iam::tags::Keys;

use super::WireError;

pub(super) fn wire_error(error: &IamError) -> WireError {
    let (code, status) = code(error);
    WireError::new(code, status, message(error))
}

fn code(error: &IamError) -> (&'static str, u16) {
    use IamError as E;
    match error {
        E::NotFound { .. }
        | E::PolicyNotFound(_)
        | E::VersionNotFound { .. }
        | E::NotAttachable(_)
        | E::NotAttached(_) => ("NoSuchEntity", 404),
        E::Exists { .. } => ("EntityAlreadyExists", 409),
        E::HasInlinePolicies
        | E::HasAttachedPolicies
        | E::HasAccessKeys
        | E::HasVersions
        | E::VersionCounts
        | E::PolicyAttached => ("DeleteConflict", 409),
        E::Quota { .. } | E::TooManyTags | E::TooManyVersions => ("LimitExceeded", 409),
        E::MalformedPolicy(_) => ("MalformedPolicyDocument", 400),
        E::SessionTooLong
        | E::NotAnArn(_)
        | E::InvalidRoleArn(_)
        | E::InvalidMarker
        | E::CallerIsNoUser => ("ValidationError", 400),
        E::DuplicateSessionTags | E::TransitiveTagMissing | E::TransitiveTagTaken => {
            ("InvalidParameterValue", 400)
        }
        E::DuplicateTags(_) | E::ReservedTag => ("InvalidInput", 400),
        E::NotEmulated(_) => ("NotImplemented", 501),
        E::AssumeRoleDenied { .. } | E::ForeignAccessKey { .. } => ("AccessDenied", 403),
    }
}

fn message(error: &IamError) -> String {
    use IamError as E;
    match error {
        E::NotFound { kind, name } => not_found(*kind, name),
        E::PolicyNotFound(arn) | E::NotAttached(arn) => format!("Policy {arn} was not found."),
        E::VersionNotFound { arn, version } => {
            format!("Policy {arn} version {version} does not exist or is not attachable.")
        }
        E::NotAttachable(arn) => format!("Policy {arn} does not exist or is not attachable."),
        E::Exists {
            kind: Kind::Policy,
            name,
        } => format!("A policy called {name} already exists. Duplicate names are not allowed."),
        E::Exists { kind, name } => format!("{} with name {name} already exists.", title(*kind)),
        E::HasInlinePolicies => "Cannot delete entity, must delete policies first.".to_owned(),
        E::HasAttachedPolicies => {
            "Cannot delete entity, must detach all policies first.".to_owned()
        }
        E::HasAccessKeys => "Cannot delete entity, must delete access keys first.".to_owned(),
        // [U]
        E::TooManyVersions => {
            "A managed policy can have up to 5 versions. Before you create a new \
                               version, you must delete an existing version."
                .to_owned()
        }
        E::VersionCounts => "Cannot delete the default version of a policy.".to_owned(),
        E::HasVersions => "This policy has more than one version. Before you delete a policy, you \
                           must delete the policy's versions. The default version is deleted with \
                           the policy."
            .to_owned(),
        E::PolicyAttached => "Cannot delete a policy attached to entities.".to_owned(),
        E::Quota { quota, limit } => format!("Cannot exceed quota for {quota}: {limit}"),
        E::MalformedPolicy(why) => why.clone(),
        E::SessionTooLong => "The requested DurationSeconds exceeds the MaxSessionDuration set \
                              for this role."
            .to_owned(),
        // [R]
        E::NotAnArn(_) => "Invalid ARN:  Could not be parsed!".to_owned(),
        E::InvalidRoleArn(arn) => format!("{arn} is invalid"),
        E::DuplicateTags(Keys::Exact) => "Duplicate tag keys found.".to_owned(),
        E::TransitiveTagMissing => {
            "The specified transitive tag key must be included in the requested tags.".to_owned()
        }
        E::TransitiveTagTaken => {
            "One of the specified transitive tag keys can't be set because it \
                                  conflicts with a transitive tag key from the calling session."
                .to_owned()
        }
        E::DuplicateTags(Keys::AnyCase) | E::DuplicateSessionTags => {
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned()
        }
        E::ForeignAccessKey { principal, key } => format!(
            "User: {principal} is not authorized to perform iam:GetAccessKeyLastUsed on resource: \
             access key {key}"
        ),
        // [?]
        E::ReservedTag => "Tag keys that start with aws: are reserved for AWS.".to_owned(),
        E::TooManyTags => "The number of tags has reached the maximum limit.".to_owned(),
        E::InvalidMarker => "Invalid Marker.".to_owned(),
        E::NotEmulated(what) => format!("{what} is not emulated."),
        E::CallerIsNoUser => {
            "Must specify userName when calling with non-User credentials".to_owned()
        }
        E::AssumeRoleDenied { principal, role } => format!(
            "User: {principal} is not authorized to perform: sts:AssumeRole on resource: {role}"
        ),
    }
}

fn not_found(kind: Kind, name: &str) -> String {
    let what = match kind {
        Kind::Role => "role",
        Kind::User => "user",
        Kind::Policy => "policy",
        Kind::RolePolicy => "role policy",
        Kind::UserPolicy => "user policy",
        Kind::AccessKey => return format!("The Access Key with id {name} cannot be found."),
    };
    format!("The {what} with name {name} cannot be found.")
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "User",
        _ => "Role",
    }
}
