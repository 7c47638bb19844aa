//! IAM: the users, roles and policies of an account, and the keys that act for them.
//!
//! In reading order: [`error`] · [`names`] (what names and paths may be) · [`identity`] (what users and roles share) · [`tags`] · [`role`] and
//! [`user`] · [`managed_policy`] · [`credentials`] (who a key acts for), [`session`] and [`signer`] (who signed a request) · `lookup`
//! (what the world knows of both) · [`settings`].

pub mod credentials;
pub mod error;
pub mod identity;
mod lookup;
pub mod managed_policy;
pub mod names;
pub mod role;
pub mod session;
pub mod settings;
pub mod signer;
pub mod tags;
pub mod user;

use std::collections::BTreeMap;

use crate::entropy::Entropy;
use crate::ids::AccountId;
use crate::time::Timestamp;

use super::policy::{Document, Principal};

use error::{IamError, Kind};
use identity::Identity;
use managed_policy::{ManagedPolicy, NewPolicy};
use names::Place;
use role::{NewRole, Role};
use user::User;

/// What one account holds in IAM, which has no Regions.
#[derive(Clone, Debug, Default)]
pub struct Iam {
    roles: BTreeMap<String, Role>,
    users: BTreeMap<String, User>,
    policies: BTreeMap<String, ManagedPolicy>,
}

/// A policy that was attached, by its ARN and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Iam {
    /// Makes a role.
    ///
    /// # Errors
    /// [`IamError::Exists`]: a role has the name, in whatever case [D].
    pub fn create_role(
        &mut self,
        new: NewRole,
        place: &Place<'_>,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Result<&Role, IamError> {
        let name = new.name.clone();
        refuse_taken(self.roles.keys(), Kind::Role, &name)?;
        let role = Role::new(new, place, entropy, now);
        Ok(self.roles.entry(name).insert_entry(role).into_mut())
    }

    /// A role by its name.
    ///
    /// # Errors
    /// [`IamError::NotFound`].
    pub fn role(&self, name: &str) -> Result<&Role, IamError> {
        self.roles
            .get(name)
            .ok_or_else(|| not_found(Kind::Role, name))
    }

    /// A role by its name, to be changed.
    ///
    /// # Errors
    /// [`IamError::NotFound`].
    pub fn role_mut(&mut self, name: &str) -> Result<&mut Role, IamError> {
        self.roles
            .get_mut(name)
            .ok_or_else(|| not_found(Kind::Role, name))
    }

    /// A role by its ARN.
    pub fn role_of_arn(&self, arn: &str) -> Option<&Role> {
        let role = self.roles.get(arn.rsplit('/').next()?)?;
        (role.identity.arn == arn).then_some(role)
    }

    /// A user or a role by its ARN.
    pub fn identity_of_arn(&self, arn: &str) -> Option<&Identity> {
        let user = self.users.get(arn.rsplit('/').next()?);
        let user = user.map(|user| &user.identity);
        let role = self.role_of_arn(arn).map(|role| &role.identity);
        user.filter(|user| user.arn == arn).or(role)
    }

    /// All roles, by their names.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values()
    }

    /// Deletes a role that has no policies any more.
    ///
    /// # Errors
    /// [`IamError::NotFound`], or what stands in the way.
    pub fn delete_role(&mut self, name: &str) -> Result<(), IamError> {
        self.role(name)?.identity.refuse_if_it_has_policies()?;
        self.roles.remove(name);
        Ok(())
    }

    /// Makes a user.
    ///
    /// # Errors
    /// [`IamError::Exists`]: a user has the name, in whatever case [D].
    pub fn create_user(
        &mut self,
        name: &str,
        place: &Place<'_>,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Result<&User, IamError> {
        refuse_taken(self.users.keys(), Kind::User, name)?;
        let identity = Identity::new(Kind::User, name, place, entropy, now);
        let user = User { identity };
        Ok(self
            .users
            .entry(name.to_owned())
            .insert_entry(user)
            .into_mut())
    }

    /// A user by its name.
    ///
    /// # Errors
    /// [`IamError::NotFound`].
    pub fn user(&self, name: &str) -> Result<&User, IamError> {
        self.users
            .get(name)
            .ok_or_else(|| not_found(Kind::User, name))
    }

    /// A user by its name, to be changed.
    ///
    /// # Errors
    /// [`IamError::NotFound`].
    pub fn user_mut(&mut self, name: &str) -> Result<&mut User, IamError> {
        self.users
            .get_mut(name)
            .ok_or_else(|| not_found(Kind::User, name))
    }

    /// Deletes a user that has no policies any more.
    ///
    /// # Errors
    /// [`IamError::NotFound`], or what stands in the way.
    pub fn delete_user(&mut self, name: &str) -> Result<(), IamError> {
        self.user(name)?.identity.refuse_if_it_has_policies()?;
        self.users.remove(name);
        Ok(())
    }

    /// Makes a managed policy.
    ///
    /// # Errors
    /// [`IamError::Exists`]: a policy has the name, in whatever case [D].
    pub fn create_policy(
        &mut self,
        new: NewPolicy,
        place: &Place<'_>,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Result<&ManagedPolicy, IamError> {
        let taken = self.policies.values().map(|policy| &policy.name);
        refuse_taken(taken, Kind::Policy, &new.name)?;
        let policy = ManagedPolicy::new(new, place, entropy, now);
        let arn = policy.arn.clone();
        Ok(self.policies.entry(arn).insert_entry(policy).into_mut())
    }

    /// A managed policy of the account, not one of AWS's.
    ///
    /// # Errors
    /// [`IamError::PolicyNotFound`].
    pub fn policy(&self, arn: &str) -> Result<&ManagedPolicy, IamError> {
        let not_found = || IamError::PolicyNotFound(arn.to_owned());
        self.policies.get(arn).ok_or_else(not_found)
    }

    /// A managed policy of the account, to be changed.
    ///
    /// # Errors
    /// [`IamError::PolicyNotFound`].
    pub fn policy_mut(&mut self, arn: &str) -> Result<&mut ManagedPolicy, IamError> {
        let not_found = || IamError::PolicyNotFound(arn.to_owned());
        self.policies.get_mut(arn).ok_or_else(not_found)
    }

    /// All managed policies of the account, by their ARNs.
    pub fn policies(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.policies.values()
    }

    /// All users, by their names.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Deletes a managed policy that is attached to nothing.
    ///
    /// # Errors
    /// [`IamError::PolicyNotFound`], or what stands in the way.
    pub fn delete_policy(&mut self, arn: &str) -> Result<(), IamError> {
        if !self.policies.contains_key(arn) {
            return Err(IamError::PolicyNotFound(arn.to_owned()));
        }
        if self.attachments(arn) > 0 {
            return Err(IamError::PolicyAttached);
        }
        if !self.policy(arn)?.others.is_empty() {
            return Err(IamError::HasVersions);
        }
        self.policies.remove(arn);
        Ok(())
    }

    /// How many users and roles a policy is attached to.
    pub fn attachments(&self, arn: &str) -> usize {
        let of_roles = self.roles.values().map(|role| &role.identity);
        let of_users = self.users.values().map(|user| &user.identity);
        let all = of_roles.chain(of_users);
        all.filter(|it| it.attached.contains_key(arn)).count()
    }

    /// The policies attached to a user or a role.
    pub fn attached(&self, identity: &Identity) -> Vec<Attached> {
        let name_of = |arn: &String| arn.rsplit('/').next().unwrap_or(arn).to_owned();
        let attached = identity.attached.keys();
        attached
            .map(|arn| Attached {
                arn: arn.clone(),
                name: name_of(arn),
            })
            .collect()
    }

    /// The user or the role whose policies a caller has. One that came after it under the same name
    /// is another.
    pub fn identity_of(&self, principal: &Principal) -> Option<&Identity> {
        let (arn, id) = match principal {
            Principal::User { arn, id, .. } => (arn, id),
            Principal::Session { role, role_id, .. } => (role, role_id),
            Principal::Root { .. } | Principal::Service(_) | Principal::Anonymous => return None,
        };
        self.identity_of_arn(arn).filter(|found| found.id == *id)
    }

    /// All policies of a user or a role, inline and attached ones.
    pub fn policies_of(&self, principal: &Principal) -> Vec<&Document> {
        let Some(identity) = self.identity_of(principal) else {
            return Vec::new();
        };
        let inline = identity.inline.values().map(|text| &text.document);
        let attached = identity.attached.values().map(|text| &text.document);
        inline.chain(attached).collect()
    }
}

