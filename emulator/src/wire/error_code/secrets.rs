//! The errors of Secrets Manager: codes and texts as recorded. All are HTTP 400 [R].
//!
//! Texts that nobody outside AWS has seen are marked [?]; they say what is wrong in plain words.

use crate::ids::{SecretArn, StagingLabel, VersionId};
use crate::state::secrets::error::SecretsError;

use super::WireError;

pub(super) fn wire_error(error: &SecretsError) -> WireError {
    WireError::new(code(error), 400, message(error))
}

/// The text is not on record [?]; the codes are of the model [M].
pub(super) fn kms_unusable(operation: &str) -> WireError {
    let (code, what) = if operation.starts_with("Get") || operation.starts_with("BatchGet") {
        ("DecryptionFailure", "decrypt")
    } else {
        ("EncryptionFailure", "encrypt")
    };
    let message = format!("Secrets Manager can't {what} the secret with its KMS key.");
    WireError::new(code, 400, message)
}

fn code(error: &SecretsError) -> &'static str {
    use SecretsError as E;
    match error {
        E::NotFound | E::NoValueForLabel(_) | E::NoValueForVersion(_) => {
            "ResourceNotFoundException"
        }
        E::NameInUse(_) | E::TokenInUse { .. } => "ResourceExistsException",
        E::InvalidName => "ValidationException",
        E::FunctionNotInvocable | E::NotSharedWith { .. } => "AccessDeniedException",
        E::MalformedPolicy | E::UnsupportedPrincipal => "MalformedPolicyDocumentException",
        E::PublicPolicy => "PublicPolicyException",
        E::InvalidPageToken => "InvalidNextTokenException",
        E::TooManyLabels | E::TooManyVersions | E::TooManyTags | E::CrossAccountReplicaTaken => {
            "LimitExceededException"
        }
        E::LabelNotOnVersion
        | E::TokenMissing
        | E::NameScheduledForDeletion
        | E::ScheduledForDeletion
        | E::Deleted
        | E::NoRotationFunction
        | E::PreviousRotationUnfinished
        | E::RotationNotConfigured
        | E::WrongSource(_)
        | E::TargetWithoutValue(_)
        | E::ValueMissing
        | E::NotAReplica
        | E::DefaultKeyAcrossAccounts
        | E::RoleNotAssumable(_) => "InvalidRequestException",
        E::RotationTokenMissing
        | E::TwoFrequencies
        | E::Schedule(_)
        | E::WrongRotationToken
        | E::LabelHeld { .. }
        | E::CurrentRemoved
        | E::NothingToMove
        | E::TwoValues
        | E::RecoveryWindowOutOfRange
        | E::ForcedWithWindow
        | E::DuplicateTag(_)
        | E::ReservedTag(_)
        | E::UnknownPolicyName
        | E::ReplicaIsReadOnly
        | E::HasReplicas { .. }
        | E::ReplicaInOwnRegion
        | E::NoReplicaIn(_)
        | E::CrossAccountArn(_)
        | E::CrossAccountMember(_)
        | E::IdsOrFilters
        | E::PageSizeWithoutFilters
        | E::PasswordTooShort
        | E::RequiredTypeExcluded
        | E::AllCharactersExcluded => "InvalidParameterException",
    }
}

fn message(error: &SecretsError) -> String {
    use SecretsError as E;
    let text = match error {
        E::NoValueForLabel(label) => return no_value("staging label", label.as_str()),
        E::NoValueForVersion(id) => return no_value("VersionId", id.as_str()),
        E::NameInUse(name) => return name_in_use(name),
        E::TokenInUse { token, secret } => return token_in_use(token, secret),
        E::LabelHeld { label, holder } => return label_held(label, holder),
        E::WrongSource(label) => return wrong_source(label),
        E::TargetWithoutValue(id) => return no_value("VersionId", id.as_str()),
        E::Schedule(error) => return format!("The rotation rules are not valid: {error}."),
        E::DuplicateTag(key) => return format!("The tag key {key} is given more than once."),
        E::ReservedTag(key) => return format!("The tag key {key} starts with aws:."),
        E::HasReplicas { secret, regions } => return has_replicas(secret, regions),
        E::NotSharedWith {
            principal,
            secret,
            operation,
        } => return not_shared(principal, secret, operation),
        E::NoReplicaIn(region) => return format!("The secret has no replica in {region}."),
        E::CrossAccountArn(why) => {
            return format!("Invalid ARN for cross-account replication: {why}.");
        }
        E::CrossAccountMember(what) => {
            return format!("A cross-account replica is created with {what}.");
        }
        E::RoleNotAssumable(role) => {
            return format!("Secrets Manager is unable to assume role {role}.");
        }
        E::ReplicaIsReadOnly => REPLICA,
        E::ReplicaInOwnRegion => "Invalid replica region.",
        E::NotAReplica => "The secret is not a replica.",
        E::CrossAccountReplicaTaken => "The secret has a cross-account replica already.",
        E::DefaultKeyAcrossAccounts => DEFAULT_KEY,
        E::IdsOrFilters => IDS_OR_FILTERS,
        E::PageSizeWithoutFilters => PAGE_SIZE_WITHOUT_FILTERS,
        E::NotFound => NOT_FOUND,
        E::LabelNotOnVersion => LABEL_NOT_ON_VERSION,
        E::InvalidName => INVALID_NAME,
        E::TokenMissing | E::RotationTokenMissing => TOKEN_MISSING,
        E::NameScheduledForDeletion => NAME_SCHEDULED,
        E::ScheduledForDeletion => SCHEDULED,
        E::Deleted => DELETED,
        E::FunctionNotInvocable => NOT_INVOCABLE,
        E::NoRotationFunction => NO_FUNCTION,
        E::PreviousRotationUnfinished => UNFINISHED,
        E::TwoFrequencies => TWO_FREQUENCIES,
        E::RotationNotConfigured => ROTATION_NOT_CONFIGURED,
        E::WrongRotationToken => WRONG_ROTATION_TOKEN,
        E::CurrentRemoved => CURRENT_REMOVED,
        E::NothingToMove => NOTHING_TO_MOVE,
        E::ValueMissing => VALUE_MISSING,
        E::TwoValues => TWO_VALUES,
        E::RecoveryWindowOutOfRange => WINDOW_RANGE,
        E::ForcedWithWindow => FORCED_WITH_WINDOW,
        E::TooManyLabels => "The secret would have more than 20 staging labels.",
        E::TooManyVersions => "The secret has too many versions.",
        E::TooManyTags => "The secret would have more than 50 tags.",
        E::MalformedPolicy => "This policy has invalid syntax.",
        E::UnsupportedPrincipal => "This resource policy contains an unsupported principal.",
        E::UnknownPolicyName => "The only PolicyName of a secret is default.",
        E::PublicPolicy => "The resource policy grants broad access, and BlockPublicPolicy is set.",
        E::InvalidPageToken => "The NextToken value is invalid.",
        E::PasswordTooShort => "Password length is too short based on the required types.",
        E::RequiredTypeExcluded => "All characters of the desired type have been excluded",
        E::AllCharactersExcluded => "All characters have been excluded from selection",
    };
    text.to_owned()
}

