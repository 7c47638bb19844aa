//! What the world is like when a scenario starts.

use std::fmt;
use std::str::FromStr;

use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::DEFAULT_REGION;
use keywheel_emulator::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::refs::{BadReference, Payload};
use super::words::{
    ApiKind, Auth, Config, Holds, LostKey, Restart, RetryMode, Shape, TargetKind, is_region,
};

/// The state and the settings that a scenario starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WorldSpec {
    /// What the secrets hold.
    pub holds: Holds,
    /// The real system in which that counts; nothing checks a password if there is none.
    pub target: Option<TargetKind>,
    /// Foreign keys by name.
    pub keys: Vec<ForeignKey>,
    /// This many more foreign keys, `foreign1`…, of 90 days, on the first API.
    pub foreign: u32,
    /// How long the key in the first version still lives.
    pub current: KeyLife,
    /// How the secret's value holds the key.
    pub shape: Shape,
    /// The first value instead, with `<k0>` where the key stands.
    pub value: Option<Payload>,
    /// The first value is padded to so many bytes; 0 pads nothing.
    pub size: u32,
    /// How many secrets there are: `s`, `s2`, ….
    pub secrets: u32,
    /// How many APIs there are; the secrets take turns on them.
    pub apis: u32,
    /// Of which kind they are.
    pub api: ApiKind,
    /// Where each secret has a replica.
    pub replica: Option<ReplicaSpec>,
    /// How long a replica does not have a change of its primary.
    pub replica_lag: Span,
    /// Where the function learns which API is whose.
    pub config: Config,
    /// Which of an API's modes API_KEY is.
    pub auth: Auth,
    /// The rotation interval.
    pub interval: Span,
    /// How long the modelled clients keep a value.
    pub ttl: Span,
    /// How long the data plane does not accept a new key yet.
    pub visibility: Span,
    /// How long the data plane still accepts a deleted key.
    pub revocation: Span,
    /// How long ListApiKeys does not yet show that a key was made or deleted.
    pub list_lag: Span,
    /// What becomes of open websockets whose key is no longer good.
    pub lost_key: LostKey,
    /// Keys that an API may have.
    pub limit: u32,
    /// Keys that a page of ListApiKeys may have.
    pub page: u32,
    /// When the world starts; the world's own default if absent.
    #[serde(with = "rfc3339")]
    pub start: Option<Timestamp>,
    /// How often the service retries a failed rotation.
    pub retries: u32,
    /// How long it waits before each retry.
    pub retry_after: Span,
    /// How long an invocation may take.
    pub timeout: Span,
    /// What an invocation after a crash starts with.
    pub restart: Restart,
    /// How many attempts an SDK client makes for a call; 1 is no retry.
    pub retry_attempts: u32,
    /// How it retries.
    pub retry_mode: RetryMode,
    /// The retry tokens of a client, of which each retry costs some; no bucket if absent.
    pub retry_tokens: Option<u32>,
}

impl WorldSpec {
    /// Could a target decide what the secret holds? Not where the world does.
    pub fn can_have_a_target(&self) -> bool {
        let usual = Self::default();
        let of_one = self.holds == Holds::Password && self.secrets == 1;
        let first = (&self.value, self.current, self.shape, self.size);
        of_one && first == (&usual.value, usual.current, usual.shape, usual.size)
    }

    /// Is the API of this number, from 1, an Event API?
    pub const fn is_event_api(&self, number: u32) -> bool {
        match self.api {
            ApiKind::Graphql => false,
            ApiKind::Event => true,
            ApiKind::Mixed => number.is_multiple_of(2),
        }
    }
}

