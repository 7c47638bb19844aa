//! Managed policies. Each has one version, `v1`: more cannot be made here.

use crate::entropy::Entropy;
use crate::time::Timestamp;

use super::error::{IamError, Kind};
use super::names::{Place, unique_id};
use super::text::PolicyText;

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
    pub text: PolicyText,
}

/// The name of the only version.
pub const VERSION: &str = "v1";

impl ManagedPolicy {
    pub(super) fn new(
        name: &str,
        description: Option<String>,
        text: PolicyText,
        place: &Place<'_>,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Self {
        let id = unique_id("ANPA", 21, entropy);
        Self::with_id(name, id, description, text, place, now)
    }

    pub(super) fn with_id(
        name: &str,
        id: String,
        description: Option<String>,
        text: PolicyText,
        place: &Place<'_>,
        now: Timestamp,
    ) -> Self {
        Self {
            name: name.to_owned(),
            path: place.path.to_owned(),
            id,
            arn: place.arn(Kind::Policy, name),
            description,
            created: now,
            text,
        }
    }

    /// The policy of a version.
    ///
    /// # Errors
    /// [`IamError::VersionNotFound`].
    pub fn version(&self, name: &str) -> Result<&PolicyText, IamError> {
        if name == VERSION {
            return Ok(&self.text);
        }
        Err(IamError::VersionNotFound {
            arn: self.arn.clone(),
            version: name.to_owned(),
        })
    }
}
