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

/// Reads the secret's labels and judges whether `version` may be worked on.
pub(crate) async fn describe_and_judge(
    secrets: &Secrets,
    secret: &str,
    version: &str,
) -> Result<(Description, Standing), RotationError> {
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
    let standing = judge(&description, version)?;
    Ok((description, standing))
}

/// The entry contract that Amazon's sample rotation functions share, in its order.
fn judge(description: &Description, version: &str) -> Result<Standing, Problem> {
    let secret = description.arn.clone();
    let labels = &description.labels;
    if description.is_deleted {
        return Err(Problem::SecretDeleted { secret });
    }
    if let Some(primary) = elsewhere(description) {
        return Err(Problem::ReplicaSecret { secret, primary });
    }
    // Absent if rotation was never configured: then the labels alone decide.
    if description.rotation_enabled == Some(false) {
        return Err(Problem::RotationDisabled { secret });
    }
    let version_id = version.to_owned();
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
