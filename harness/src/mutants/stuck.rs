//! A function that computes for ever and never waits: no deadline of virtual time comes while it
//! does. What ends such a run is tested with it.

use std::sync::Arc;
use std::time::SystemTime;

use crate::subject::{Event, Function, FunctionFailure, StepFuture, Subject, Surroundings};

/// The function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stuck;

impl Subject for Stuck {
    fn name(&self) -> &'static str {
        "stuck"
    }

    fn start(&self, _: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        Ok(Arc::new(*self))
    }
}

impl Function for Stuck {
    fn invoke(&self, _: Event, _: SystemTime) -> StepFuture<'_> {
        Box::pin(async {
            loop {
                std::hint::spin_loop();
            }
        })
    }
}
