//! The builtin rotator, run in process: the code that the Lambda binary runs.

use std::sync::Arc;
use std::time::SystemTime;

use keywheel_rotator::{Clients, RotationEvent, Rotator, Settings};

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
            self.0
                .handle(event, deadline)
                .await
                .map_err(|error| failure(&error))
        })
    }
}

fn failure(error: &keywheel_rotator::RotationError) -> FunctionFailure {
    FunctionFailure {
        error_type: error.error_type().to_owned(),
        message: error.to_string(),
    }
}
