//! What Secrets Manager hands to a rotation function, and which function that is.

use std::collections::BTreeMap;

use keywheel_emulator::ids::{SecretArn, Step, VersionId};
use serde_json::{Map, Value, json};

/// The function that Secrets Manager is told to invoke.
pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:under-test";

/// What Secrets Manager hands to a rotation function.
#[derive(Clone)]
pub struct Event {
    /// The step, as text, since a test may send one that does not exist.
    pub step: String,
    /// The full ARN of the secret [U].
    pub secret: SecretArn,
    /// The version that the rotation makes.
    pub token: VersionId,
    /// The service's proof that the rotation is its own.
    pub rotation_token: Option<String>,
    /// Members that are left out of what is sent.
    pub omit: Vec<String>,
    /// Members that are added to it, or replaced.
    pub add: BTreeMap<String, String>,
}

impl Event {
    /// What the service sends for a step of a rotation.
    pub fn of(step: impl Into<String>, secret: SecretArn, token: VersionId) -> Self {
        Self {
            step: step.into(),
            secret,
            token,
            rotation_token: None,
            omit: Vec::new(),
            add: BTreeMap::new(),
        }
    }

    /// The event as the function receives it.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        let mut say = |name: &str, value: &str| members.insert(name.to_owned(), json!(value));
        say("Step", &self.step);
        say("SecretId", self.secret.as_str());
        say("ClientRequestToken", self.token.as_str());
        if let Some(token) = &self.rotation_token {
            say("RotationToken", token);
        }
        for (name, value) in &self.add {
            say(name, value);
        }
        members.retain(|name, _| !self.omit.contains(name));
        Value::Object(members)
    }

    /// The step, where it is one of the four in either spelling.
    pub fn known_step(&self) -> Option<Step> {
        let camel = self.step.replace("_secret", "Secret");
        camel.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_sent_as_the_scenario_wants_it() {
        let mut event = Event::of("bogus", SecretArn::new("arn"), VersionId::new("t"));
        event.rotation_token = Some("r".to_owned());
        event.omit.push("SecretId".to_owned());
        event.add.insert("Comment".to_owned(), "x".to_owned());
        let expected = json!({
            "Step": "bogus", "ClientRequestToken": "t", "RotationToken": "r", "Comment": "x",
        });
        assert_eq!(event.to_json(), expected);
    }
}