impl Default for WorldSpec {
    fn default() -> Self {
        Self {
            holds: Holds::Key,
            target: None,
            keys: Vec::new(),
            foreign: 0,
            current: KeyLife::Lives(Span::days(30)),
            shape: Shape::Json,
            value: None,
            size: 0,
            secrets: 1,
            apis: 1,
            api: ApiKind::Graphql,
            replica: None,
            replica_lag: Span::ZERO,
            config: Config::Env,
            auth: Auth::Default,
            interval: Span::days(30),
            ttl: Span::seconds(3600),
            visibility: Span::ZERO,
            revocation: Span::ZERO,
            list_lag: Span::ZERO,
            lost_key: LostKey::Kept,
            limit: 50,
            page: 25,
            start: None,
            retries: 3,
            retry_after: Span::seconds(60),
            timeout: Span::seconds(120),
            restart: Restart::Warm,
            retry_attempts: 3,
            retry_mode: RetryMode::Standard,
            retry_tokens: Some(500),
        }
    }
}

/// What a world line says of clients without a bucket of retry tokens.
pub(super) const NO_BUCKET: &str = "none";

/// A key that others made and that the rotation function must not touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// Its description, which is also its name in the scenario.
    pub name: String,
    /// How long it still lives.
    pub life: Span,
    /// Which API it is of, from 1.
    #[serde(default = "first_api")]
    pub api: u32,
}

const fn first_api() -> u32 {
    1
}

/// A replica of the secret: `eu-central-1`, or `eu-central-1:failed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReplicaSpec {
    /// Its Region.
    pub region: String,
    /// Has another secret its name there, so that it cannot be?
    pub is_failed: bool,
}

impl fmt::Display for ReplicaSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = if self.is_failed { FAILED } else { "" };
        write!(f, "{}{failed}", self.region)
    }
}

const FAILED: &str = ":failed";

impl FromStr for ReplicaSpec {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let failed = text.strip_suffix(FAILED);
        let region = failed.unwrap_or(text);
        let usable = "a Region other than us-east-1, like eu-central-1 or eu-central-1:failed";
        if region == DEFAULT_REGION || !is_region(region) {
            return Err(BadReference(text.to_owned(), usable));
        }
        Ok(Self {
            region: region.to_owned(),
            is_failed: failed.is_some(),
        })
    }
}

impl TryFrom<String> for ReplicaSpec {
    type Error = BadReference;

    fn try_from(text: String) -> Result<Self, BadReference> {
        text.parse()
    }
}

impl From<ReplicaSpec> for String {
    fn from(replica: ReplicaSpec) -> Self {
        replica.to_string()
    }
}

/// The key in the first version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum KeyLife {
    /// A key that lives that long.
    Lives(Span),
    /// A key that has expired.
    Expired,
    /// No key: the value is a placeholder.
    None,
    /// No key and no value: the secret has no version yet.
    Unset,
}

impl fmt::Display for KeyLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lives(span) => write!(f, "{span}"),
            Self::Expired => f.write_str("expired"),
            Self::None => f.write_str("none"),
            Self::Unset => f.write_str("unset"),
        }
    }
}

impl FromStr for KeyLife {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        match text {
            "expired" => Ok(Self::Expired),
            "none" => Ok(Self::None),
            "unset" => Ok(Self::Unset),
            span => {
                let usable = "a duration like 30d, expired, none or unset";
                let bad = |_| BadReference(text.to_owned(), usable);
                span.parse().map(Self::Lives).map_err(bad)
            }
        }
    }
}

impl TryFrom<String> for KeyLife {
    type Error = BadReference;

    fn try_from(text: String) -> Result<Self, BadReference> {
        text.parse()
    }
}

impl From<KeyLife> for String {
    fn from(life: KeyLife) -> Self {
        life.to_string()
    }
}

/// An optional timestamp as RFC 3339 text.
mod rfc3339 {
    use keywheel_emulator::time::Timestamp;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        at.map(|at| at.to_string()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let at = Timestamp::parse(&text);
        at.map(Some)
            .ok_or_else(|| D::Error::custom("not a timestamp like 2026-11-22T10:59:59Z"))
    }
}
