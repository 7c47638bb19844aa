//! Lambda: functions, their versions, aliases and permissions. Nothing here runs one.
//!
//! In reading order: [`reference`] how callers name a function · [`runtime`] what runs it ·
//! [`configuration`] what a version
//! of a function is · [`function`] a function with all its versions · [`permission`] who may invoke
//! it · [`deployment`] what is handed out to be run · [`started`] what the server was started with ·
//! this file (all functions of one account in one Region) · [`error`].
//!
//! Deliberately absent: layers, images, code in S3, event source mappings, URLs, concurrency
//! settings and every other API that a rotation function does without.

pub mod configuration;
pub mod deployment;
pub mod error;
pub mod function;
pub mod permission;
pub mod reference;
pub mod runtime;
pub mod started;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::ids::{FunctionArn, Scope};
use crate::time::Timestamp;

use configuration::Configuration;
use deployment::Deployment;
use error::LambdaError;
use function::Function;
use permission::Invoker;
use reference::{Qualifier, Reference};
use started::Started;

/// What the machine allows, and what AWS leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LambdaSettings {
    /// May functions be created, whose code then runs as processes of the emulator's user?
    pub may_create: bool,
    /// What becomes of addresses of AWS in a function's own variables.
    pub aws_addresses: AwsAddresses,
}

/// What becomes of `https://secretsmanager.us-east-1.amazonaws.com` in a function's own variables,
/// where templates put it: the function would call AWS itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AwsAddresses {
    /// Those of emulated services lead to the emulator; the function's log says so.
    #[default]
    Rewrite,
    /// They stay, and the function's log warns.
    Warn,
}

impl Default for LambdaSettings {
    fn default() -> Self {
        Self {
            may_create: true,
            aws_addresses: AwsAddresses::default(),
        }
    }
}

/// The functions of one account in one Region, by name.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    functions: BTreeMap<String, Function>,
}

/// What a new function is made of.
#[derive(Clone, Debug)]
pub struct NewFunction {
    /// Its name.
    pub name: String,
    /// The configuration of `$LATEST`.
    pub configuration: Configuration,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Functions {
    /// Makes a function.
    ///
    /// # Errors
    /// [`LambdaError::FunctionExists`].
    pub fn create(
        &mut self,
        new: NewFunction,
        scope: &Scope,
    ) -> Result<&mut Function, LambdaError> {
        if self.functions.contains_key(&new.name) {
            return Err(LambdaError::FunctionExists(new.name));
        }
        let arn = arn_of(scope, &new.name);
        let function = Function::new(arn, new.configuration, new.tags);
        Ok(self.functions.entry(new.name).or_insert(function))
    }

    /// Puts a function there that the server was started with, in place of any other.
    pub(super) fn start_with(&mut self, name: &str, scope: &Scope, started: Started) {
        let configuration = started.configuration(name, scope);
        let mut function = Function::new(arn_of(scope, name), configuration, BTreeMap::new());
        function.is_started = true;
        self.functions.insert(name.to_owned(), function);
    }

    /// All functions in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Function)> {
        let named = self.functions.iter();
        named.map(|(name, function)| (name.as_str(), function))
    }

    /// The function that is meant.
    ///
    /// # Errors
    /// It does not exist here.
    pub fn get(&self, reference: &Reference, scope: &Scope) -> Result<&Function, LambdaError> {
        reference.check_place(scope)?;
        let function = self.functions.get(&reference.name);
        function.ok_or_else(|| reference.not_found(scope))
    }

    /// The function that is meant, to be changed.
    ///
    /// # Errors
    /// It does not exist here.
    pub fn get_mut(
        &mut self,
        reference: &Reference,
        scope: &Scope,
    ) -> Result<&mut Function, LambdaError> {
        reference.check_place(scope)?;
        let function = self.functions.get_mut(&reference.name);
        function.ok_or_else(|| reference.not_found(scope))
    }

