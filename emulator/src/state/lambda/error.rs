//! Every way in which Lambda refuses, as facts of the domain.

use crate::ids::FunctionArn;

use super::configuration::Measured;

/// What a revision is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revised {
    /// A function, a version or an alias.
    Function,
    /// A resource policy.
    Policy,
}

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
    /// No alias of that name, and it shall be changed.
    #[error("alias to be changed not found: {0}")]
    ChangedAliasNotFound(FunctionArn),
    /// Aliases are deleted otherwise.
    #[error("an alias is not deleted as a version is")]
    AliasNotDeletable,
    /// Aliases name the version.
    #[error("version {version} is named by {aliases}")]
    VersionNamed {
        /// The version.
        version: u64,
        /// The aliases.
        aliases: String,
    },
    /// An alias leads to one version besides its own at most.
    #[error("more than one additional version")]
    RoutesTooMany,
    /// An alias leads to its own version already.
    #[error("version {0} is the alias's own")]
    RouteToItself(u64),
    /// `$LATEST` is shared with no other version.
    #[error("$LATEST goes with no other version")]
    RouteFromLatest,
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
    /// The function, the alias or the policy was changed by somebody else.
    #[error("the revision id is not the latest of the {0:?}")]
    RevisionStale(Revised),
    /// `provided` runtimes and interpreters need both.
    #[error("runtime and handler are needed")]
    RuntimeMissing,
    /// Lambda knows it; nothing here runs it.
    #[error("the runtime {0} is not run here")]
    RuntimeNotRun(String),
    /// Lambda takes it no more.
    #[error("the runtime {0} is deprecated")]
    RuntimeDeprecated(String),
    /// Lambda does not know it.
    #[error("the runtime {0} is not known")]
    RuntimeUnknown(String),
    /// Variables that Lambda sets itself.
    #[error("reserved variables: {0}")]
    ReservedVariables(String),
    /// The variables are too long.
    #[error("the variables are longer than 4 KB")]
    EnvironmentTooLarge(Measured),
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
    /// The archive itself is too large.
    #[error("the archive is too large")]
    ArchiveTooLarge,
    /// The SHA-256 that was sent is not that of the code.
    #[error("the code's SHA-256 is {actual}")]
    CodeDiffers {
        /// What was sent.
        asked: String,
        /// What it is.
        actual: String,
    },
    /// The function is another account's, and is to be made here.
    #[error("functions of other accounts are not made")]
    ForeignAccount,
    /// The name is longer than one may be.
    #[error("the name {0} is too long")]
    NameTooLong(String),
    /// More tags than there may be.
    #[error("too many tags")]
    TagsTooMany,
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
