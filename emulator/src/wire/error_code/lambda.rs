//! The errors of Lambda: codes and statuses of the model, texts as recorded where they are.

use crate::state::lambda::error::{LambdaError, Revised};
use crate::state::lambda::runtime::TAKEN;

use super::WireError;

pub(super) fn wire_error(error: &LambdaError) -> WireError {
    match error {
        LambdaError::FunctionNotFound(_)
        | LambdaError::ForeignRegion { .. }
        | LambdaError::AliasNotFound(_)
        | LambdaError::ChangedAliasNotFound(_)
        | LambdaError::PolicyNotFound
        | LambdaError::PolicyOfNothing
        | LambdaError::StatementNotFound(_) => not_found(error),
        LambdaError::FunctionExists(_)
        | LambdaError::AliasExists(_)
        | LambdaError::VersionNamed { .. }
        | LambdaError::StatementExists(_) => conflict(error),
        LambdaError::RuntimeNotRun(_) | LambdaError::NotEmulated(_) => not_emulated(error),
        LambdaError::RevisionStale(of) => stale(*of),
        LambdaError::TurnedOff => WireError::new(
            "AccessDeniedException",
            403,
            "This emulator does not take functions: it was started with --no-functions, or with a \
             --host that other machines reach and without --allow-remote-functions.",
        ),
        // [EMU]
        LambdaError::RoleOfAnotherAccount => {
            let text = "Cross-account pass role is not allowed.";
            WireError::new("AccessDeniedException", 403, text)
        }
        // The message is null [R].
        LambdaError::ForeignAccount => WireError::new("AccessDeniedException", 403, ""),
        // [R]
        LambdaError::ArchiveTooLarge => WireError::new(
            "RequestEntityTooLargeException",
            413,
            "Zipped size must be smaller than 52428800 bytes",
        ),
        // [U]
        LambdaError::NotShared {
            principal,
            action,
            function,
        } => WireError::new(
            "AccessDeniedException",
            403,
            format!(
                "User: {principal} is not authorized to perform: {action} on resource: {function} \
                 because no resource-based policy allows the {action} action"
            ),
        ),
        LambdaError::PayloadNotJson(at) => WireError::new(
            "InvalidRequestContentException",
            400,
            format!("Could not parse request body into json: {at}"),
        ),
        LambdaError::PayloadTooLarge(limit) => WireError::new(
            "RequestTooLargeException",
            413,
            format!("Request must be smaller than {limit} bytes for the InvokeFunction operation"),
        ),
        LambdaError::TooManyRuns => {
            WireError::new("TooManyRequestsException", 429, "Rate Exceeded.")
        }
        other => WireError::new("InvalidParameterValueException", 400, invalid(other)),
    }
}

/// [R]
fn stale(of: Revised) -> WireError {
    let call = match of {
        Revised::Function => "GetFunction/GetAlias",
        Revised::Policy => "GetPolicy",
    };
    let text = format!(
        "The Revision Id provided does not match the latest Revision Id. Call the {call} API to \
         retrieve the latest Revision Id"
    );
    WireError::new("PreconditionFailedException", 412, text)
}

/// [R]
fn not_found(error: &LambdaError) -> WireError {
    let message = match error {
        LambdaError::FunctionNotFound(arn) => format!("Function not found: {arn}"),
        LambdaError::ForeignRegion { there, here } => {
            format!("Functions from '{there}' are not reachable in this region ('{here}')")
        }
        LambdaError::AliasNotFound(arn) => format!("Cannot find alias arn: {arn}"),
        LambdaError::ChangedAliasNotFound(arn) => format!("Alias not found: {arn}"),
        LambdaError::PolicyNotFound => "The resource you requested does not exist.".to_owned(),
        LambdaError::PolicyOfNothing => {
            "No policy is associated with the given resource.".to_owned()
        }
        LambdaError::StatementNotFound(sid) => {
            format!("Statement {sid} is not found in resource policy.")
        }
        other => other.to_string(),
    };
    WireError::new("ResourceNotFoundException", 404, message)
}

