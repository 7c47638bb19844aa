//! What judges and the console may see: plain data, without the rules.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::ids::{ApiId, ApiKeyId, SecretArn, StagingLabel, VersionId};
use crate::state::World;
use crate::state::appsync::api_keys::{ApiKeys, RefusalWindow, RemovalCause, RemovedKey};
use crate::state::appsync::authentication::{Authentication, AuthenticationType};
use crate::state::appsync::authorize::authorize_key;
use crate::state::appsync::{AppSyncSettings, api_key::ApiKey};
use crate::state::secrets::secret::Secret;
use crate::state::secrets::version::SecretValue;
use crate::time::Timestamp;

use super::Engine;

/// The whole world at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The moment.
    pub at: Timestamp,
    /// How many changes had been committed.
    pub commits: u64,
    /// Every secret.
    pub secrets: Vec<SecretView>,
    /// Every AppSync API.
    pub apis: Vec<ApiView>,
}

/// A secret.
#[derive(Clone, Debug)]
pub struct SecretView {
    /// Its full ARN.
    pub arn: SecretArn,
    /// Which version holds which staging label.
    pub labels: BTreeMap<StagingLabel, VersionId>,
    /// Its versions, labelled or not.
    pub versions: BTreeMap<VersionId, VersionView>,
    /// When it was last rotated.
    pub last_rotated: Option<Timestamp>,
    /// When it is to be deleted.
    pub deletion_due: Option<Timestamp>,
    /// Is it a replica of another, which alone changes it?
    pub is_replica: bool,
}

/// A version of a secret.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// When it was written.
    pub created: Timestamp,
    /// Its text; none for a placeholder and for a binary value.
    pub value: Option<ValueView>,
}

/// The text of a secret's version. `Debug` shows its length only.
#[derive(Clone)]
pub struct ValueView(Arc<str>);

impl ValueView {
    /// A view of a text, for the tests of judges.
    pub fn of(text: &str) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ValueView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValueView({} bytes)", self.0.len())
    }
}

/// An AppSync API.
#[derive(Clone, Debug)]
pub struct ApiView {
    /// Its id.
    pub id: ApiId,
    /// Is API_KEY one of its modes?
    pub accepts_api_keys: bool,
    /// Its keys, those that are gone among them.
    pub keys: Vec<KeyView>,
    /// How many of its keys are listed and not expired.
    pub live_keys: usize,
    /// How many keys were deleted, by DeleteApiKey, that no rotator had marked as its own.
    pub unmarked_deleted: usize,
}

/// An API key.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// Its id, which is the key.
    pub id: ApiKeyId,
    /// Its description.
    pub description: Option<String>,
    /// When it was made; AppSync tells nobody.
    pub created: Timestamp,
    /// When it stops being accepted.
    pub expires: Timestamp,
    /// When it was removed.
    pub removed: Option<Timestamp>,
    /// Does the data plane accept it at this moment?
    pub is_accepted: bool,
    /// When the data plane refused it.
    pub refusals: Vec<RefusalWindow>,
}

impl Snapshot {
    /// When the data plane refused a key that the value of a secret's version names.
    pub fn refusals_of(&self, version: &VersionView) -> Vec<RefusalWindow> {
        let value = version.value.as_ref().map_or("", ValueView::expose);
        let keys = self.apis.iter().flat_map(|api| &api.keys);
        let refused = keys.filter(|key| !key.refusals.is_empty());
        let named = refused.filter(|key| value.contains(key.id.expose()));
        named.flat_map(|key| key.refusals.iter().copied()).collect()
    }
}

/// The world as it is, to be looked at while it goes on: it shares what does not change.
#[derive(Clone, Debug)]
pub struct Held {
    world: World,
    commits: u64,
    at: Timestamp,
}

impl Held {
    /// The snapshot of it.
    pub fn snapshot(&self) -> Snapshot {
        snapshot(&self.world, self.commits, self.at)
    }
}

impl Engine {
    /// The world at this moment.
    pub fn snapshot(&self, now: Timestamp) -> Snapshot {
        snapshot(&self.world, self.commits, now)
    }

    /// The world at this moment, at no cost: whoever keeps others waiting takes the snapshot later.
    pub fn hold(&self, now: Timestamp) -> Held {
        Held {
            world: self.world.clone(),
            commits: self.commits,
            at: now,
        }
    }
}

fn snapshot(world: &World, commits: u64, now: Timestamp) -> Snapshot {
    let settings = &world.settings.appsync;
    let partitions = world.partitions();
    let appsync = partitions.clone().map(|(_, partition)| &partition.appsync);
    let graphql = appsync.clone().flat_map(|appsync| appsync.apis());
    let graphql = graphql.map(|api| (&api.id, &api.definition.authentication, &api.keys));
    let events = appsync.flat_map(|appsync| appsync.events.all());
    let events = events.map(|api| {
        let config = &api.definition.event_config;
        (&api.id, config.authentication(), &api.keys)
    });
    let view = |(id, authentication, keys): (&ApiId, &Authentication, _)| {
        let accepts = authentication.has(AuthenticationType::ApiKey);
        api_view(id, accepts, keys, now, settings)
    };
    Snapshot {
        at: now,
        commits,
        apis: graphql.chain(events).map(view).collect(),
        secrets: partitions
            .flat_map(|(_, partition)| partition.secrets.iter().map(secret_view))
            .collect(),
    }
}

fn secret_view(secret: &Secret) -> SecretView {
    let version = |(id, version): (&VersionId, &crate::state::secrets::version::Version)| {
        let value = match &version.value {
            Some(SecretValue::Text(text)) => Some(ValueView(text.clone())),
            Some(SecretValue::Binary(_)) | None => None,
        };
        (
            id.clone(),
            VersionView {
                created: version.created,
                value,
            },
        )
    };
    SecretView {
        arn: secret.arn.clone(),
        labels: secret
            .labels()
            .iter()
            .map(|(l, v)| (l.clone(), v.clone()))
            .collect(),
        versions: secret.versions().map(version).collect(),
        last_rotated: secret
            .rotation()
            .and_then(|rotation| rotation.last_rotated()),
        deletion_due: secret.deletion().map(|deletion| deletion.due),
        is_replica: secret
            .copies
            .as_ref()
            .is_some_and(|copies| copies.is_replica()),
    }
}

fn api_view(
    id: &ApiId,
    accepts_api_keys: bool,
    keys: &ApiKeys,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> ApiView {
    let settings = settings.of_api(id);
    let is_accepted = |key: &ApiKey| {
        accepts_api_keys && authorize_key(keys, key.id.expose(), now, settings).is_ok()
    };
    let view = |key: &ApiKey, removed: Option<Timestamp>| KeyView {
        id: key.id.clone(),
        description: key.description.clone(),
        created: key.created_at,
        expires: key.expires,
        removed,
        is_accepted: is_accepted(key),
        refusals: keys.refusals(&key.id).to_vec(),
    };
    let is_unmarked = |gone: &&RemovedKey| {
        let description = gone.key.description.as_deref().unwrap_or_default();
        gone.cause == RemovalCause::Deleted && !description.starts_with(&settings.marker_prefix)
    };
    let is_live = |key: &&ApiKey| !key.is_expired(now);
    let present = keys.present(now, settings).map(|key| view(key, None));
    let removed = keys.removed().map(|gone| view(&gone.key, Some(gone.at)));
    ApiView {
        id: id.clone(),
        accepts_api_keys,
        keys: present.chain(removed).collect(),
        live_keys: keys.present(now, settings).filter(is_live).count(),
        unmarked_deleted: keys.removed().filter(is_unmarked).count(),
    }
}
