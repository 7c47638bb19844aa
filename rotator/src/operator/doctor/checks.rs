//! The checks, from the secret to its keys to the API that takes them.

use super::Health::{Bad, Good, Note};
use super::{Finding, Health};
use crate::aws::probe::Verdict;
use crate::error::RotationError;
use crate::expiry::{DAY, HOUR};
use crate::key::ListedKey;
use crate::labels::PREVIOUS;
use crate::retire::{made_for, named_in};
use crate::steps::test::data_plane;
use crate::steps::upkeep;
use crate::steps::{Run, Version};

/// How many keys an API may have (recorded), and from how many on somebody should know.
const LIMIT: usize = 50;
const CROWDED: usize = 40;

/// Schedule, labels and replicas: what DescribeSecret has told.
pub(super) async fn of_the_secret(run: &Run<'_>, found: &mut Vec<Finding>) {
    found.push(rotation(run));
    found.push(match run.policy() {
        Ok(policy) => Finding::new("schedule", Good, policy.to_string()),
        Err(error) => Finding::failed("schedule", &error),
    });
    if let Some(waiting) = run.secret.labels.waiting() {
        found.push(pending(run, waiting).await);
    }
    if !run.secret.replicas_in_sync {
        let detail = "a replica is not in sync: no key is retired until it is";
        found.push(Finding::new("replicas", Bad, detail));
    }
}

fn rotation(run: &Run<'_>) -> Finding {
    let now = run.clock.now();
    match (run.secret.rotation_enabled, run.secret.schedule.next) {
        (Some(true), Some(next)) if next + DAY < now => {
            let hours = (now - next) / HOUR;
            Finding::new("rotation", Bad, format!("is on, and overdue for {hours} h"))
        }
        (Some(true), _) => Finding::new("rotation", Good, "is on"),
        (Some(false), _) => Finding {
            error_type: Some("RotationDisabled"),
            ..Finding::new("rotation", Bad, "is off")
        },
        (None, _) => Finding::new("rotation", Note, "was never configured"),
    }
}

/// A version that waits for more than a day blocks every later rotation.
async fn pending(run: &Run<'_>, waiting: &str) -> Finding {
    let stored = run.secrets.read(&run.secret.arn, waiting).await;
    let (has_value, created) = match stored {
        Ok(Some(stored)) => ("a value", stored.created),
        Ok(None) => ("no value yet", None),
        Err(_) => ("a value that cannot be read", None),
    };
    let since = created.or(run.secret.last_changed);
    let hours = since.map_or(0, |since| (run.clock.now() - since).max(0) / HOUR);
    let health = if hours >= 24 { Bad } else { Note };
    let detail = format!("version {waiting} carries AWSPENDING for {hours} h, with {has_value}");
    Finding::new("pending", health, detail)
}

/// The value, the keys and the data plane. Gives the API, if it is known.
pub(super) async fn of_the_api(run: &Run<'_>, found: &mut Vec<Finding>) -> Option<String> {
    let current = match run.current().await {
        Ok(current) => current,
        Err(error) => {
            found.push(Finding::failed("value", &error));
            return None;
        }
    };
    found.push(value(current.as_ref()));
    let api = match run.api_of_secret().await {
        Ok(api) => api,
        Err(error) => {
            found.push(Finding::failed("api", &error));
            return None;
        }
    };
    match run.list(&api).await {
        Ok(keys) => of_the_keys(run, &keys, current.as_ref(), found).await,
        Err(error) => found.push(Finding::failed("keys", &error)),
    }
    found.push(match answers(run, &api, current.as_ref()).await {
        Ok(finding) => finding,
        Err(error) => Finding::failed("data plane", &error),
    });
    Some(api)
}

fn value(current: Option<&Version>) -> Finding {
    match current.map(|current| current.value.key()) {
        Some(Some(key)) => {
            let detail = format!("AWSCURRENT holds the key {}", key.fingerprint());
            Finding::new("value", Good, detail)
        }
        Some(None) => Finding::new("value", Note, "AWSCURRENT holds a placeholder, not a key"),
        None => Finding::new("value", Note, "no version carries AWSCURRENT"),
    }
}

