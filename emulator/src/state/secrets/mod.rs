//! The secrets of one account in one Region.
//!
//! In reading order: [`version`] what a version holds · [`staging`] which label is on which
//! version · [`schedule`], [`cron`] and [`rotation`] when it rotates · [`deletion`], [`tags`] and
//! [`replication`] · [`secret`] all of it together · [`lookup`] how a secret is named · [`filter`]
//! how one is searched for · `by_name`, `order` and [`guard`] how names and the orders of lists and dates are kept ·
//! [`password`] · this file, the collection · [`error`] every way to refuse.

mod by_name;
pub mod cron;
pub mod deletion;
pub mod error;
pub mod filter;
pub mod guard;
pub mod lookup;
mod order;
pub mod password;
pub mod replication;
pub mod rotation;
pub mod schedule;
pub mod secret;
pub mod staging;
pub mod tags;
pub mod version;

#[cfg(test)]
pub(super) mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fault::millis_as_text;
use crate::ids::{Scope, SecretArn, VersionId};
use crate::time::Timestamp;

use by_name::ByName;
use deletion::DeletionRequest;
use error::SecretsError;
use guard::SecretMut;
use lookup::SecretId;
use order::{Orders, Places};
use secret::Secret;
use tags::Tags;
use version::SecretValue;

pub use order::{Cursor, SortKey};

/// What AWS leaves open about secrets, with the defaults that the evidence suggests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct SecretsSettings {
    /// How long a secret that was deleted by force still holds its name: some seconds on AWS
    /// [R][U], nothing here by default.
    #[serde(rename = "forcedDeletionDelay", with = "millis_as_text")]
    pub forced_deletion_delay_ms: i64,
    /// What DescribeSecret and ListSecrets show as DeletedDate.
    pub deleted_date: DeletedDate,
    /// How long ListSecrets does not yet show that a secret was created or deleted: up to five
    /// minutes on AWS [D], nothing here by default.
    #[serde(rename = "listLag", with = "millis_as_text")]
    pub list_lag_ms: i64,
    /// How long GetSecretValue and the like still show a secret as it was before a change: AWS is
    /// eventually consistent [D] without saying how long, here it is nothing by default.
    #[serde(rename = "staleReads", with = "millis_as_text")]
    pub stale_reads_ms: i64,
    /// How long the replicas of a secret do not yet have a change of it, and its status there is
    /// InProgress: AWS takes a while [D] without saying how long, here it is nothing by default.
    #[serde(rename = "replicationDelay", with = "millis_as_text")]
    pub replication_delay_ms: i64,
    /// Whether the first value of a secret becomes current though it is put under a placeholder.
    pub first_value: FirstValue,
}

/// What becomes of the first value of a secret that is put under the placeholder of a rotation. Two
/// users report that it gets AWSCURRENT, one that it does not [?].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstValue {
    /// It has the labels that the put names.
    #[default]
    AsPut,
    /// It has AWSCURRENT besides.
    Current,
}

/// The two meanings that the documentation gives to DeletedDate [?].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeletedDate {
    /// When the secret will go.
    #[default]
    Scheduled,
    /// When its deletion was asked for.
    Requested,
}

/// The secrets of one account in one Region. A clone shares all that neither changes, so that it
/// costs the same for ten and for a hundred thousand secrets.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    by_name: ByName,
    orders: Orders,
    created: u64,
}

/// What CreateSecret is given.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// The name.
    pub name: String,
    /// The ClientRequestToken.
    pub token: VersionId,
    /// The first value, if there is one.
    pub value: Option<SecretValue>,
    /// The description.
    pub description: Option<String>,
    /// The KMS key.
    pub kms_key_id: Option<String>,
    /// The tags.
    pub tags: Vec<(String, String)>,
}

/// What DeleteSecret answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The secret's ARN; made up for a name that no secret has [R].
    pub arn: SecretArn,
    /// Its name.
    pub name: Arc<str>,
    /// When it goes.
    pub due: Timestamp,
}

impl Secrets {
    /// All secrets, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Secret> {
        self.orders
            .by_age()
            .filter_map(|name| self.by_name.get(name))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The secret that a `SecretId` names, whatever its state.
    pub fn find(&self, id: &str, scope: &Scope) -> Result<&Secret, SecretsError> {
        let (name, arn) = named_by(id, scope)?;
        let secret = self.named(name).filter(|secret| secret.has_arn(arn));
        secret.ok_or(SecretsError::NotFound)
    }

