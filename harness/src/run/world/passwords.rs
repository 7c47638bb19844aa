//! The passwords of a world that holds some: each has a name in reports, and nobody may print it,
//! from when anybody has first seen it.

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::ids::ApiKeyId;
use serde_json::Value;

use crate::history::{Credential, Exchange, Seen, State};
use crate::scenario::Holds;

use super::Core;

/// Shorter ones would be found in texts by chance.
const SHORTEST: usize = 12;

/// What the names of members that hold secrets contain, in small letters.
const SECRETIVE: [&str; 8] = [
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "credential",
    "private",
    "auth",
];

/// Members with such names that hold none.
const OPEN: [&str; 5] = ["accesskeyid", "keyid", "tokenid", "secretarn", "authtype"];

impl Core {
    /// Learns what a call has shown: passwords that are to be stored, and random ones.
    pub(super) fn learn_passwords_of(&mut self, exchange: &Exchange) {
        if self.spec.holds != Holds::Password {
            return;
        }
        let member = |body: &[u8], name: &str| {
            let body: Value = serde_json::from_slice(body).ok()?;
            body.get(name)?.as_str().map(str::to_owned)
        };
        let found = match (exchange.operation, &exchange.outcome) {
            ("PutSecretValue", _) => {
                let stored = member(&exchange.body, "SecretString");
                stored.map_or(Vec::new(), |value| self.secrets_of(&value))
            }
            ("GetRandomPassword", Seen::Answer { body, .. }) => {
                member(body, "RandomPassword").into_iter().collect()
            }
            _ => Vec::new(),
        };
        for secret in found {
            self.learn_password(&secret);
        }
    }

    /// Learns what the secrets hold.
    pub(super) fn learn_passwords_in(&mut self, snapshot: &Snapshot) {
        if self.spec.holds != Holds::Password {
            return;
        }
        let versions = snapshot
            .secrets
            .iter()
            .flat_map(|secret| secret.versions.values());
        for value in versions.filter_map(|version| version.value.as_ref()) {
            for secret in self.secrets_of(value.expose()) {
                self.learn_password(&secret);
            }
        }
    }

    /// Puts the passwords of the first secret's versions into a state of the world.
    pub(super) fn note_passwords(&self, snapshot: &Snapshot, state: &mut State) {
        let Some(secret) = self.secret_in(snapshot) else {
            return;
        };
        for (id, version) in &secret.versions {
            let Some(value) = &version.value else {
                continue;
            };
            let password = ApiKeyId::new(self.password_in(value.expose()));
            let labels = secret.labels.iter().filter(|(_, labelled)| *labelled == id);
            let held = labels.map(|(label, _)| (label.clone(), password.clone()));
            state.held.extend(held);
            state.credentials.insert(password, Credential::Accepted);
        }
    }

    /// What a value holds that nobody may print: also what the target reads in it, if there is one.
    fn secrets_of(&self, value: &str) -> Vec<String> {
        let read = self.read_by_target(value);
        let mut secrets = secrets_in(value);
        secrets.extend(read);
        secrets
    }

    /// The password in a value, as the target reads it if there is one.
    fn password_in(&self, value: &str) -> String {
        let read = self.read_by_target(value);
        read.unwrap_or_else(|| password_in(value))
    }

    fn read_by_target(&self, value: &str) -> Option<String> {
        self.reach.as_ref()?.credential(value)
    }

    fn learn_password(&mut self, password: &str) {
        let is_known = self.names.keys().any(|(known, _)| known == password);
        if is_known || password.len() < SHORTEST {
            return;
        }
        let name = format!("p{}", self.names.keys().count());
        let password = ApiKeyId::new(password);
        self.names.name_key(&password, name);
        self.judge.taint_value(&password);
    }
}

/// The credential that a value holds: the first of its secrets.
fn password_in(value: &str) -> String {
    let first = secrets_in(value).into_iter().next();
    first.unwrap_or_else(|| value.to_owned())
}

/// Everything in a value that nobody may print: members that are called as secrets are, passwords
/// within URLs, and a value that is no object as a whole. The member `password` comes first.
fn secrets_in(value: &str) -> Vec<String> {
    let Ok(Value::Object(members)) = serde_json::from_str(value) else {
        return vec![value.to_owned()];
    };
    let mut secrets: Vec<(&str, String)> = Vec::new();
    for (name, value) in &members {
        let Some(text) = value.as_str() else { continue };
        let small = name.to_lowercase().replace(['_', '-'], "");
        let is_secretive = SECRETIVE.iter().any(|part| small.contains(part));
        if is_secretive && !OPEN.contains(&small.as_str()) {
            secrets.push((name, text.to_owned()));
        }
        secrets.extend(password_of_url(text).map(|password| (name.as_str(), password)));
    }
    secrets.sort_by_key(|(name, _)| *name != "password");
    let secrets: Vec<String> = secrets.into_iter().map(|(_, secret)| secret).collect();
    match secrets.is_empty() {
        true => vec![value.to_owned()],
        false => secrets,
    }
}

/// The password in `scheme://user:password@host`.
fn password_of_url(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("://")?;
    let (user, _) = rest.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    Some(password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{password_in, secrets_in};

    #[test]
    fn a_password_is_a_member_or_the_whole_value() {
        assert_eq!(password_in(r#"{"username":"app","password":"x"}"#), "x");
        assert_eq!(password_in("plain"), "plain");
        assert_eq!(password_in(r#"{"other":1}"#), r#"{"other":1}"#);
    }

    #[test]
    fn secrets_are_more_than_passwords() {
        let keys = r#"{"AccessKeyId":"AKIA1","SecretAccessKey":"s","api_token":"t"}"#;
        assert_eq!(secrets_in(keys), ["s", "t"]);
        let dsn = r#"{"host":"db","dsn":"postgres://app:pw@db:5432/x","password":"pw2"}"#;
        assert_eq!(secrets_in(dsn), ["pw2", "pw"]);
    }
}
