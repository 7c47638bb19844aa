//! Why a text is not a policy, in IAM's words: recorded 2026-02 for managed policies and for trust
//! policies [R], pasted by users for principals [U], else another emulator's guess [G].

/// Why a text is not a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON.
    #[error("This policy contains invalid Json")]
    Json,
    /// JSON, but not of the grammar.
    #[error("Syntax errors in policy.")]
    Syntax,
    /// A managed policy in the old language, or in none.
    #[error("Policy document must be version 2012-10-17 or greater.")]
    OldVersion,
    /// An effect in another case, a date that is none, an ARN that lacks parts.
    #[error("The policy failed legacy parsing")]
    Legacy,
    /// A Sid that is used twice.
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    DuplicateSid,
    /// Principals in a policy of an identity.
    #[error("Policy document should not specify a principal.")]
    Principal,
    /// No principals in the policy of a resource.
    #[error("Missing required field Principal")]
    NoPrincipal,
    /// A principal that nobody can be; the kind is `AWS`, `SERVICE` and the like.
    #[error("Invalid principal in policy: \"{kind}\":\"{name}\"")]
    InvalidPrincipal {
        /// The kind, in capitals.
        kind: String,
        /// The principal.
        name: String,
    },
    /// No action.
    #[error("Policy statement must contain actions.")]
    NoAction,
    /// An action without a service.
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    NoVendor,
    /// An action with two colons.
    #[error("Actions/Condition can contain only one colon.")]
    Colons,
    /// An action of a service that cannot be.
    #[error("Vendor {0} is not valid")]
    Vendor(String),
    /// A trust policy about anything else.
    #[error("AssumeRole policy may only specify STS AssumeRole actions.")]
    NotAssumeRole,
    /// No resource.
    #[error("Policy statement must contain resources.")]
    NoResource,
    /// A resource in a trust policy.
    #[error("Has prohibited field Resource")]
    Resource,
    /// A resource without a colon.
    #[error("Resource {0} must be in ARN format or \"*\".")]
    NotArn(String),
    /// A partition that there is not.
    #[error("Partition \"{partition}\" is not valid for resource \"{resource}\".")]
    Partition {
        /// The partition.
        partition: String,
        /// The ARN, its missing parts as `*`.
        resource: String,
    },
    /// An ARN without a service, or with a wildcard in its place.
    #[error("Resource vendor must be fully qualified and cannot contain regexes.")]
    ResourceVendor,
    /// A Region in the ARN of something in S3, which has none.
    #[error("Resource {0} can not contain region information.")]
    Region(String),
    /// A Region in the ARN of something in IAM.
    #[error("IAM resource {0} cannot contain region information.")]
    IamRegion(String),
    /// Something that is not in IAM.
    #[error(
        "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, \
         group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, \
         saml-provider/, oidc-provider/, report/, access-report/."
    )]
    IamPath,
}

impl Malformed {
    /// Is it a principal, rather than the grammar, that is wrong?
    pub fn is_about_a_principal(&self) -> bool {
        matches!(self, Self::InvalidPrincipal { .. })
    }
}