fn not_found(kind: Kind, name: &str) -> IamError {
    IamError::NotFound {
        kind,
        name: name.to_owned(),
    }
}

fn refuse_taken<'a>(
    mut taken: impl Iterator<Item = &'a String>,
    kind: Kind,
    name: &str,
) -> Result<(), IamError> {
    if taken.any(|it| it.eq_ignore_ascii_case(name)) {
        return Err(IamError::Exists {
            kind,
            name: name.to_owned(),
        });
    }
    Ok(())
}

/// The IAM of every account.
#[derive(Clone, Debug, Default)]
pub struct Accounts(BTreeMap<AccountId, Iam>);

impl Accounts {
    /// An account's IAM, as far as anything is in it.
    pub fn get(&self, account: &AccountId) -> Option<&Iam> {
        self.0.get(account)
    }

    /// The unique id of the user or role that has an ARN, in whatever account.
    pub fn unique_id(&self, arn: &str) -> Option<String> {
        let account = arn.split(':').nth(4)?;
        let iam = self.get(&AccountId::new(account))?;
        iam.identity_of_arn(arn).map(|it| it.id.clone())
    }

    /// An account's IAM; it comes to be when it is first asked for.
    pub fn of(&mut self, account: &AccountId) -> &mut Iam {
        self.0.entry(account.clone()).or_default()
    }
}

#[cfg(test)]
mod tests;
