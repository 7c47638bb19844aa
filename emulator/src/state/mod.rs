//! The emulated world and its rules: pure, deterministic, without a clock and without the wire.

pub mod appsync;
pub mod error;
pub mod iam;
pub mod lambda;
pub mod logs;
pub mod policy;
pub mod replication;
pub mod rotations;
pub mod secrets;
pub mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::ids::{FunctionArn, HostLabel, InvocationNumber, Scope};
use crate::time::Timestamp;

use appsync::event_api::EventApi;
use appsync::graphql_api::GraphqlApi;
use appsync::{AppSync, AppSyncSettings};
use iam::Accounts;
use iam::credentials::Credentials;
use iam::settings::AccessSettings;
use lambda::deployment::Deployment;
use lambda::error::LambdaError;
use lambda::permission::{Invoker, SECRETS_MANAGER};
use lambda::reference::Reference;
use lambda::started::Started;
use lambda::{Functions, LambdaSettings};
use logs::Logs;
use rotations::{Invocation, RotationSettings, Rotations, StepResult};
use secrets::{Secrets, SecretsSettings};
use shared::Shared;

/// What one account holds in one Region. A copy shares what neither changes.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    /// Its secrets.
    pub secrets: Secrets,
    /// Its AppSync APIs and their keys.
    pub appsync: Shared<AppSync>,
    /// Its functions.
    pub lambda: Shared<Functions>,
    /// What its functions wrote.
    pub logs: Shared<Logs>,
}

/// Everything that AWS leaves open or that a test wants otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Settings {
    /// Secrets.
    #[serde(rename = "secretsmanager")]
    pub secrets: SecretsSettings,
    /// The rotation service.
    pub rotation: RotationSettings,
    /// AppSync.
    pub appsync: AppSyncSettings,
    /// What is checked of callers.
    pub access: AccessSettings,
    /// Lambda.
    pub lambda: LambdaSettings,
}

/// The emulated world: accounts × Regions, and the services that work across them.
#[derive(Clone, Debug, Default)]
pub struct World {
    partitions: BTreeMap<Scope, Partition>,
    /// Where hosts were found, so that they need not be sought again.
    hosts: Shared<BTreeMap<HostLabel, Scope>>,
    /// The users, roles and policies of each account.
    pub iam: Shared<Accounts>,
    /// Who a key acts for.
    pub credentials: Shared<Credentials>,
    /// The rotation service.
    pub rotations: Rotations,
    /// The functions that the server was started with, which Secrets Manager may invoke.
    started: Shared<BTreeMap<FunctionArn, Started>>,
    /// Settings.
    pub settings: Settings,
    /// The primaries that have copies elsewhere.
    copied: Shared<BTreeSet<(Scope, Arc<str>)>>,
}

/// What runs for a rotation step.
#[derive(Clone, Debug)]
pub enum Target {
    /// A function that the server was started with, by its ARN without a qualifier.
    Started(FunctionArn),
    /// One that was created.
    Deployed(Box<Deployment>),
}

/// What an operation needs that can begin or end a rotation.
#[derive(Debug)]
pub struct Rotating<'w> {
    /// The secrets of the caller's partition.
    pub secrets: &'w mut Secrets,
    /// The rotation service.
    pub rotations: &'w mut Rotations,
    /// The functions of the caller's partition.
    pub lambda: &'w Functions,
    /// The functions that the server was started with, which Secrets Manager may invoke.
    pub started: &'w BTreeMap<FunctionArn, Started>,
    /// Settings.
    pub settings: &'w Settings,
}

impl Partition {
    /// Is there nothing in it?
    fn is_empty(&self) -> bool {
        let has_secrets = !self.secrets.is_empty();
        let has_apis = !self.appsync.is_unused();
        let has_functions = self.lambda.iter().next().is_some();
        !(has_secrets || has_apis || has_functions || self.logs.groups().next().is_some())
    }
}

fn found_or_made<'p>(
    partitions: &'p mut BTreeMap<Scope, Partition>,
    scope: &Scope,
) -> &'p mut Partition {
    // Two look-ups, but no clone of the key in the usual case.
    if !partitions.contains_key(scope) {
        partitions.insert(scope.clone(), Partition::default());
    }
    partitions
        .get_mut(scope)
        .expect("it was there or has just been put there")
}

impl World {
    /// An empty world.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// The partition of an account and a Region; it comes to be when it is first asked for.
    pub fn partition(&mut self, scope: &Scope) -> &mut Partition {
        found_or_made(&mut self.partitions, scope)
    }

    /// The partition of an account and a Region, if anything was ever asked of it.
    pub fn existing(&self, scope: &Scope) -> Option<&Partition> {
        self.partitions.get(scope)
    }

    /// The same partition and the settings that hold for it.
    pub fn partition_and_settings(&mut self, scope: &Scope) -> (&mut Partition, &Settings) {
        (found_or_made(&mut self.partitions, scope), &self.settings)
    }

    /// Puts a function there that the server was started with.
    pub fn start_with(&mut self, arn: FunctionArn, started: Started) {
        if let Some(reference) = Reference::parse(arn.as_str(), None) {
            let scope = reference.place(&Scope::default());
            let functions = &mut self.partition(&scope).lambda;
            functions.start_with(&reference.name, &scope, started);
        }
        self.started.insert(arn, started);
    }

    /// Takes over the functions that another world was started with, as they were then.
    pub fn start_like(&mut self, other: &Self) {
        for (arn, started) in other.started.iter() {
            self.start_with(arn.clone(), *started);
        }
    }

