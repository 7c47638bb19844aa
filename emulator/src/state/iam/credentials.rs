//! Who a key acts for: the access keys of users, and the temporary ones of role sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::entropy::Entropy;
use crate::ids::{AccountId, Region};
use crate::state::policy::Principal;
use crate::time::Timestamp;

use super::error::{IamError, Kind};
use super::names::unique_id;
use super::role::Role;
use super::session::{NewSession, Session, SessionKeys};
use super::user::{ACCESS_KEY_LIMIT, User};

/// A secret access key or a session token. `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The text, for the wire and for signatures only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// An access key of a user.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// Its id: `AKIA…`.
    pub id: String,
    /// Its secret.
    pub secret: SecretText,
    /// The user's account.
    pub account: AccountId,
    /// The user's name.
    pub user: String,
    /// The user's ARN.
    pub user_arn: String,
    /// The user's unique id.
    pub user_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Does it act for its user?
    pub status: KeyStatus,
    /// The last call that was signed with it.
    pub last_used: Option<LastUse>,
}

/// Whether an access key acts for its user [M].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It does.
    Active,
    /// It does not, until it is made active again.
    Inactive,
}

impl KeyStatus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }
}

/// A call that was signed with an access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// The service, as endpoints name it.
    pub service: &'static str,
    /// The Region.
    pub region: Region,
}

/// What an access key id stands for.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'a> {
    /// A user's key.
    User(&'a AccessKey),
    /// A role's session.
    Session(&'a Session),
}

/// All keys of all accounts.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    keys: BTreeMap<String, AccessKey>,
    sessions: BTreeMap<String, Session>,
    /// Whoever still uses one of these is nobody, not the account.
    deleted: BTreeSet<String>,
}

impl Credentials {
    /// What an access key id stands for; nothing if it is not IAM's own.
    pub fn holder(&self, access_key_id: &str) -> Option<Holder<'_>> {
        let key = self.keys.get(access_key_id);
        let key = key.filter(|key| key.status == KeyStatus::Active);
        let key = key.map(Holder::User);
        key.or_else(|| self.sessions.get(access_key_id).map(Holder::Session))
    }

    /// Makes an access key of a user.
    ///
    /// # Errors
    /// [`IamError::Quota`]: it has two already [D].
    pub fn create_key(
        &mut self,
        user: &User,
        account: &AccountId,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Result<&AccessKey, IamError> {
        if self.keys_of(account, &user.identity.name).count() >= ACCESS_KEY_LIMIT {
            return Err(IamError::Quota {
                quota: "AccessKeysPerUser",
                limit: ACCESS_KEY_LIMIT,
            });
        }
        let key = AccessKey {
            id: unique_id("AKIA", 20, entropy),
            secret: SecretText(entropy.alphanumeric(40)),
            account: account.clone(),
            user: user.identity.name.clone(),
            user_arn: user.identity.arn.clone(),
            user_id: user.identity.id.clone(),
            created: now,
            status: KeyStatus::Active,
            last_used: None,
        };
        let id = key.id.clone();
        Ok(self.keys.entry(id).insert_entry(key).into_mut())
    }

    /// The access keys of a user.
    pub fn keys_of(&self, account: &AccountId, user: &str) -> impl Iterator<Item = &AccessKey> {
        let keys = self.keys.values();
        keys.filter(move |key| key.account == *account && key.user == user)
    }

    /// Deletes a user's access key.
    ///
    /// # Errors
    /// [`IamError::NotFound`].
    pub fn delete_key(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
    ) -> Result<(), IamError> {
        self.key_of(account, user, id)?;
        self.keys.remove(id);
        self.deleted.insert(id.to_owned());
        Ok(())
    }

    /// Makes a user's access key inactive, or active again.
    ///
    /// # Errors
    /// [`IamError::NotFound`].
    pub fn set_status(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
        status: KeyStatus,
    ) -> Result<(), IamError> {
        self.key_of(account, user, id)?.status = status;
        Ok(())
    }

    fn key_of(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
    ) -> Result<&mut AccessKey, IamError> {
        let key = self.keys.get_mut(id);
        let key = key.filter(|key| key.account == *account && key.user == user);
        key.ok_or_else(|| IamError::NotFound {
            kind: Kind::AccessKey,
            name: id.to_owned(),
        })
    }

    /// A user's access key, whatever its status.
    pub fn key(&self, access_key_id: &str) -> Option<&AccessKey> {
        self.keys.get(access_key_id)
    }

    /// Notes a call that was signed with an access key, if it is a user's.
    pub fn note_use(&mut self, access_key_id: &str, used: LastUse) {
        if let Some(key) = self.keys.get_mut(access_key_id) {
            key.last_used = Some(used);
        }
    }

    /// Is this the id of a user's access key that is inactive or was deleted?
    pub fn is_dead(&self, access_key_id: &str) -> bool {
        let key = self.keys.get(access_key_id);
        let is_inactive = key.is_some_and(|key| key.status == KeyStatus::Inactive);
        is_inactive || self.deleted.contains(access_key_id)
    }

    /// Issues the credentials of a new session of a role. Who may ask for them is for the caller
    /// to check: AssumeRole asks the trust policy, a function's environment its role.
    pub fn issue_session(
        &mut self,
        role: &Role,
        account: &AccountId,
        new: NewSession,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> &Session {
        let keys = SessionKeys {
            access_key_id: unique_id("ASIA", 20, entropy),
            secret_access_key: SecretText(entropy.alphanumeric(40)),
            session_token: SecretText(entropy.alphanumeric(356)),
        };
        let session = Session::new(role, account, new, keys, now);
        let id = session.access_key_id.clone();
        self.sessions.entry(id).insert_entry(session).into_mut()
    }
}

impl<'a> Holder<'a> {
    /// Who acts.
    pub fn principal(&self) -> Principal {
        match self {
            Self::User(key) => Principal::User {
                account: key.account.clone(),
                arn: key.user_arn.clone(),
                id: key.user_id.clone(),
            },
            Self::Session(session) => Principal::Session {
                account: session.account.clone(),
                role: session.role_arn.clone(),
                arn: session.arn.clone(),
                role_id: session.role_id.clone(),
            },
        }
    }

    /// The account that it belongs to.
    pub fn account(&self) -> &'a AccountId {
        match self {
            Self::User(key) => &key.account,
            Self::Session(session) => &session.account,
        }
    }

    /// The unique id that GetCallerIdentity and `aws:userid` tell.
    pub fn user_id(&self) -> &'a str {
        match self {
            Self::User(key) => &key.user_id,
            Self::Session(session) => &session.id,
        }
    }

    /// The secret access key.
    pub fn secret(&self) -> &'a SecretText {
        match self {
            Self::User(key) => &key.secret,
            Self::Session(session) => &session.secret_access_key,
        }
    }
}
