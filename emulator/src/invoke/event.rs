//! The event of a rotation step, as Secrets Manager sends it to Lambda.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::Step;
use crate::state::rotations::Invocation;

use super::function_error::FunctionFailure;

/// The event of one step [U: logs and samples; the token D, U].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RotationEvent {
    /// The step.
    pub step: Step,
    /// The secret's full ARN, never its name [U].
    pub secret_id: String,
    /// The id of the version that the rotation makes.
    pub client_request_token: String,
    /// What PutSecretValue may be asked for when another account's role calls it [D].
    #[serde(default)]
    pub rotation_token: String,
}

impl RotationEvent {
    /// The event of an invocation.
    pub fn of(invocation: &Invocation) -> Self {
        Self {
            step: invocation.step,
            secret_id: invocation.secret.to_string(),
            client_request_token: invocation.token.to_string(),
            rotation_token: invocation.rotation_token.expose().to_owned(),
        }
    }

    /// Reads an event that somebody else sends.
    ///
    /// # Errors
    /// It is not the event of a rotation step.
    pub fn parse(event: &[u8]) -> Result<Self, FunctionFailure> {
        serde_json::from_slice(event).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let text = format!(
                "line {line}, column {column}: this function takes the event of a rotation step, \
                 with Step, SecretId and ClientRequestToken"
            );
            FunctionFailure::new("Runtime.UnknownEvent", text)
        })
    }

    /// The event as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("four texts are always JSON")
    }
}

/// Without the rotation token, which is a secret [D].
impl fmt::Debug for RotationEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotationEvent")
            .field("step", &self.step)
            .field("secret_id", &self.secret_id)
            .field("client_request_token", &self.client_request_token)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_has_the_members_that_functions_read() {
        let event = RotationEvent {
            step: Step::CreateSecret,
            secret_id: "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf".to_owned(),
            client_request_token: "token".to_owned(),
            rotation_token: "rotation".to_owned(),
        };
        assert_eq!(
            String::from_utf8(event.to_json()).unwrap(),
            r#"{"Step":"createSecret","SecretId":"arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf","ClientRequestToken":"token","RotationToken":"rotation"}"#
        );
        assert!(!format!("{event:?}").contains("rotation\""));
        assert_eq!(RotationEvent::parse(&event.to_json()), Ok(event));
        let short = br#"{"Step":"testSecret","SecretId":"s","ClientRequestToken":"t"}"#;
        assert_eq!(RotationEvent::parse(short).unwrap().rotation_token, "");
        let refused = RotationEvent::parse(b"{\"Step\":\"hunter2\"}").unwrap_err();
        assert!(!refused.message.contains("hunter2") && refused.message.contains("column 17"));
    }
}
