//! What a rotator decides: each decision of the right one by itself, so that a bad rotator has to
//! change no more than its bug.
//!
//! The steps that ask for these decisions are in [`super::right`].

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aws_sdk_appsync::types::ApiKey;
use aws_smithy_types::retry::RetryConfig;
use sha2::{Digest, Sha256};

use crate::subject::Event;

use super::marker::Marker;
use super::right::{Run, create, finish, retire, set, test};
use super::tools::{Answer, DAY, HOUR, Refusal};

/// Something that takes calls.
pub(super) type Doing<'a, T = ()> = Pin<Box<dyn Future<Output = Answer<T>> + Send + 'a>>;

/// How a value is stored.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// Does it pass the rotation's token?
    pub(super) with_token: bool,
    /// The staging label that it asks for, if any.
    pub(super) label: Option<&'static str>,
}

/// What an error of CreateApiKey says about the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// There is none, and there will be none.
    Refused,
    /// There is none yet; asking again may help.
    NotNow,
    /// There may be one.
    Unknown,
}

/// The decisions of a rotator. Each default is the right one.
pub(super) trait Flow: Send + Sync {
    // What comes before and after every step.

    /// What is written to the log about an event.
    fn log_event(&self, event: &Event) -> String {
        format!("{} of {}", event.step, event.secret.as_str())
    }

    /// What is written to the log about a failure.
    fn log_failure(&self, failure: &Refusal) -> String {
        format!("{}: {}", failure.code, failure.message)
    }

    /// May a step act for a version with these labels?
    fn may_act(&self, labels: &[String]) -> bool {
        labels.iter().any(|label| label == "AWSPENDING")
    }

    /// A step whose token is current already.
    fn at_current<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(finish::again(run))
    }

    /// The API of the keys, as it is pinned and as the secret's value names it.
    fn api<'a>(&self, pinned: Option<&'a str>, named: Option<&'a str>) -> Option<&'a str> {
        match (pinned, named) {
            (Some(pinned), Some(named)) => (pinned == named).then_some(pinned),
            (pinned, named) => pinned.or(named),
        }
    }

    /// What the step answers with.
    fn outcome(&self, result: Answer<()>) -> Answer<()> {
        result
    }

    // createSecret.

    fn create<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(create::create(run))
    }

    /// Looks whether the key of the current value may be replaced.
    fn check_current<'a>(&'a self, _run: &'a Run<'a>, _current: &'a str) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }

    /// The least life that a key in use is left with, in seconds.
    fn kept_alive_for(&self, interval: i64) -> Option<i64> {
        Some((2 * interval + 8 * DAY).min(LIFE_MAX - DAY))
    }

    /// The value that the token has already.
    fn stored<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a, Option<String>> {
        Box::pin(run.pending())
    }

    /// The owner that markers name: this secret and no other.
    fn owner(&self, event: &Event) -> String {
        let digest = Sha256::digest(event.secret.as_str().as_bytes());
        digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// May a key with this marker be taken over, where `own` would be given to a new one?
    fn is_adoptable(&self, marker: &Marker, own: &Marker) -> bool {
        marker.owner == own.owner && marker.version == own.version
    }

    /// A key for the token: one that an earlier try made, or a new one.
    fn obtain<'a>(
        &'a self,
        run: &'a Run<'a>,
        keys: Vec<ApiKey>,
        _current: &'a str,
    ) -> Doing<'a, create::NewKey> {
        Box::pin(create::obtain(run, keys))
    }

    /// The life of a new key in seconds, or AppSync's own choice.
    fn life(&self, interval: i64) -> Option<i64> {
        Some((3 * interval + 8 * DAY).min(LIFE_MAX))
    }

    /// How often the SDK repeats CreateApiKey by itself.
    fn create_retries(&self) -> RetryConfig {
        RetryConfig::disabled()
    }

    fn meaning(&self, failure: &Refusal) -> Meaning {
        match failure.status {
            Some(429) => Meaning::NotNow,
            Some(400..=499) => Meaning::Refused,
            _ => Meaning::Unknown,
        }
    }

    /// The key in an answer of CreateApiKey, if there is one.
    fn key_in_answer(&self, id: Option<String>) -> Option<String> {
        id.filter(|id| id.starts_with("da2-"))
    }

    /// The current value with the new key in the place of the old one.
    fn new_value(&self, current: &str, key: &str) -> String {
        create::with_key(current, key)
    }

    /// How the new value is stored.
    fn store(&self) -> Store {
        Store {
            with_token: true,
            label: Some("AWSPENDING"),
        }
    }

    /// The new value could not be stored. The key stays: a retry adopts it.
    fn not_stored<'a>(&'a self, _run: &'a Run<'a>, _key: &'a str, why: Refusal) -> Doing<'a> {
        Box::pin(async { Err(why) })
    }

    // setSecret and testSecret.

    fn set<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(set::set(run))
    }

    fn test<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(test::test(run))
    }

    /// The value whose key is tried.
    fn tested<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a, String> {
        Box::pin(run.known_pending())
    }

    /// How often in a row the key must be accepted.
    fn acceptances(&self) -> u32 {
        2
    }

    /// How long a key that is not accepted may be asked about, where so much time is left.
    fn patience(&self, left: Duration) -> Duration {
        left.saturating_sub(Duration::from_secs(5))
            .min(Duration::from_secs(60))
    }

    // finishSecret.

    fn finish<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(finish::finish(run))
    }

    /// Looks the pending key up once more.
    fn look_up<'a>(&'a self, run: &'a Run<'a>, key: &'a str) -> Doing<'a> {
        Box::pin(finish::look_up(run, key))
    }

    /// Tries the pending key once more.
    fn confirm<'a>(&'a self, run: &'a Run<'a>, key: &'a str) -> Doing<'a> {
        Box::pin(finish::confirm(run, key))
    }

    /// May AWSCURRENT be moved to the token, when it is pending or not?
    fn may_move(&self, is_pending: bool) -> bool {
        is_pending
    }

    /// What happens between the last look at the labels and the move.
    fn before_move<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }

    /// The version that the move names as AWSCURRENT's holder.
    fn move_from<'a>(&self, current: Option<&'a str>) -> Option<&'a str> {
        current
    }

    // Retirement.

    fn retire<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(retire::retire(run))
    }

    /// May keys be retired, with every replica in sync or not? One that lags hands them out still.
    fn may_retire(&self, is_in_sync: bool) -> bool {
        is_in_sync
    }

    /// Is there more to list, when a page has ended so?
    fn next_page(&self, token: Option<String>) -> Option<String> {
        token
    }

    /// Does this label protect the key that its version names?
    fn is_protecting(&self, _label: &str) -> bool {
        true
    }

    /// May a key with this marker, if any, be retired by this owner?
    fn is_candidate(&self, marker: Option<&Marker>, owner: &str) -> bool {
        marker.is_some_and(|marker| marker.owner == owner)
    }

    /// Keys younger than so many seconds may be on their way into a value.
    fn orphan_age(&self) -> i64 {
        HOUR
    }

    /// Lets go of a key that nobody needs: it expires in a day, then it is deleted.
    fn dispose<'a>(&'a self, run: &'a Run<'a>, key: &'a ApiKey) -> Doing<'a> {
        Box::pin(retire::dispose(run, key))
    }

    /// A key could not be let go of. The rotation has succeeded all the same; the next one tries again.
    fn not_disposed(&self, _why: Refusal) -> Answer<()> {
        Ok(())
    }
}

/// AppSync's longest life, and a day less for rounding and for clocks that differ.
const LIFE_MAX: i64 = 364 * DAY;
