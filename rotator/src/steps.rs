//! The four rotation steps, and what they have in common: the run of one invocation.

pub(crate) mod create;
pub(crate) mod finish;
mod initial;
mod obtain;
pub(crate) mod set;
pub(crate) mod sweep;
pub(crate) mod test;
pub(crate) mod upkeep;

use crate::aws::api_keys::ApiKeys;
use crate::aws::probe::Prober;
use crate::aws::secrets::{Description, Secrets, Stored};
use crate::clock::{Backoff, Clock};
use crate::config::Settings;
use crate::error::{Malformed, Problem, RotationError};
use crate::expiry::{DAY, Policy};
use crate::key::{Key, ListedKey};
use crate::known::KnownApis;
use crate::labels::CURRENT;
use crate::marker::Owner;
use crate::retire::made_for;
use crate::secret_value::SecretValue;
use crate::tally::{Metric, Tally};
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// How long a value that was just written may stay invisible (reported: seconds).
const VALUE_VISIBLE: Duration = Duration::from_secs(10);
/// How long the labels seen at entry are trusted to be still there.
const LABELS_HOLD: Duration = Duration::from_secs(5);
/// How often a key that was just made is looked for in the list.
const LOOKS: u32 = 3;

/// One invocation, past the entry checks.
pub(crate) struct Run<'a> {
    pub(crate) secrets: Secrets,
    pub(crate) keys: ApiKeys,
    pub(crate) prober: &'a Prober,
    pub(crate) settings: &'a Settings,
    pub(crate) known: &'a KnownApis,
    pub(crate) tally: &'a Tally,
    pub(crate) clock: &'a Clock,
    /// When the entry checks read the labels.
    pub(crate) entered: SystemTime,
    /// The secret as the entry checks saw it.
    pub(crate) secret: Description,
    /// The version id this rotation fills; of a sweep, the version that carries AWSCURRENT.
    pub(crate) token: &'a str,
    /// Whether createSecret may make the version itself, since no service has made it.
    pub(crate) may_begin: bool,
    pub(crate) rotation_token: Option<&'a str>,
}

/// A version's value, as text and parsed.
pub(crate) struct Version {
    pub(crate) text: Zeroizing<String>,
    pub(crate) value: SecretValue,
}

/// The value of the version that is to become current: it certainly holds a key.
pub(crate) struct Pending {
    pub(crate) version: Version,
    pub(crate) key: Key,
}

