//! Bringing a key back: an expired key that AppSync still lists works again once its expiry is
//! moved, until 60 days after it expired (documented).

use crate::aws::api_keys::Changed;
use crate::aws::secrets::Description;
use crate::error::{Problem, RotationError};
use crate::expiry::{DAY, Policy};
use crate::handler::Rotator;
use crate::key::{Fingerprint, Key, ListedKey};
use crate::standing::describe;
use crate::steps::Run;
use crate::tally::Tally;
use std::time::SystemTime;

/// Which key to revive, and how.
#[derive(Clone, Debug)]
pub struct Revival {
    /// A staging label or a version id of the secret.
    pub version: String,
    /// How long it is to live from now; without it, as long as the policy keeps keys in use.
    pub days: Option<i64>,
    /// Whether a key without this secret's marker may be extended.
    pub even_foreign: bool,
}

/// A key that has been revived, or needed no revival; times in unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revived {
    /// Which key it is.
    pub key: Fingerprint,
    /// The version that names it.
    pub version: String,
    /// When it expired or would have.
    pub was: i64,
    /// When it expires now.
    pub expires: i64,
}

impl Rotator {
    /// Extends the key that a version of `secret_id` names, expired or not; it is never shortened.
    ///
    /// # Errors
    /// `NoSuchVersion`, `NothingToRevive` and `ForeignKey` besides those of a rotation step.
    pub async fn revive(
        &self,
        secret_id: &str,
        revival: &Revival,
        deadline: SystemTime,
    ) -> Result<Revived, RotationError> {
        let clock = self.clock(deadline);
        let work = Box::pin(async {
            let secret = self.allowed(describe(&self.secrets(&clock), secret_id).await?)?;
            let version = version(&secret, &revival.version);
            let tally = Tally::default();
            revive(&self.run(secret, &version, &clock, &tally), revival).await
        });
        clock.within_deadline(work).await
    }
}

/// The holder of a label or, if nobody holds it, the version with that id.
fn version(secret: &Description, named: &str) -> String {
    let holder = secret.labels.holder(named);
    holder.unwrap_or(named).to_owned()
}

async fn revive(run: &Run<'_>, revival: &Revival) -> Result<Revived, RotationError> {
    let named = || revival.version.clone();
    let stored = run.secrets.read(&run.secret.arn, run.token).await?;
    let stored = stored.ok_or_else(|| Problem::NoSuchVersion { version: named() })?;
    let value = run.parse("asked-for", stored)?.value;
    let api = run.api(&value)?;
    let key = value
        .key()
        .ok_or_else(|| Problem::NothingToRevive { version: named() })?;
    let listed = find(run, &api, &key).await?;
    let listed = listed.ok_or_else(|| Problem::NothingToRevive { version: named() })?;
    if listed.marker.is_none() && !revival.even_foreign {
        return Err(Problem::ForeignKey { version: named() }.into());
    }
    let expires = expiry(run, revival.days)?.max(listed.expires);
    let changed = if expires == listed.expires {
        Changed::Done
    } else {
        run.keys.set_expiry(&api, &key, expires).await?
    };
    match changed {
        Changed::Gone => Err(Problem::NothingToRevive { version: named() }.into()),
        Changed::Done => Ok(Revived {
            key: key.fingerprint(),
            version: run.token.to_owned(),
            was: listed.expires,
            expires,
        }),
    }
}

async fn find(run: &Run<'_>, api: &str, key: &Key) -> Result<Option<ListedKey>, RotationError> {
    let keys = run.list(api).await?;
    Ok(keys.into_iter().find(|listed| listed.key == *key))
}

fn expiry(run: &Run<'_>, days: Option<i64>) -> Result<i64, RotationError> {
    let now = run.clock.now();
    Ok(match days {
        Some(days) => Policy::of_life(days.saturating_mul(DAY), now),
        None => run.policy()?.kept_until(now),
    })
}

