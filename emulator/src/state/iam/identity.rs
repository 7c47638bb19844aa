//! What users and roles share: a name, an ARN and policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::entropy::Entropy;
use crate::state::policy::PolicyText;
use crate::time::Timestamp;

use super::error::{IamError, Kind};
use super::managed_policy::ManagedPolicy;
use super::names::{Place, unique_id};
use super::tags::Tags;

/// How many policies may be attached to a user or a role, by default [D].
pub const ATTACHED_LIMIT: usize = 10;

/// A user or a role, as far as both are the same.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id, which no other will have.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its inline policies by their names.
    pub inline: BTreeMap<String, PolicyText>,
    /// Its attached policies by their ARNs. A managed policy does not change.
    pub attached: BTreeMap<String, Arc<PolicyText>>,
    /// Its tags.
    pub tags: Tags,
}

impl Identity {
    pub(super) fn new(
        kind: Kind,
        name: &str,
        place: &Place<'_>,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Self {
        let prefix = if kind == Kind::Role { "AROA" } else { "AIDA" };
        Self {
            name: name.to_owned(),
            path: place.path.to_owned(),
            id: unique_id(prefix, 21, entropy),
            arn: place.arn(kind, name),
            created: now,
            inline: BTreeMap::new(),
            attached: BTreeMap::new(),
            tags: Tags::default(),
        }
    }

    /// An inline policy.
    ///
    /// # Errors
    /// [`IamError::NotFound`]; `kind` says whose policy it is.
    pub fn inline_policy(&self, kind: Kind, name: &str) -> Result<&PolicyText, IamError> {
        let name = || name.to_owned();
        let missing = || IamError::NotFound { kind, name: name() };
        self.inline.get(&name()).ok_or_else(missing)
    }

    /// Deletes an inline policy.
    ///
    /// # Errors
    /// [`IamError::NotFound`]; `kind` says whose policy it is.
    pub fn delete_inline(&mut self, kind: Kind, name: &str) -> Result<(), IamError> {
        self.inline_policy(kind, name)?;
        self.inline.remove(name);
        Ok(())
    }

    /// Attaches a policy; once more changes nothing.
    ///
    /// # Errors
    /// [`IamError::Quota`]: ten are attached already [D].
    pub fn attach(&mut self, policy: &ManagedPolicy, quota: &'static str) -> Result<(), IamError> {
        let is_new = !self.attached.contains_key(&policy.arn);
        if is_new && self.attached.len() >= ATTACHED_LIMIT {
            return Err(IamError::Quota {
                quota,
                limit: ATTACHED_LIMIT,
            });
        }
        let text = Arc::clone(&policy.text);
        self.attached.insert(policy.arn.clone(), text);
        Ok(())
    }

    /// Detaches a policy.
    ///
    /// # Errors
    /// [`IamError::NotAttached`].
    pub fn detach(&mut self, arn: &str) -> Result<(), IamError> {
        if self.attached.remove(arn).is_some() {
            return Ok(());
        }
        Err(IamError::NotAttached(arn.to_owned()))
    }

    pub(super) fn refuse_if_it_has_policies(&self) -> Result<(), IamError> {
        if !self.attached.is_empty() {
            return Err(IamError::HasAttachedPolicies);
        }
        if !self.inline.is_empty() {
            return Err(IamError::HasInlinePolicies);
        }
        Ok(())
    }
}