/// [R]
const NOT_FOUND: &str = "Secrets Manager can't find the specified secret.";
/// [R]
const LABEL_NOT_ON_VERSION: &str =
    "You provided a VersionStage that is not associated to the provided VersionId.";
/// [R]
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric \
                            characters, or any of the following: -/_+=.@!";
/// [R]
const TOKEN_MISSING: &str =
    "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
/// [R]
const NAME_SCHEDULED: &str = "You can't create this secret because a secret with this name is \
                              already scheduled for deletion.";
/// [R]
const SCHEDULED: &str =
    "You can't perform this operation on the secret because it was marked for deletion.";
/// [U]
const DELETED: &str = "You can't perform this operation on the secret because it was deleted.";
/// [R]
const NOT_INVOCABLE: &str = "Secrets Manager cannot invoke the specified Lambda function. Ensure \
                             that the function policy grants access to the principal \
                             secretsmanager.amazonaws.com.";
/// [R]
const NO_FUNCTION: &str = "No Lambda rotation function ARN is associated with this secret.";
/// [D][U]
const UNFINISHED: &str = "A previous rotation isn't complete. That rotation will be reattempted.";
/// [U]
const TWO_FREQUENCIES: &str =
    "You cannot specify both rotation frequency and schedule expression together.";
/// [?]
const ROTATION_NOT_CONFIGURED: &str = "Rotation was never configured for this secret.";
/// [?]
const WRONG_ROTATION_TOKEN: &str = "The RotationToken does not belong to this version.";
/// [U], with AWS's typographic apostrophe.
const CURRENT_REMOVED: &str = "You can only move staging label AWSCURRENT to a different secret \
                               version. It can’t be completely removed.";
/// [?]
const NOTHING_TO_MOVE: &str =
    "You must provide RemoveFromVersionId, MoveToVersionId, or both of them.";
/// [U]
const VALUE_MISSING: &str = "You must provide either SecretString or SecretBinary.";
/// [?]
const TWO_VALUES: &str =
    "You can't specify both a binary secret value and a string secret value in the same secret.";
/// [U]
const WINDOW_RANGE: &str =
    "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
/// [U]
const FORCED_WITH_WINDOW: &str =
    "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";

/// [G]
const REPLICA: &str =
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
/// [R]
const DEFAULT_KEY: &str = "You can't access a secret from a different AWS account if you encrypt \
                           the secret with the default KMS service key.";
/// [G]
const IDS_OR_FILTERS: &str = "Either 'SecretIdList' or 'Filters' must be provided, but not both.";
/// [G]
const PAGE_SIZE_WITHOUT_FILTERS: &str = "'Filters' not specified. 'Filters' must also be \
                                         specified when 'MaxResults' is provided.";

/// [U]
fn has_replicas(secret: &SecretArn, regions: &str) -> String {
    format!("You can't delete secret {secret} that still has replica regions [{regions}].")
}

/// [G]
fn not_shared(principal: &str, secret: &SecretArn, operation: &str) -> String {
    format!(
        "User: {principal} is not authorized to perform: \
         secretsmanager:{operation} on resource: {secret} because no resource-based policy allows \
         the secretsmanager:{operation} action"
    )
}

/// [R]
fn no_value(selector: &str, value: &str) -> String {
    format!("Secrets Manager can't find the specified secret value for {selector}: {value}")
}

/// [R]
fn name_in_use(name: &str) -> String {
    format!("The operation failed because the secret {name} already exists.")
}

/// [R]
fn token_in_use(token: &VersionId, secret: &SecretArn) -> String {
    format!(
        "You can't use ClientRequestToken {token} because that value is already in use for a \
         version of secret {secret}."
    )
}

/// [R] for AWSCURRENT.
fn label_held(label: &StagingLabel, holder: &VersionId) -> String {
    format!(
        "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently \
         attached to version {holder}, so you must explicitly reference that version in \
         RemoveFromVersionId."
    )
}

/// [D] for the refusal, [G] for its text.
fn wrong_source(label: &StagingLabel) -> String {
    format!(
        "When you move staging label {label}, if you specify RemoveFromVersionId, it must be set \
         to the version that currently has the staging label {label}."
    )
}
