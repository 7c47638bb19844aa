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
use keywheel_emulator::invoke::{InvocationContext, LambdaProcess, Lines, RunResult, Unprepared};
use keywheel_emulator::race::{Either, race};

use crate::call::{CallerScope, Wire};
use crate::event::FUNCTION;
use crate::function::Found;
use crate::scenario::Holds;

use super::door::{Door, Kill};
use super::output::Output;
use super::pool::{Lease, Pool};
use super::unconnected::{self, Unconnected};
use super::{
    Elsewhere, Event, Function, FunctionFailure, NotStarted, StepFuture, Subject, Surroundings,
};

/// A command, or code with an interpreter, that runs a Lambda function.
#[derive(Clone)]
pub struct Process {
    elsewhere: Elsewhere,
    program: Program,
}

/// What a process runs.
#[derive(Clone)]
enum Program {
    /// A command line.
    Shell(String),
    /// Code as it was found, with its variables, and the processes that have loaded it.
    Code(Arc<Found>, Arc<Pool>),
}

impl Program {
    /// A process that runs it, once it is asked to.
    fn process(&self) -> LambdaProcess {
        match self {
            Self::Shell(command) => LambdaProcess::new(NAME, command.as_str()),
            Self::Code(found, _) => LambdaProcess::of_code(NAME, found.code.clone()),
        }
    }

    /// The variables that its owner gives it.
    fn variables(&self) -> &[(String, String)] {
        match self {
            Self::Shell(_) => &[],
            Self::Code(found, _) => &found.environment,
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
        let pool = Pool::of(found.code.clone());
        Self {
            elsewhere: Elsewhere {
                name: name.into(),
                time_limit,
                holds: None,
            },
            program: Program::Code(Arc::new(found), pool),
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
        let variables = self.program.variables().to_vec();
        let started = match &self.program {
            Program::Shell(_) => {
                unconnected::start(&environment(&self.program, variables, &output))
            }
            Program::Code(_, pool) => load(pool, variables, &output),
        };
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

/// Loads the code for the first time. Code that makes calls meanwhile can only be loaded in a world.
fn load(
    pool: &Pool,
    variables: Vec<(String, String)>,
    output: &Arc<Output>,
) -> Result<(), FunctionFailure> {
    let gateway = Arc::new(Unconnected::default());
    let loaded = pool.check(variables, Arc::clone(&gateway) as _, lines(output));
    match loaded {
        _ if gateway.was_asked() => {
            pool.set_unfit("it makes calls when it is loaded");
            Ok(())
        }
        Err(Unprepared::Failed(failure)) => Err(failure.into_step_failure().into()),
        Ok(()) | Err(Unprepared::Unfit(_)) => Ok(()),
    }
}

fn lines(output: &Arc<Output>) -> Lines {
    let output = Arc::clone(output);
    Arc::new(move |line| output.take(line))
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
    runner: Runner,
    door: Arc<Door>,
}

/// What runs its events.
enum Runner {
    /// A process of its own.
    Process(LambdaProcess),
    /// A process that had loaded the code before.
    Prepared(Lease),
}

impl Environment {
    /// Can it run another event? A process of its own starts anew where it must.
    fn is_usable(&self) -> bool {
        match &self.runner {
            Runner::Process(_) => true,
            Runner::Prepared(lease) => lease.is_running(),
        }
    }

    async fn run_event(&self, event: Bytes, context: InvocationContext) -> RunResult {
        match &self.runner {
            Runner::Process(process) => process.run_event(event, context).await,
            Runner::Prepared(lease) => lease.run_event(event, context).await,
        }
    }
}

impl Started {
    fn free(&self) -> MutexGuard<'_, Vec<Environment>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn environment(&self) -> Environment {
        let door = Door::new(self.wire.clone(), Kill::Ends);
        let lease = match &self.program {
            Program::Shell(_) => None,
            Program::Code(_, pool) => {
                let (gateway, lines) = (Arc::clone(&door) as _, lines(&self.output));
                pool.begin(&self.environment, gateway, lines).await
            }
        };
        let own = || environment(&self.program, self.environment.clone(), &self.output);
        let runner = lease.map_or_else(|| Runner::Process(own()), Runner::Prepared);
        Environment { runner, door }
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
            let environment = match free {
                Some(environment) => environment,
                None => self.environment().await,
            };
            let door = &environment.door;
            let left = deadline.duration_since(self.time.now()).unwrap_or_default();
            let context = context(&event, &scope, left, Arc::clone(door));
            let entered = door.enter(scope);
            let run = environment.run_event(body(&event), context);
            let result = match race(run, self.output.flooded()).await {
                Either::Left(result) => result
                    .map(drop)
                    .map_err(|failure| failure.into_step_failure().into()),
                // Its environment goes with this future.
                Either::Right(flooded) => return Err(flooded),
            };
            drop(entered);
            if environment.is_usable() {
                self.free().push(environment);
            }
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
