//! A rotation function in any language: a process that asks for its events by the Lambda Runtime
//! API and makes its calls over a socket, in real time.
//!
//! Each invocation that runs beside another has a process of its own, as on Lambda; a process is
//! kept for the next invocation, and a kill at a call kills it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;
use bytes::Bytes;
use keywheel_emulator::entropy::Entropy;
use keywheel_emulator::fault::Caller;
use keywheel_emulator::ids::{FunctionArn, InvocationNumber, Scope, Step};
use keywheel_emulator::invoke::{InvocationContext, LambdaProcess};
use keywheel_emulator::race::{Either, race};

use crate::call::{CallerScope, Wire};
use crate::event::FUNCTION;
use crate::function::Found;
use crate::scenario::Holds;

use super::door::{Door, Kill};
use super::output::Output;
use super::{
    Elsewhere, Event, Function, FunctionFailure, NotStarted, StepFuture, Subject, Surroundings,
    unconnected,
};

/// A command, or code with an interpreter, that runs a Lambda function.
#[derive(Clone, Debug)]
pub struct Process {
    elsewhere: Elsewhere,
    program: Program,
}

/// What a process runs.
#[derive(Clone, Debug)]
enum Program {
    /// A command line.
    Shell(String),
    /// Code as it was found, with its variables.
    Code(Arc<Found>),
}

impl Program {
    /// A process that runs it, once it is asked to.
    fn process(&self) -> LambdaProcess {
        match self {
            Self::Shell(command) => LambdaProcess::new(NAME, command.as_str()),
            Self::Code(found) => LambdaProcess::of_code(NAME, found.code.clone()),
        }
    }

    /// The variables that its owner gives it.
    fn variables(&self) -> &[(String, String)] {
        match self {
            Self::Shell(_) => &[],
            Self::Code(found) => &found.environment,
        }
    }
}

/// What the process is called in logs.
const NAME: &str = "under-test";

impl Process {
    /// A function that `sh -c` runs, and how long one invocation of it may take.
    pub fn new(command: &str, time_limit: Duration) -> Self {
        Self {
            elsewhere: Elsewhere {
                name: format!("process:{command}"),
                time_limit,
                holds: None,
            },
            program: Program::Shell(guarded(command)),
        }
    }

    /// Code that was found, under the name that it was given by, and how long one invocation of it
    /// may take, if its owner does not say less.
    pub fn of_code(name: impl Into<String>, found: Found, time_limit: Duration) -> Self {
        let time_limit = found.timeout.map_or(time_limit, |own| own.min(time_limit));
        Self {
            elsewhere: Elsewhere {
                name: name.into(),
                time_limit,
                holds: None,
            },
            program: Program::Code(Arc::new(found)),
        }
    }
}

/// The command under a shell that stays: a function that kills its parent kills that one. How the
/// command ends is how the shell ends.
fn guarded(command: &str) -> String {
    format!("{command}\nstatus=$?\n[ $status -gt 128 ] && kill -$((status - 128)) $$\nexit $status")
}

impl Process {
    /// The same, for secrets that hold this.
    #[must_use]
    pub fn holding(mut self, holds: Holds) -> Self {
        self.elsewhere.holds = Some(holds);
        self
    }
}

impl Subject for Process {
    fn name(&self) -> &str {
        &self.elsewhere.name
    }

    fn elsewhere(&self) -> Option<&Elsewhere> {
        Some(&self.elsewhere)
    }

    fn check(&self) -> Result<(), NotStarted> {
        let output = Arc::new(Output::new());
        let process = environment(&self.program, self.program.variables().to_vec(), &output);
        let started = unconnected::start(&process);
        started.map_err(|failure| NotStarted::new(&self.elsewhere.name, failure, &output.text()))
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        Ok(Arc::new(Started {
            environment: own_first(self.program.variables(), surroundings.environment),
            program: self.program.clone(),
            wire: surroundings.wire.ok_or_else(super::no_world)?,
            time: surroundings.time,
            free: Mutex::default(),
            output: Arc::new(Output::new()),
        }))
    }
}

/// A world's variables come after the function's own, and win.
fn own_first(own: &[(String, String)], world: Vec<(String, String)>) -> Vec<(String, String)> {
    own.iter().cloned().chain(world).collect()
}

/// The processes of a function in one world.
struct Started {
    program: Program,
    environment: Vec<(String, String)>,
    wire: Wire,
    time: SharedTimeSource,
    /// Those that run nothing now.
    free: Mutex<Vec<Environment>>,
    output: Arc<Output>,
}

/// One execution environment.
struct Environment {
    process: LambdaProcess,
    door: Arc<Door>,
}

impl Started {
    fn free(&self) -> MutexGuard<'_, Vec<Environment>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn environment(&self) -> Environment {
        Environment {
            process: environment(&self.program, self.environment.clone(), &self.output),
            door: Door::new(self.wire.clone(), Kill::Ends),
        }
    }
}

/// A process that has not been started yet, whose lines go to an output.
fn environment(
    program: &Program,
    variables: Vec<(String, String)>,
    output: &Arc<Output>,
) -> LambdaProcess {
    let output = Arc::clone(output);
    let process = program.process().environment(variables);
    process.log_to(Arc::new(move |_, line| output.take(line)))
}

impl Function for Started {
    fn invoke(&self, event: Event, deadline: SystemTime) -> StepFuture<'_> {
        Box::pin(async move {
            let scope = CallerScope::current().ok_or_else(super::no_world)?;
            let free = self.free().pop();
            // Dropped with this future: whoever ends the invocation ends the process.
            let environment = free.unwrap_or_else(|| self.environment());
            let door = &environment.door;
            let left = deadline.duration_since(self.time.now()).unwrap_or_default();
            let context = context(&event, &scope, left, Arc::clone(door));
            let entered = door.enter(scope);
            let run = environment.process.run_event(body(&event), context);
            let result = match race(run, self.output.flooded()).await {
                Either::Left(result) => result
                    .map(drop)
                    .map_err(|failure| failure.into_step_failure().into()),
                Either::Right(flooded) => Err(flooded),
            };
            drop(entered);
            self.free().push(environment);
            result
        })
    }

    fn output(&self) -> String {
        self.output.text()
    }
}

/// The event as it is sent.
pub(super) fn body(event: &Event) -> Bytes {
    event.to_json().to_string().into()
}

/// What surrounds an invocation.
pub(super) fn context(
    event: &Event,
    scope: &CallerScope,
    timeout: Duration,
    door: Arc<Door>,
) -> InvocationContext {
    // An event with a step that does not exist is no step's; the door knows that.
    let caller = scope.caller.unwrap_or(Caller {
        invocation: InvocationNumber(0),
        step: Step::CreateSecret,
    });
    let mut ids = Entropy::from_seed(caller.invocation.0 ^ seed_of(event.token.as_str()));
    InvocationContext {
        caller: Some(caller),
        request_id: ids.uuid().to_string(),
        function: FunctionArn::new(FUNCTION),
        scope: Scope::default(),
        timeout,
        endpoint_url: Arc::from(""),
        log_stream: Arc::from("keywheel"),
        gateway: door,
    }
}

/// Request ids differ between the rotations of a run.
fn seed_of(token: &str) -> u64 {
    token
        .bytes()
        .fold(7, |seed, byte| crate::draw::mix(seed, u64::from(byte)))
}
