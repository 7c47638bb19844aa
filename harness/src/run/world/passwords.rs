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

/// The member of a value that is a password; a value that is no object is one.
const MEMBER: &str = "password";

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
            ("PutSecretValue", _) => member(&exchange.body, "SecretString").map(password_in),
            ("GetRandomPassword", Seen::Answer { body, .. }) => member(body, "RandomPassword"),
            _ => None,
        };
        if let Some(password) = found {
            self.learn_password(&password);
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
            self.learn_password(&password_in(value.expose().to_owned()));
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
            let password = ApiKeyId::new(password_in(value.expose().to_owned()));
            let labels = secret.labels.iter().filter(|(_, labelled)| *labelled == id);
            let held = labels.map(|(label, _)| (label.clone(), password.clone()));
            state.held.extend(held);
            state.credentials.insert(password, Credential::Accepted);
        }
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

fn password_in(value: String) -> String {
    let parsed: Option<Value> = serde_json::from_str(&value).ok();
    let member = parsed
        .as_ref()
        .and_then(|parsed| parsed.get(MEMBER)?.as_str());
    member.map_or(value.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::password_in;

    #[test]
    fn a_password_is_a_member_or_the_whole_value() {
        let found = |value: &str| password_in(value.to_owned());
        assert_eq!(found(r#"{"username":"app","password":"x"}"#), "x");
        assert_eq!(found("plain"), "plain");
        assert_eq!(found(r#"{"other":1}"#), r#"{"other":1}"#);
    }
}
