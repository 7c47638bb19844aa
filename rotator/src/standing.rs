//! Whether a version may be worked on: the entry contract of every step.

use crate::aws::Meaning;
use crate::aws::secrets::{Description, Secrets};
use crate::error::{Problem, RotationError};
use crate::labels::{CURRENT, PENDING};

/// Where a version stands in its rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It carries AWSPENDING: there is work to do.
    Pending,
    /// It carries AWSCURRENT: the rotation is done.
    Current,
}

/// Reads what is known of a secret, and refuses one that nothing may be done to.
pub(crate) async fn describe(
    secrets: &Secrets,
    secret: &str,
) -> Result<Description, RotationError> {
    let description = match secrets.describe(secret).await {
        Ok(description) => description,
        Err(failure) if failure.meaning == Meaning::Gone => {
            return Err(Problem::SecretGone {
                secret: secret.to_owned(),
            }
            .into());
        }
        Err(failure) => return Err(failure.into()),
    };
    let secret = description.arn.clone();
    if description.is_deleted {
        return Err(Problem::SecretDeleted { secret }.into());
    }
    if let Some(primary) = elsewhere(&description) {
        return Err(Problem::ReplicaSecret { secret, primary }.into());
    }
    Ok(description)
}

/// Reads the secret's labels and judges whether `version` may be worked on. If it `may_begin`, it
/// may also be a version that does not exist yet, where no other one is pending.
pub(crate) async fn describe_and_judge(
    secrets: &Secrets,
    secret: &str,
    version: &str,
    may_begin: bool,
) -> Result<(Description, Standing), RotationError> {
    let description = describe(secrets, secret).await?;
    let standing = judge(&description, version, may_begin)?;
    Ok((description, standing))
}

/// The entry contract that Amazon's sample rotation functions share, in its order.
fn judge(description: &Description, version: &str, may_begin: bool) -> Result<Standing, Problem> {
    let secret = description.arn.clone();
    let labels = &description.labels;
    // Absent if rotation was never configured: then the labels alone decide.
    if description.rotation_enabled == Some(false) {
        return Err(Problem::RotationDisabled { secret });
    }
    let version_id = version.to_owned();
    if may_begin && !labels.knows(version) && labels.waiting().is_none() {
        return Ok(Standing::Pending);
    }
    if !labels.knows(version) {
        return Err(Problem::NoStage {
            version: version_id,
            secret,
        });
    }
    if labels.has(version, CURRENT) {
        return Ok(Standing::Current);
    }
    if !labels.has(version, PENDING) {
        return Err(Problem::NotPending {
            version: version_id,
            secret,
        });
    }
    Ok(Standing::Pending)
}

/// The region of the primary, if the secret is a replica of it.
fn elsewhere(description: &Description) -> Option<String> {
    let here = description.arn.split(':').nth(3)?;
    description
        .primary_region
        .clone()
        .filter(|primary| primary != here)
}
