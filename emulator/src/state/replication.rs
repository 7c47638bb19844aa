//! Copies of secrets in other Regions and in another account.
//!
//! A primary knows its copies and a copy its primary, by name; nothing is shared between
//! partitions. After every change [`World::bring_copies_up_to_date`] gives the copies what their
//! primary has, at once or after the setting `replicationDelay`; meanwhile they are `InProgress`.

use std::sync::Arc;

use crate::ids::{AccountId, Region, Scope, SecretArn};
use crate::time::Timestamp;

use super::World;
use super::secrets::error::SecretsError;
use super::secrets::lookup;
use super::secrets::replication::{
    Copies, CrossAccountPrimary, CrossAccountReplica, Replica, ReplicationStatus,
};
use super::secrets::secret::Secret;

/// What CreateSecret and ReplicateSecretToRegions ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewReplicas {
    /// The Regions, each with the KMS key of its replica.
    pub regions: Vec<(Region, Option<String>)>,
    /// Does a replica replace a secret that has its name?
    pub is_overwriting: bool,
}

impl World {
    /// Refuses Regions to which a secret cannot be replicated.
    pub fn check_replicas(scope: &Scope, new: &NewReplicas) -> Result<(), SecretsError> {
        if new
            .regions
            .iter()
            .any(|(region, _)| *region == scope.region)
        {
            return Err(SecretsError::ReplicaInOwnRegion);
        }
        if new
            .regions
            .iter()
            .any(|(region, _)| !Region::is_one(region.as_str()))
        {
            return Err(SecretsError::ReplicaInOwnRegion);
        }
        Ok(())
    }

    /// Gives a primary replicas in other Regions; one that is there already stays [?].
    pub fn replicate(&mut self, scope: &Scope, name: &Arc<str>, new: NewReplicas, now: Timestamp) {
        for (region, kms_key_id) in new.regions {
            let there = in_region(scope, &region);
            let is_taken = self.is_taken(&there, name, scope);
            if is_taken && new.is_overwriting {
                self.partition(&there).secrets.remove(name);
            }
            let status = if is_taken && !new.is_overwriting {
                ReplicationStatus::NameTaken
            } else if kms_key_id
                .as_ref()
                .is_some_and(|key| is_elsewhere(key, &region))
            {
                ReplicationStatus::KeyElsewhere
            } else {
                ReplicationStatus::InSync
            };
            let replica = Replica {
                region: region.clone(),
                kms_key_id,
                status,
            };
            self.change_copies(scope, name, now, |copies| {
                copies.primary_region = Some(scope.region.clone());
                match copies.replica_mut(&region) {
                    Some(failed) if failed.status.is_failed() => {
                        *failed = replica;
                    }
                    Some(_) => {}
                    None => copies.replicas.push(replica),
                }
            });
        }
        self.copied.insert((scope.clone(), Arc::clone(name)));
        self.bring_copies_up_to_date(now);
    }

    /// Is the name held there by something that is no replica of this primary?
    fn is_taken(&self, there: &Scope, name: &str, primary: &Scope) -> bool {
        let partition = self.partitions.get(there);
        let secret = partition.and_then(|partition| partition.secrets.named(name));
        secret.is_some_and(|secret| {
            let copies = secret.copies.as_deref();
            let is_of = |copies: &&Copies| {
                copies.is_regional_replica
                    && copies.primary_region.as_ref() == Some(&primary.region)
            };
            copies.filter(is_of).is_none()
        })
    }

    /// Gives a replica another key, which its primary then knows [D].
    pub fn rekey_replica(&mut self, scope: &Scope, name: &Arc<str>, key: Option<&str>) {
        let copies = self.copies(scope, name);
        let Some(primary) = copies.and_then(|copies| copies.primary_region.clone()) else {
            return;
        };
        let primary = in_region(scope, &primary);
        let secrets = self.partitions.get_mut(&primary).map(|it| &mut it.secrets);
        let secret = secrets.and_then(|it| it.find_mut(name, &primary).ok());
        if let Some(mut secret) = secret
            && let Some(copies) = &mut secret.copies
            && let Some(replica) = copies.replica_mut(&scope.region)
        {
            replica.kms_key_id = key.map(str::to_owned);
        }
    }

