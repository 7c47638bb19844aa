//! The closed sets of words that a scenario is written in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The names that a scenario may use and that others own.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary<'a> {
    /// Operations that a fault or a point in time can name.
    pub operations: &'a [&'a str],
}

impl Default for Vocabulary<'static> {
    fn default() -> Self {
        Self {
            operations: &OPERATIONS,
        }
    }
}

/// The operations that a rotation function has a use for, `GraphQL` and `EventConnect` for the data
/// plane.
pub const OPERATIONS: [&str; 13] = [
    "DescribeSecret",
    "GetSecretValue",
    "PutSecretValue",
    "UpdateSecretVersionStage",
    "ListTagsForResource",
    "ListApiKeys",
    "CreateApiKey",
    "UpdateApiKey",
    "DeleteApiKey",
    "GetGraphqlApi",
    "GetApi",
    "GraphQL",
    "EventConnect",
];

/// A closed set of words.
pub trait Choice: Copy + Sized + 'static {
    /// The values, in order.
    const VALUES: &'static [Self];

    /// The words, in the order of the values.
    const WORDS: &'static [&'static str];

    /// The value that a word stands for.
    fn from_word(word: &str) -> Option<Self>;
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal $(or $old:literal)?,)+ }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word $(, alias = $old)?)] $variant,)+
        }

        impl $name {
            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl Choice for $name {
            const VALUES: &'static [Self] = &[$(Self::$variant),+];
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word $(| $old)? => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

choice! {
    /// For which functions a scenario is that is not for any.
    Suite {
        /// Every function can be held to it: it demands invariants and labels only.
        Portable = "portable",
        /// It is about what the builtin rotator promises.
        Builtin = "builtin",
    }
}

choice! {
    /// What the secrets of a world hold.
    Holds {
        /// An AppSync API key.
        Key = "key",
        /// A password; there is no API then.
        Password = "password",
    }
}

choice! {
    /// The real system in which the credential of a world counts.
    TargetKind {
        /// An issuer of tokens over HTTP.
        Issuer = "issuer",
        /// MariaDB, as MySQL.
        Mysql = "mysql",
        /// PostgreSQL.
        Postgres = "postgres",
    }
}

choice! {
    /// Of which kind the APIs of a world are.
    ApiKind {
        /// GraphQL APIs.
        Graphql = "graphql",
        /// Event APIs.
        Event = "event",
        /// A GraphQL API, an Event API, and so on in turns.
        Mixed = "mixed",
    }
}

choice! {
    /// How the secret's value holds the key.
    Shape {
        /// As a member of a JSON object.
        Json = "json",
        /// As the whole value.
        Plain = "plain",
    }
}

choice! {
    /// Where the function learns which API is whose.
    Config {
        /// The environment pins one API for all.
        Env = "env",
        /// Tags of each secret name its API and the member with the key.
        Tags = "tags",
        /// The member `apiId` of each value.
        Member = "member",
    }
}

choice! {
    /// Which of an API's modes API_KEY is.
    Auth {
        /// The default mode.
        Default = "default",
        /// An additional mode beside AWS_IAM.
        Additional = "additional",
    }
}

choice! {
    /// What an invocation after a crash starts with.
    Restart {
        /// The clients of the one before it.
        Warm = "warm",
        /// New clients.
        Cold = "cold",
    }
}

choice! {
    /// How the function's SDK clients retry.
    RetryMode {
        /// With a wait that grows.
        Standard = "standard",
        /// The same, and slower while the service throttles.
        Adaptive = "adaptive",
    }
}

choice! {
    /// How a doubled delivery of a rotation step runs.
    Twice {
        /// The second after the first has ended.
        InSequence = "in-sequence",
        /// Both at once.
        AtOnce = "at-once",
    }
}

choice! {
    /// How a rotation has to end.
    RotateOutcome {
        /// The new version is current.
        Ok = "ok",
        /// Of several rotations some end with the new version current, and some do not.
        Some = "some",
        /// The service has given up after its retries.
        Failed = "failed",
        /// RotateSecret itself answers with an error.
        Refused = "refused",
        /// However it ends: the oracles alone judge.
        Any = "any",
    }
}

choice! {
    /// How an event names the secret.
    SecretForm {
        /// By its full ARN.
        Arn = "arn",
        /// By its name.
        Name = "name",
        /// By its ARN without the six random characters.
        Partial = "partial",
        /// By the ARN of its replica, or of one in eu-central-1 if it has none.
        Replica = "replica",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the macro would need a default for every set"
)]
impl Default for SecretForm {
    fn default() -> Self {
        Self::Arn
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the macro would need a default for every set"
)]
impl Default for RotateOutcome {
    fn default() -> Self {
        Self::Ok
    }
}

choice! {
    /// What an API does to a websocket whose key is no longer good.
    LostKey {
        /// Nothing.
        Kept = "kept",
        /// It closes it.
        Closed = "closed",
    }
}

choice! {
    /// How far a replica is.
    ReplicaState {
        /// It has what the primary has.
        InSync = "in-sync",
        /// It does not yet have what the primary has.
        InProgress = "in-progress",
        /// There is none: the name is taken there.
        Failed = "failed",
    }
}

choice! {
    /// What a key has to be like.
    KeyState {
        /// It exists and has not expired.
        Alive = "alive",
        /// It exists and has expired.
        Expired = "expired",
        /// It is alive and expires within 26 hours.
        Expiring = "expiring",
        /// It does not exist.
        Gone = "gone",
    }
}

choice! {
    /// An oracle by its name; what it demands stands with the oracles.
    OracleId {
        /// Whatever a client may hold is accepted.
        Served = "served",
        /// No modelled client is ever refused.
        ClientsServed = "clients-served" or "users-served",
        /// AWSCURRENT is somewhere, and moved as it has to be.
        OneCurrent = "one-current",
        /// What is promoted has been tried.
        TestedFirst = "tested-first",
        /// Labels of other versions are left alone.
        OwnLabels = "own-labels",
        /// AWSCURRENT does not go back.
        NoReturn = "no-return",
        /// Nothing but the key changes in a value.
        ValuePreserved = "value-preserved",
        /// A version keeps its value.
        ValueFixed = "value-fixed",
        /// Other people's keys are left alone.
        ForeignUntouched = "foreign-untouched",
        /// Other secrets' keys are left alone.
        OwnSecretOnly = "own-secret-only",
        /// A rotation makes one key.
        BoundedKeys = "bounded-keys",
        /// Few keys live at one time.
        FewKeys = "few-keys",
        /// Keys outlive the next rotations.
        Lasts = "lasts",
        /// No secret is where others read.
        NoSecretLeaked = "no-secret-leaked",
        /// The published policy is enough.
        WithinPolicy = "within-policy",
        /// A step answers before its deadline.
        InTime = "in-time",
        /// A step does not call for ever.
        BoundedCalls = "bounded-calls",
        /// A step can be repeated.
        RepeatHarmless = "repeat-harmless",
        /// A step that fails by itself leaves nothing behind.
        CleanFailure = "clean-failure",
        /// Keys that nobody needs are on their way out.
        NoOrphan = "no-orphan",
        /// What the target accepts can be found by a label.
        CredentialKnown = "credential-known",
        /// The target accepts what AWSCURRENT holds.
        CurrentWorks = "current-works",
        /// It accepts what AWSPREVIOUS holds, where that is promised.
        PreviousWorks = "previous-works",
        /// It refuses what has been retired.
        OldDies = "old-dies",
        /// It keeps what others have there.
        OthersUntouched = "others-untouched",
        /// Once faults have stopped, a rotation completes.
        Recovers = "recovers" or "settles",
    }
}

choice! {
    /// A situation that a run can come into; a campaign that misses one has shown nothing of it.
    Mark {
        /// An SDK retry hid a fault from the function.
        RetryAbsorbed = "retry-absorbed",
        /// A call failed however often the SDK tried.
        RetriesSpent = "retries-spent",
        /// An invocation died at a call.
        Killed = "killed",
        /// An invocation did not answer by its deadline.
        OutOfTime = "out-of-time",
        /// A step ran again with the same token.
        StartedOver = "started-over",
        /// Two invocations of a step made calls in turn.
        Overlapped = "overlapped",
        /// createSecret stored a key that an earlier try made.
        OrphanAdopted = "orphan-adopted",
        /// PutSecretValue met a version with a value.
        PutMetAValue = "put-met-a-value",
        /// finishSecret found its token current.
        AlreadyCurrent = "already-current",
    }
}

/// Whether a text can name something: letters, digits, `-`, `_`, `.`, at most 64 of them.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether a text is written like a Region: `eu-central-1`.
pub(super) fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let ends_well = parts
        .next()
        .is_some_and(|part| !part.is_empty() && is_number(part));
    let words: Vec<&str> = parts.collect();
    let is_full = words.iter().all(|word| !word.is_empty() && is_word(word));
    ends_well && is_full && words.len() >= 2 && text.len() <= 64
}
