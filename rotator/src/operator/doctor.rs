//! The examination of a secret and its keys: is everything in order, and what will not be soon?
//!
//! It asks with the permissions of whoever runs it. Reads are made; of the writes it asks only, if
//! told to, whether they would be allowed, by calls that the services refuse for another reason.

mod checks;
mod permissions;

use crate::aws::Meaning;
use crate::aws::secrets::Description;
use crate::error::RotationError;
use crate::handler::Rotator;
use crate::standing::describe;
use crate::tally::Tally;
use std::time::SystemTime;

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// As it should be.
    Good,
    /// Nothing is wrong, but somebody may want to know.
    Note,
    /// Something has to be done.
    Bad,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable name of the check.
    pub check: &'static str,
    /// How it came out.
    pub health: Health,
    /// What was found, in a sentence without any secret.
    pub detail: String,
    /// The error type that a rotation would fail with, for the runbook.
    pub error_type: Option<&'static str>,
}

impl Finding {
    pub(crate) fn new(check: &'static str, health: Health, detail: impl Into<String>) -> Self {
        Self {
            check,
            health,
            detail: detail.into(),
            error_type: None,
        }
    }

    /// A check that failed as a rotation would fail.
    pub(crate) fn failed(check: &'static str, error: &RotationError) -> Self {
        Self {
            error_type: Some(error.error_type()),
            ..Self::new(check, Health::Bad, error.to_string())
        }
    }
}

/// All findings, in the order of the checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Examination {
    /// The worst of it.
    pub fn health(&self) -> Health {
        let all = self.findings.iter().map(|finding| finding.health);
        all.max().unwrap_or(Health::Good)
    }
}

impl Rotator {
    /// Examines `secret_id` and the keys of its API. What cannot be looked at is a finding, and
    /// ends the examination where the rest depends on it.
    pub async fn examine(
        &self,
        secret_id: &str,
        asks_about_writes: bool,
        deadline: SystemTime,
    ) -> Examination {
        let clock = self.clock(deadline);
        let mut examination = Examination::default();
        let found = &mut examination.findings;
        let work = Box::pin(async {
            let secret = describe(&self.secrets(&clock), secret_id).await?;
            let secret = self.allowed(secret)?;
            let current = current_version(&secret);
            let tally = Tally::default();
            let run = self.run(secret, &current, &clock, &tally);
            checks::of_the_secret(&run, found).await;
            let api = checks::of_the_api(&run, found).await;
            if asks_about_writes {
                permissions::to_write(&run, api.as_deref(), found).await;
            }
            Ok(())
        });
        if let Err(error) = clock.within_deadline(work).await {
            examination.findings.push(Finding::failed("secret", &error));
        }
        examination
    }
}

fn current_version(secret: &Description) -> String {
    let current = secret.labels.holder(crate::labels::CURRENT);
    current.unwrap_or_default().to_owned()
}

/// What an answer says about a permission: a refusal for any other reason means that the call
/// would have been allowed.
fn permission(action: &'static str, meaning: Option<Meaning>) -> Finding {
    let (health, verdict) = match meaning {
        Some(Meaning::Denied) => (Health::Bad, "is not allowed"),
        Some(Meaning::Unknown | Meaning::Unanswered | Meaning::Throttled) => {
            (Health::Note, "cannot be judged: the service did not answer")
        }
        _ => (Health::Good, "is allowed"),
    };
    let error_type = (health == Health::Bad).then_some("AccessDenied");
    Finding {
        error_type,
        ..Finding::new("permission", health, format!("{action} {verdict}"))
    }
}

#[cfg(test)]
mod tests;
