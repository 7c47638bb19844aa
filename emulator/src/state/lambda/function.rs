//! A function with its versions, its aliases and the policies of all of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::entropy::Entropy;
use crate::ids::FunctionArn;

use super::configuration::Configuration;
use super::error::LambdaError;
use super::permission::Policy;
use super::reference::Qualifier;
use super::revision;

/// How many tags a function may have [D].
const TAGS_MAX: usize = 50;

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its ARN, without a qualifier.
    pub arn: FunctionArn,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Was the server started with it? Then nobody can change it.
    pub is_started: bool,
    latest: Arc<Configuration>,
    published: BTreeMap<u64, Arc<Configuration>>,
    last_published: u64,
    aliases: BTreeMap<String, Alias>,
    /// By what they are for: the function itself has none in the key.
    policies: BTreeMap<Option<Qualifier>, Policy>,
}

/// A name for a version.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// What it is a name for.
    pub version: Version,
    /// What somebody wrote about it.
    pub description: String,
    /// Another version that some of the invocations run.
    pub route: Option<Route>,
    /// Changes with every change.
    pub revision_id: String,
}

/// A version that runs some of an alias's invocations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Route {
    /// The version.
    pub version: u64,
    /// How many of them, from 0 to 1.
    pub weight: f64,
}

/// A version of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The one that can be changed.
    Latest,
    /// One that cannot.
    Published(u64),
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("$LATEST"),
            Self::Published(number) => write!(f, "{number}"),
        }
    }
}

impl Function {
    pub(super) fn new(
        arn: FunctionArn,
        latest: Configuration,
        tags: BTreeMap<String, String>,
    ) -> Self {
        Self {
            arn,
            tags,
            is_started: false,
            latest: Arc::new(latest),
            published: BTreeMap::new(),
            last_published: 0,
            aliases: BTreeMap::new(),
            policies: BTreeMap::new(),
        }
    }

    /// Adds tags, or gives them other values.
    ///
    /// # Errors
    /// It would have more than fifty.
    pub fn tag(&mut self, tags: BTreeMap<String, String>) -> Result<(), LambdaError> {
        let mut all = self.tags.clone();
        all.extend(tags);
        if all.len() > TAGS_MAX {
            return Err(LambdaError::TagsTooMany);
        }
        self.tags = all;
        Ok(())
    }

    /// The configuration that can be changed.
    pub fn latest(&self) -> &Arc<Configuration> {
        &self.latest
    }

    /// Changes `$LATEST`; published versions stay.
    pub fn change(&mut self, change: impl FnOnce(&mut Configuration)) -> &Arc<Configuration> {
        change(Arc::make_mut(&mut self.latest));
        &self.latest
    }

    /// The version that a qualifier means: `$LATEST` if there is none.
    pub fn version(&self, qualifier: Option<&Qualifier>) -> Option<(Version, &Arc<Configuration>)> {
        let version = match qualifier {
            None | Some(Qualifier::Latest) => Version::Latest,
            Some(Qualifier::Version(number)) => Version::Published(*number),
            Some(Qualifier::Alias(name)) => self.aliases.get(name)?.version,
        };
        Some((version, self.configuration(version)?))
    }

    fn configuration(&self, version: Version) -> Option<&Arc<Configuration>> {
        match version {
            Version::Latest => Some(&self.latest),
            Version::Published(number) => self.published.get(&number),
        }
    }

    /// The version that runs an invocation. An alias with a route lets chance decide [D].
    pub fn version_to_run(
        &self,
        qualifier: Option<&Qualifier>,
        entropy: &mut Entropy,
    ) -> Option<(Version, &Arc<Configuration>)> {
        let route = match qualifier {
            Some(Qualifier::Alias(name)) => self.aliases.get(name)?.route,
            _ => None,
        };
        match route {
            Some(route) if entropy.fraction() < route.weight => {
                let version = Version::Published(route.version);
                Some((version, self.configuration(version)?))
            }
            _ => self.version(qualifier),
        }
    }

    /// The ARN with a qualifier.
    pub fn arn_of(&self, qualifier: &dyn fmt::Display) -> FunctionArn {
        FunctionArn::new(format!("{}:{qualifier}", self.arn))
    }

    /// `$LATEST` and then all that were published.
    pub fn versions(&self) -> impl Iterator<Item = (Version, &Arc<Configuration>)> {
        let published = self.published.iter();
        let published = published.map(|(number, it)| (Version::Published(*number), it));
        std::iter::once((Version::Latest, &self.latest)).chain(published)
    }

