//! Runs one scenario against one function, and judges it.

mod epilogue;
pub mod golden;
mod orders;
mod rarer;
mod verdict;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use keywheel_emulator::engine::journal::Entry;
use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::VersionId;
use keywheel_emulator::time::Timestamp;

use crate::admin::is_unfinished_rotation;
use crate::clock::{Pace, VirtualClock};
use crate::driver::Driver;
use crate::expect;
use crate::history::What;
use crate::logs::Capture;
use crate::mutants;
use crate::oracle::{Judge, Violation};
use crate::scenario::{
    Check, Expectation, Holds, Located, Point, RotateOutcome, Scenario, Statement,
};
use crate::setup;
use crate::subject::{PASSWORD_POLICY, Subject};
use crate::watchdog;
use crate::world::{Core, World};

use orders::Orders;

pub use verdict::{Run, Unmet};

/// What the history says when the scenario's own statements are over.
pub(crate) const FAULTS_STOP: &str = "faults stop; a clean rotation follows";

/// Runs a scenario against a function, in virtual time, in a world of its own. A scenario about a
/// certain function runs against that one.
pub fn run(scenario: &Scenario, subject: &dyn Subject) -> Run {
    run_with(scenario, subject, false)
}

/// The same, with the log of every crate caught at its finest level if `is_tracing`. What happens
/// must not depend on it.
pub fn run_with(scenario: &Scenario, subject: &dyn Subject, is_tracing: bool) -> Run {
    let own = scenario.function.as_deref().and_then(mutants::named);
    let subject = own.unwrap_or(subject);
    let runtime = runtime(subject.pace());
    let _watched = (subject.pace() == Pace::Virtual).then(|| watchdog::watch(&scenario.name));
    let capture = Capture::of_everything(is_tracing);
    // Ids that the SDK draws when a client is built must not depend on what ran before.
    fastrand::seed(scenario.seed);
    let mut run = capture.around(|| runtime.block_on(Bench::run(scenario, subject, &capture)));
    // Another function has another trace.
    if own.is_some() || subject.name() == "builtin" {
        run.unmet.extend(golden::compare(&run, scenario));
    }
    run
}

fn runtime(pace: Pace) -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = match pace {
        Pace::Virtual => builder.enable_time().start_paused(true).build(),
        Pace::Real => builder.enable_all().build(),
    };
    runtime.expect("a runtime needs a few file descriptors and no more")
}

/// How long a run may take in real time, where it takes place in it: far more than any needs.
const LONGEST_RUN: Duration = Duration::from_secs(900);

struct Bench<'a> {
    scenario: &'a Scenario,
    world: World,
    driver: Driver<'a>,
    unmet: Vec<Unmet>,
    checks: Vec<(usize, Check)>,
    line: usize,
    rotations: usize,
    started: Timestamp,
    orders: Orders,
    unfired: Vec<Unmet>,
    /// Oracles that the scenario wants to object.
    blamed: Vec<String>,
}

impl<'a> Bench<'a> {
    async fn run(scenario: &'a Scenario, subject: &'a dyn Subject, capture: &Capture) -> Run {
        let (spec, pace) = (&scenario.world, subject.pace());
        let start = setup::start_of(spec, pace);
        let clock = VirtualClock::starting_at(setup::calendar_start(spec, start), pace);
        let policy: &[&str] = match spec.holds {
            Holds::Key => subject.policy(),
            Holds::Password => &PASSWORD_POLICY,
        };
        let judge = Judge::new(spec.ttl, spec.interval, policy).of(spec.holds);
        let options = setup::engine_options(scenario);
        let mut core = Core::new(options, clock.clone(), scenario.world.clone(), judge);
        core.sections.clone_from(&scenario.sections);
        if let Err(refusal) = setup::make(&mut core) {
            core.problems.push(format!("world: {refusal}"));
        }
        let world = World(Arc::new(Mutex::new(core)));
        clock.sleep_until(start).await;
        let driver = Driver::new(world.clone(), subject);
        let started = clock.now();
        let mut bench = Self {
            scenario,
            world,
            driver,
            unmet: Vec::new(),
            checks: Vec::new(),
            line: 0,
            rotations: 0,
            started,
            orders: Orders::default(),
            unfired: Vec::new(),
            blamed: Vec::new(),
        };
        bench.driver.wake_engine();
        match pace {
            Pace::Virtual => bench.live().await,
            Pace::Real => bench.live_for(LONGEST_RUN).await,
        }
        bench.finish(capture)
    }

