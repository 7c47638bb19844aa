//! Settings of the function, and what the secret itself configures.
//!
//! The environment pins, then a tag of the secret, then a member of its JSON value. Two that
//! disagree are an error: whoever may write the secret or its tags must not be able to aim the
//! function at another API.

use crate::error::{Problem, RotationError};
use crate::marker;
use crate::secret_value::SecretValue;
use std::collections::BTreeMap;

const TAG_API_ID: &str = "smrot:api-id";
const TAG_FIELD: &str = "smrot:field";
const GRAPHQL_ENDPOINT: &str = "APPSYNC_GRAPHQL_ENDPOINT";
const REALTIME_ENDPOINT: &str = "APPSYNC_REALTIME_ENDPOINT";
/// The probe: needs no resolver and touches no data (recorded: answers 200 with any valid key).
const PROBE_QUERY: &str = "query SmRotProbe { __typename }";

/// How testSecret convinces itself that a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestMode {
    /// Ask the API with the key; whatever the API says to the question, it has let the key in.
    Graphql,
    /// As `Graphql`, but the team's own question must be answered, and without an error.
    Custom,
    /// Only look the key up in the control plane, for APIs the function cannot reach.
    List,
    /// Believe.
    Off,
}

/// What becomes of keys of ours that no label names any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retirement {
    /// They live for the grace period and are deleted once they have expired.
    Expire,
    /// They are deleted as soon as no invocation can still be at work on them.
    Delete,
    /// They are left to their own expiry.
    Off,
}

/// The settings of the function. `Settings::default()` is what an empty environment gives.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) api_id: Option<String>,
    pub(crate) allow_list: Vec<String>,
    pub(crate) field: Option<String>,
    pub(crate) api_id_member: String,
    pub(crate) graphql_endpoint: Option<String>,
    pub(crate) realtime_endpoint: Option<String>,
    pub(crate) marker_prefix: String,
    pub(crate) key_ttl_days: Option<i64>,
    pub(crate) interval_override_days: Option<i64>,
    pub(crate) grace_hours: i64,
    pub(crate) orphan_age_minutes: i64,
    pub(crate) retirement: Retirement,
    pub(crate) retires_initial: bool,
    pub(crate) test_mode: TestMode,
    pub(crate) test_query: String,
    pub(crate) test_budget_seconds: u64,
    pub(crate) keeps_alive: bool,
    pub(crate) unwedges: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            api_id: None,
            allow_list: Vec::new(),
            field: None,
            api_id_member: "apiId".to_owned(),
            graphql_endpoint: None,
            realtime_endpoint: None,
            marker_prefix: marker::DEFAULT_PREFIX.to_owned(),
            key_ttl_days: None,
            interval_override_days: None,
            grace_hours: 25,
            orphan_age_minutes: 60,
            retirement: Retirement::Expire,
            retires_initial: false,
            test_mode: TestMode::Graphql,
            test_query: PROBE_QUERY.to_owned(),
            test_budget_seconds: 60,
            keeps_alive: true,
            unwedges: false,
        }
    }
}

impl Settings {
    /// Reads the settings through `lookup`, which answers for a variable of the environment.
    /// An empty value counts as not set.
    ///
    /// # Errors
    /// `InvalidSetting` names the variable and what it may be.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, RotationError> {
        let env = Environment(lookup);
        let usual = Self::default();
        if env.get("EXCLUDE_CHARACTERS").is_some() {
            tracing::info!("EXCLUDE_CHARACTERS has no effect: AppSync chooses the characters");
        }
        Ok(Self {
            api_id: env.api_id()?,
            allow_list: env.allow_list(),
            field: env.get("SECRET_FIELD"),
            api_id_member: env.get("API_ID_FIELD").unwrap_or(usual.api_id_member),
            graphql_endpoint: env.endpoint(GRAPHQL_ENDPOINT)?,
            realtime_endpoint: env.realtime_endpoint()?,
            marker_prefix: env.marker_prefix()?.unwrap_or(usual.marker_prefix),
            key_ttl_days: env.number("KEY_TTL_DAYS", 2, 364)?,
            interval_override_days: env.number("ROTATION_INTERVAL_OVERRIDE", 1, 356)?,
            grace_hours: env
                .number("GRACE_HOURS", 25, 8_736)?
                .unwrap_or(usual.grace_hours),
            // A Lambda invocation lasts 15 minutes at most: a younger key may still be in use.
            orphan_age_minutes: env
                .number("ORPHAN_AGE_MINUTES", 16, 525_600)?
                .unwrap_or(usual.orphan_age_minutes),
            retirement: env
                .choice("RETIRE", &RETIREMENTS)?
                .unwrap_or(usual.retirement),
            retires_initial: env
                .choice("RETIRE_INITIAL", &[("expire", true), ("off", false)])?
                .unwrap_or(usual.retires_initial),
            test_mode: env.test_mode()?.unwrap_or(usual.test_mode),
            test_query: env.get("TEST_QUERY").unwrap_or(usual.test_query),
            test_budget_seconds: env
                .number("TEST_BUDGET_SECONDS", 1, 900)?
                .map_or(usual.test_budget_seconds, i64::unsigned_abs),
            keeps_alive: env
                .choice("KEEPALIVE", &ON_OFF)?
                .unwrap_or(usual.keeps_alive),
            unwedges: env.choice("UNWEDGE", &ON_OFF)?.unwrap_or(usual.unwedges),
        })
    }

    /// Whether the function may touch the secret with this ARN.
    pub(crate) fn allows(&self, secret_arn: &str) -> bool {
        self.allow_list.is_empty() || self.allow_list.iter().any(|entry| entry == secret_arn)
    }

    /// The configured field of the secret, from the environment or its tag.
    pub(crate) fn field(&self, tags: &Tags) -> Result<Option<String>, Problem> {
        agree([
            ("SECRET_FIELD".to_owned(), self.field.as_deref()),
            (
                format!("tag {TAG_FIELD}"),
                tags.get(TAG_FIELD).map(String::as_str),
            ),
        ])
    }

    /// The API whose keys to rotate; `value` may be any version of the secret.
    pub(crate) fn api_id(
        &self,
        tags: &Tags,
        value: Option<&SecretValue>,
    ) -> Result<String, Problem> {
        let member = &self.api_id_member;
        let agreed = agree([
            ("AppSyncApiId".to_owned(), self.api_id.as_deref()),
            (
                format!("tag {TAG_API_ID}"),
                tags.get(TAG_API_ID).map(String::as_str),
            ),
            (
                format!("member {member}"),
                value.and_then(|value| value.member(member)),
            ),
        ])?;
        agreed.ok_or_else(|| Problem::ApiIdMissing {
            member: member.clone(),
        })
    }

    /// Whether the API id is known without reading a value of the secret.
    pub(crate) fn pins_api(&self, tags: &Tags) -> bool {
        self.api_id.is_some() || tags.contains_key(TAG_API_ID)
    }
}