/// [R] but for the version that aliases name, of which only the rule is known [D].
fn conflict(error: &LambdaError) -> WireError {
    let message = match error {
        LambdaError::FunctionExists(name) => format!("Function already exist: {name}"),
        LambdaError::AliasExists(arn) => format!("Alias already exists: {arn}"),
        LambdaError::VersionNamed { version, aliases } => {
            format!("Version {version} cannot be deleted: the aliases {aliases} refer to it.")
        }
        LambdaError::StatementExists(sid) => format!(
            "The statement id ({sid}) provided already exists. Please provide a new statement id, \
             or remove the existing statement."
        ),
        other => other.to_string(),
    };
    WireError::new("ResourceConflictException", 409, message)
}

fn not_emulated(error: &LambdaError) -> WireError {
    let message = match error {
        LambdaError::RuntimeNotRun(name) => format!(
            "The runtime {name} is not emulated: provided.al2023, provided.al2, python3.x and \
             nodejsX.x run here, and --function NAME=exec:COMMAND runs anything that speaks the \
             Lambda Runtime API."
        ),
        LambdaError::NotEmulated(what) => format!("{what} is not emulated."),
        other => other.to_string(),
    };
    WireError::new("NotImplemented", 501, message)
}

/// The texts of an InvalidParameterValueException [R], but for those of an archive that is refused
/// for what it holds, which are ours.
fn invalid(error: &LambdaError) -> String {
    let text = match error {
        LambdaError::QualifiersDiffer => {
            "The derived qualifier from the function name does not match the specified qualifier."
        }
        LambdaError::LatestNotDeletable => {
            "$LATEST version cannot be deleted without deleting the function."
        }
        LambdaError::PrincipalInvalid => {
            "The provided principal was invalid. Please check the principal and try again."
        }
        LambdaError::RuntimeMissing => {
            "Runtime and Handler are mandatory parameters for functions created with deployment \
             packages."
        }
        LambdaError::RoleNotAssumable => {
            "The role defined for the function cannot be assumed by Lambda."
        }
        LambdaError::CodeMissing => "Please provide a source for function code.",
        LambdaError::CodeEmpty => "Uploaded file must be a non-empty zip",
        LambdaError::CodeUnreadable => {
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        }
        LambdaError::CodeTooLarge => "Unzipped size must be smaller than 262144000 bytes",
        LambdaError::TagsTooMany => "Tag count exceeds 50 limits",
        LambdaError::AliasNotDeletable => "Deletion of aliases is not currently supported.",
        LambdaError::RoutesTooMany => {
            "Number of items in AdditionalVersionWeights cannot be greater than 1"
        }
        LambdaError::RouteFromLatest => {
            "$LATEST is not supported for an alias pointing to more than 1 version"
        }
        other => return invalid_with_value(other),
    };
    text.to_owned()
}

fn invalid_with_value(error: &LambdaError) -> String {
    match error {
        LambdaError::RuntimeUnknown(name) => format!(
            "Value {name} at 'runtime' failed to satisfy constraint: Member must satisfy enum \
             value set: [{}] or be a valid ARN",
            TAKEN.join(", ")
        ),
        LambdaError::RuntimeDeprecated(name) => format!(
            "The runtime parameter of {name} is no longer supported for creating or updating AWS \
             Lambda functions. We recommend you use a supported runtime while creating or updating \
             functions."
        ),
        LambdaError::EnvironmentTooLarge(measured) => format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided exceeded the 4KB limit. String measured: {}",
            measured.0
        ),
        LambdaError::RouteToItself(version) => format!(
            "Invalid function version {version}. Function version {version} is already included in \
             routing configuration."
        ),
        LambdaError::NameTooLong(name) => format!(
            "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy \
             constraint: Member must have length less than or equal to 64"
        ),
        LambdaError::ReservedVariables(names) => format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided contains reserved keys that are currently not supported \
             for modification. Reserved keys used in this request: {names}"
        ),
        LambdaError::CodeRefused(what) => {
            format!("The uploaded file is not unpacked here: it holds {what}.")
        }
        LambdaError::CodeDiffers { asked, actual } => format!(
            "CodeSHA256 ({asked}) is different from current CodeSHA256 in $LATEST ({actual}). \
             Please try again with the CodeSHA256 in $LATEST."
        ),
        other => other.to_string(),
    }
}