    /// As [`Self::find`], to change it.
    pub fn find_mut(&mut self, id: &str, scope: &Scope) -> Result<SecretMut<'_>, SecretsError> {
        let (name, arn) = named_by(id, scope)?;
        let secret = self.named_mut(name).filter(|secret| secret.has_arn(arn));
        secret.ok_or(SecretsError::NotFound)
    }

    fn named_mut(&mut self, name: &str) -> Option<SecretMut<'_>> {
        let secret = self.by_name.get_mut(name)?;
        Some(SecretMut::new(secret, &mut self.orders))
    }

    /// The secret that a `SecretId` names, to be changed as a client asks: not while it is
    /// scheduled for deletion, and not if it is a replica.
    pub fn to_write(
        &mut self,
        id: &str,
        scope: &Scope,
        settings: SecretsSettings,
        now: Timestamp,
    ) -> Result<SecretMut<'_>, SecretsError> {
        let mut secret = self.find_mut(id, scope)?;
        secret.check_live()?;
        if secret.is_replica() {
            return Err(SecretsError::ReplicaIsReadOnly);
        }
        secret.hide_change(settings.stale_reads_ms, now);
        Ok(secret)
    }

    /// The secret with this full ARN; one created again under the same name has another [R].
    pub fn by_arn(&self, arn: &SecretArn) -> Option<&Secret> {
        let secret = self.by_name.get(lookup::name_of(arn)?)?;
        (secret.arn == *arn).then_some(secret)
    }

    /// As [`Self::by_arn`], to change it.
    pub fn by_arn_mut(&mut self, arn: &SecretArn) -> Option<SecretMut<'_>> {
        let secret = self.named_mut(lookup::name_of(arn)?);
        secret.filter(|secret| secret.arn == *arn)
    }

    /// The secret with this name.
    pub fn named(&self, name: &str) -> Option<&Secret> {
        self.by_name.get(name)
    }

    /// Creates a secret [R].
    ///
    /// The same token with the same value answers with the secret that is there.
    pub fn create(
        &mut self,
        new: NewSecret,
        scope: &Scope,
        suffix: &str,
        settings: SecretsSettings,
        now: Timestamp,
    ) -> Result<SecretMut<'_>, SecretsError> {
        lookup::check_name(&new.name)?;
        if let Some(existing) = self.named(&new.name) {
            check_repeated(existing, &new)?;
            return self.named_mut(&new.name).ok_or(SecretsError::NotFound);
        }
        let mut tags = Tags::default();
        tags.add(new.tags)?;
        let arn = lookup::full_arn(scope, &new.name, suffix);
        let mut secret = Secret::new(new.name, arn, now);
        secret.tags = tags;
        secret.description = new.description.filter(|text| !text.is_empty());
        secret.kms_key_id = new.kms_key_id.filter(|key| !key.is_empty());
        if let Some(value) = new.value {
            secret.put(&new.token, value, None, now)?;
        }
        secret.hide_creation(settings.stale_reads_ms, now);
        Ok(self.insert(secret))
    }

    /// Adds a secret whose name is free, as the newest.
    pub(super) fn insert(&mut self, mut secret: Secret) -> SecretMut<'_> {
        secret.number = self.created;
        self.created += 1;
        let name = Arc::clone(&secret.name);
        self.orders.add(&name, Places::of(&secret));
        SecretMut::new(self.by_name.add(secret), &mut self.orders)
    }

    /// Takes a secret away, whatever its state.
    pub(super) fn remove(&mut self, name: &str) -> Option<Secret> {
        let secret = self.by_name.remove(name)?;
        self.orders.remove(name, Places::of(&secret));
        Some(secret)
    }

    /// Deletes a secret after its recovery window or, by force, at once [R][D].
    ///
    /// Force succeeds on a name that no secret has; `suffix` goes into the ARN that is then made
    /// up [R].
    pub fn delete(
        &mut self,
        id: &str,
        request: DeletionRequest,
        scope: &Scope,
        suffix: &str,
        settings: SecretsSettings,
        now: Timestamp,
    ) -> Result<Deleted, SecretsError> {
        let mut secret = match (self.find_mut(id, scope), request) {
            (Err(SecretsError::NotFound), DeletionRequest::Forced) => {
                let arn = lookup::full_arn(scope, id, suffix);
                let name = Arc::from(id);
                return Ok(Deleted {
                    arn,
                    name,
                    due: now,
                });
            }
            (found, _) => found?,
        };
        if request != DeletionRequest::Forced {
            secret.check_live()?;
        }
        secret.check_deletable()?;
        secret.hide_change(settings.stale_reads_ms, now);
        let deletion = request.deletion(settings.forced_deletion_delay_ms, now);
        secret.deletion = Some(deletion);
        secret.touch(now);
        let (arn, name) = (secret.arn.clone(), Arc::clone(&secret.name));
        drop(secret);
        self.remove_due(now);
        Ok(Deleted {
            arn,
            name,
            due: deletion.due,
        })
    }

    /// Takes a deletion back; on a live secret it changes nothing [?].
    pub fn restore(
        &mut self,
        id: &str,
        scope: &Scope,
        settings: SecretsSettings,
        now: Timestamp,
    ) -> Result<SecretMut<'_>, SecretsError> {
        let mut secret = self.find_mut(id, scope)?;
        match secret.deletion {
            Some(deletion) if deletion.is_forced => return Err(SecretsError::Deleted),
            Some(_) => {
                secret.hide_change(settings.stale_reads_ms, now);
                secret.deletion = None;
                secret.touch(now);
            }
            None => {}
        }
        Ok(secret)
    }

    /// Removes the secrets whose time has come; AWS does so some time after [D].
    pub fn remove_due(&mut self, now: Timestamp) {
        while let Some(name) = self.orders.due_deletion(now).cloned() {
            self.remove(&name);
        }
    }

    /// When the next secret goes.
    pub fn next_deletion(&self) -> Option<Timestamp> {
        self.orders.next_deletion()
    }

    /// When the next secret rotates by its schedule.
    pub fn next_rotation(&self) -> Option<Timestamp> {
        self.orders.next_rotation()
    }

    /// The secrets whose rotation is due, the longest due first.
    pub fn due_rotations(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, &SecretArn)> {
        let due = self.orders.due_rotations(now);
        due.filter_map(|(at, name)| Some((at, &self.by_name.get(name)?.arn)))
    }

    /// Up to `max` secrets behind a cursor that the caller lets through, in an order, and the
    /// cursor of the next page if there is one.
    pub fn page<'a>(
        &'a self,
        (key, is_descending): (SortKey, bool),
        after: Option<&Cursor>,
        max: usize,
        is_listed: impl Fn(&Secret) -> bool,
    ) -> (Vec<&'a Secret>, Option<Cursor>) {
        let (mut page, mut last) = (Vec::new(), None);
        for (cursor, name) in self.orders.behind(key, after, is_descending) {
            let Some(secret) = self.by_name.get(name).filter(|it| is_listed(it)) else {
                continue;
            };
            if page.len() == max {
                return (page, last);
            }
            page.push(secret);
            last = Some(cursor);
        }
        (page, None)
    }
}

/// The name that a `SecretId` stands for, and the full ARN if it is one.
fn named_by<'i>(id: &'i str, scope: &Scope) -> Result<(&'i str, Option<&'i str>), SecretsError> {
    match SecretId::parse(id, scope)? {
        SecretId::Name(name) => Ok((name, None)),
        SecretId::Arn(arn, name) => Ok((name, Some(arn))),
        SecretId::Elsewhere => Err(SecretsError::NotFound),
    }
}

/// Whether CreateSecret on a known name may answer as it did the first time [R].
fn check_repeated(existing: &Secret, new: &NewSecret) -> Result<(), SecretsError> {
    match existing.deletion() {
        Some(deletion) if deletion.is_forced => return Err(SecretsError::Deleted),
        Some(_) => return Err(SecretsError::NameScheduledForDeletion),
        None => {}
    }
    let stored = existing
        .version(&new.token)
        .and_then(|version| version.value.as_ref());
    match (stored, &new.value) {
        (Some(stored), Some(value)) if stored == value => Ok(()),
        (Some(_), Some(_)) => Err(SecretsError::TokenInUse {
            token: new.token.clone(),
            secret: existing.arn.clone(),
        }),
        _ => Err(SecretsError::NameInUse(new.name.clone())),
    }
}
