//! Sessions of roles: temporary credentials, with what was handed over when they were asked for.

use std::collections::BTreeMap;

use crate::ids::AccountId;
use crate::state::policy::Document;
use crate::time::Timestamp;

use super::credentials::SecretText;
use super::error::IamError;
use super::role::Role;

/// A session of a role.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its access key id: `ASIA…`.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretText,
    /// Its token, which every request must carry.
    pub session_token: SecretText,
    /// When it began.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// The role's account.
    pub account: AccountId,
    /// The role's ARN.
    pub role_arn: String,
    /// The session's ARN: `arn:aws:sts::111122223333:assumed-role/role/session`.
    pub arn: String,
    /// The role's unique id.
    pub role_id: String,
    /// The role's unique id, a colon, the session's name.
    pub id: String,
    /// The policy that was handed over with AssumeRole.
    pub policy: Option<Document>,
    /// The tags that were handed over, or down from the session before.
    pub tags: SessionTags,
    /// Who really acts, as whoever assumed the first role said.
    pub source_identity: Option<String>,
    /// The ARN of the function that the session was made for.
    pub function: Option<String>,
}

/// How a session is to be.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// Its name; a function's sessions bear the function's.
    pub name: String,
    /// How long it lasts, in seconds.
    pub seconds: u32,
    /// A policy that limits it.
    pub policy: Option<Document>,
    /// Its tags.
    pub tags: SessionTags,
    /// Who really acts.
    pub source_identity: Option<String>,
    /// The ARN of the function that it is made for.
    pub function: Option<String>,
}

/// The credentials of a session.
pub(super) struct SessionKeys {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: SecretText,
    pub(super) session_token: SecretText,
}

impl Session {
    pub(super) fn new(
        role: &Role,
        account: &AccountId,
        new: NewSession,
        keys: SessionKeys,
        now: Timestamp,
    ) -> Self {
        let partition = role.identity.arn.split(':').nth(1).unwrap_or("aws");
        let (role_name, name) = (&role.identity.name, &new.name);
        Self {
            access_key_id: keys.access_key_id,
            secret_access_key: keys.secret_access_key,
            session_token: keys.session_token,
            issued: now,
            expires: now.plus_millis(i64::from(new.seconds) * 1000),
            account: account.clone(),
            role_arn: role.identity.arn.clone(),
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{role_name}/{name}"),
            role_id: role.identity.id.clone(),
            id: format!("{}:{name}", role.identity.id),
            policy: new.policy,
            tags: new.tags,
            source_identity: new.source_identity,
            function: new.function,
        }
    }
}

/// The tags of a session: keys, values, and whether the next session has them too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTags(BTreeMap<String, SessionTag>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct SessionTag {
    value: String,
    is_transitive: bool,
}

impl SessionTags {
    /// The tags of a session that is asked for by somebody whose own session has `before`.
    ///
    /// # Errors
    /// A key twice, a transitive key without its tag, or a tag that the session before keeps [R].
    pub fn new(
        list: Vec<(String, String)>,
        transitive: &[String],
        before: Option<&Self>,
    ) -> Result<Self, IamError> {
        let kept = before.map(|before| before.0.iter().filter(|(_, tag)| tag.is_transitive));
        let mut tags: BTreeMap<String, SessionTag> = kept
            .into_iter()
            .flatten()
            .map(|(key, tag)| (key.clone(), tag.clone()))
            .collect();
        let is_in = |tags: &BTreeMap<String, SessionTag>, key: &str| {
            tags.keys().any(|known| known.eq_ignore_ascii_case(key))
        };
        let is_asked = |key: &str, list: &[(String, String)]| {
            list.iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(key))
        };
        if list.iter().any(|(key, _)| is_in(&tags, key)) {
            return Err(IamError::TransitiveTagTaken);
        }
        if !transitive.iter().all(|key| is_asked(key, &list)) {
            return Err(IamError::TransitiveTagMissing);
        }
        for (key, value) in list {
            if is_in(&tags, &key) {
                return Err(IamError::DuplicateSessionTags);
            }
            let is_transitive = transitive.iter().any(|it| it.eq_ignore_ascii_case(&key));
            let tag = SessionTag {
                value,
                is_transitive,
            };
            tags.insert(key, tag);
        }
        Ok(Self(tags))
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, tag)| (key.as_str(), tag.value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(keys: &[&str]) -> Vec<(String, String)> {
        let tag = |key: &&str| ((*key).to_owned(), format!("of {key}"));
        keys.iter().map(tag).collect()
    }

    fn transitive(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn transitive_tags_go_with_whoever_assumes_the_next_role() {
        let first = SessionTags::new(list(&["Team", "b"]), &transitive(&["team"]), None).unwrap();
        let second = SessionTags::new(list(&["c"]), &[], Some(&first)).unwrap();
        let keys: Vec<&str> = second.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["Team", "c"]);
        let third = SessionTags::new(vec![], &[], Some(&second)).unwrap();
        assert_eq!(third.iter().collect::<Vec<_>>(), [("Team", "of Team")]);
        let again = SessionTags::new(list(&["TEAM"]), &[], Some(&second));
        assert_eq!(again, Err(IamError::TransitiveTagTaken));
    }

    #[test]
    fn a_key_comes_once_and_a_transitive_one_with_its_tag() {
        let twice = SessionTags::new(list(&["a", "A"]), &[], None);
        assert_eq!(twice, Err(IamError::DuplicateSessionTags));
        let missing = SessionTags::new(list(&["a"]), &transitive(&["b"]), None);
        assert_eq!(missing, Err(IamError::TransitiveTagMissing));
    }
}