async fn of_the_keys(
    run: &Run<'_>,
    keys: &[ListedKey],
    current: Option<&Version>,
    found: &mut Vec<Finding>,
) {
    found.push(headroom(keys));
    if let Some(current) = current.filter(|current| current.value.key().is_some()) {
        let position = named_in(&current.text, keys).into_iter().next();
        let listed = position.map(|position| &keys[position]);
        found.push(in_use(run, "current key", listed));
    }
    let previous = run.secret.labels.holder(PREVIOUS);
    let ours = previous.map(|version| made_for(version, keys));
    if let Some(position) = ours.into_iter().flatten().next() {
        found.push(in_use(run, "previous key", Some(&keys[position])));
    }
    let named = upkeep::named(run, keys, &run.secret.labels, &[]).await;
    let left_over = upkeep::due_retirements(run, keys, &named).len();
    if left_over > 0 {
        let detail = format!("{left_over} of our keys are to be retired: see sweep-keys --dry-run");
        found.push(Finding::new("left-over keys", Note, detail));
    }
}

pub(super) fn headroom(keys: &[ListedKey]) -> Finding {
    let (total, ours) = (
        keys.len(),
        keys.iter().filter(|key| key.marker.is_some()).count(),
    );
    let unmarked = total - ours;
    let detail =
        format!("{total} of {LIMIT} keys: {ours} of this secret, {unmarked} that it never touches");
    let health = match total {
        LIMIT.. => Bad,
        CROWDED.. => Note,
        _ => Good,
    };
    Finding {
        error_type: (health == Bad).then_some("KeyLimitReached"),
        ..Finding::new("headroom", health, detail)
    }
}

/// A key that a label names should outlive the interval to come.
fn in_use(run: &Run<'_>, check: &'static str, listed: Option<&ListedKey>) -> Finding {
    let Some(listed) = listed else {
        let detail = "is not among the keys of the API; the next rotation replaces it";
        return Finding::new(check, Bad, detail);
    };
    let now = run.clock.now();
    let days = (listed.expires - now).div_euclid(DAY);
    let fingerprint = listed.key.fingerprint();
    if listed.expires <= now {
        let detail = format!("{fingerprint} has expired: `keywheel revive` can bring it back");
        return Finding::new(check, Bad, detail);
    }
    let detail = format!("{fingerprint} expires in {days} days");
    let outlives = run
        .policy()
        .is_ok_and(|policy| policy.outlives_interval(listed.expires, now));
    match (outlives, &listed.marker) {
        (false, Some(_)) => Finding::new(check, Bad, format!("{detail}, before the next rotation")),
        (false, None) => {
            let detail = format!("{detail}, before the next rotation, and has no marker of ours");
            Finding::new(check, Bad, detail)
        }
        (true, None) => Finding::new(check, Note, format!("{detail}; it has no marker of ours")),
        (true, Some(_)) => Finding::new(check, Good, detail),
    }
}

/// Does the API take keys, and the current one?
async fn answers(
    run: &Run<'_>,
    api: &str,
    current: Option<&Version>,
) -> Result<Finding, RotationError> {
    let plane = data_plane(run, api).await?;
    let told = |health: Health, what: &str| {
        Finding::new("data plane", health, format!("{} {what}", plane.url))
    };
    if !plane.takes_keys {
        return Ok(told(Bad, "has no API_KEY among its authorization modes"));
    }
    let Some(key) = current.and_then(|current| current.value.key()) else {
        return Ok(told(Good, "takes API keys"));
    };
    Ok(match run.prober.ask(&plane, &key).await {
        Verdict::Accepted => told(Good, "accepts the current key"),
        Verdict::Rejected => told(
            Bad,
            "refuses the current key: clients are being turned away",
        ),
        Verdict::Forbidden => told(Bad, "answers 403: a WAF rule or a resource policy"),
        Verdict::Unreachable => told(Bad, "cannot be reached from here"),
        Verdict::Unclear(last) => told(Note, &format!("gave no verdict on the key ({last})")),
    })
}
