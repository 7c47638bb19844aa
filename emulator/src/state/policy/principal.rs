//! Who calls, and whom a statement means.

use std::fmt;

use crate::ids::AccountId;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// The account itself, which may do everything in it.
    Root {
        /// The account.
        account: AccountId,
        /// The ARN partition, such as `aws`.
        partition: &'static str,
    },
    /// A user.
    User {
        /// Its account.
        account: AccountId,
        /// Its ARN: `arn:aws:iam::111122223333:user/path/name`.
        arn: String,
        /// Its unique id: `AIDA…`.
        id: String,
    },
    /// A session of a role.
    Session {
        /// Its account.
        account: AccountId,
        /// The role's ARN: `arn:aws:iam::111122223333:role/path/name`.
        role: String,
        /// The session's ARN: `arn:aws:sts::111122223333:assumed-role/name/session`.
        arn: String,
        /// The role's unique id: `AROA…`.
        role_id: String,
    },
    /// An AWS service, such as `secretsmanager.amazonaws.com`.
    Service(String),
    /// Nobody known: a request without a signature.
    Anonymous,
}

impl Principal {
    /// The account whose policies it has.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::Session { account, .. } => Some(account),
            Self::Service(_) | Self::Anonymous => None,
        }
    }

    /// The ARN of the user or role whose policies it has, which groups calls in reports.
    pub fn identity(&self) -> String {
        match self {
            Self::Session { role, .. } => role.clone(),
            other => other.to_string(),
        }
    }
}

/// The ARN, as denials and GetCallerIdentity name it; the service's name; `anonymous`.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root { account, partition } => write!(f, "arn:{partition}:iam::{account}:root"),
            Self::User { arn, .. } | Self::Session { arn, .. } => f.write_str(arn),
            Self::Service(name) => f.write_str(name),
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}

/// Whom a statement means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalPattern {
    /// `*`.
    Everyone,
    /// An account, by its number or by the ARN of its root.
    Account(AccountId),
    /// A user, a role or a session of one.
    Named {
        /// Its ARN, as the policy was written.
        arn: String,
        /// The unique id of who had that ARN when the policy was attached: nobody else is meant,
        /// even if the name comes back [D].
        id: Option<String>,
    },
    /// An AWS service.
    Service(String),
    /// A kind that nobody here can be: federated and canonical users.
    Other(String),
}

/// How a statement means a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meant {
    /// Not at all.
    Not,
    /// By its account, which may pass the permission on with its own policies [D].
    ByAccount,
    /// By itself, its role or as one of everyone.
    ByName,
    /// As this session; then a session policy does not limit it [D].
    AsSession,
}

impl PrincipalPattern {
    /// From a text under `AWS`.
    pub fn aws(text: &str) -> Self {
        if text == "*" {
            return Self::Everyone;
        }
        if is_account(text) {
            return Self::Account(AccountId::new(text));
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts[..] {
            ["arn", _, "iam", "", account, "root"] => Self::Account(AccountId::new(account)),
            _ => Self::Named {
                arn: text.to_owned(),
                id: None,
            },
        }
    }

    /// Holds on to who has the ARN now.
    pub fn bind(&mut self, id_of: &dyn Fn(&str) -> Option<String>) {
        if let Self::Named { arn, id } = self {
            *id = id_of(arn);
        }
    }

    /// How it means the caller.
    pub fn means(&self, principal: &Principal) -> Meant {
        match (self, principal) {
            (Self::Everyone, _) => Meant::ByName,
            (Self::Account(account), Principal::Root { account: own, .. }) if account == own => {
                Meant::ByName
            }
            (Self::Account(account), principal) if principal.account() == Some(account) => {
                Meant::ByAccount
            }
            (Self::Named { arn, .. }, Principal::Session { arn: session, .. })
                if arn == session =>
            {
                Meant::AsSession
            }
            (Self::Named { arn, id }, Principal::Session { role, role_id, .. })
                if arn == role && is_same(id.as_ref(), role_id) =>
            {
                Meant::ByName
            }
            (
                Self::Named { arn, id },
                Principal::User {
                    arn: user, id: own, ..
                },
            ) if arn == user && is_same(id.as_ref(), own) => Meant::ByName,
            (Self::Service(name), Principal::Service(service)) if name == service => Meant::ByName,
            _ => Meant::Not,
        }
    }
}

/// Is the one that was meant the one that is here? Of whom nothing was known only the ARN counts.
fn is_same(meant: Option<&String>, here: &String) -> bool {
    meant.is_none_or(|meant| meant == here)
}

/// Is the text an account id: twelve digits?
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
