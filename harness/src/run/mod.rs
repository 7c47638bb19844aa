//! Runs one scenario against one function, and judges it.

mod driver;
mod epilogue;
mod gate;
pub mod golden;
mod printed;
mod rarer;
pub mod watchdog;
mod wire;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keywheel_emulator::engine::journal::Entry;
use keywheel_emulator::fault::{RuleId, Span};
use keywheel_emulator::ids::VersionId;
use keywheel_emulator::race::race;
use keywheel_emulator::time::Timestamp;

use crate::clock::{Pace, VirtualClock};
use crate::halt;
use crate::history::{RotationFailure, ServiceEvent, What};
use crate::logs::Capture;
use crate::mutants;
use crate::oracle::no_secret_leaked::Place;
use crate::oracle::{Actor, Judge};
use crate::record::{Mismatch, Problem, Run, Unmet};
use crate::run::driver::{Driver, Ordered};
use crate::run::world::expect;
use crate::run::world::setup;
use crate::run::world::{Core, World};
use crate::scenario::{
    Check, Expectation, Holds, OracleId, Point, RotateOutcome, Scenario, Statement, millis,
};
use crate::subject::{PASSWORD_POLICY, Subject};
use crate::target::Unavailable;

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
        let difference = golden::compare(&run);
        run.unmet.extend(difference.map(|difference| Unmet {
            statement: None,
            what: Mismatch::Golden(difference),
        }));
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

/// Makes the world, its target first.
async fn make(world: &World, pace: Pace) {
    let target = world.lock().spec.target;
    let reached = match (target, pace) {
        (None, _) => Ok(()),
        (Some(_), Pace::Virtual) => Err(Unavailable::in_process()),
        (Some(kind), Pace::Real) => world.reach(kind).await,
    };
    let mut core = world.lock();
    if let Err(why) = reached {
        core.people.problems.push(Problem::Target(why));
        return;
    }
    if let Err(refusal) = setup::make(&mut core) {
        core.people.problems.push(Problem::World(refusal));
    }
}

