//! Who did what: each key's maker, the last to set its expiry, its remover, and the times at which
//! clients could read it; each move of AWSCURRENT. Made from snapshots alone.

use std::collections::BTreeMap;

use keywheel_emulator::engine::snapshot::{KeyView, SecretView, Snapshot};
use keywheel_emulator::ids::{ApiKeyId, StagingLabel, Step, VersionId};
use keywheel_emulator::time::Timestamp;

use crate::names::Names;

/// Who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The function under test, in a step if it was in one.
    Function(Option<Step>),
    /// The rotation service.
    Service,
    /// A person, or the scenario's set-up.
    World,
}

impl Actor {
    /// Is it the function under test?
    pub fn is_function(self) -> bool {
        matches!(self, Self::Function(_))
    }
}

/// What is known of a key.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    /// Who made it.
    pub minted_by: Actor,
    /// When.
    pub minted_at: Timestamp,
    /// The rotation in which the function made it.
    pub token: Option<VersionId>,
    /// Its description, as last seen.
    pub description: Option<String>,
    /// When it stops being accepted.
    pub expires: Timestamp,
    /// Who set that.
    pub expires_set_by: Actor,
    /// When it was removed and by whom.
    pub removed: Option<(Timestamp, Actor)>,
    /// Does the data plane accept it?
    pub is_accepted: bool,
    /// From when to when AWSCURRENT named it; the end is open while it does.
    pub held: Option<(Timestamp, Option<Timestamp>)>,
}

/// A move of AWSCURRENT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentMove {
    /// The version that has it now, if any.
    pub to: Option<VersionId>,
    /// The key that this version names, if it names one.
    pub key: Option<ApiKeyId>,
}

/// What one commit changed.
#[derive(Debug)]
pub struct Change {
    /// Who committed.
    pub actor: Actor,
    /// The rotation that was running.
    pub token: Option<VersionId>,
    /// Keys that came to be.
    pub minted: Vec<ApiKeyId>,
    /// Keys whose expiry or description changed.
    pub altered: Vec<ApiKeyId>,
    /// Keys that are gone.
    pub removed: Vec<ApiKeyId>,
    /// Where AWSCURRENT went, if it moved.
    pub current: Option<CurrentMove>,
    /// AWSPENDING's holder before the commit.
    pub pending_before: Option<VersionId>,
}

/// Everything that is remembered of one run.
#[derive(Debug, Default)]
pub struct Ledger {
    keys: BTreeMap<ApiKeyId, KeyRecord>,
    named_by: BTreeMap<VersionId, Option<ApiKeyId>>,
    labels: BTreeMap<StagingLabel, VersionId>,
    accepts_api_keys: bool,
    doubled_creates: Vec<VersionId>,
}

impl Ledger {
    /// All keys that ever were, with what is known of them.
    pub fn keys(&self) -> impl Iterator<Item = (&ApiKeyId, &KeyRecord)> {
        self.keys.iter()
    }

    /// What is known of a key.
    pub fn key(&self, id: &ApiKeyId) -> Option<&KeyRecord> {
        self.keys.get(id)
    }

    /// The labels, as last seen.
    pub fn labels(&self) -> &BTreeMap<StagingLabel, VersionId> {
        &self.labels
    }

    /// The key that a version names.
    pub fn key_of(&self, version: &VersionId) -> Option<&ApiKeyId> {
        self.named_by.get(version)?.as_ref()
    }

    /// The key that a label's version names.
    pub fn key_labelled(&self, label: &StagingLabel) -> Option<&ApiKeyId> {
        self.key_of(self.labels.get(label)?)
    }

    /// Does any labelled version name this key?
    pub fn is_named(&self, key: &ApiKeyId) -> bool {
        self.labels
            .values()
            .any(|version| self.key_of(version) == Some(key))
    }

    /// Does the API take API keys at all?
    pub fn accepts_api_keys(&self) -> bool {
        self.accepts_api_keys
    }

    /// Two invocations of createSecret run at once for this token: two creates may be right.
    pub fn allow_second_create(&mut self, token: &VersionId) {
        self.doubled_creates.push(token.clone());
    }

    /// May this token have two creates?
    pub fn may_create_twice(&self, token: &VersionId) -> bool {
        self.doubled_creates.contains(token)
    }

