//! The reference model: what Secrets Manager does with one secret, written down a second time from
//! the documented rules, in plain maps and as directly as they can be said.

use std::collections::{BTreeMap, BTreeSet};

use crate::transition::{Transition, token, value};

/// What a call came to: the error's code, or what the answer shows.
pub(crate) type Outcome = Result<String, &'static str>;

const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID_REQUEST: &str = "InvalidRequestException";
const INVALID_PARAMETER: &str = "InvalidParameterException";
const EXISTS: &str = "ResourceExistsException";

const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// The world: one secret at most, and what was told of it.
#[derive(Default)]
pub(crate) struct Model {
    secret: Option<Secret>,
    /// The rotations in progress, oldest first: the gate looks at labels only, so that there can
    /// be a second one beside one whose version lost AWSPENDING.
    runs: Vec<Run>,
}

#[derive(Default)]
struct Secret {
    /// The values by version; a placeholder has none.
    versions: BTreeMap<u8, Option<u8>>,
    labels: BTreeMap<&'static str, u8>,
    tags: Option<BTreeSet<u8>>,
    is_scheduled: bool,
    /// Whether rotation is enabled; none before the first RotateSecret.
    rotation: Option<bool>,
    /// The tokens whose rotation a RotateSecret began, of versions that are still there.
    begun: BTreeSet<u8>,
}

struct Run {
    token: u8,
    step: usize,
}

impl Secret {
    fn holder(&self, label: &str) -> Option<u8> {
        self.labels.get(label).copied()
    }

    fn has_value(&self, version: u8) -> bool {
        matches!(self.versions.get(&version), Some(Some(_)))
    }

    /// AWSPREVIOUS goes where AWSCURRENT was.
    fn set_current(&mut self, version: u8) {
        let old = self.holder("AWSCURRENT");
        if let Some(old) = old.filter(|old| *old != version) {
            self.labels.insert("AWSPREVIOUS", old);
        }
        self.labels.insert("AWSCURRENT", version);
    }

    /// A placeholder that nothing points to is no more.
    fn tidy(&mut self) {
        let labelled: BTreeSet<u8> = self.labels.values().copied().collect();
        self.versions
            .retain(|version, value| value.is_some() || labelled.contains(version));
        self.begun
            .retain(|version| self.versions.contains_key(version));
    }

    fn is_unfinished(&self) -> bool {
        let pending = self.holder("AWSPENDING");
        pending.is_some() && pending != self.holder("AWSCURRENT")
    }

    /// Answers whether a version was stored and whether it became current.
    fn put(
        &mut self,
        version: u8,
        new: u8,
        labels: &[&'static str],
    ) -> Result<(bool, bool), &'static str> {
        if let Some(Some(stored)) = self.versions.get(&version) {
            return if *stored == new {
                Ok((false, false))
            } else {
                Err(EXISTS)
            };
        }
        let mut named: BTreeSet<&'static str> = labels.iter().copied().collect();
        if named.is_empty() || self.versions.is_empty() {
            named.insert("AWSCURRENT");
        }
        self.versions.insert(version, Some(new));
        for label in &named {
            if *label != "AWSCURRENT" {
                self.labels.insert(label, version);
            }
        }
        let is_current = named.contains("AWSCURRENT");
        if is_current {
            self.set_current(version);
            if !named.contains("AWSPENDING") {
                self.labels.remove("AWSPENDING");
            }
        }
        self.tidy();
        Ok((true, is_current))
    }

    fn labels_of(&self, version: u8) -> String {
        let of = self.labels.iter().filter(|(_, holder)| **holder == version);
        of.map(|(label, _)| *label).collect::<Vec<_>>().join(",")
    }
}

impl Model {
    pub(crate) fn apply(&mut self, transition: &Transition) -> Outcome {
        match transition {
            Transition::Create { token, value } => self.create(*token, *value),
            Transition::Put {
                token,
                value,
                labels,
            } => self.put(*token, *value, labels),
            Transition::Update { token, value } => self.update(*token, *value),
            Transition::Stage { label, from, to } => self.stage(label, *from, *to),
            Transition::Get { version, label } => self.get(*version, *label),
            Transition::Delete { is_forced } => self.delete(*is_forced),
            Transition::Restore => self.restore(),
            Transition::Rotate { token } => self.rotate(*token),
            Transition::Cancel => self.cancel(),
            Transition::Step { is_good } => Ok(self.step(*is_good)),
            Transition::Tag { key } => self.tag(*key),
            Transition::Untag { key } => self.untag(*key),
        }
    }

