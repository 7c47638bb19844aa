//! The secrets of one account in one Region.
//!
//! In reading order: [`version`] what a version holds · [`staging`] which label is on which
//! version · [`schedule`], [`cron`] and [`rotation`] when it rotates · [`deletion`] and [`tags`] ·
//! [`secret`] all of it together · [`lookup`] how a secret is named · [`filter`] how one
//! is searched for · [`password`] · this file, the collection ·
//! [`error`] every way to refuse.

pub mod cron;
pub mod deletion;
pub mod error;
pub mod filter;
pub mod lookup;
pub mod password;
pub mod rotation;
pub mod schedule;
pub mod secret;
pub mod staging;
pub mod tags;
pub mod version;

#[cfg(test)]
pub(super) mod tests;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::fault::millis_as_text;
use crate::ids::{Scope, SecretArn, VersionId};
use crate::time::Timestamp;

use deletion::DeletionRequest;
use error::SecretsError;
use lookup::SecretId;
use secret::Secret;
use tags::Tags;
use version::SecretValue;

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

/// The secrets of one account in one Region, in the order in which they were created.
#[derive(Debug, Default)]
pub struct Secrets {
    by_name: IndexMap<String, Secret>,
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
    pub name: String,
    /// When it goes.
    pub due: Timestamp,
}

impl Secrets {
    /// All secrets, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Secret> {
        self.by_name.values()
    }

    /// The secret that a `SecretId` names, whatever its state.
    pub fn find(&self, id: &str, scope: &Scope) -> Result<&Secret, SecretsError> {
        let index = self.index_of(id, scope)?;
        Ok(&self.by_name[index])
    }

    /// As [`Self::find`], to change it.
    pub fn find_mut(&mut self, id: &str, scope: &Scope) -> Result<&mut Secret, SecretsError> {
        let index = self.index_of(id, scope)?;
        Ok(&mut self.by_name[index])
    }

    fn index_of(&self, id: &str, scope: &Scope) -> Result<usize, SecretsError> {
        let index = match SecretId::parse(id, scope)? {
            SecretId::Name(name) => self.by_name.get_index_of(name),
            SecretId::Arn(arn, name) => {
                let index = self.by_name.get_index_of(name);
                index.filter(|index| self.by_name[*index].arn.as_str() == arn)
            }
            SecretId::Elsewhere => None,
        };
        index.ok_or(SecretsError::NotFound)
    }

    /// The secret that a `SecretId` names, unless it is scheduled for deletion.
    pub fn live_mut(&mut self, id: &str, scope: &Scope) -> Result<&mut Secret, SecretsError> {
        let secret = self.find_mut(id, scope)?;
        secret.check_live()?;
        Ok(secret)
    }

    /// The secret with this full ARN; one created again under the same name has another [R].
    pub fn by_arn(&self, arn: &SecretArn) -> Option<&Secret> {
        self.by_name
            .get(lookup::name_of(arn)?)
            .filter(|secret| secret.arn == *arn)
    }

    /// As [`Self::by_arn`], to change it.
    pub fn by_arn_mut(&mut self, arn: &SecretArn) -> Option<&mut Secret> {
        self.by_name
            .get_mut(lookup::name_of(arn)?)
            .filter(|secret| secret.arn == *arn)
    }

    /// Creates a secret [R].
    ///
    /// The same token with the same value answers with the secret that is there.
    pub fn create(
        &mut self,
        new: NewSecret,
        scope: &Scope,
        suffix: &str,
        now: Timestamp,
    ) -> Result<&Secret, SecretsError> {
        lookup::check_name(&new.name)?;
        if let Some(existing) = self.by_name.get(&new.name) {
            check_repeated(existing, &new)?;
            return Ok(&self.by_name[&new.name]);
        }
        let mut tags = Tags::default();
        tags.add(new.tags)?;
        let arn = lookup::full_arn(scope, &new.name, suffix);
        let mut secret = Secret::new(new.name.clone(), arn, now);
        secret.tags = tags;
        secret.description = new.description.filter(|text| !text.is_empty());
        secret.kms_key_id = new.kms_key_id.filter(|key| !key.is_empty());
        if let Some(value) = new.value {
            secret.put(&new.token, value, None, now)?;
        }
        Ok(self.by_name.entry(new.name).or_insert(secret))
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
        let secret = match (self.find_mut(id, scope), request) {
            (Err(SecretsError::NotFound), DeletionRequest::Forced) => {
                let arn = lookup::full_arn(scope, id, suffix);
                return Ok(Deleted {
                    arn,
                    name: id.to_owned(),
                    due: now,
                });
            }
            (found, _) => found?,
        };
        if request != DeletionRequest::Forced {
            secret.check_live()?;
        }
        let deletion = request.deletion(settings.forced_deletion_delay_ms, now);
        secret.deletion = Some(deletion);
        secret.touch(now);
        let (arn, name) = (secret.arn.clone(), secret.name.clone());
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
        now: Timestamp,
    ) -> Result<&Secret, SecretsError> {
        let secret = self.find_mut(id, scope)?;
        match secret.deletion {
            Some(deletion) if deletion.is_forced => return Err(SecretsError::Deleted),
            Some(_) => {
                secret.deletion = None;
                secret.touch(now);
            }
            None => {}
        }
        Ok(secret)
    }

    /// Removes the secrets whose time has come; AWS does so some time after [D].
    pub fn remove_due(&mut self, now: Timestamp) {
        self.by_name
            .retain(|_, secret| secret.deletion.is_none_or(|deletion| deletion.due > now));
    }

    /// When the next secret goes.
    pub fn next_deletion(&self) -> Option<Timestamp> {
        self.iter()
            .filter_map(Secret::deletion)
            .map(|deletion| deletion.due)
            .min()
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
