//! What an invocation asks for: Secrets Manager sends one event per rotation step, and a schedule
//! may send a sweep.

use crate::error::{Problem, RotationError};
use serde::Deserialize;
use std::fmt;

/// The event of one invocation, as it arrives; [`RotationEvent::step`] judges it.
///
/// Members are read without demands, so that a bad event becomes an error that says what is
/// wrong with it. Members not listed here are ignored.
#[derive(Clone, Default, Deserialize)]
pub struct RotationEvent {
    /// The rotation step as sent; both `createSecret` and `create_secret` are understood.
    #[serde(rename = "Step", default)]
    pub step: String,
    /// The ARN of the secret; a name or a partial ARN works as well.
    #[serde(rename = "SecretId", default)]
    pub secret_id: String,
    /// The version id that this rotation fills.
    #[serde(rename = "ClientRequestToken", default)]
    pub client_request_token: String,
    /// Proof of the rotation, handed on to PutSecretValue and never printed.
    #[serde(rename = "RotationToken", default)]
    pub rotation_token: Option<String>,
}

impl fmt::Debug for RotationEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotationEvent")
            .field("step", &self.step)
            .field("secret_id", &self.secret_id)
            .field("client_request_token", &self.client_request_token)
            .field("rotation_token", &self.rotation_token.as_ref().map(|_| "…"))
            .finish()
    }
}

/// The `Step` of a sweep, which no rotation has.
pub const SWEEP: &str = "sweep";

/// What one invocation asks for.
#[derive(Clone, Debug)]
pub enum Request {
    /// A rotation step.
    Rotate(RotationEvent),
    /// A sweep over the secret named or, without one, over every secret on the allow-list.
    Sweep(Option<String>),
}

impl Request {
    /// Reads an event that is JSON already. `{"Step":"sweep"}` with or without a `SecretId` is a
    /// sweep; anything else is judged as a rotation step.
    ///
    /// # Errors
    /// `InvalidEvent` if it is no object or a member is no string. The parser's words, which
    /// quote what they found, are dropped.
    pub fn from_value(event: serde_json::Value) -> Result<Self, RotationError> {
        let event: RotationEvent =
            serde_json::from_value(event).map_err(|_| invalid("it is no object of strings"))?;
        if event.step != SWEEP {
            return Ok(Self::Rotate(event));
        }
        let secret_id = Some(event.secret_id).filter(|secret| !secret.is_empty());
        Ok(Self::Sweep(secret_id))
    }
}

/// A rotation step, in the order Secrets Manager runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make the new key and store it as the pending version.
    Create,
    /// Check that the stored key exists and lives long enough.
    Set,
    /// Check that the stored key is accepted by the API.
    Test,
    /// Make the pending version the current one, and retire what nobody needs any more.
    Finish,
}

impl Step {
    /// The name the service uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "createSecret",
            Self::Set => "setSecret",
            Self::Test => "testSecret",
            Self::Finish => "finishSecret",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "createSecret" | "create_secret" => Some(Self::Create),
            "setSecret" | "set_secret" => Some(Self::Set),
            "testSecret" | "test_secret" => Some(Self::Test),
            "finishSecret" | "finish_secret" => Some(Self::Finish),
            _ => None,
        }
    }
}

impl RotationEvent {
    /// The step to run, once the whole event has been found to be well-formed.
    ///
    /// # Errors
    /// `InvalidEvent` names the member that is missing or malformed, `InvalidStep` the step.
    pub fn step(&self) -> Result<Step, RotationError> {
        required("SecretId", &self.secret_id)?;
        required("ClientRequestToken", &self.client_request_token)?;
        required("Step", &self.step)?;
        if !self
            .client_request_token
            .bytes()
            .all(|byte| byte.is_ascii_graphic())
        {
            return Err(invalid(
                "ClientRequestToken is not printable ASCII without spaces",
            ));
        }
        Step::parse(&self.step).ok_or_else(|| {
            Problem::InvalidStep {
                step: self.step.clone(),
                secret: self.secret_id.clone(),
            }
            .into()
        })
    }
}

fn required(name: &str, value: &str) -> Result<(), RotationError> {
    if value.is_empty() {
        Err(invalid(&format!("{name} is missing")))
    } else {
        Ok(())
    }
}

fn invalid(reason: &str) -> RotationError {
    Problem::InvalidEvent {
        reason: reason.to_owned(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &str) -> RotationEvent {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn both_spellings_and_unknown_members_are_accepted() {
        for (spelling, step) in [
            ("createSecret", Step::Create),
            ("set_secret", Step::Set),
            ("test_secret", Step::Test),
            ("finishSecret", Step::Finish),
        ] {
            let text = format!(
                r#"{{"Step":"{spelling}","SecretId":"s","ClientRequestToken":"t","New":[1]}}"#
            );
            assert_eq!(event(&text).step().unwrap(), step);
        }
    }

    #[test]
    fn a_sweep_is_no_rotation_step() {
        let read = |value| Request::from_value(value);
        let named = read(serde_json::json!({ "Step": "sweep", "SecretId": "s" })).unwrap();
        assert!(matches!(named, Request::Sweep(Some(secret)) if secret == "s"));
        let all = read(serde_json::json!({ "Step": "sweep" })).unwrap();
        assert!(matches!(all, Request::Sweep(None)));
        let step = read(serde_json::json!({ "Step": "bogus", "SecretId": "s" })).unwrap();
        assert!(matches!(step, Request::Rotate(event) if event.step == "bogus"));
        for wrong in [serde_json::json!("x"), serde_json::json!({ "Step": 1 })] {
            assert_eq!(read(wrong).unwrap_err().error_type(), "InvalidEvent");
        }
    }

    #[test]
    fn a_bad_step_is_named() {
        let error = event(r#"{"Step":"bogus","SecretId":"s","ClientRequestToken":"t"}"#);
        let error = error.step().unwrap_err();
        assert_eq!(error.error_type(), "InvalidStep");
        assert_eq!(
            error.to_string(),
            "lambda_handler: Invalid step parameter bogus for secret s"
        );
    }

    #[test]
    fn missing_members_are_named() {
        for (text, missing) in [
            (
                r#"{"Step":"createSecret","ClientRequestToken":"t"}"#,
                "SecretId",
            ),
            (
                r#"{"Step":"createSecret","SecretId":"s"}"#,
                "ClientRequestToken",
            ),
            (r#"{"SecretId":"s","ClientRequestToken":"t"}"#, "Step"),
        ] {
            let error = event(text).step().unwrap_err();
            assert_eq!(error.error_type(), "InvalidEvent");
            assert!(error.to_string().contains(missing), "{error}");
        }
    }

    #[test]
    fn debug_hides_the_rotation_token() {
        let text = r#"{"Step":"x","SecretId":"s","ClientRequestToken":"t","RotationToken":"hush"}"#;
        let shown = format!("{:?}", event(text));
        assert!(!shown.contains("hush") && shown.contains("rotation_token"));
    }
}