    /// Publishes what `$LATEST` is. If nothing has changed since the last time, that version is
    /// the answer and no other is made [D]; else `$LATEST` has a new revision too [R].
    pub fn publish(
        &mut self,
        description: Option<String>,
        entropy: &mut Entropy,
    ) -> (Version, &Arc<Configuration>) {
        let number = self.last_published;
        let is_same = self.published.get(&number).is_some_and(|last| {
            last.code == self.latest.code && last.last_modified == self.latest.last_modified
        });
        if !is_same {
            self.last_published += 1;
            let mut published = Configuration::clone(&self.latest);
            published.revision_id = revision(entropy);
            if let Some(description) = description {
                published.description = description;
            }
            self.published
                .insert(self.last_published, Arc::new(published));
            let settled = revision(entropy);
            self.change(|latest| latest.revision_id = settled);
        }
        let number = self.last_published;
        (Version::Published(number), &self.published[&number])
    }

    /// Takes a version away. One that is not there is gone already [R].
    pub(super) fn delete_version(&mut self, number: u64) -> Result<(), LambdaError> {
        let is_named = |alias: &Alias| {
            alias.version == Version::Published(number)
                || alias.route.is_some_and(|route| route.version == number)
        };
        let named = self.aliases.iter().filter(|(_, alias)| is_named(alias));
        let names: Vec<&str> = named.map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            return Err(LambdaError::VersionNamed {
                version: number,
                aliases: names.join(", "),
            });
        }
        self.policies.remove(&Some(Qualifier::Version(number)));
        self.published.remove(&number);
        Ok(())
    }

    /// Gives a version a name.
    ///
    /// # Errors
    /// The name is taken, or there is no such version.
    pub fn create_alias(&mut self, name: &str, alias: Alias) -> Result<&Alias, LambdaError> {
        self.check_versions(&alias)?;
        if self.aliases.contains_key(name) {
            return Err(LambdaError::AliasExists(self.arn_of(&name)));
        }
        Ok(self.aliases.entry(name.to_owned()).or_insert(alias))
    }

    /// Gives a name to another version.
    ///
    /// # Errors
    /// There is no such version.
    pub fn update_alias(&mut self, name: &str, alias: Alias) -> Result<(), LambdaError> {
        self.check_versions(&alias)?;
        self.aliases.insert(name.to_owned(), alias);
        Ok(())
    }

    fn check_versions(&self, alias: &Alias) -> Result<(), LambdaError> {
        let check = |number: u64| match self.published.contains_key(&number) {
            true => Ok(()),
            false => Err(LambdaError::FunctionNotFound(self.arn_of(&number))),
        };
        if let Version::Published(number) = alias.version {
            check(number)?;
        }
        match alias.route {
            Some(_) if alias.version == Version::Latest => Err(LambdaError::RouteFromLatest),
            Some(Route { version, .. }) if alias.version == Version::Published(version) => {
                Err(LambdaError::RouteToItself(version))
            }
            Some(Route { version, .. }) => check(version),
            None => Ok(()),
        }
    }

    /// Takes a name away. One that is not there is gone already [R].
    pub fn delete_alias(&mut self, name: &str) {
        let qualifier = Qualifier::Alias(name.to_owned());
        self.policies.remove(&Some(qualifier));
        self.aliases.remove(name);
    }

    /// All aliases by name.
    pub fn aliases(&self) -> impl Iterator<Item = (&str, &Alias)> {
        let aliases = self.aliases.iter();
        aliases.map(|(name, alias)| (name.as_str(), alias))
    }

    /// An alias by its name.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn alias(&self, name: &str) -> Result<&Alias, LambdaError> {
        let not_found = || LambdaError::AliasNotFound(self.arn_of(&name));
        self.aliases.get(name).ok_or_else(not_found)
    }

    /// The resource policy of the function, or of one of its versions or aliases; none if nobody
    /// was ever permitted anything.
    pub fn policy(&self, qualifier: Option<&Qualifier>) -> Option<&Policy> {
        let policy = self.policies.get(&qualifier.cloned());
        policy.filter(|policy| !policy.is_empty())
    }

    /// The same policy, to be changed.
    pub fn policy_mut(&mut self, qualifier: Option<&Qualifier>) -> &mut Policy {
        self.policies.entry(qualifier.cloned()).or_default()
    }
}