/// The tags of a secret.
pub(crate) type Tags = BTreeMap<String, String>;

/// The first value given, provided that all given ones are equal.
fn agree<const N: usize>(sources: [(String, Option<&str>); N]) -> Result<Option<String>, Problem> {
    let mut given = sources
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let Some((first, first_value)) = given.next() else {
        return Ok(None);
    };
    match given.find(|(_, value)| *value != first_value) {
        None => Ok(Some(first_value.to_owned())),
        Some((second, second_value)) => Err(Problem::ConfigConflict {
            first,
            first_value: first_value.to_owned(),
            second,
            second_value: second_value.to_owned(),
        }),
    }
}

const RETIREMENTS: [(&str, Retirement); 3] = [
    ("expire", Retirement::Expire),
    ("delete", Retirement::Delete),
    ("off", Retirement::Off),
];
const ON_OFF: [(&str, bool); 2] = [("on", true), ("off", false)];

struct Environment<F>(F);

impl<F: Fn(&str) -> Option<String>> Environment<F> {
    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    fn api_id(&self) -> Result<Option<String>, Problem> {
        let names = ["AppSyncApiId", "APPSYNC_API_ID"];
        let values = names.map(|name| self.get(name));
        agree([
            (names[0].to_owned(), values[0].as_deref()),
            (names[1].to_owned(), values[1].as_deref()),
        ])
    }

    fn allow_list(&self) -> Vec<String> {
        let lists = ["SECRET_ARN", "SECRET_ALLOWLIST"].map(|name| self.get(name));
        let entries = lists.iter().flatten().flat_map(|list| list.split(','));
        entries
            .map(str::trim)
            .filter(|arn| !arn.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn realtime_endpoint(&self) -> Result<Option<String>, Problem> {
        let endpoint = self.endpoint(REALTIME_ENDPOINT)?;
        let is_web_socket = |url: &String| url.starts_with("ws://") || url.starts_with("wss://");
        match endpoint {
            Some(url) if !is_web_socket(&url) => Err(invalid(
                REALTIME_ENDPOINT,
                "must begin with wss:// or ws://",
            )),
            Some(_) if self.get(GRAPHQL_ENDPOINT).is_some() => {
                let reason = "and APPSYNC_GRAPHQL_ENDPOINT exclude each other";
                Err(invalid(REALTIME_ENDPOINT, reason))
            }
            fine => Ok(fine),
        }
    }

    fn endpoint(&self, name: &'static str) -> Result<Option<String>, Problem> {
        let Some(url) = self.get(name).map(|value| crate::sdk::endpoint_url(&value)) else {
            return Ok(None);
        };
        match url.parse::<http::Uri>() {
            Ok(parsed) if parsed.authority().is_some() => Ok(Some(url)),
            _ => Err(invalid(name, "is not a URL or host")),
        }
    }

    fn marker_prefix(&self) -> Result<Option<String>, Problem> {
        let name = "MARKER_PREFIX";
        let prefix = self.get(name);
        let is_word = |text: &String| {
            text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        match prefix {
            Some(text) if !is_word(&text) => Err(invalid(
                name,
                "may have up to 32 letters, digits and hyphens",
            )),
            fine => Ok(fine),
        }
    }

    fn test_mode(&self) -> Result<Option<TestMode>, Problem> {
        let modes = [
            ("graphql", TestMode::Graphql),
            ("custom", TestMode::Custom),
            ("list", TestMode::List),
            ("off", TestMode::Off),
        ];
        let mode = self.choice("TEST_MODE", &modes)?;
        if mode == Some(TestMode::Custom) && self.get("TEST_QUERY").is_none() {
            return Err(invalid("TEST_MODE", "custom needs a TEST_QUERY"));
        }
        Ok(mode)
    }

    fn number(&self, name: &'static str, low: i64, high: i64) -> Result<Option<i64>, Problem> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if (low..=high).contains(&number) => Ok(Some(number)),
            _ => Err(invalid(
                name,
                &format!("must be a whole number from {low} to {high}"),
            )),
        }
    }

    fn choice<T: Copy>(
        &self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let found = choices
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(&text));
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        match found {
            Some((_, choice)) => Ok(Some(*choice)),
            None => Err(invalid(
                name,
                &format!("must be one of {}", words.join(", ")),
            )),
        }
    }
}

fn invalid(name: &'static str, reason: &str) -> Problem {
    Problem::InvalidSetting {
        name,
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