    /// The secrets of a partition together with the service that rotates them.
    pub fn rotating(&mut self, scope: &Scope) -> Rotating<'_> {
        let partition = found_or_made(&mut self.partitions, scope);
        Rotating {
            secrets: &mut partition.secrets,
            lambda: &partition.lambda,
            rotations: &mut self.rotations,
            started: &self.started,
            settings: &self.settings,
        }
    }

    /// What runs for a rotation step. The function may have gone since the rotation began, or its
    /// permission.
    ///
    /// # Errors
    /// There is no such function, or Secrets Manager may not invoke it.
    pub fn target(
        &mut self,
        invocation: &Invocation,
        entropy: &mut Entropy,
    ) -> Result<Target, LambdaError> {
        let (arn, scope) = (&invocation.function, &invocation.scope);
        if self.started.contains_key(arn) {
            return Ok(Target::Started(arn.clone()));
        }
        let invoker = Invoker {
            service: SECRETS_MANAGER,
            source_account: scope.account.as_str(),
            source_arn: invocation.secret.as_str(),
        };
        let functions = &self.partition(scope).lambda;
        let reference = Reference::parse(arn.as_str(), None)
            .ok_or_else(|| LambdaError::FunctionNotFound(arn.clone()))?;
        let deployment = functions.deployment(&reference, scope, entropy)?;
        if !functions.may_invoke(arn, scope, &invoker) {
            return Err(LambdaError::NotPermitted);
        }
        let arn = deployment.arn();
        if self.started.contains_key(&arn) {
            return Ok(Target::Started(arn));
        }
        Ok(Target::Deployed(Box::new(deployment)))
    }

    /// The GraphQL API that answers at a host label, wherever it is.
    pub fn graphql_api_of_host(&self, label: &str) -> Option<(&Scope, &GraphqlApi)> {
        self.partitions
            .iter()
            .find_map(|(scope, partition)| Some((scope, partition.appsync.api_of_host(label)?)))
    }

    /// The Event API that answers at a host label, wherever it is.
    pub fn event_api_of_host(&self, label: &str) -> Option<&EventApi> {
        let mut partitions = self.partitions.values();
        partitions.find_map(|partition| partition.appsync.events.of_host(label))
    }

    /// Notes what the data plane said to a key at a host, for judges.
    pub fn note_key_use(&mut self, host: &str, key: &str, is_accepted: bool, now: Timestamp) {
        let mut partitions = self.partitions.values_mut();
        if let Some(partition) = partitions.find(|it| it.appsync.has_host(host)) {
            partition.appsync.note_use(host, key, is_accepted, now);
        }
    }

    /// The AppSync of the account and Region whose GraphQL API answers at a host label, and the
    /// settings. However many there are, a host is found in O(log n) from the second time on.
    pub fn appsync_of_host(&mut self, label: &str) -> (Option<&mut AppSync>, &AppSyncSettings) {
        let scope = self.scope_of_host(label).cloned();
        let partition = scope.and_then(|scope| self.partitions.get_mut(&scope));
        let appsync = partition.map(|partition| &mut *partition.appsync);
        (appsync, &self.settings.appsync)
    }

    fn scope_of_host(&mut self, label: &str) -> Option<&Scope> {
        let remembered = self.hosts.get(label).filter(|scope| {
            let partition = self.partitions.get(*scope);
            partition.is_some_and(|partition| partition.appsync.api_of_host(label).is_some())
        });
        if remembered.is_none() {
            let (scope, api) = self.graphql_api_of_host(label)?;
            let (host, scope) = (api.host.clone(), scope.clone());
            self.hosts.insert(host, scope);
        }
        self.hosts.get(label)
    }

    /// The rotation step to run now, if there is one.
    pub fn poll_invocation(&mut self, now: Timestamp) -> Option<Invocation> {
        self.rotations.poll(&mut self.partitions, now)
    }

    /// Tells how an invocation ended.
    pub fn invocation_finished(
        &mut self,
        number: InvocationNumber,
        result: StepResult,
        now: Timestamp,
    ) {
        let settings = self.settings.rotation;
        self.rotations
            .finished(number, result, &mut self.partitions, &settings, now);
    }

    /// When something is due next, and why.
    pub fn next_due(&self) -> Option<(Timestamp, &'static str)> {
        let keys = |partition: &Partition| partition.appsync.poll_timeout(&self.settings.appsync);
        let secrets = |partition: &Partition| partition.secrets.next_deletion();
        let partitions = self.partitions.values();
        let keys = partitions.clone().filter_map(keys).min();
        let secrets = partitions.filter_map(secrets).min();
        let due = [
            self.rotations.next_due(&self.partitions),
            keys.map(|at| (at, "a long expired API key is removed")),
            secrets.map(|at| (at, "the recovery window of a secret ends")),
            self.next_copying()
                .map(|at| (at, "replicas have what their primary has")),
        ];
        due.into_iter().flatten().min()
    }

    /// Carries out everything that is due.
    pub fn handle_due(&mut self, entropy: &mut Entropy, now: Timestamp) {
        for partition in self.partitions.values_mut() {
            partition.secrets.remove_due(now);
            let due = partition.appsync.poll_timeout(&self.settings.appsync);
            if due.is_some_and(|due| due <= now) {
                partition
                    .appsync
                    .handle_timeout(now, &self.settings.appsync);
            }
        }
        self.rotations
            .handle_due(&mut self.partitions, entropy, now);
    }

    /// Forgets a partition that nothing is in, so that none remains of a caller who only looked.
    pub fn forget_if_empty(&mut self, scope: &Scope) {
        if self.partitions.get(scope).is_some_and(Partition::is_empty) {
            self.partitions.remove(scope);
        }
    }

    /// All partitions that anything is in, in order.
    pub fn partitions(&self) -> impl ExactSizeIterator<Item = (&Scope, &Partition)> + Clone {
        self.partitions.iter()
    }
}
