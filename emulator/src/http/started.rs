//! Runs the functions that the server was started with: for the steps of rotations, and for Invoke.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::connection::stopped;
use crate::entropy::Entropy;
use crate::fault::Caller;
use crate::ids::{FunctionArn, Scope};
use crate::invoke::function_log::{
    FunctionLog, Report, TAIL_LIMIT, TIMED_OUT, start_line, stream_name,
};
use crate::invoke::{
    BoxFuture, FunctionFailure, Gateway, HostedRun, InvocationContext, RotationEvent,
    RotationFunction, RunResult, StepResult, failure,
};
use crate::race::{Either, race};
use crate::state::lambda::deployment::{FunctionCall, log_group};
use crate::state::lambda::started::MEMORY_MB;
use crate::state::rotations::Invocation;
use crate::time::Stopwatch;
use crate::wire::error_code::FUNCTION_NOT_FOUND;

use super::shell::Shell;

impl Shell {
    /// Runs a step of a rotation until it ends, its time is over or it is killed.
    pub(super) async fn run_step(
        self: &Arc<Self>,
        arn: &FunctionArn,
        invocation: &Invocation,
        killed: oneshot::Receiver<()>,
    ) -> StepResult {
        let Some(function) = self.functions.get(arn).cloned() else {
            let message = format!("Function not found: {arn}");
            return Err(failure(FUNCTION_NOT_FOUND, message));
        };
        let caller = Caller {
            invocation: invocation.number,
            step: invocation.step,
        };
        let context = InvocationContext {
            caller: Some(caller),
            function: invocation.function.clone(),
            scope: invocation.scope.clone(),
            ..self.context(arn, self.request_id(invocation.number))
        };
        let (event, given) = (RotationEvent::of(invocation), context.clone());
        let work = Box::pin(async move {
            let result = function.invoke(event, given).await;
            result.map(|()| Bytes::new()).map_err(FunctionFailure::of)
        });
        let killed = async {
            // An error means that the sender was dropped: so runs are killed.
            let _ = killed.await;
        };
        let result = self.run_started(&context, work, killed).await;
        result.map(drop).map_err(FunctionFailure::into_step_failure)
    }

    /// Runs an event of any form until it ends, its time is over or the server ends.
    pub(super) async fn run_event(
        self: &Arc<Self>,
        arn: &FunctionArn,
        function: Arc<dyn RotationFunction>,
        call: FunctionCall,
    ) -> HostedRun {
        let context = InvocationContext {
            function: call.deployment.invoked_arn.clone(),
            scope: call.deployment.scope,
            ..self.context(arn, call.request_id)
        };
        let given = context.clone();
        let work = Box::pin(async move { function.run(call.payload.into(), given).await });
        let stopping = stopped(self.stopping.subscribe());
        let result = self.run_started(&context, work, stopping).await;
        HostedRun {
            result,
            log_tail: self.log_tail(&context),
        }
    }

    async fn run_started(
        self: &Arc<Self>,
        context: &InvocationContext,
        work: BoxFuture<'static, RunResult>,
        killed: impl Future<Output = ()>,
    ) -> RunResult {
        let request_id = &context.request_id;
        let log = FunctionLog::new(
            Arc::clone(self) as _,
            context.scope.clone(),
            log_group(context.name()),
            context.log_stream.to_string(),
        );
        log.begin(request_id, "$LATEST");
        let stopwatch = Stopwatch::start();
        let mut task = Task(tokio::spawn(work));
        let ended = tokio::time::timeout(self.function_timeout, &mut task.0);
        let result = match race(killed, ended).await {
            Either::Left(()) => Err(("Runtime.ExitError", "signal: killed".to_owned())),
            Either::Right(Ok(Ok(result))) => Ok(result),
            Either::Right(Ok(Err(panic))) => Err(("Runtime.Panic", panic.to_string())),
            Either::Right(Err(_)) => {
                let seconds = self.function_timeout.as_secs_f64();
                let message = format!("{request_id} Task timed out after {seconds:.2} seconds");
                Err((TIMED_OUT, message))
            }
        };
        task.end().await;
        let result = result
            .unwrap_or_else(|(error_type, message)| Err(FunctionFailure::new(error_type, message)));
        if let Err(failure) = &result {
            let text = format!("[ERROR] {}: {}", failure.error_type, failure.message);
            log.write(&[text]);
        }
        let report = Report {
            duration: stopwatch.elapsed(),
            memory_mb: MEMORY_MB,
            memory_used_mb: 0,
            init_duration: None,
            error_type: None,
        };
        log.end(request_id, &report);
        result
    }

    /// What surrounds a run in the function's own place; no rotation's step calls.
    fn context(self: &Arc<Self>, arn: &FunctionArn, request_id: String) -> InvocationContext {
        // One environment, as far as anybody can see.
        let mut ids = Entropy::from_seed(self.start.seed);
        let stream = stream_name(Gateway::now(&**self), "$LATEST", &ids.uuid().to_string());
        InvocationContext {
            caller: None,
            request_id,
            function: arn.clone(),
            scope: Scope::default(),
            timeout: self.function_timeout,
            endpoint_url: self.endpoint_url.get().cloned().unwrap_or_default(),
            log_stream: Arc::from(stream),
            gateway: Arc::clone(self) as _,
        }
    }

    /// The end of what stands in the log since the run began. Others may have written meanwhile:
    /// there is one stream for all.
    fn log_tail(&self, context: &InvocationContext) -> Vec<u8> {
        let mut core = self.lock();
        let logs = &core.engine.world().partition(&context.scope).logs;
        let group = logs.group(&log_group(context.name()));
        let stream = group.and_then(|group| group.stream(&context.log_stream));
        let start = start_line(&context.request_id, "$LATEST") + "\n";
        let (mut lines, mut length) = (Vec::new(), 0);
        for event in stream.iter().flat_map(|stream| stream.events().rev()) {
            lines.push(event.message.as_str());
            length += event.message.len();
            if event.message == start || length > TAIL_LIMIT {
                break;
            }
        }
        let mut tail = String::with_capacity(length);
        for line in lines.iter().rev() {
            tail.push_str(line);
        }
        let excess = tail.len().saturating_sub(TAIL_LIMIT);
        tail.into_bytes().split_off(excess)
    }
}

/// A task that ends with its owner.
struct Task(JoinHandle<RunResult>);

impl Task {
    /// Ends the task and waits until it is gone, and with it what it holds.
    async fn end(mut self) {
        if !self.0.is_finished() {
            self.0.abort();
            // Being cancelled is what was asked for.
            let _ = (&mut self.0).await;
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
