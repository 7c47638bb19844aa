//! Every way in which Lambda refuses, as facts of the domain.

use crate::ids::FunctionArn;

/// Why an operation of Lambda refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LambdaError {
    /// No such function, version, or both.
    #[error("function not found: {0}")]
    FunctionNotFound(FunctionArn),
    /// The name is taken.
    #[error("the function {0} exists")]
    FunctionExists(String),
    /// The ARN is one of another Region.
    #[error("functions of {there} are not reached from {here}")]
    ForeignRegion {
        /// The Region of the ARN.
        there: String,
        /// The Region of the call.
        here: String,
    },
    /// A name with a qualifier and another qualifier beside it.
    #[error("two qualifiers that differ")]
    QualifiersDiffer,
    /// `$LATEST` goes with its function only.
    #[error("$LATEST cannot be deleted by itself")]
    LatestNotDeletable,
    /// No alias of that name.
    #[error("alias not found: {0}")]
    AliasNotFound(FunctionArn),
    /// The alias is there.
    #[error("the alias {0} exists")]
    AliasExists(FunctionArn),
    /// Nobody was ever permitted anything.
    #[error("no resource policy")]
    PolicyNotFound,
    /// Nobody was ever permitted anything, and a permission shall go.
    #[error("no resource policy to take from")]
    PolicyOfNothing,
    /// No statement of that id.
    #[error("no statement {0}")]
    StatementNotFound(String),
    /// The statement's id is taken.
    #[error("the statement {0} exists")]
    StatementExists(String),
    /// Not a service, an account or an ARN.
    #[error("no principal")]
    PrincipalInvalid,
    /// The function was changed by somebody else.
    #[error("the revision id is not the latest")]
    RevisionStale,
    /// `provided` runtimes and interpreters need both.
    #[error("runtime and handler are needed")]
    RuntimeMissing,
    /// Lambda knows it; nothing here runs it.
    #[error("the runtime {0} is not run here")]
    RuntimeNotRun(String),
    /// Lambda does not know it.
    #[error("the runtime {0} is not known")]
    RuntimeUnknown(String),
    /// Variables that Lambda sets itself.
    #[error("reserved variables: {0}")]
    ReservedVariables(String),
    /// The variables are too long.
    #[error("the variables are longer than 4 KB")]
    EnvironmentTooLarge,
    /// No archive.
    #[error("no code")]
    CodeMissing,
    /// The role does not exist, or does not trust Lambda.
    #[error("Lambda cannot assume the role")]
    RoleNotAssumable,
    /// The role is another account's.
    #[error("the role is another account's")]
    RoleOfAnotherAccount,
    /// The function is another account's, and lets nobody in.
    #[error("{function} is not shared with {principal}")]
    NotShared {
        /// Who called: an ARN.
        principal: String,
        /// What for, such as `lambda:GetFunction`.
        action: String,
        /// The function.
        function: FunctionArn,
    },
    /// The archive is empty.
    #[error("the archive is empty")]
    CodeEmpty,
    /// Not a ZIP archive.
    #[error("the archive cannot be read")]
    CodeUnreadable,
    /// What the archive holds is too large.
    #[error("the archive holds too much")]
    CodeTooLarge,
    /// The archive holds something that is not unpacked.
    #[error("the archive holds {0}")]
    CodeRefused(String),
    /// The SHA-256 that was sent is not that of the code.
    #[error("the code's SHA-256 is another")]
    CodeDiffers,
    /// Something that Lambda can and this cannot.
    #[error("not emulated: {0}")]
    NotEmulated(&'static str),
    /// The function's policy does not let this service invoke it.
    #[error("the function's policy grants it nothing")]
    NotPermitted,
    /// The server does not take functions.
    #[error("functions are turned off")]
    TurnedOff,
    /// Not one of Lambda's three.
    #[error("no invocation type {0}")]
    InvocationTypeUnknown(String),
    /// The event is not JSON.
    #[error("the payload is no JSON: {0}")]
    PayloadNotJson(String),
    /// The event is too long.
    #[error("the payload is longer than {0} bytes")]
    PayloadTooLarge(usize),
    /// As many run as may.
    #[error("too many run at once")]
    TooManyRuns,
}