impl Run<'_> {
    /// Whether the labels were read too long ago to act on them alone.
    pub(crate) fn has_taken_long(&self) -> bool {
        self.clock.since(self.entered) > LABELS_HOLD
    }

    /// The owner that marks this secret's keys.
    pub(crate) fn owner(&self) -> Owner {
        Owner::of(&self.secret.arn)
    }

    pub(crate) fn policy(&self) -> Result<Policy, RotationError> {
        Ok(Policy::of(&self.secret.schedule, self.settings)?)
    }

    /// The API whose keys to rotate, by pin, tag or the member in `value`.
    pub(crate) fn api(&self, value: &SecretValue) -> Result<String, RotationError> {
        let api = self.settings.api_id(&self.secret.tags, Some(value))?;
        tracing::Span::current().record("api", &api);
        Ok(api)
    }

    /// Whether the API is known without reading a value.
    pub(crate) fn knows_api(&self) -> bool {
        self.settings.pins_api(&self.secret.tags) || self.known_api().is_some()
    }

    /// The API that AWSCURRENT's value is remembered to name.
    pub(crate) fn known_api(&self) -> Option<String> {
        let holder = self.secret.labels.holder(CURRENT)?;
        self.known.api_of(&self.secret.arn, holder)
    }

    /// The API whose keys to rotate, for a step that has no value at hand: one is read only where
    /// nothing else names the API and no earlier step of this process has seen which it is.
    pub(crate) async fn api_of_secret(&self) -> Result<String, RotationError> {
        if self.settings.pins_api(&self.secret.tags) {
            return Ok(self.settings.api_id(&self.secret.tags, None)?);
        }
        let Some(holder) = self.secret.labels.holder(CURRENT) else {
            return self.api(&SecretValue::initial(None));
        };
        if let Some(api) = self.known_api() {
            tracing::Span::current().record("api", &api);
            return Ok(api);
        }
        let current = self.current().await?;
        let api = match &current {
            Some(current) => self.api(&current.value),
            None => self.api(&SecretValue::initial(None)),
        }?;
        self.known.note(&self.secret.arn, holder, &api);
        Ok(api)
    }

    pub(crate) fn field(&self) -> Result<Option<String>, RotationError> {
        Ok(self.settings.field(&self.secret.tags)?)
    }

    /// The value of AWSCURRENT, or `None` if no version carries the label yet.
    pub(crate) async fn current(&self) -> Result<Option<Version>, RotationError> {
        let Some(holder) = self.secret.labels.holder(CURRENT) else {
            return Ok(None);
        };
        let Some(stored) = self.secrets.read(&self.secret.arn, holder).await? else {
            return Err(Problem::CurrentUnreadable {
                version: holder.to_owned(),
            }
            .into());
        };
        self.parse(CURRENT, stored).map(Some)
    }

    /// The value of the version to rotate to, waited for a little if it cannot be seen yet.
    pub(crate) async fn pending(&self) -> Result<Pending, RotationError> {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(2));
        let mut waited = Duration::ZERO;
        loop {
            if let Some(stored) = self.secrets.read(&self.secret.arn, self.token).await? {
                return self.accept(stored);
            }
            let pause = backoff.next();
            waited += pause;
            if waited > VALUE_VISIBLE {
                return Err(Problem::NoPendingValue {
                    version: self.token.to_owned(),
                }
                .into());
            }
            self.clock.pause(pause).await?;
        }
    }

    /// Takes `stored` as the pending value if it holds a key.
    pub(crate) fn accept(&self, stored: Stored) -> Result<Pending, RotationError> {
        let version = self.parse("AWSPENDING", stored)?;
        let key = version.value.key().ok_or(Problem::PendingNotAKey)?;
        Ok(Pending { version, key })
    }

    pub(crate) fn parse(
        &self,
        label: &'static str,
        stored: Stored,
    ) -> Result<Version, RotationError> {
        let malformed = |reason| Problem::Malformed { label, reason };
        let text = stored.text.ok_or(malformed(Malformed::Binary))?;
        let value = SecretValue::parse(&text, self.field()?.as_deref()).map_err(malformed)?;
        Ok(Version { text, value })
    }

    /// All keys of the API.
    pub(crate) async fn list(&self, api: &str) -> Result<Vec<ListedKey>, RotationError> {
        let keys = self.keys.list(api, &self.owner()).await?;
        self.tally.set(
            Metric::KeysTotal,
            i64::try_from(keys.len()).unwrap_or(i64::MAX),
        );
        Ok(keys)
    }

    /// All keys of the API, and the position of `key` among them.
    pub(crate) async fn list_with(
        &self,
        api: &str,
        key: &Key,
    ) -> Result<(Vec<ListedKey>, usize), RotationError> {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4));
        for look in 1..=LOOKS {
            let keys = self.list(api).await?;
            if let Some(position) = keys.iter().position(|listed| listed.key == *key) {
                return Ok((keys, position));
            }
            if look < LOOKS {
                self.clock.pause(backoff.next()).await?;
            }
        }
        Err(Problem::PendingKeyGone {
            api: api.to_owned(),
        }
        .into())
    }

    /// Notes how long the current key still lives, for the alarm that watches it.
    pub(crate) fn note_current(&self, current: Option<&Key>, keys: &[ListedKey]) {
        let listed = keys.iter().find(|listed| Some(&listed.key) == current);
        self.note_days_left(listed);
    }

    /// The same for the key that was made for `version`, which carries AWSCURRENT.
    pub(crate) fn note_key_of(&self, version: &str, keys: &[ListedKey]) {
        let position = made_for(version, keys).into_iter().next();
        self.note_days_left(position.map(|position| &keys[position]));
    }

    fn note_days_left(&self, current: Option<&ListedKey>) {
        if let Some(current) = current {
            let left = (current.expires - self.clock.now()).div_euclid(DAY);
            self.tally.set(Metric::CurrentKeyDaysToExpiry, left);
        }
    }
}
