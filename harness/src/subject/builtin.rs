//! The builtin rotator, run in process: the code that the Lambda binary runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::SharedTimeSource;
use keywheel_rotator::emf::{self, Facts};
use keywheel_rotator::event::Request;
use keywheel_rotator::socket::SharedSockets;
use keywheel_rotator::{Clients, RotationError, Rotator, Settings, Sweeping, Tally};

use crate::subject::sdk::clients;

use super::{Event, Function, FunctionFailure, StepFuture, Subject, Surroundings};

/// The builtin rotator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Builtin;

/// A started rotator and what it has printed.
struct Started {
    rotator: Rotator,
    time: SharedTimeSource,
    output: Mutex<String>,
}

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
        let (secrets, api_keys) = clients(&surroundings, keywheel_rotator::sdk::timeouts());
        let sockets = surroundings
            .wire
            .map(|wire| Arc::new(wire) as SharedSockets);
        let clients = Clients {
            secrets,
            api_keys,
            http: surroundings.http,
            sockets,
        };
        let time = surroundings.time.clone();
        let rotator = Rotator::new(clients, settings, surroundings.time, surroundings.sleep);
        Ok(Arc::new(Started {
            rotator,
            time,
            output: Mutex::default(),
        }))
    }
}

impl Function for Started {
    fn invoke(&self, event: Event, deadline: SystemTime) -> StepFuture<'_> {
        Box::pin(async move {
            let request = Request::from_value(event.to_json()).map_err(|error| failure(&error))?;
            let (began, tally) = (self.time.now(), Tally::default());
            let step = event.step.clone();
            let result = match request {
                Request::Rotate(event) => {
                    self.rotator.handle_counted(event, deadline, &tally).await
                }
                Request::Sweep(named) => self.sweep(named, deadline, &tally).await,
            };
            self.print(&step, began, &tally, &result);
            result.map_err(|error| failure(&error))
        })
    }

    fn output(&self) -> String {
        let printed = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{printed}{:?}", self.rotator)
    }
}

impl Started {
    /// Sweeps as the Lambda binary does: one secret after the other.
    async fn sweep(
        &self,
        named: Option<String>,
        deadline: SystemTime,
        tally: &Tally,
    ) -> Result<(), RotationError> {
        for secret in self.rotator.secrets_to_sweep(named)? {
            let how = Sweeping::ForReal;
            self.rotator.sweep(&secret, how, deadline, tally).await?;
        }
        Ok(())
    }

    /// Prints what the Lambda binary prints, and the error's debug form, which it does not.
    fn print(
        &self,
        step: &str,
        began: SystemTime,
        tally: &Tally,
        result: &Result<(), RotationError>,
    ) {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let now = self.time.now();
        let facts = Facts {
            step,
            outcome: result
                .as_ref()
                .err()
                .map_or("success", RotationError::error_type),
            timestamp_ms: millis(now.duration_since(UNIX_EPOCH).unwrap_or_default()),
            duration_ms: millis(now.duration_since(began).unwrap_or_default()),
        };
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output.push_str(&emf::line(facts, tally));
        if let Err(error) = result {
            output.push_str(&format!("{error:?}"));
        }
    }
}

fn failure(error: &RotationError) -> FunctionFailure {
    FunctionFailure {
        error_type: error.error_type().to_owned(),
        message: error.to_string(),
    }
}
