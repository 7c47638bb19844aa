//! The rules of an issuer, without HTTP.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// How an issuer behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many tokens one owner may have at a time.
    pub limit: usize,
    /// Does a request that is made again with the same `Idempotency-Key` give the same token?
    pub is_idempotent: bool,
    /// Does a new token end the one that asked for it?
    pub replaces: bool,
}

impl Default for Settings {
    /// As most are: a few tokens, every request makes one, and each lives until it is revoked.
    fn default() -> Self {
        Self {
            limit: 3,
            is_idempotent: false,
            replaces: false,
        }
    }
}

/// How much of a token a list shows.
const PREFIX: usize = 12;

/// Whose tokens they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The function's.
    Rotated,
    /// Somebody else's.
    Stranger,
}

/// A token.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) id: u64,
    pub(super) value: String,
    owner: Owner,
    key: Option<String>,
}

impl Token {
    /// What a list shows of it.
    pub(super) fn prefix(&self) -> &str {
        self.value.get(..PREFIX).unwrap_or_default()
    }
}

/// Why an issuer does not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("there are too many tokens: revoke one first")]
    TooMany,
    #[error("there is no such token")]
    Unknown,
}

/// All tokens that are accepted.
pub(super) struct Tokens {
    settings: Settings,
    live: BTreeMap<u64, Token>,
    made: u64,
}

impl Tokens {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            live: BTreeMap::new(),
            made: 0,
        }
    }

    /// Makes a token, or gives the one that an equal request has made.
    pub(super) fn make(&mut self, owner: Owner, key: Option<&str>) -> Result<Token, Refusal> {
        let key = key
            .filter(|_| self.settings.is_idempotent)
            .map(str::to_owned);
        let is_same = |token: &&Token| token.owner == owner && key.is_some() && token.key == key;
        if let Some(same) = self.live.values().find(is_same) {
            return Ok(same.clone());
        }
        if self
            .live
            .values()
            .filter(|token| token.owner == owner)
            .count()
            >= self.settings.limit
        {
            return Err(Refusal::TooMany);
        }
        self.made += 1;
        let hash = Sha256::digest(format!(
            "a token of keywheel's issuer, number {}",
            self.made
        ));
        let value = format!("tok_{}", HEXLOWER.encode(&hash[..20]));
        let token = Token {
            id: self.made,
            value,
            owner,
            key,
        };
        self.live.insert(token.id, token.clone());
        Ok(token)
    }

    /// Ends the token that asked for a new one, if that is how this issuer is.
    pub(super) fn replace(&mut self, shown: &str, new: u64) {
        if self.settings.replaces {
            self.live
                .retain(|id, token| *id == new || token.value != shown);
        }
    }

    /// Ends a token of an owner.
    pub(super) fn revoke(&mut self, owner: Owner, id: u64) -> Result<(), Refusal> {
        let is_theirs = self.live.get(&id).is_some_and(|token| token.owner == owner);
        if !is_theirs {
            return Err(Refusal::Unknown);
        }
        self.live.remove(&id);
        Ok(())
    }

    /// Whose token this is, if it is accepted.
    pub(super) fn owner_of(&self, value: &str) -> Option<Owner> {
        let token = self.live.values().find(|token| token.value == value);
        token.map(|token| token.owner)
    }

    /// All tokens of an owner.
    pub(super) fn list(&self, owner: Owner) -> impl Iterator<Item = &Token> {
        self.live.values().filter(move |token| token.owner == owner)
    }

    /// All tokens of an owner as names and states.
    pub(super) fn of(&self, owner: Owner) -> Vec<(String, String)> {
        let all = self.list(owner);
        all.map(|token| {
            (
                format!("token {} of somebody else", token.id),
                token.value.clone(),
            )
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_accepted_until_it_is_revoked() {
        let mut tokens = Tokens::new(Settings::default());
        let one = tokens.make(Owner::Rotated, None).unwrap();
        assert_eq!(tokens.owner_of(&one.value), Some(Owner::Rotated));
        assert_eq!(
            tokens.revoke(Owner::Stranger, one.id),
            Err(Refusal::Unknown)
        );
        tokens.revoke(Owner::Rotated, one.id).unwrap();
        assert_eq!(tokens.owner_of(&one.value), None);
        assert_eq!(tokens.revoke(Owner::Rotated, one.id), Err(Refusal::Unknown));
    }

    #[test]
    fn there_is_a_limit_and_a_request_made_again_may_be_the_same() {
        let settings = Settings {
            limit: 2,
            is_idempotent: true,
            replaces: false,
        };
        let mut tokens = Tokens::new(settings);
        let one = tokens.make(Owner::Rotated, Some("a")).unwrap();
        assert_eq!(tokens.make(Owner::Rotated, Some("a")).unwrap().id, one.id);
        tokens.make(Owner::Rotated, Some("b")).unwrap();
        assert_eq!(
            tokens.make(Owner::Rotated, Some("c")).err(),
            Some(Refusal::TooMany)
        );
        let mut forgetful = Tokens::new(Settings {
            is_idempotent: false,
            ..settings
        });
        let first = forgetful.make(Owner::Rotated, Some("a")).unwrap();
        assert_ne!(
            forgetful.make(Owner::Rotated, Some("a")).unwrap().id,
            first.id
        );
    }

    #[test]
    fn a_new_token_can_end_the_one_that_asked_for_it() {
        let mut tokens = Tokens::new(Settings {
            replaces: true,
            ..Settings::default()
        });
        let one = tokens.make(Owner::Rotated, None).unwrap();
        let two = tokens.make(Owner::Rotated, None).unwrap();
        tokens.replace(&one.value, two.id);
        assert_eq!(
            tokens
                .list(Owner::Rotated)
                .map(|token| token.id)
                .collect::<Vec<_>>(),
            [two.id]
        );
    }
}
