//! Every way in which a secret refuses something, as facts of the domain.
//!
//! No AWS error code and no text of AWS stands here; the wire layer gives both in one table.

use crate::ids::{SecretArn, StagingLabel, VersionId};

use super::schedule::ScheduleError;

/// Why an operation on secrets was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// No secret answers to the id [R].
    #[error("no such secret")]
    NotFound,
    /// No version with a value carries the label; also said of a secret without any value [R].
    #[error("no value carries the label {0}")]
    NoValueForLabel(StagingLabel),
    /// The secret has no version with a value under this id [R].
    #[error("no value under the version id {0}")]
    NoValueForVersion(VersionId),
    /// Version id and label were both given and do not belong together [R].
    #[error("the label is not on the version")]
    LabelNotOnVersion,
    /// The name contains a character that names may not have [R].
    #[error("malformed name")]
    InvalidName,
    /// A write without ClientRequestToken [R].
    #[error("no client request token")]
    TokenMissing,
    /// RotateSecret without ClientRequestToken, which AWS reports under another code [R].
    #[error("no client request token for the rotation")]
    RotationTokenMissing,
    /// Another secret has the name [R].
    #[error("the name {0} is taken")]
    NameInUse(String),
    /// The token belongs to a version with another value [R].
    #[error("the token {token} is taken in {secret}")]
    TokenInUse {
        /// The ClientRequestToken.
        token: VersionId,
        /// The secret that knows it.
        secret: SecretArn,
    },
    /// A secret with this name is scheduled for deletion [R].
    #[error("the name is held by a secret that is scheduled for deletion")]
    NameScheduledForDeletion,
    /// The secret is scheduled for deletion [R][U].
    #[error("the secret is scheduled for deletion")]
    ScheduledForDeletion,
    /// The secret was deleted without a recovery window a moment ago [U].
    #[error("the secret was deleted")]
    Deleted,
    /// The rotation function does not exist or does not admit Secrets Manager [R].
    #[error("the rotation function cannot be invoked")]
    FunctionNotInvocable,
    /// No rotation function is named, now or earlier [R].
    #[error("no rotation function")]
    NoRotationFunction,
    /// AWSPENDING is on a version other than that of AWSCURRENT [D][U].
    #[error("a rotation is unfinished")]
    PreviousRotationUnfinished,
    /// Both a number of days and a schedule expression [U].
    #[error("two kinds of rotation frequency")]
    TwoFrequencies,
    /// A schedule that AWS does not accept [D].
    #[error("bad rotation schedule: {0}")]
    Schedule(#[from] ScheduleError),
    /// CancelRotateSecret on a secret that never had a rotation [?].
    #[error("rotation was never configured")]
    RotationNotConfigured,
    /// The RotationToken is not that of the version being written [?].
    #[error("the rotation token does not belong to the version")]
    WrongRotationToken,
    /// A held label can only be moved by naming its holder [R].
    #[error("the label {label} is on {holder}")]
    LabelHeld {
        /// The label to move.
        label: StagingLabel,
        /// The version that carries it.
        holder: VersionId,
    },
    /// The version to take the label from does not carry it [D].
    #[error("the label {0} is not on the version to take it from")]
    WrongSource(StagingLabel),
    /// AWSCURRENT can be moved but not taken off [U].
    #[error("AWSCURRENT cannot be removed")]
    CurrentRemoved,
    /// A label move that names no version [?].
    #[error("neither a source nor a target for the label")]
    NothingToMove,
    /// AWSCURRENT must not move to a version without a value [?].
    #[error("version {0} has no value")]
    TargetWithoutValue(VersionId),
    /// Neither a text nor a binary value, or an empty text [U].
    #[error("no value")]
    ValueMissing,
    /// Both a text and a binary value [?].
    #[error("two values")]
    TwoValues,
    /// The recovery window is not between 7 and 30 days [U].
    #[error("recovery window out of range")]
    RecoveryWindowOutOfRange,
    /// A forced deletion has no recovery window [U].
    #[error("forced deletion with a recovery window")]
    ForcedWithWindow,
    /// More than 20 labels on one secret [D].
    #[error("too many staging labels")]
    TooManyLabels,
    /// About 100 versions, none of which may go yet [D].
    #[error("too many versions")]
    TooManyVersions,
    /// More than 50 tags [D].
    #[error("too many tags")]
    TooManyTags,
    /// A tag key twice in one request [?].
    #[error("the tag key {0} is given twice")]
    DuplicateTag(String),
    /// A tag key that only AWS may set [D].
    #[error("the tag key {0} is reserved")]
    ReservedTag(String),
    /// A resource policy that breaks the grammar [D].
    #[error("malformed resource policy")]
    MalformedPolicy,
    /// A resource policy that names a principal that nobody can be [U].
    #[error("unsupported principal")]
    UnsupportedPrincipal,
    /// A secret has one resource policy, which is called `default` [D].
    #[error("unknown policy name")]
    UnknownPolicyName,
    /// A policy for everyone, where the caller asked that such policies be refused [M].
    #[error("public resource policy")]
    PublicPolicy,
    /// A replica is changed through its primary only [G].
    #[error("a replica cannot be changed")]
    ReplicaIsReadOnly,
    /// A primary with replicas is not deleted [U].
    #[error("{secret} has replicas in {regions}")]
    HasReplicas {
        /// The secret.
        secret: SecretArn,
        /// The Regions, separated by commas.
        regions: String,
    },
    /// A secret is not replicated to its own Region [G].
    #[error("a replica in the primary's own Region")]
    ReplicaInOwnRegion,
    /// The secret is no replica, and so nothing can be stopped [?].
    #[error("not a replica")]
    NotAReplica,
    /// The secret has no replica in the Region [?].
    #[error("no replica in {0}")]
    NoReplicaIn(String),
    /// What CrossAccountReplicaARN or CrossAccountPrimaryARN names cannot be that [D].
    #[error("bad cross-account ARN: {0}")]
    CrossAccountArn(&'static str),
    /// A primary has one cross-account replica at most [D].
    #[error("another cross-account replica is associated")]
    CrossAccountReplicaTaken,
    /// A cross-account replica is created without value, description, Regions and type, and with
    /// a key of its own [D].
    #[error("a cross-account replica is created with {0}")]
    CrossAccountMember(&'static str),
    /// Callers of another account need a customer key on the secret [R].
    #[error("the default key keeps other accounts out")]
    DefaultKeyAcrossAccounts,
    /// Callers of another account need a resource policy on the secret [D].
    #[error("no resource policy lets {principal} reach {secret}")]
    NotSharedWith {
        /// Who called: an ARN.
        principal: String,
        /// The secret.
        secret: SecretArn,
        /// The operation.
        operation: &'static str,
    },
    /// Secrets Manager cannot assume the role of an external secret's rotation [U].
    #[error("the role {0} cannot be assumed")]
    RoleNotAssumable(String),
    /// Both a list of ids and filters, or neither [G].
    #[error("either ids or filters")]
    IdsOrFilters,
    /// A page size without filters [G].
    #[error("a page size needs filters")]
    PageSizeWithoutFilters,
    /// A page token that this emulator did not give for this request [M].
    #[error("bad page token")]
    InvalidPageToken,
    /// The password cannot hold one character of each required type [U].
    #[error("password too short")]
    PasswordTooShort,
    /// Every character of a required type is excluded [U].
    #[error("a required type has no characters left")]
    RequiredTypeExcluded,
    /// Every character is excluded [U].
    #[error("no characters left")]
    AllCharactersExcluded,
}