    /// The function that is meant, to be made another by what the caller sends.
    ///
    /// # Errors
    /// It does not exist here, or the server was started with it.
    pub fn created_mut(
        &mut self,
        reference: &Reference,
        scope: &Scope,
    ) -> Result<&mut Function, LambdaError> {
        let function = self.get_mut(reference, scope)?;
        if function.is_started {
            let what = "Changing a function that the server was started with";
            return Err(LambdaError::NotEmulated(what));
        }
        Ok(function)
    }

    /// Takes a function away, or one of its versions.
    ///
    /// # Errors
    /// It does not exist, aliases name it, or it is `$LATEST`, which goes with its function only.
    pub fn delete(&mut self, reference: &Reference, scope: &Scope) -> Result<(), LambdaError> {
        match &reference.qualifier {
            Some(Qualifier::Latest) => return Err(LambdaError::LatestNotDeletable),
            Some(Qualifier::Alias(name)) if Qualifier::is_alias_name(name) => {
                return Err(LambdaError::AliasNotDeletable);
            }
            _ => {}
        }
        // What is missed is the function, whatever version of it was meant [R].
        let whole = reference.unqualified();
        let function = self.created_mut(&whole, scope)?;
        match &reference.qualifier {
            None => {
                self.functions.remove(&reference.name);
                Ok(())
            }
            Some(Qualifier::Version(number)) => function.delete_version(*number),
            Some(_) => Err(whole.not_found(scope)),
        }
    }

    /// What runs when the function is invoked.
    ///
    /// # Errors
    /// The function, the version or the alias does not exist.
    pub fn deployment(
        &self,
        reference: &Reference,
        scope: &Scope,
        entropy: &mut Entropy,
    ) -> Result<Deployment, LambdaError> {
        let function = self.get(reference, scope)?;
        let (version, configuration) = function
            .version_to_run(reference.qualifier.as_ref(), entropy)
            .ok_or_else(|| reference.not_found(scope))?;
        Ok(Deployment {
            name: reference.name.clone(),
            invoked_arn: reference.arn(scope),
            version: version.to_string(),
            configuration: Arc::clone(configuration),
            scope: scope.clone(),
        })
    }

    /// Is this what would run now? What was handed out before may have been changed or deleted.
    pub fn is_current(&self, deployment: &Deployment) -> bool {
        let function = self.functions.get(&deployment.name);
        function.is_some_and(|function| {
            let mut versions = function.versions();
            versions.any(|(version, configuration)| {
                version.to_string() == deployment.version
                    && configuration.revision_id == deployment.configuration.revision_id
            })
        })
    }

    /// May a service invoke the function that an ARN names? It must exist, and the resource policy
    /// of what the ARN names must grant it.
    pub fn may_invoke(&self, arn: &FunctionArn, scope: &Scope, invoker: &Invoker<'_>) -> bool {
        let Some(reference) = Reference::parse(arn.as_str(), None) else {
            return false;
        };
        let Ok(function) = self.get(&reference, scope) else {
            return false;
        };
        let qualifier = reference.qualifier.as_ref();
        function.version(qualifier).is_some()
            && function
                .policy(qualifier)
                .is_some_and(|policy| policy.grants(invoker))
    }
}

/// How long a name may be, in characters [MODEL].
pub const NAME_MAX: usize = 64;

/// The ARN of a function, without a qualifier.
pub fn arn_of(scope: &Scope, name: &str) -> FunctionArn {
    let Scope { account, region } = scope;
    let partition = region.partition();
    FunctionArn::new(format!(
        "arn:{partition}:lambda:{region}:{account}:function:{name}"
    ))
}

/// A new revision id: every change of a configuration has one.
pub fn revision(entropy: &mut Entropy) -> String {
    entropy.uuid().to_string()
}

/// A moment as Lambda writes it: `2026-11-22T10:00:00.000+0000` [R].
pub fn written(moment: Timestamp) -> String {
    moment.to_string().replace('Z', "+0000")
}