    /// Everything that a client can see of it, as text.
    pub(crate) fn state(&self) -> String {
        let Some(secret) = &self.secret else {
            return "none".to_owned();
        };
        let mut lines = vec![];
        for (version, stored) in &secret.versions {
            let labels = secret.labels_of(*version);
            let stored = stored.map_or_else(|| "-".to_owned(), value);
            lines.push(format!("{}=[{labels}] {stored}", token(*version)));
        }
        let tags = secret
            .tags
            .as_ref()
            .map(|tags| tags.iter().map(u8::to_string).collect::<Vec<_>>().join(","));
        format!(
            "{} tags={tags:?} scheduled={} rotation={:?}",
            lines.join(" "),
            secret.is_scheduled,
            secret.rotation
        )
    }

    fn live(&mut self) -> Result<&mut Secret, &'static str> {
        match &mut self.secret {
            None => Err(NOT_FOUND),
            Some(secret) if secret.is_scheduled => Err(INVALID_REQUEST),
            Some(secret) => Ok(secret),
        }
    }

    fn create(&mut self, version: u8, new: Option<u8>) -> Outcome {
        if let Some(secret) = &self.secret {
            if secret.is_scheduled {
                return Err(INVALID_REQUEST);
            }
            return match (secret.versions.get(&version), new) {
                (Some(Some(stored)), Some(new)) if *stored == new => Ok(token(version)),
                _ => Err(EXISTS),
            };
        }
        let mut secret = Secret::default();
        if let Some(new) = new {
            secret.put(version, new, &[])?;
        }
        self.secret = Some(secret);
        Ok(new.map_or_else(String::new, |_| token(version)))
    }

    fn put(&mut self, version: u8, new: u8, labels: &[&'static str]) -> Outcome {
        let secret = self.live()?;
        let (_, is_current) = secret.put(version, new, labels)?;
        let shown = format!("{} [{}]", token(version), secret.labels_of(version));
        if is_current {
            self.abandon(version);
        }
        Ok(shown)
    }

    fn update(&mut self, version: u8, new: Option<u8>) -> Outcome {
        let secret = self.live()?;
        let Some(new) = new else {
            return Ok(String::new());
        };
        let (_, is_current) = secret.put(version, new, &[])?;
        if is_current {
            self.abandon(version);
        }
        Ok(token(version))
    }

    /// Another new current version ends the rotation.
    fn abandon(&mut self, version: u8) {
        self.runs.retain(|run| run.token == version);
    }

    fn stage(&mut self, label: &'static str, from: Option<u8>, to: Option<u8>) -> Outcome {
        let secret = self.live()?;
        if [from, to]
            .into_iter()
            .flatten()
            .any(|version| !secret.versions.contains_key(&version))
        {
            return Err(NOT_FOUND);
        }
        let holder = secret.holder(label);
        match (from, to) {
            (None, None) => return Err(INVALID_PARAMETER),
            (Some(_), None) if label == "AWSCURRENT" => return Err(INVALID_PARAMETER),
            (Some(from), None) if holder != Some(from) => return Err(INVALID_REQUEST),
            (Some(_), None) => {
                secret.labels.remove(label);
            }
            (_, Some(to)) if holder == Some(to) => {}
            (_, Some(to)) if label == "AWSCURRENT" && !secret.has_value(to) => {
                return Err(INVALID_REQUEST);
            }
            (None, Some(_)) if holder.is_some() => return Err(INVALID_PARAMETER),
            (Some(from), Some(_)) if holder != Some(from) => return Err(INVALID_REQUEST),
            (_, Some(to)) if label == "AWSCURRENT" => secret.set_current(to),
            (_, Some(to)) => {
                secret.labels.insert(label, to);
            }
        }
        secret.tidy();
        Ok(String::new())
    }

    fn get(&mut self, version: Option<u8>, label: Option<&'static str>) -> Outcome {
        let secret = self.live()?;
        let version = match (version, label) {
            (Some(version), _) if !secret.has_value(version) => return Err(NOT_FOUND),
            (Some(version), Some(label)) if secret.holder(label) != Some(version) => {
                return Err(INVALID_REQUEST);
            }
            (Some(version), _) => version,
            (None, label) => {
                let holder = secret.holder(label.unwrap_or("AWSCURRENT"));
                holder
                    .filter(|version| secret.has_value(*version))
                    .ok_or(NOT_FOUND)?
            }
        };
        let stored = secret.versions[&version].map_or_else(String::new, value);
        Ok(format!(
            "{} [{}] {stored}",
            token(version),
            secret.labels_of(version)
        ))
    }

    fn delete(&mut self, is_forced: bool) -> Outcome {
        match (&mut self.secret, is_forced) {
            (None, false) => return Err(NOT_FOUND),
            // What is created again under the name does not inherit the rotation.
            (_, true) => {
                self.secret = None;
                self.runs.clear();
            }
            (Some(secret), false) if secret.is_scheduled => return Err(INVALID_REQUEST),
            (Some(secret), false) => secret.is_scheduled = true,
        }
        Ok(String::new())
    }

    fn restore(&mut self) -> Outcome {
        let secret = self.secret.as_mut().ok_or(NOT_FOUND)?;
        secret.is_scheduled = false;
        Ok(String::new())
    }

    fn rotate(&mut self, version: u8) -> Outcome {
        let is_running = self.runs.iter().any(|run| run.token == version);
        let secret = self.live()?;
        let is_done = secret.begun.contains(&version) && !secret.is_unfinished();
        if is_running || is_done {
            return Ok(token(version));
        }
        if secret.is_unfinished() {
            return Err(INVALID_REQUEST);
        }
        if secret.versions.contains_key(&version) {
            return Err(EXISTS);
        }
        secret.versions.insert(version, None);
        secret.labels.insert("AWSPENDING", version);
        secret.tidy();
        secret.begun.insert(version);
        secret.rotation = Some(true);
        self.runs.push(Run {
            token: version,
            step: 0,
        });
        Ok(token(version))
    }

    fn cancel(&mut self) -> Outcome {
        let secret = self.live()?;
        if secret.rotation.is_none() {
            return Err(INVALID_REQUEST);
        }
        secret.rotation = Some(false);
        let partial = secret
            .holder("AWSPENDING")
            .filter(|_| secret.is_unfinished());
        self.runs.clear();
        Ok(partial.map_or_else(String::new, token))
    }

    /// Runs the next step and tells which it was.
    fn step(&mut self, is_good: bool) -> String {
        // A secret that is gone or going ends its rotation.
        if self.live().is_err() {
            self.runs.clear();
        }
        let (Some(run), Some(secret)) = (self.runs.first_mut(), &mut self.secret) else {
            return "nothing to run".to_owned();
        };
        let step = STEPS[run.step];
        if !is_good {
            self.runs.remove(0);
            return format!("{step} failed");
        }
        let version = run.token;
        match step {
            "createSecret" if !secret.has_value(version) => {
                // Refused or not, the function says that all is well.
                let _ = secret.put(version, 2, &["AWSPENDING"]);
            }
            "finishSecret"
                if secret.has_value(version) && secret.holder("AWSCURRENT") != Some(version) =>
            {
                secret.set_current(version);
                secret.tidy();
            }
            _ => {}
        }
        run.step += 1;
        if run.step == STEPS.len() {
            if secret.holder("AWSCURRENT") == Some(version)
                && secret.holder("AWSPENDING") == Some(version)
            {
                secret.labels.remove("AWSPENDING");
                secret.tidy();
            }
            self.runs.remove(0);
        }
        format!("{step} done")
    }

    fn tag(&mut self, key: u8) -> Outcome {
        self.live()?.tags.get_or_insert_default().insert(key);
        Ok(String::new())
    }

    fn untag(&mut self, key: u8) -> Outcome {
        if let Some(tags) = &mut self.live()?.tags {
            tags.remove(&key);
        }
        Ok(String::new())
    }
}