    /// Takes a commit in, and tells what it changed.
    pub fn update(
        &mut self,
        snapshot: &Snapshot,
        actor: Actor,
        token: Option<&VersionId>,
        names: &mut Names,
    ) -> Change {
        let mut change = Change {
            actor,
            token: token.cloned(),
            minted: Vec::new(),
            altered: Vec::new(),
            removed: Vec::new(),
            current: None,
            pending_before: self.labels.get(&StagingLabel::pending()).cloned(),
        };
        for api in &snapshot.apis {
            self.accepts_api_keys = api.accepts_api_keys;
            for key in &api.keys {
                self.take_key(key, &mut change, snapshot.at, names);
            }
        }
        if let Some(secret) = snapshot.secrets.first() {
            self.take_secret(secret, &mut change, snapshot.at);
        }
        change
    }

    /// Takes in what only the passing of time has changed.
    pub fn refresh(&mut self, snapshot: &Snapshot) {
        for key in snapshot.apis.iter().flat_map(|api| &api.keys) {
            if let Some(record) = self.keys.get_mut(&key.id) {
                record.is_accepted = key.is_accepted;
                if let (None, Some(at)) = (record.removed, key.removed) {
                    // AppSync removes what has long expired; that is on whoever let it expire.
                    record.removed = Some((at, record.expires_set_by));
                }
            }
        }
    }

    fn take_key(&mut self, key: &KeyView, change: &mut Change, now: Timestamp, names: &mut Names) {
        let Some(record) = self.keys.get_mut(&key.id) else {
            self.take_new_key(key, change, now, names);
            return;
        };
        let is_altered = record.expires != key.expires || record.description != key.description;
        if record.expires != key.expires {
            record.expires_set_by = change.actor;
        }
        record.expires = key.expires;
        record.description.clone_from(&key.description);
        record.is_accepted = key.is_accepted;
        if let (None, Some(at)) = (record.removed, key.removed) {
            record.removed = Some((at, change.actor));
            change.removed.push(key.id.clone());
        } else if is_altered {
            change.altered.push(key.id.clone());
        }
    }

    fn take_new_key(
        &mut self,
        key: &KeyView,
        change: &mut Change,
        now: Timestamp,
        names: &mut Names,
    ) {
        let is_by_function = change.actor.is_function();
        if is_by_function {
            names.name_minted_key(&key.id);
        }
        let record = KeyRecord {
            minted_by: change.actor,
            minted_at: now,
            token: change.token.clone().filter(|_| is_by_function),
            description: key.description.clone(),
            expires: key.expires,
            expires_set_by: change.actor,
            removed: key.removed.map(|at| (at, change.actor)),
            is_accepted: key.is_accepted,
            held: None,
        };
        self.keys.insert(key.id.clone(), record);
        change.minted.push(key.id.clone());
    }

    fn take_secret(&mut self, secret: &SecretView, change: &mut Change, now: Timestamp) {
        for (id, version) in &secret.versions {
            let text = version.value.as_ref().map(|value| value.expose());
            if text.is_some() && !matches!(self.named_by.get(id), Some(Some(_))) {
                let named = text.and_then(|text| self.key_in(text));
                self.named_by.insert(id.clone(), named);
            }
        }
        let current = StagingLabel::current();
        let (before, after) = (self.labels.get(&current), secret.labels.get(&current));
        if before != after {
            let key = after.and_then(|version| self.key_of(version)).cloned();
            let before = before.cloned();
            self.move_current(before.as_ref(), key.as_ref(), now);
            change.current = Some(CurrentMove {
                to: after.cloned(),
                key,
            });
        }
        self.labels.clone_from(&secret.labels);
    }

    fn key_in(&self, text: &str) -> Option<ApiKeyId> {
        self.keys
            .keys()
            .find(|key| text.contains(key.expose()))
            .cloned()
    }

    fn move_current(&mut self, from: Option<&VersionId>, to: Option<&ApiKeyId>, now: Timestamp) {
        let left = from.and_then(|version| self.key_of(version)).cloned();
        if let Some(record) = left.and_then(|key| self.keys.get_mut(&key)) {
            record.held = record.held.map(|(since, _)| (since, Some(now)));
        }
        if let Some(record) = to.and_then(|key| self.keys.get_mut(key)) {
            record.held = Some((now, None));
        }
    }
}
