//! Who did what: each key's maker, the last to set its expiry, its remover, and the times at which
//! clients could read it; each move of AWSCURRENT. Made from snapshots alone.

mod change;

use std::collections::{BTreeMap, BTreeSet};

use keywheel_emulator::engine::snapshot::{KeyView, SecretView, Snapshot, ValueView};
use keywheel_emulator::ids::{ApiKeyId, SecretArn, StagingLabel, Step, VersionId};
use keywheel_emulator::time::Timestamp;

use crate::history::{Credential, Exchange, Names, State};

pub use change::{Change, CurrentMove, Relabelling};

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
    /// Had it died of age, for which nobody is to blame, when a later rotation ended?
    pub was_overdue: bool,
    /// When it was removed and by whom.
    pub removed: Option<(Timestamp, Actor)>,
    /// Does the data plane accept it?
    pub is_accepted: bool,
    /// From when to when AWSCURRENT named it; the end is open while it does.
    pub held: Option<(Timestamp, Option<Timestamp>)>,
}

/// Has it died of age, later than was promised?
fn is_overdue(record: &KeyRecord, promised: Option<Timestamp>, now: Timestamp) -> bool {
    let died = record.removed.map_or(now, |(at, _)| at);
    promised.is_some_and(|until| record.expires >= until) && record.expires <= died
}

/// Everything that is remembered of one run.
#[derive(Debug, Default)]
pub struct Ledger {
    keys: BTreeMap<ApiKeyId, KeyRecord>,
    named_by: BTreeMap<VersionId, Option<ApiKeyId>>,
    values: BTreeMap<VersionId, ValueView>,
    labels: BTreeMap<SecretArn, BTreeMap<StagingLabel, VersionId>>,
    replicas: BTreeMap<SecretArn, BTreeMap<StagingLabel, VersionId>>,
    no_labels: BTreeMap<StagingLabel, VersionId>,
    watched: Option<SecretArn>,
    accepts_api_keys: bool,
    more_creates: BTreeMap<VersionId, usize>,
    secrets: BTreeMap<VersionId, SecretArn>,
    probed: BTreeSet<ApiKeyId>,
    were_current: BTreeSet<VersionId>,
    /// Until when the last rotation lets keys live.
    promised: Option<Timestamp>,
}

impl Ledger {
    /// A rotation has ended: until then its keys live. Those that are dead by now have no part in it.
    pub(super) fn promise(&mut self, now: Timestamp, until: Timestamp) {
        let promised = self.promised.replace(until);
        for record in self.keys.values_mut() {
            record.was_overdue |= is_overdue(record, promised, now);
        }
    }

    /// Has the key died of age, at a time for which no rotation had promised it any more? Nobody had
    /// rotated for so long, and that is the world's doing.
    pub(crate) fn is_overdue(&self, record: &KeyRecord, now: Timestamp) -> bool {
        record.was_overdue || is_overdue(record, self.promised, now)
    }

    /// All keys that ever were, with what is known of them.
    pub fn keys(&self) -> impl Iterator<Item = (&ApiKeyId, &KeyRecord)> {
        self.keys.iter()
    }

    /// What is known of a key.
    pub fn key(&self, id: &ApiKeyId) -> Option<&KeyRecord> {
        self.keys.get(id)
    }

    /// From now on `labels` are those of this secret; before that, of the first one.
    pub fn watch(&mut self, secret: SecretArn) {
        self.watched = Some(secret);
    }

    /// The labels of the secret that is watched, as last seen.
    pub fn labels(&self) -> &BTreeMap<StagingLabel, VersionId> {
        let watched = self
            .watched
            .as_ref()
            .and_then(|secret| self.labels.get(secret));
        watched
            .or_else(|| self.labels.values().next())
            .unwrap_or(&self.no_labels)
    }

    /// The value that a version has, as first seen.
    pub fn value_of(&self, version: &VersionId) -> Option<&str> {
        self.values.get(version).map(ValueView::expose)
    }

    /// The key that a version names.
    pub fn key_of(&self, version: &VersionId) -> Option<&ApiKeyId> {
        self.named_by.get(version)?.as_ref()
    }

    /// The key that a label's version names.
    pub fn key_labelled(&self, label: &StagingLabel) -> Option<&ApiKeyId> {
        self.key_of(self.labels().get(label)?)
    }

    /// Does this label of any secret name this key?
    pub fn is_labelled(&self, label: &StagingLabel, key: &ApiKeyId) -> bool {
        let mut versions = self.labels.values().filter_map(|labels| labels.get(label));
        versions.any(|version| self.key_of(version) == Some(key))
    }

    /// Does any labelled version name this key?
    pub fn is_named(&self, key: &ApiKeyId) -> bool {
        let mut versions = self.labels.values().flat_map(BTreeMap::values);
        versions.any(|version| self.key_of(version) == Some(key))
    }

    /// Does a replica hand out a value that names this key?
    pub fn is_named_by_replica(&self, key: &ApiKeyId) -> bool {
        let mut labels = self.replicas.values().flat_map(BTreeMap::values);
        labels.any(|version| self.key_of(version) == Some(key))
    }

    /// Does the API take API keys at all?
    pub fn accepts_api_keys(&self) -> bool {
        self.accepts_api_keys
    }

