//! Who a key acts for: the access keys of users, and the temporary ones of role sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::entropy::Entropy;
use crate::ids::AccountId;
use crate::state::policy::{Document, Principal};
use crate::time::Timestamp;

use super::error::{IamError, Kind};
use super::names::unique_id;
use super::role::Role;
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
}

/// A session of a role.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its access key id: `ASIA…`.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretText,
    /// Its token, which every request must carry.
    pub session_token: SecretText,
    /// When it ends.
    pub expires: Timestamp,
    /// The role's account.
    pub account: AccountId,
    /// The role's ARN.
    pub role_arn: String,
    /// The session's ARN: `arn:aws:sts::111122223333:assumed-role/role/session`.
    pub arn: String,
    /// The role's unique id, a colon, the session's name.
    pub id: String,
    /// The policy that was handed over with AssumeRole.
    pub policy: Option<Document>,
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

/// How a session is to be.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its name; a function's sessions bear the function's.
    pub name: String,
    /// How long it lasts, in seconds.
    pub seconds: u32,
    /// A policy that limits it.
    pub policy: Option<Document>,
}

impl Credentials {
    /// What an access key id stands for; nothing if it is not IAM's own.
    pub fn holder(&self, access_key_id: &str) -> Option<Holder<'_>> {
        let key = self.keys.get(access_key_id).map(Holder::User);
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
        if self.keys_of(account, user).all(|key| key.id != id) {
            return Err(IamError::NotFound {
                kind: Kind::AccessKey,
                name: id.to_owned(),
            });
        }
        self.keys.remove(id);
        self.deleted.insert(id.to_owned());
        Ok(())
    }

    /// Was this the id of a user's access key once?
    pub fn is_deleted(&self, access_key_id: &str) -> bool {
        self.deleted.contains(access_key_id)
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
        let partition = role.identity.arn.split(':').nth(1).unwrap_or("aws");
        let (role_name, name) = (&role.identity.name, &new.name);
        let session = Session {
            access_key_id: unique_id("ASIA", 20, entropy),
            secret_access_key: SecretText(entropy.alphanumeric(40)),
            session_token: SecretText(entropy.alphanumeric(356)),
            expires: now.plus_millis(i64::from(new.seconds) * 1000),
            account: account.clone(),
            role_arn: role.identity.arn.clone(),
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{role_name}/{name}"),
            id: format!("{}:{name}", role.identity.id),
            policy: new.policy,
        };
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
            },
            Self::Session(session) => Principal::Session {
                account: session.account.clone(),
                role: session.role_arn.clone(),
                arn: session.arn.clone(),
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

    /// The policy that limits a session.
    pub fn session_policy(&self) -> Option<&'a Document> {
        match self {
            Self::User(_) => None,
            Self::Session(session) => session.policy.as_ref(),
        }
    }
}