#[cfg(test)]
mod tests {
    use super::{Revival, Revived};
    use crate::error::RotationError;
    use crate::scripted::*;
    use serde_json::json;
    use std::time::{Duration, UNIX_EPOCH};

    fn script(listed_key: (&str, i64), rest: Vec<(&'static str, Answer)>) -> Script {
        let (description, days) = listed_key;
        let labels = described(json!({ V1: ["AWSPREVIOUS"], V2: ["AWSCURRENT"] }));
        let start = [
            ("DescribeSecret", labels),
            ("GetSecretValue", stored(&key('p'), 90)),
            ("ListApiKeys", listed(&[(&key('p'), description, days)])),
        ];
        Script::new(start.into_iter().chain(rest).collect())
    }

    async fn run(script: &Script, revival: Revival) -> Result<Revived, RotationError> {
        let deadline = UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs() + 900);
        script
            .watch(async |rotator| rotator.revive(ARN, &revival, deadline).await)
            .await
    }

    fn previous() -> Revival {
        Revival {
            version: "AWSPREVIOUS".to_owned(),
            days: None,
            even_foreign: false,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_previous_key_lives_again_for_as_long_as_keys_in_use() {
        let ours = marker(V1, 100);
        let script = script((&ours, -2), vec![("UpdateApiKey", done())]);
        let revived = run(&script, previous()).await.unwrap();
        assert_eq!(revived.version, V1);
        assert_eq!(revived.was, NOW - 2 * DAY);
        assert!((68 * DAY..=68 * DAY + 3_600).contains(&(revived.expires - NOW)));
        let calls = script.calls();
        assert_eq!(calls[1].body["VersionId"], V1);
        assert_eq!(calls[3].body["expires"], revived.expires);
    }

    #[tokio::test(start_paused = true)]
    async fn a_life_may_be_asked_for_but_nothing_is_shortened() {
        let ours = marker(V1, 100);
        let for_days = |days| Revival {
            days: Some(days),
            version: V1.to_owned(),
            ..previous()
        };
        let update = || vec![("UpdateApiKey", done())];
        let revived = run(&script((&ours, 2), update()), for_days(10))
            .await
            .unwrap();
        assert!((10 * DAY..=10 * DAY + 3_600).contains(&(revived.expires - NOW)));
        let longest = run(&script((&ours, 2), update()), for_days(9_999))
            .await
            .unwrap();
        assert!(longest.expires - NOW < 365 * DAY);
        let kept = run(&script((&ours, 50), vec![]), for_days(10))
            .await
            .unwrap();
        assert_eq!(kept.expires, NOW + 50 * DAY);
    }

    #[tokio::test(start_paused = true)]
    async fn a_foreign_key_needs_leave() {
        let refused = run(&script(("by hand", -2), vec![]), previous()).await;
        assert_eq!(refused.unwrap_err().error_type(), "ForeignKey");
        let allowed = Revival {
            even_foreign: true,
            ..previous()
        };
        let script = script(("by hand", -2), vec![("UpdateApiKey", done())]);
        assert!(run(&script, allowed).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_appsync_has_deleted_stays_dead() {
        let ours = marker(V1, 100);
        let gone = error(404, "NotFoundException");
        let late = script((&ours, -2), vec![("UpdateApiKey", gone)]);
        let never = Script::new(vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", stored(&key('p'), 90)),
            ("ListApiKeys", listed(&[])),
        ]);
        let placeholder = Script::new(vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", stored("CHANGE_ME", 90)),
        ]);
        for script in [late, never, placeholder] {
            let error = run(&script, previous()).await.unwrap_err();
            assert_eq!(error.error_type(), "NothingToRevive");
        }
        let unknown = vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", no_value()),
        ];
        let error = run(&Script::new(unknown), previous()).await.unwrap_err();
        assert_eq!(error.error_type(), "NoSuchVersion");
    }
}