    /// The secret that is watched and every key, as they stand at a moment.
    pub(crate) fn state(&self, now: Timestamp) -> State {
        let labels = self.labels();
        let held = labels.iter().filter_map(|(label, version)| {
            let key = self.key_of(version)?;
            Some((label.clone(), key.clone()))
        });
        let fate = |record: &KeyRecord| match record.removed {
            Some(_) => Credential::Gone,
            None if record.expires <= now => Credential::Expired,
            None if record.is_accepted => Credential::Accepted,
            None => Credential::Refused,
        };
        let keys = self.keys.iter();
        State {
            labels: labels.clone(),
            held: held.collect(),
            credentials: keys
                .map(|(id, record)| (id.clone(), fate(record)))
                .collect(),
        }
    }

    /// The secret that a version is of.
    pub fn secret_of(&self, version: &VersionId) -> Option<&SecretArn> {
        self.secrets.get(version)
    }

    /// Has the function found this key to be accepted?
    pub fn was_probed(&self, key: &ApiKeyId) -> bool {
        self.probed.contains(key)
    }

    /// Had this version been AWSCURRENT, and left it again?
    pub fn was_current(&self, version: &VersionId) -> bool {
        self.were_current.contains(version)
    }

    /// Takes in that the function has asked the data plane with a key.
    pub fn take_probe(&mut self, exchange: &Exchange) {
        self.probed.extend(exchange.accepted_key());
    }

    /// Something happened after which one more create for this token may be right.
    pub fn allow_another_create(&mut self, token: &VersionId) {
        *self.more_creates.entry(token.clone()).or_default() += 1;
    }

    /// How many keys may be made for this token.
    pub fn creates_allowed(&self, token: &VersionId) -> usize {
        1 + self.more_creates.get(token).copied().unwrap_or_default()
    }

    /// Takes a commit in, and tells what it changed.
    pub fn update(
        &mut self,
        snapshot: &Snapshot,
        actor: Actor,
        token: Option<&VersionId>,
        names: &mut Names,
    ) -> Change {
        let mut change = Change::of(actor, token.cloned());
        self.accepts_api_keys = snapshot.apis.iter().all(|api| api.accepts_api_keys);
        for api in &snapshot.apis {
            for key in &api.keys {
                self.take_key(key, &mut change, snapshot.at, names);
            }
        }
        for secret in snapshot.secrets.iter().filter(|secret| !secret.is_replica) {
            self.take_secret(secret, &mut change, snapshot.at);
        }
        self.take_replicas(snapshot);
        change
    }

    /// Takes in what only the passing of time has changed.
    pub fn refresh(&mut self, snapshot: &Snapshot) {
        self.take_replicas(snapshot);
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

    /// A replica only ever has what its primary has, or had.
    fn take_replicas(&mut self, snapshot: &Snapshot) {
        let replicas = snapshot.secrets.iter().filter(|secret| secret.is_replica);
        self.replicas = replicas
            .map(|it| (it.arn.clone(), it.labels.clone()))
            .collect();
    }

    fn take_key(&mut self, key: &KeyView, change: &mut Change, now: Timestamp, names: &mut Names) {
        let Some(record) = self.keys.get_mut(&key.id) else {
            self.take_new_key(key, change, now, names);
            return;
        };
        let is_altered = record.expires != key.expires || record.description != key.description;
        if record.expires != key.expires {
            record.expires_set_by = change.actor;
            record.was_overdue = false;
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
            was_overdue: false,
            removed: key.removed.map(|at| (at, change.actor)),
            is_accepted: key.is_accepted,
            held: None,
        };
        self.keys.insert(key.id.clone(), record);
        change.minted.push(key.id.clone());
    }

    fn take_secret(&mut self, secret: &SecretView, change: &mut Change, now: Timestamp) {
        for (id, version) in &secret.versions {
            if !self.secrets.contains_key(id) {
                self.secrets.insert(id.clone(), secret.arn.clone());
            }
            match (self.values.get(id), &version.value) {
                (None, Some(value)) => {
                    self.values.insert(id.clone(), value.clone());
                    change.written.push(id.clone());
                }
                (Some(known), Some(value)) if known.expose() != value.expose() => {
                    change.rewritten.push(id.clone());
                }
                _ => {}
            }
            let text = version.value.as_ref().map(|value| value.expose());
            if text.is_some() && !matches!(self.named_by.get(id), Some(Some(_))) {
                let named = text.and_then(|text| self.key_in(text));
                self.named_by.insert(id.clone(), named);
            }
        }
        let known = self.labels.get(&secret.arn);
        if known == Some(&secret.labels) {
            return;
        }
        let before = known.cloned().unwrap_or_default();
        let labels = before.keys().chain(secret.labels.keys());
        let elsewhere = labels.filter(|label| before.get(*label) != secret.labels.get(*label));
        for label in elsewhere.collect::<BTreeSet<_>>() {
            change.relabelled.push(Relabelling {
                label: label.clone(),
                from: before.get(label).cloned(),
                to: secret.labels.get(label).cloned(),
            });
        }
        let current = StagingLabel::current();
        let (from, to) = (before.get(&current), secret.labels.get(&current));
        if from != to {
            let key = to.and_then(|version| self.key_of(version)).cloned();
            self.move_current(from, key.as_ref(), now);
            self.were_current.extend(from.cloned());
            change.moves.push(CurrentMove {
                secret: secret.arn.clone(),
                from: from.cloned(),
                to: to.cloned(),
                key,
                pending_before: before.get(&StagingLabel::pending()).cloned(),
            });
        }
        self.labels
            .insert(secret.arn.clone(), secret.labels.clone());
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
