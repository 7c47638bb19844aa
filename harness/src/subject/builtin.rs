//! The builtin rotator, run in process: the code that the Lambda binary runs.

use std::sync::Arc;
use std::time::SystemTime;

use keywheel_rotator::emf::{self, Facts};
use keywheel_rotator::{Clients, RotationError, RotationEvent, Rotator, Settings, Tally};

use crate::sdk::{ClientOptions, clients};

use super::{Event, Function, FunctionFailure, StepFuture, Subject, Surroundings};

/// The builtin rotator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Builtin;

struct Started(Rotator);

impl Subject for Builtin {
    fn name(&self) -> &'static str {
        "builtin"
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        let environment = &surroundings.environment;
        let lookup = |name: &str| {
            environment
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        let settings = Settings::from_env(lookup).map_err(|error| failure(&error))?;
        let options = ClientOptions {
            retries: keywheel_rotator::sdk::retries(),
            timeouts: keywheel_rotator::sdk::timeouts(),
        };
        let (secrets, api_keys) = clients(&surroundings, &options);
        let clients = Clients {
            secrets,
            api_keys,
            http: surroundings.http,
            sockets: None,
        };
        let rotator = Rotator::new(clients, settings, surroundings.time, surroundings.sleep);
        Ok(Arc::new(Started(rotator)))
    }
}

impl Function for Started {
    fn invoke(&self, event: Event, deadline: SystemTime) -> StepFuture<'_> {
        Box::pin(async move {
            let event = RotationEvent {
                step: event.step,
                secret_id: event.secret.to_string(),
                client_request_token: event.token.to_string(),
                rotation_token: event.rotation_token,
            };
            let (step, tally) = (event.step.clone(), Tally::default());
            let result = self.0.handle_counted(event, deadline, &tally).await;
            write_metrics(&step, &result, &tally);
            result.map_err(|error| failure(&error))
        })
    }
}

/// The metrics go where the log goes, as in the Lambda, so that they are searched with it.
fn write_metrics(step: &str, result: &Result<(), RotationError>, tally: &Tally) {
    let outcome = result.as_ref().err().map(RotationError::error_type);
    let facts = Facts {
        step,
        outcome: outcome.unwrap_or("success"),
        timestamp_ms: 0,
        duration_ms: 0,
    };
    tracing::info!("{}", emf::line(facts, tally));
}

fn failure(error: &RotationError) -> FunctionFailure {
    FunctionFailure {
        error_type: error.error_type().to_owned(),
        message: error.to_string(),
    }
}
