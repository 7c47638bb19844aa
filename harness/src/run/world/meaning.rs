//! What the names in a scenario mean at a moment of its run.

use keywheel_emulator::fault::Rule;
use keywheel_emulator::ids::{ApiKeyId, SecretArn, StagingLabel, VersionId};

use crate::event::Event;
use crate::history::Unable;
use crate::scenario::{KeyRef, Payload, SecretForm, SentEvent, VersionRef};

use super::Core;
use super::setup::SECRET;

impl Core {
    /// The text that a scenario means.
    pub(crate) fn text_of(&mut self, value: &Payload) -> Result<String, Unable> {
        match value {
            Payload::Text(text) => Ok(self.filled(text)),
            Payload::Section(name) => {
                let text = self.people.sections.get(name).cloned().unwrap_or_default();
                Ok(self.filled(&text))
            }
            Payload::Copy => self.current_value().ok_or(Unable::NoValue),
        }
    }

    /// The text of AWSCURRENT's version.
    pub(crate) fn current_value(&mut self) -> Option<String> {
        let snapshot = self.snapshot();
        let secret = self.secret_in(&snapshot)?;
        let version = secret.labels.get(&StagingLabel::current())?;
        let value = secret.versions.get(version)?.value.as_ref()?;
        Some(value.expose().to_owned())
    }

    /// A rule whose conditions name what they are about as AWS does.
    pub(crate) fn with_real_names(&self, rule: &Rule) -> Rule {
        let mut rule = rule.clone();
        for value in rule.conditions.values_mut() {
            let secret = self
                .places
                .named(value)
                .map(|place| place.secret.to_string());
            let version = || self.names.version_named(value).map(|id| id.to_string());
            let key = || self.names.key_named(value).map(|id| id.expose().to_owned());
            if let Some(real) = secret.or_else(version).or_else(key) {
                *value = real;
            }
        }
        rule
    }

    /// An event as a scenario has it sent.
    pub(crate) fn event_of(&self, sent: &SentEvent) -> Result<Event, Unable> {
        let arn = self.places.first.secret.as_str();
        let secret = match sent.secret {
            SecretForm::Arn => arn.to_owned(),
            SecretForm::Name => SECRET.to_owned(),
            SecretForm::Partial => arn
                .rsplit_once('-')
                .map_or(arn, |(start, _)| start)
                .to_owned(),
            SecretForm::Replica => self.replica_of(arn),
        };
        let token = self.resolve_version(&sent.token)?;
        Ok(Event {
            omit: sent.omit.clone(),
            add: sent.add.clone(),
            ..Event::of(sent.step.as_str(), SecretArn::new(secret), token)
        })
    }

    /// The key of a alias.
    pub(crate) fn resolve_key(&self, key: &KeyRef) -> Result<ApiKeyId, Unable> {
        let labelled = |label: &StagingLabel| self.judge.ledger().key_labelled(label).cloned();
        let found = match key {
            KeyRef::Pending => labelled(&StagingLabel::pending()),
            KeyRef::Current => labelled(&StagingLabel::current()),
            KeyRef::Previous => labelled(&StagingLabel::previous()),
            KeyRef::Numbered(_) | KeyRef::Foreign(_) => self.names.key_named(&key.to_string()),
        };
        found.ok_or_else(|| Unable::NoKey(key.clone()))
    }

    /// The version of a alias.
    pub(crate) fn resolve_version(&self, version: &VersionRef) -> Result<VersionId, Unable> {
        let labelled = |label: &StagingLabel| self.judge.ledger().labels().get(label).cloned();
        let found = match version {
            VersionRef::Pending => labelled(&StagingLabel::pending()),
            VersionRef::Current => labelled(&StagingLabel::current()),
            VersionRef::Previous => labelled(&StagingLabel::previous()),
            VersionRef::First
            | VersionRef::Token(_)
            | VersionRef::Admin(_)
            | VersionRef::Word(_) => self.names.version_named(&version.to_string()),
        };
        found.ok_or_else(|| Unable::NoVersion(version.clone()))
    }
}