    /// Takes replicas away, at once [D].
    pub fn remove_replicas(
        &mut self,
        scope: &Scope,
        name: &Arc<str>,
        regions: &[Region],
        now: Timestamp,
    ) -> Result<(), SecretsError> {
        let known = self.copies(scope, name);
        for region in regions {
            if !known.is_some_and(|copies| copies.regions().any(|known| known == region)) {
                return Err(SecretsError::NoReplicaIn(region.to_string()));
            }
        }
        for region in regions {
            let there = in_region(scope, region);
            if !self.is_taken(&there, name, scope) {
                self.partition(&there).secrets.remove(name);
            }
        }
        self.change_copies(scope, name, now, |copies| {
            copies
                .replicas
                .retain(|replica| !regions.contains(&replica.region));
        });
        Ok(())
    }

    /// Makes a replica a secret of its own [D].
    pub fn stop_replication(
        &mut self,
        scope: &Scope,
        name: &Arc<str>,
        now: Timestamp,
    ) -> Result<(), SecretsError> {
        let copies = self.copies(scope, name);
        let primary = copies.filter(|copies| copies.is_regional_replica);
        let primary = primary.and_then(|copies| copies.primary_region.clone());
        let primary = in_region(scope, &primary.ok_or(SecretsError::NotAReplica)?);
        self.change_copies(scope, name, now, |copies| *copies = Copies::default());
        self.change_copies(&primary, name, now, |copies| {
            copies
                .replicas
                .retain(|replica| replica.region != scope.region);
        });
        Ok(())
    }

    /// Ties a primary to its copy in another account; until that account has created the copy for
    /// this primary the status is Pending [D]. Doing it again changes nothing [D].
    pub fn associate(
        &mut self,
        scope: &Scope,
        name: &Arc<str>,
        replica: &SecretArn,
        role: Option<String>,
        now: Timestamp,
    ) -> Result<ReplicationStatus, SecretsError> {
        check_cross_account(scope, replica)?;
        let known = self
            .copies(scope, name)
            .and_then(|copies| copies.cross_account_replica.as_ref());
        if known.is_some_and(|known| known.arn != *replica) {
            return Err(SecretsError::CrossAccountReplicaTaken);
        }
        self.change_copies(scope, name, now, |copies| {
            copies.cross_account_replica = Some(CrossAccountReplica {
                arn: replica.clone(),
                role,
                status: ReplicationStatus::Pending,
            });
        });
        self.copied.insert((scope.clone(), Arc::clone(name)));
        self.bring_copies_up_to_date(now);
        let known = self
            .copies(scope, name)
            .and_then(|copies| copies.cross_account_replica.as_ref());
        Ok(known.map_or(ReplicationStatus::Pending, |known| known.status))
    }

    /// Parts a primary from its copy in another account, which is then on its own.
    pub fn disassociate(
        &mut self,
        scope: &Scope,
        name: &Arc<str>,
        replica: &SecretArn,
        now: Timestamp,
    ) -> Result<(), SecretsError> {
        let known = self
            .copies(scope, name)
            .and_then(|copies| copies.cross_account_replica.as_ref());
        if known.is_none_or(|known| known.arn != *replica) {
            return Err(SecretsError::CrossAccountArn("it is not associated"));
        }
        self.change_copies(scope, name, now, |copies| {
            copies.cross_account_replica = None;
        });
        let there = lookup::scope_of(replica);
        if let Some(mut copy) = there
            .and_then(|there| self.partitions.get_mut(&there))
            .and_then(|partition| partition.secrets.by_arn_mut(replica))
            && let Some(primary) = copy
                .copies
                .as_mut()
                .and_then(|copies| copies.cross_account_primary.as_mut())
        {
            primary.status = ReplicationStatus::Detached;
            copy.touch(now);
        }
        Ok(())
    }

    fn copies(&self, scope: &Scope, name: &str) -> Option<&Copies> {
        let partition = self.partitions.get(scope)?;
        partition.secrets.named(name)?.copies.as_deref()
    }

