//! Invoke: runs a function. The engine says what is to be run; whoever owns the engine runs it.

use serde::Deserialize;

use crate::ops::operation::Reply;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::deployment::FunctionCall;
use crate::state::lambda::error::LambdaError;
use crate::wire::validate::{Constrained, Violations};

use super::input::{Named, place};

/// Invoke [MODEL].
pub(super) struct Invoke;

/// Input: the function. The event is the body; how it is invoked stands in headers.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    #[serde(flatten)]
    function: Named,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.function.check(violations);
    }
}

/// The headers that say how it is invoked.
pub(super) const HEADERS: &[&str] = &[
    "X-Amz-Invocation-Type",
    "X-Amz-Log-Type",
    "X-Amz-Client-Context",
];

/// The longest event of an invocation that is waited for: 6 MiB [D].
const PAYLOAD_MAX: usize = 6 << 20;
/// The longest event of one that is not: 1 MiB [D].
const EVENT_PAYLOAD_MAX: usize = 1 << 20;

/// What is to happen.
#[derive(Debug)]
pub(super) enum Output {
    /// Everything was checked, and nothing is run [D].
    DryRun,
    /// This is run.
    Call(Box<FunctionCall>),
}

impl serde::Serialize for Output {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl Operation for Invoke {
    const NAME: &'static str = "Invoke";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let invocation_type = cx
            .header("x-amz-invocation-type")
            .unwrap_or("RequestResponse");
        let (is_awaited, is_dry) = match invocation_type {
            "RequestResponse" => (true, false),
            "Event" => (false, false),
            "DryRun" => (true, true),
            other => return Err(LambdaError::InvocationTypeUnknown(other.to_owned()).into()),
        };
        let payload = event(cx.body, is_awaited)?;
        let wants_log = cx.header("x-amz-log-type") == Some("Tail");
        let reference = input.function.reference()?;
        let scope = place(world, cx, &reference, "InvokeFunction")?;
        let functions = &world.partition(&scope).lambda;
        // A function that is not there is told of with the version that is meant [R].
        let meant = reference.clone().qualified();
        let deployment = functions.deployment(&reference, &scope, cx.entropy);
        let deployment = deployment.map_err(|error| match error {
            LambdaError::FunctionNotFound(_) => meant.not_found(&scope),
            other => other,
        })?;
        if is_dry {
            return Ok(Output::DryRun);
        }
        Ok(Output::Call(Box::new(FunctionCall {
            deployment,
            payload,
            request_id: cx.entropy.uuid().to_string(),
            is_awaited,
            wants_log: wants_log && is_awaited,
            client_context: cx.header("x-amz-client-context").map(str::to_owned),
        })))
    }

    fn reply(output: Output) -> Reply {
        match output {
            Output::DryRun => Reply::Answer {
                status: 204,
                body: Vec::new(),
            },
            Output::Call(call) => Reply::Run(call),
        }
    }
}

/// The event: JSON, or nothing, which counts as `{}` [R].
fn event(body: &[u8], is_awaited: bool) -> Result<Vec<u8>, LambdaError> {
    let limit = if is_awaited {
        PAYLOAD_MAX
    } else {
        EVENT_PAYLOAD_MAX
    };
    if body.len() > limit {
        return Err(LambdaError::PayloadTooLarge(limit));
    }
    if body.is_empty() {
        return Ok(b"{}".to_vec());
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        Ok(_) => Ok(body.to_vec()),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            Err(LambdaError::PayloadNotJson(format!(
                "line {line}, column {column}"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_json_of_bounded_length() {
        assert_eq!(event(b"", true), Ok(b"{}".to_vec()));
        assert_eq!(event(b" [1] ", true), Ok(b" [1] ".to_vec()));
        let broken = Err(LambdaError::PayloadNotJson("line 1, column 1".to_owned()));
        assert_eq!(event(b"hunter2", true), broken);
        let long = vec![b' '; EVENT_PAYLOAD_MAX + 1];
        assert_eq!(
            event(&long, false),
            Err(LambdaError::PayloadTooLarge(EVENT_PAYLOAD_MAX))
        );
        let long = vec![b' '; PAYLOAD_MAX + 1];
        assert_eq!(
            event(&long, true),
            Err(LambdaError::PayloadTooLarge(PAYLOAD_MAX))
        );
    }
}
