//! Newtypes for the names of things, so that one cannot be passed for another.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id! {
    /// A 12-digit AWS account id.
    AccountId
}
text_id! {
    /// A Region such as `eu-west-1`.
    Region
}
text_id! {
    /// The id of a version of a secret; on writes it is the ClientRequestToken. 32 to 64 characters [M].
    VersionId
}
text_id! {
    /// A staging label such as `AWSCURRENT`.
    StagingLabel
}
text_id! {
    /// The id of an AppSync API: 26 characters of base32 [REC].
    ApiId
}
text_id! {
    /// The first label of the host at which an AppSync API answers; never the API's id [REC].
    HostLabel
}
text_id! {
    /// The full ARN of a secret, with its six random characters.
    SecretArn
}
text_id! {
    /// The ARN of a Lambda function.
    FunctionArn
}

/// Every secret has the same three labels, so their texts are kept once.
impl StagingLabel {
    /// The text of [`Self::current`].
    pub const CURRENT: &'static str = "AWSCURRENT";
    /// The text of [`Self::pending`].
    pub const PENDING: &'static str = "AWSPENDING";

    /// The label of the version that clients read by default.
    pub fn current() -> Self {
        static SHARED: LazyLock<StagingLabel> =
            LazyLock::new(|| StagingLabel::new(StagingLabel::CURRENT));
        SHARED.clone()
    }

    /// The label of the version that was current before.
    pub fn previous() -> Self {
        static SHARED: LazyLock<StagingLabel> = LazyLock::new(|| StagingLabel::new("AWSPREVIOUS"));
        SHARED.clone()
    }

    /// The label of the version that a rotation is making.
    pub fn pending() -> Self {
        static SHARED: LazyLock<StagingLabel> =
            LazyLock::new(|| StagingLabel::new(StagingLabel::PENDING));
        SHARED.clone()
    }
}

/// What Regions' names begin with, in all partitions of AWS.
const AREAS: [&str; 16] = [
    "af", "ap", "ca", "cn", "eu", "eu-isoe", "eusc-de", "il", "me", "mx", "sa", "us", "us-gov",
    "us-iso", "us-isob", "us-isof",
];

/// Where in its area a Region lies.
const PLACES: [&str; 9] = [
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

impl Region {
    /// Is a text the name of a Region that there is or may come to be, such as `eu-central-1`?
    /// There are some thirteen hundred.
    pub fn is_one(text: &str) -> bool {
        let Some((rest, number)) = text.rsplit_once('-') else {
            return false;
        };
        let is_placed = |(area, place)| AREAS.contains(&area) && PLACES.contains(&place);
        matches!(number.as_bytes(), [b'1'..=b'9']) && rest.rsplit_once('-').is_some_and(is_placed)
    }

    /// The ARN partition that the Region belongs to.
    pub fn partition(&self) -> &'static str {
        match self.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

/// The account of every access key id that is not an account id itself.
pub const DEFAULT_ACCOUNT: &str = "000000000000";
/// The Region of requests that carry no signature.
pub const DEFAULT_REGION: &str = "us-east-1";

/// Account and Region: one partition of the emulated world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The account.
    pub account: AccountId,
    /// The Region.
    pub region: Region,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            account: AccountId::new(DEFAULT_ACCOUNT),
            region: Region::new(DEFAULT_REGION),
        }
    }
}

/// The id of an AppSync API key, which **is** the credential that clients send [IaC][REC].
///
/// `Debug` masks it and there is no `Display`, so that it cannot slip into a log or an error.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(Arc<str>);

impl ApiKeyId {
    /// Wraps the text as it is.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(Arc::from(text.as_ref()))
    }

    /// The key itself, for the wire only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for ApiKeyId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyId(da2-…)")
    }
}

/// One of the four steps of a rotation, in the spelling of the event that AWS sends [U].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Make the new credential and store it as AWSPENDING.
    CreateSecret,
    /// Make the service accept the new credential.
    SetSecret,
    /// Use the new credential.
    TestSecret,
    /// Move AWSCURRENT to the new version.
    FinishSecret,
}

impl Step {
    /// All steps in the order in which a rotation runs them.
    pub const ALL: [Self; 4] = [
        Self::CreateSecret,
        Self::SetSecret,
        Self::TestSecret,
        Self::FinishSecret,
    ];

    /// The step's name in the event.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateSecret => "createSecret",
            Self::SetSecret => "setSecret",
            Self::TestSecret => "testSecret",
            Self::FinishSecret => "finishSecret",
        }
    }

    /// The step that follows, if any.
    pub fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at + 1).copied()
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Step {
    type Err = UnknownStep;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|step| step.as_str() == text)
            .ok_or(UnknownStep)
    }
}

/// The text names no rotation step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a rotation step: use createSecret, setSecret, testSecret or finishSecret")]
pub struct UnknownStep;

/// The number of one run of a rotation function for one step, counted from 1 in an emulator's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvocationNumber(pub u64);

impl fmt::Display for InvocationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_masked_in_debug_output() {
        let key = ApiKeyId::new("da2-aaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert!(!format!("{key:?}").contains("aaaa"));
    }

    #[test]
    fn a_region_is_known_by_its_form() {
        for region in [
            "us-east-1",
            "eu-central-2",
            "us-gov-west-1",
            "ap-southeast-7",
            "eusc-de-east-1",
        ] {
            assert!(Region::is_one(region), "{region}");
        }
        let long = format!("us-east-{}", "1".repeat(1_000));
        for other in [
            "",
            "us-east",
            "us-east-0",
            "us-east-10",
            "x-east-1",
            "us-moon-1",
            "us\n-east-1",
            "local",
            &long,
        ] {
            assert!(!Region::is_one(other), "{other:?}");
        }
    }

    #[test]
    fn steps_follow_one_another() {
        assert_eq!(Step::CreateSecret.next(), Some(Step::SetSecret));
        assert_eq!(Step::FinishSecret.next(), None);
        assert_eq!("testSecret".parse(), Ok(Step::TestSecret));
        assert_eq!("create_secret".parse::<Step>(), Err(UnknownStep));
    }

    #[test]
    fn partitions_follow_the_region() {
        assert_eq!(Region::new("cn-north-1").partition(), "aws-cn");
        assert_eq!(Region::new("us-gov-west-1").partition(), "aws-us-gov");
        assert_eq!(Region::new("eu-west-1").partition(), "aws");
    }
}
