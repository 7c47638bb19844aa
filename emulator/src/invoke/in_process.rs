//! A rotation function that is a closure of this process.

use super::{BoxFuture, InvocationContext, RotationEvent, RotationFunction, StepResult};

/// A closure as a rotation function.
pub struct InProcess<F>(F);

impl<F, R> InProcess<F>
where
    F: Fn(RotationEvent, InvocationContext) -> R + Send + Sync,
    R: Future<Output = StepResult> + Send + 'static,
{
    /// Takes the closure.
    pub fn new(function: F) -> Self {
        Self(function)
    }
}

impl<F, R> RotationFunction for InProcess<F>
where
    F: Fn(RotationEvent, InvocationContext) -> R + Send + Sync,
    R: Future<Output = StepResult> + Send + 'static,
{
    fn invoke(
        &self,
        event: RotationEvent,
        context: InvocationContext,
    ) -> BoxFuture<'_, StepResult> {
        Box::pin((self.0)(event, context))
    }
}
