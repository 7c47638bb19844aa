//! Managed policies and their versions, of which one counts.

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
    /// What it allows and denies: the text of the version that counts.
    pub text: Arc<PolicyText>,
    /// The name of that version, `v1` at first; those of AWS have seen more.
    pub version: String,
    /// The other versions, oldest first.
    pub others: Vec<OtherVersion>,
    /// Its tags.
    pub tags: Tags,
}

/// A version that does not count.
#[derive(Clone, Debug)]
pub struct OtherVersion {
    /// Its name.
    pub name: String,
    /// What it would allow and deny.
    pub text: Arc<PolicyText>,
}

/// How many versions there can be [D].
const VERSIONS_MAX: usize = 5;

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
            others: Vec::new(),
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
        let other = self.others.iter().find(|other| other.name == name);
        let other = other.ok_or_else(|| self.without(name))?;
        Ok(&other.text)
    }

    fn without(&self, version: &str) -> IamError {
        IamError::VersionNotFound {
            arn: self.arn.clone(),
            version: version.to_owned(),
        }
    }

    /// Makes a version, which counts from now on if it is to, and gives its name.
    ///
    /// # Errors
    /// There are as many as there can be.
    pub fn create_version(
        &mut self,
        text: PolicyText,
        is_default: bool,
    ) -> Result<String, IamError> {
        if self.others.len() + 1 >= VERSIONS_MAX {
            return Err(IamError::TooManyVersions);
        }
        let number = |name: &str| name.trim_start_matches('v').parse().unwrap_or(0);
        let names = self.others.iter().map(|other| other.name.as_str());
        let last = names.chain([self.version.as_str()]).map(number).max();
        let name = format!("v{}", last.unwrap_or(0_u32) + 1);
        let text = Arc::new(text);
        self.others.push(OtherVersion {
            name: name.clone(),
            text,
        });
        if is_default {
            self.set_default(&name)?;
        }
        Ok(name)
    }

    /// Lets a version count.
    ///
    /// # Errors
    /// [`IamError::VersionNotFound`].
    pub fn set_default(&mut self, name: &str) -> Result<(), IamError> {
        if name == self.version {
            return Ok(());
        }
        let at = self.others.iter().position(|other| other.name == name);
        let at = at.ok_or_else(|| self.without(name))?;
        let other = &mut self.others[at];
        std::mem::swap(&mut self.text, &mut other.text);
        std::mem::swap(&mut self.version, &mut other.name);
        Ok(())
    }

    /// Takes a version away.
    ///
    /// # Errors
    /// It is not there, or it is the one that counts.
    pub fn delete_version(&mut self, name: &str) -> Result<(), IamError> {
        if name == self.version {
            return Err(IamError::VersionCounts);
        }
        let at = self.others.iter().position(|other| other.name == name);
        let at = at.ok_or_else(|| self.without(name))?;
        self.others.remove(at);
        Ok(())
    }
}