struct Bench<'a> {
    scenario: &'a Scenario,
    world: World,
    driver: Driver<'a>,
    unmet: Vec<Unmet>,
    checks: Vec<(usize, Check)>,
    /// The number of the statement that is carried out.
    statement: usize,
    rotations: usize,
    started: Timestamp,
    /// The statements by the fault rules that they have armed.
    armed: BTreeMap<RuleId, usize>,
    not_triggered: Vec<usize>,
    /// Oracles that the scenario wants to object.
    wanted: BTreeSet<OracleId>,
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
        core.people.sections.clone_from(&scenario.sections);
        let world = World(Arc::new(Mutex::new(core)));
        make(&world, pace).await;
        clock.sleep_until(start).await;
        let driver = Driver::new(world.clone(), subject);
        let started = clock.now();
        let mut bench = Self {
            scenario,
            world,
            driver,
            unmet: Vec::new(),
            checks: Vec::new(),
            statement: 0,
            rotations: 0,
            started,
            armed: BTreeMap::new(),
            not_triggered: Vec::new(),
            wanted: BTreeSet::new(),
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
        for (number, located) in scenario.statements.iter().enumerate() {
            self.execute(number, &located.value).await;
        }
        self.epilogue().await;
    }

    /// Ends a run that does not end, and one that the program no longer waits for.
    async fn live_for(&mut self, limit: Duration) {
        let lived = race(self.live(), halt::requested());
        if tokio::time::timeout(limit, lived).await.is_err() {
            let endless = Mismatch::Problem(Problem::Endless(limit));
            self.require(Err(endless));
        }
    }

    async fn execute(&mut self, number: usize, statement: &Statement) {
        self.statement = number;
        self.world.lock().note(What::Statement(number));
        match statement {
            Statement::Setting { name, value } => {
                let value = self.world.lock().filled(value);
                self.driver.set(name, &value);
            }
            Statement::Fault(rule) => {
                let mut core = self.world.lock();
                let rule = core.with_real_names(rule);
                self.armed
                    .insert(core.service.engine.faults().arm(rule), number);
            }
            Statement::Overlap { step, with } => self.order(Ordered::Overlap(*step, *with)),
            Statement::Beside(companion) => self.order(Ordered::Beside(companion.clone())),
            Statement::TestRotation { expect } => self.test_rotation(expect).await,
            Statement::Send(event) => self.send(event).await,
            Statement::Double { step, how } => self.order(Ordered::Double(*step, *how)),
            Statement::Turns { order } => self.world.lock().gate.order(number, order),
            Statement::Skip { step } => self.order(Ordered::Skip(*step)),
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
            } => self.order(Ordered::Before(*step, action.clone())),
            Statement::At {
                point: Point::Call(address),
                action,
            } => {
                let rule = expect::once_at(address.clone());
                self.world.lock().hooks.add(number, rule, action.clone());
            }
            Statement::Expect(expectation) => {
                if let Expectation::Violation { oracle } = expectation {
                    self.wanted.insert(*oracle);
                }
                let found = expect::check(&mut self.world.lock(), expectation);
                self.require(found);
            }
            Statement::Without { oracle, .. } => self.world.lock().judge.disable(*oracle),
            Statement::Finally(checks) => {
                let checks = checks.iter().map(|check| (number, check.clone()));
                self.checks.extend(checks);
            }
        }
    }

    /// The statement that is carried out orders something of the driver.
    fn order(&mut self, what: Ordered) {
        self.driver.order(self.statement, what);
    }

    fn require(&mut self, found: Result<(), Mismatch>) {
        if let Err(what) = found {
            let statement = Some(self.statement);
            self.unmet.push(Unmet { statement, what });
        }
    }

    async fn rotate(&mut self, token: Option<&str>, expected: RotateOutcome) {
        let why = self.rotate_once(token).await.err();
        let found = match &why {
            None => RotateOutcome::Ok,
            Some(failure) if failure.is_refusal() => RotateOutcome::Refused,
            Some(_) => RotateOutcome::Failed,
        };
        if found != expected && expected != RotateOutcome::Any {
            self.require(Err(Mismatch::Rotation {
                expected,
                found,
                why,
            }));
        }
    }

    /// Asks for a rotation and lets the service run until it has ended.
    async fn rotate_once(&mut self, token: Option<&str>) -> Result<(), RotationFailure> {
        let token = self.begin_rotation(token)?;
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
            return Ok(());
        }
        let failure = core.last_failure();
        if core.failed_for_no_reason() {
            let now = core.now();
            core.judge.failed_undisturbed(now, failure.clone());
            core.note_violations();
        }
        Err(failure)
    }

    fn begin_rotation(&mut self, token: Option<&str>) -> Result<VersionId, RotationFailure> {
        let mut core = self.world.lock();
        let id = VersionId::new(core.entropy.uuid().to_string());
        self.rotations += 1;
        let name = token.map_or_else(|| format!("token{}", self.rotations), str::to_owned);
        core.names.name_version(&id, name);
        if let Err(refusal) = core.rotate_secret(&id) {
            return Err(match refusal.is_of_unfinished_rotation() {
                true => RotationFailure::Unfinished,
                false => RotationFailure::Refused(refusal),
            });
        }
        core.tokens.insert(id.clone());
        core.places.first.token = Some(id.clone());
        core.judge_commit(Actor::Service);
        Ok(id)
    }

    /// Lets time pass, and everything happen that is due in it, in order.
    async fn advance(&mut self, span: Span) {
        let clock = self.world.lock().service.clock.clone();
        let until = clock.now().plus_millis(millis(span));
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
        for (statement, check) in std::mem::take(&mut self.checks) {
            self.statement = statement;
            let found = expect::check_finally(&mut self.world.lock(), &check);
            self.require(found);
        }
    }

    /// Faults stop. What was ordered and never happened is kept for the report.
    fn stop_faults(&mut self) {
        let mut core = self.world.lock();
        let statement = Some(self.statement);
        let problems = std::mem::take(&mut core.people.problems).into_iter();
        let unmet = problems.map(|problem| Unmet {
            statement,
            what: Mismatch::Problem(problem),
        });
        self.unmet.extend(unmet);
        let rules = core.service.engine.faults().unfired().into_iter();
        let rules = rules.filter_map(|row| self.armed.get(&row.id).copied());
        let mut idle: Vec<usize> = rules.collect();
        idle.extend(core.hooks.take_unused());
        idle.extend(self.driver.take_unused_orders());
        idle.extend(core.gate.take_unused());
        idle.sort_unstable();
        self.not_triggered = idle;
        core.service.engine.faults().clear();
        core.heal_replicas();
        core.note(What::Service(ServiceEvent::FaultsStop));
    }

    fn finish(self, capture: &Capture) -> Run {
        let mut core = self.world.lock();
        if let Some(log) = capture.function_log() {
            core.read_text(Place::Log, &log);
        }
        let output = self.driver.output();
        core.read_text(Place::Output, &output);
        let entries = core.service.engine.journal().since(0);
        let journal: Vec<&str> = entries.flat_map(Entry::texts).collect();
        let journal = journal.join("\n");
        core.read_text(Place::Journal, &journal);
        let ended = core.now();
        let end_state = expect::end_state(&core);
        let printed = match core.service.clock.pace() {
            Pace::Virtual => Vec::new(),
            Pace::Real => printed::last_lines(&output, core.judge.violations(), &core.names),
        };
        Run {
            scenario: self.scenario.clone(),
            found: core.judge.violations().to_vec(),
            wanted: self.wanted,
            unmet: self.unmet,
            not_triggered: self.not_triggered,
            end_state,
            turns: core.gate.taken().to_vec(),
            printed,
            history: std::mem::take(&mut core.history),
            names: std::mem::take(&mut core.names),
            started: self.started,
            ended,
            outage_seconds: core.judge.outage_seconds(core.now()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::run::run;
    use crate::scenario::{Vocabulary, parse};
    use crate::subject::builtin::Builtin;

    fn not_triggered(body: &str) -> Vec<usize> {
        let text = format!("keywheel scenario 1\n{body}");
        let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
        let run = run(&scenario, &Builtin);
        let lines = run.not_triggered.iter();
        lines.map(|statement| run.line_of(*statement)).collect()
    }

    #[test]
    fn every_order_that_came_to_nothing_is_named_by_its_line() {
        let orders = [
            "fault setSecret/CreateApiKey#1 reset where id=k0",
            "at setSecret/CreateApiKey#1 admin delete-key current",
            "double testSecret at-once",
            "skip testSecret",
            "turns ab",
        ];
        for order in orders {
            let found = not_triggered(&format!("advance 1h\n{order}\nadvance 1h\n"));
            assert_eq!(found, [3], "{order}");
        }
    }

    #[test]
    fn of_two_orders_that_read_alike_the_later_one_is_left() {
        let fault = "fault createSecret/CreateApiKey#1 reset\n";
        assert_eq!(not_triggered(&format!("{fault}rotate\n{fault}")), [4]);
    }
}