    fn change_copies(
        &mut self,
        scope: &Scope,
        name: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Copies),
    ) {
        if let Ok(mut secret) = self.partition(scope).secrets.find_mut(name, scope) {
            change(secret.copies.get_or_insert_default());
            if secret.copies.as_deref() == Some(&Copies::default()) {
                secret.copies = None;
            }
            secret.touch(now);
        }
    }

    /// Gives every copy what its primary has, if it has had it for long enough. It costs a look at each primary that has copies.
    pub fn bring_copies_up_to_date(&mut self, now: Timestamp) {
        let mut primaries = std::mem::take(&mut self.copied);
        primaries.retain(|(scope, name)| self.copy_from(scope, name, now));
        self.copied = primaries;
    }

    /// When the replicas of a primary next have what it has.
    pub fn next_copying(&self) -> Option<Timestamp> {
        let delay_ms = self.settings.secrets.replication_delay_ms;
        let primaries = self.copied.iter();
        let behind = primaries.filter_map(|(scope, name)| self.copies(scope, name)?.behind_since);
        behind.map(|since| since.plus_millis(delay_ms)).min()
    }

    /// Copies one primary, if it changed; answers whether it still has copies.
    fn copy_from(&mut self, scope: &Scope, name: &Arc<str>, now: Timestamp) -> bool {
        let partition = self.partitions.get_mut(scope);
        let Some(mut primary) = partition.and_then(|it| it.secrets.find_mut(name, scope).ok())
        else {
            return false;
        };
        let changes = primary.changes();
        let Some(copies) = &mut primary.copies else {
            return false;
        };
        let delay_ms = self.settings.secrets.replication_delay_ms;
        let is_pending = copies
            .cross_account_replica
            .as_ref()
            .is_some_and(|replica| replica.status == ReplicationStatus::Pending);
        if copies.copied == Some(changes) && !is_pending {
            return true;
        }
        if !copies.replicas.is_empty() && delay_ms > 0 {
            let since = *copies.behind_since.get_or_insert(now);
            if now < since.plus_millis(delay_ms) {
                copies.set_progress(ReplicationStatus::InProgress);
                return true;
            }
        }
        copies.behind_since = None;
        copies.set_progress(ReplicationStatus::InSync);
        copies.copied = Some(changes);
        let source = Secret::clone(&primary);
        drop(primary);
        let Some(copies) = source.copies.as_deref() else {
            return false;
        };
        for replica in &copies.replicas {
            if replica.status == ReplicationStatus::InSync {
                self.put_replica(scope, &source, replica);
            }
        }
        if let Some(replica) = &copies.cross_account_replica
            && self.put_cross_account_copy(&source, &replica.arn, now)
        {
            self.change_status(scope, name);
        }
        true
    }

    fn put_replica(&mut self, primary: &Scope, source: &Secret, replica: &Replica) {
        let there = in_region(primary, &replica.region);
        let copies = Copies {
            primary_region: Some(primary.region.clone()),
            is_regional_replica: true,
            ..Copies::default()
        };
        let arn = lookup::in_scope(&source.arn, &there);
        let secrets = &mut self.partition(&there).secrets;
        let old = secrets.remove(&source.name);
        let copy = source.copied(arn, replica.kms_key_id.clone(), copies, old.as_ref());
        secrets.insert(copy);
    }

    /// Fills the copy that the other account made for this primary; answers whether there is one.
    fn put_cross_account_copy(&mut self, source: &Secret, arn: &SecretArn, now: Timestamp) -> bool {
        let Some(mut copy) = lookup::scope_of(arn)
            .and_then(|there| self.partitions.get_mut(&there))
            .and_then(|partition| partition.secrets.by_arn_mut(arn))
        else {
            return false;
        };
        let is_for = |primary: &CrossAccountPrimary| primary.arn == source.arn;
        let primary = copy
            .copies
            .as_mut()
            .and_then(|copies| copies.cross_account_primary.as_mut());
        match primary {
            Some(primary) if is_for(primary) => primary.status = ReplicationStatus::InSync,
            _ => return false,
        }
        copy.take_values_of(source);
        copy.touch(now);
        true
    }

    fn change_status(&mut self, scope: &Scope, name: &str) {
        let Ok(mut primary) = self.partition(scope).secrets.find_mut(name, scope) else {
            return;
        };
        if let Some(replica) = primary
            .copies
            .as_mut()
            .and_then(|copies| copies.cross_account_replica.as_mut())
        {
            replica.status = ReplicationStatus::InSync;
        }
    }
}

/// Is it the ARN of a key in another Region?
fn is_elsewhere(key: &str, region: &Region) -> bool {
    let mut parts = key.split(':').skip(3);
    key.starts_with("arn:") && parts.next() != Some(region.as_str())
}

/// The same account in another Region.
fn in_region(scope: &Scope, region: &Region) -> Scope {
    Scope {
        account: scope.account.clone(),
        region: region.clone(),
    }
}

/// The primary and its copy are in one Region, and so in one partition, and in two accounts [D].
pub fn check_cross_account(scope: &Scope, other: &SecretArn) -> Result<(), SecretsError> {
    let Some(there) = lookup::scope_of(other) else {
        return Err(SecretsError::CrossAccountArn(
            "it is not the ARN of a secret",
        ));
    };
    if there.region != scope.region {
        return Err(SecretsError::CrossAccountArn("it is in another Region"));
    }
    let is_same = |account: &AccountId| *account == scope.account;
    if is_same(&there.account) {
        return Err(SecretsError::CrossAccountArn("it is in the same account"));
    }
    Ok(())
}