    async fn live(&mut self) {
        let scenario = self.scenario;
        for statement in &scenario.statements {
            self.execute(statement).await;
        }
        self.epilogue().await;
    }

    /// Ends a run that does not end.
    async fn live_for(&mut self, limit: Duration) {
        if tokio::time::timeout(limit, self.live()).await.is_err() {
            let seconds = limit.as_secs();
            self.require(Err(format!(
                "the run had not ended after {seconds} seconds"
            )));
        }
    }

    async fn execute(&mut self, statement: &Located<Statement>) {
        self.line = statement.line;
        let text = statement.value.to_string();
        let mut known_as = text.clone();
        self.world.lock().note(What::Statement {
            line: statement.line,
            text: text.clone(),
        });
        match &statement.value {
            Statement::Setting { name, value } => {
                let value = self.world.lock().filled(value);
                self.driver.set(name, &value);
            }
            Statement::Fault(rule) => {
                let mut core = self.world.lock();
                let rule = core.with_real_names(rule);
                known_as = Statement::Fault(rule.clone()).to_string();
                core.engine.faults().arm(rule);
            }
            Statement::Overlap { step, with } => self.driver.overlap(*step, *with),
            Statement::Beside(companion) => self.driver.beside(companion.clone()),
            Statement::TestRotation { expect } => self.test_rotation(expect).await,
            Statement::Send(event) => self.send(event).await,
            Statement::Double { step, how } => self.driver.double(*step, *how),
            Statement::Turns { order } => self.world.lock().gate.order(order),
            Statement::Skip { step } => self.driver.skip(*step),
            Statement::Rotate {
                secret,
                token,
                expect,
            } if secret == "s" => self.rotate(token.as_deref(), *expect).await,
            Statement::Rotate { secret, expect, .. } => self.rotate_several(secret, *expect).await,
            Statement::Invoke {
                step,
                token,
                expect,
            } => {
                self.invoke(step.as_str(), token, expect).await;
            }
            Statement::Subscribe { name } => self.subscribe(name),
            Statement::Advance(span) => self.advance(*span).await,
            Statement::Admin(action) => self.world.lock().act(action),
            Statement::At {
                point: Point::Step(step),
                action,
            } => {
                self.driver.before(*step, action.clone());
            }
            Statement::At {
                point: Point::Call(address),
                action,
            } => {
                let rule = expect::once_at(address.clone());
                self.world.lock().hook(rule, action.clone());
            }
            Statement::Expect(expectation) => {
                if let Expectation::Violation { oracle } = expectation {
                    self.blamed.push(oracle.clone());
                }
                let found = expect::check(&mut self.world.lock(), expectation);
                self.require(found);
            }
            Statement::Without { oracle, .. } => self.world.lock().judge.disable(oracle),
            Statement::Finally(checks) => {
                self.checks
                    .extend(checks.iter().map(|check| (statement.line, check.clone())));
            }
        }
        self.orders.give(statement.line, &text, known_as);
    }

    fn require(&mut self, found: Result<(), String>) {
        if let Err(text) = found {
            self.unmet.push(Unmet {
                line: self.line,
                text,
            });
        }
    }

    async fn rotate(&mut self, token: Option<&str>, expect: RotateOutcome) {
        let (outcome, detail) = self.rotate_once(token).await;
        if outcome != expect && expect != RotateOutcome::Any {
            let text = format!("rotate: expected {expect}, found {outcome}{detail}");
            self.unmet.push(Unmet {
                line: self.line,
                text,
            });
        }
    }

