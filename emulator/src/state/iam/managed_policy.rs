//! Managed policies. Each has one version: more cannot be made here.

use std::sync::Arc;

use crate::entropy::Entropy;
use crate::state::policy::PolicyText;
use crate::time::Timestamp;

use super::error::{IamError, Kind};
use super::names::{Place, unique_id};
use super::tags::Tags;

/// A managed policy.
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// What it allows and denies.
    pub text: Arc<PolicyText>,
    /// The name of its version: `v1`; those of AWS have seen more.
    pub version: String,
    /// Its tags.
    pub tags: Tags,
}

/// The name of the first version.
const FIRST: &str = "v1";

/// How a managed policy is to be.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it allows and denies.
    pub text: PolicyText,
    /// Its tags.
    pub tags: Tags,
}

impl ManagedPolicy {
    pub(super) fn new(
        new: NewPolicy,
        place: &Place<'_>,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Self {
        Self {
            id: unique_id("ANPA", 21, entropy),
            arn: place.arn(Kind::Policy, &new.name),
            name: new.name,
            path: place.path.to_owned(),
            description: new.description,
            created: now,
            text: Arc::new(new.text),
            version: FIRST.to_owned(),
            tags: new.tags,
        }
    }

    /// The policy of a version.
    ///
    /// # Errors
    /// [`IamError::VersionNotFound`].
    pub fn version(&self, name: &str) -> Result<&PolicyText, IamError> {
        if name == self.version {
            return Ok(&self.text);
        }
        Err(IamError::VersionNotFound {
            arn: self.arn.clone(),
            version: name.to_owned(),
        })
    }
}
