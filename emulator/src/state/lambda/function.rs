//! A function with its versions, its aliases and the policies of all of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::ids::FunctionArn;

use super::configuration::Configuration;
use super::error::LambdaError;
use super::permission::Policy;
use super::reference::Qualifier;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// What it is a name for.
    pub version: Version,
    /// What somebody wrote about it.
    pub description: String,
    /// Changes with every change.
    pub revision_id: String,
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
        let configuration = match version {
            Version::Latest => &self.latest,
            Version::Published(number) => self.published.get(&number)?,
        };
        Some((version, configuration))
    }

    /// `$LATEST` and then all that were published.
    pub fn versions(&self) -> impl Iterator<Item = (Version, &Arc<Configuration>)> {
        let published = self.published.iter();
        let published = published.map(|(number, it)| (Version::Published(*number), it));
        std::iter::once((Version::Latest, &self.latest)).chain(published)
    }

    /// Publishes what `$LATEST` is. If nothing has changed since the last time, that version is
    /// the answer and no other is made [D].
    pub fn publish(
        &mut self,
        description: Option<String>,
        revision_id: String,
    ) -> (Version, &Arc<Configuration>) {
        let number = self.last_published;
        let is_same = self.published.get(&number).is_some_and(|last| {
            last.code == self.latest.code && last.last_modified == self.latest.last_modified
        });
        if !is_same {
            self.last_published += 1;
            let mut published = Configuration::clone(&self.latest);
            published.revision_id = revision_id;
            if let Some(description) = description {
                published.description = description;
            }
            self.published
                .insert(self.last_published, Arc::new(published));
        }
        let number = self.last_published;
        (Version::Published(number), &self.published[&number])
    }

    pub(super) fn delete_version(&mut self, number: u64) -> Option<()> {
        self.policies.remove(&Some(Qualifier::Version(number)));
        self.published.remove(&number).map(drop)
    }

    /// Gives a version a name.
    ///
    /// # Errors
    /// The name is taken, or there is no such version.
    pub fn create_alias(&mut self, name: &str, alias: Alias) -> Result<&Alias, LambdaError> {
        let arn =
            |qualifier: &dyn fmt::Display| FunctionArn::new(format!("{}:{qualifier}", self.arn));
        if self.aliases.contains_key(name) {
            return Err(LambdaError::AliasExists(arn(&name)));
        }
        if let Version::Published(number) = alias.version
            && !self.published.contains_key(&number)
        {
            return Err(LambdaError::FunctionNotFound(arn(&number)));
        }
        Ok(self.aliases.entry(name.to_owned()).or_insert(alias))
    }

    /// An alias by its name.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn alias(&self, name: &str) -> Result<&Alias, LambdaError> {
        let not_found =
            || LambdaError::AliasNotFound(FunctionArn::new(format!("{}:{name}", self.arn)));
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
