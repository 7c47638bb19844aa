//! Every way in which IAM and STS refuse something, as facts of the domain.

use super::tags::Keys;

/// A kind of thing in IAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A role.
    Role,
    /// A user.
    User,
    /// A managed policy.
    Policy,
    /// An inline policy of a role.
    RolePolicy,
    /// An inline policy of a user.
    UserPolicy,
    /// An access key.
    AccessKey,
}

/// Why IAM or STS refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IamError {
    /// Nothing of that kind has the name.
    #[error("no such {kind:?}: {name}")]
    NotFound {
        /// What was looked for.
        kind: Kind,
        /// Its name.
        name: String,
    },
    /// No managed policy has the ARN.
    #[error("no such policy: {0}")]
    PolicyNotFound(String),
    /// The managed policy has no such version.
    #[error("no version {version} of {arn}")]
    VersionNotFound {
        /// The policy.
        arn: String,
        /// The version.
        version: String,
    },
    /// No policy with that ARN can be attached.
    #[error("not attachable: {0}")]
    NotAttachable(String),
    /// The policy is not attached to that user or role.
    #[error("not attached: {0}")]
    NotAttached(String),
    /// The name is taken.
    #[error("the {kind:?} {name} exists")]
    Exists {
        /// What has the name.
        kind: Kind,
        /// The name.
        name: String,
    },
    /// A user or a role still has inline policies.
    #[error("it has inline policies")]
    HasInlinePolicies,
    /// A user or a role still has attached policies.
    #[error("it has attached policies")]
    HasAttachedPolicies,
    /// A user still has access keys.
    #[error("it has access keys")]
    HasAccessKeys,
    /// A managed policy has as many versions as it can have.
    #[error("too many versions")]
    TooManyVersions,
    /// The version of a managed policy that counts.
    #[error("the version counts")]
    VersionCounts,
    /// A managed policy has more versions than the one that counts.
    #[error("the policy has versions")]
    HasVersions,
    /// A managed policy is still attached.
    #[error("the policy is attached")]
    PolicyAttached,
    /// More of something than IAM keeps.
    #[error("over the quota {quota}: {limit}")]
    Quota {
        /// The quota's name.
        quota: &'static str,
        /// The most that there can be.
        limit: usize,
    },
    /// A text is no policy; the text says why.
    #[error("malformed policy: {0}")]
    MalformedPolicy(String),
    /// The role's sessions may not last so long.
    #[error("the session would last too long")]
    SessionTooLong,
    /// A member that this emulator would otherwise have to ignore, or a policy of AWS that it does
    /// not have.
    #[error("{0} is not emulated")]
    NotEmulated(String),
    /// The ARN of a policy that is no ARN.
    #[error("not an ARN: {0}")]
    NotAnArn(String),
    /// The ARN of a role to be assumed that is no ARN.
    #[error("invalid: {0}")]
    InvalidRoleArn(String),
    /// A key of a tag twice in one request.
    #[error("a tag twice")]
    DuplicateTags(Keys),
    /// A key of a session's tag twice.
    #[error("a session's tag twice")]
    DuplicateSessionTags,
    /// A transitive key without a tag.
    #[error("a transitive tag is missing")]
    TransitiveTagMissing,
    /// A tag that the caller's session has and keeps.
    #[error("a transitive tag is taken")]
    TransitiveTagTaken,
    /// A key of a tag that only AWS may set.
    #[error("a reserved tag")]
    ReservedTag,
    /// More tags than fifty.
    #[error("too many tags")]
    TooManyTags,
    /// A marker of a page that this emulator did not give.
    #[error("bad marker")]
    InvalidMarker,
    /// No access key has the id, or the caller's account does not have it.
    #[error("{principal} may not ask for {key}")]
    ForeignAccessKey {
        /// Who asks.
        principal: String,
        /// The access key id.
        key: String,
    },
    /// Nothing is said of whom a call without a user name means.
    #[error("the caller is no user")]
    CallerIsNoUser,
    /// The caller may not assume the role, or there is none of that name.
    #[error("{principal} may not assume {role}")]
    AssumeRoleDenied {
        /// Who asks.
        principal: String,
        /// The role's ARN.
        role: String,
    },
}