    /// Asks for a rotation and lets the service run until it has ended.
    async fn rotate_once(&mut self, token: Option<&str>) -> (RotateOutcome, String) {
        let token = {
            let mut core = self.world.lock();
            let id = VersionId::new(core.entropy.uuid().to_string());
            self.rotations += 1;
            let name = token.map_or_else(|| format!("token{}", self.rotations), str::to_owned);
            core.names.name_version(&id, name);
            if let Err(refusal) = core.rotate_secret(&id) {
                let known = is_unfinished_rotation(&refusal);
                let detail = if known {
                    String::new()
                } else {
                    format!(": {refusal}")
                };
                return (RotateOutcome::Refused, detail);
            }
            core.tokens.insert(id.clone());
            core.place.token = Some(id.clone());
            core.judge_commit(crate::oracle::Actor::Service);
            id
        };
        if self.driver.has_companions() {
            self.driver.settle_all().await;
        } else {
            self.driver.settle().await;
        }
        let mut core = self.world.lock();
        let snapshot = core.snapshot();
        let labels = core.secret_in(&snapshot).map(|secret| &secret.labels);
        let current = labels.and_then(|labels| labels.get("AWSCURRENT"));
        let pending = labels.and_then(|labels| labels.get("AWSPENDING"));
        if current == Some(&token) && pending.is_none() {
            return (RotateOutcome::Ok, String::new());
        }
        let failure = core.last_failure();
        if core.failed_for_no_reason() {
            let now = core.now();
            let text = format!("an attempt that nothing disturbed failed{failure}");
            core.judge.did_not_settle(now, text);
            core.note_violations();
        }
        (RotateOutcome::Failed, failure)
    }

    fn unexpected(&self, violations: &[Violation]) -> Vec<Violation> {
        let is_wanted = |violation: &&Violation| {
            let mut blamed = self.blamed.iter();
            !blamed.any(|oracle| oracle == violation.oracle)
        };
        violations.iter().filter(is_wanted).cloned().collect()
    }

    /// Lets time pass, and everything happen that is due in it, in order.
    async fn advance(&mut self, span: Span) {
        let clock = self.world.lock().clock.clone();
        let until = clock.now().plus_millis(setup::millis(span));
        loop {
            let due = self.world.lock().next_moment_of_interest();
            let next = due.filter(|due| *due < until).unwrap_or(until);
            clock.sleep_until(next).await;
            self.driver.wake_engine();
            self.driver.settle_scheduled().await;
            if clock.now() >= until {
                return;
            }
        }
    }

    /// `finally` is judged when the scenario's own statements are over.
    fn check_finally(&mut self) {
        for (line, check) in std::mem::take(&mut self.checks) {
            self.line = line;
            let found = expect::check_finally(&mut self.world.lock(), &check);
            self.require(found);
        }
    }

    /// Faults stop. What was ordered and never happened is kept for the report.
    fn stop_faults(&mut self) {
        let mut core = self.world.lock();
        let problems = std::mem::take(&mut core.problems);
        let line = self.line;
        self.unmet
            .extend(problems.into_iter().map(|text| Unmet { line, text }));
        let rules = core.engine.faults().unfired().into_iter();
        let mut unfired: Vec<String> = rules
            .map(|row| Statement::Fault(row.rule).to_string())
            .collect();
        unfired.extend(core.take_unused_hooks());
        unfired.extend(self.driver.take_unused_orders());
        unfired.extend(core.gate.take_unused());
        let told = unfired.iter().map(|order| self.orders.take_unfired(order));
        self.unfired.extend(told);
        core.engine.faults().clear();
        core.heal_replicas();
        core.note(What::Service(FAULTS_STOP.to_owned()));
    }

    fn finish(self, capture: &Capture) -> Run {
        let mut core = self.world.lock();
        if let Some(log) = capture.function_log() {
            core.read_text("the function's log", &log);
        }
        let output = self.driver.output();
        core.read_text("the function's output", &output);
        let entries = core.engine.journal().since(0);
        let journal: Vec<&str> = entries.flat_map(Entry::texts).collect();
        let journal = journal.join("\n");
        core.read_text("the emulator's journal", &journal);
        let ended = core.now();
        let end_state = expect::end_state(&core);
        let printed = match core.clock.pace() {
            Pace::Virtual => Vec::new(),
            Pace::Real => verdict::last_lines(&output, core.judge.violations(), &core.names),
        };
        Run {
            name: self.scenario.name.clone(),
            file: self.scenario.file.clone(),
            violations: self.unexpected(core.judge.violations()),
            unmet: self.unmet,
            unfired: self.unfired,
            end_state,
            turns: core.gate.taken().to_vec(),
            printed,
            history: std::mem::take(&mut core.history),
            names: std::mem::take(&mut core.names),
            started: self.started,
            ended,
            outage_seconds: core.judge.outage_seconds(),
        }
    }
}
