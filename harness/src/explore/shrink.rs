//! Makes a failing scenario small: fewer lines, shorter bursts, simpler kinds, a plainer world, as
//! long as it fails in the same way, until nothing can be taken away any more.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use keywheel_emulator::fault::{Rule, Span, Times};
use serde_json::Value;

use crate::clock::Pace;
use crate::halt;
use crate::record::{Class, Run};
use crate::run::run;
use crate::scenario::{AdminAction, Located, RotateOutcome, Scenario, Statement, WorldSpec, print};
use crate::subject::Subject;
use crate::suite;

use super::kinds;

/// Runs that one failure may cost. A generous bound: a few dozen are usual.
const RUNS_MAX: usize = 2_000;

/// The same where somebody waits for each of them.
const RUNS_MAX_IN_REAL_TIME: usize = 60;

/// Where failures of one class are made small; it remembers what it has tried.
pub struct Lab<'a> {
    subject: &'a dyn Subject,
    control: Option<&'a dyn Subject>,
    class: Class,
    tried: BTreeMap<String, Trial>,
    runs: usize,
}

/// What a candidate showed.
#[derive(Clone, Debug)]
struct Trial {
    objection: Option<String>,
    is_all_fired: bool,
    is_all_met: bool,
}

impl<'a> Lab<'a> {
    /// A lab for failures of a class.
    pub fn new(subject: &'a dyn Subject, class: Class) -> Self {
        Self {
            subject,
            control: None,
            class,
            tried: BTreeMap::new(),
            runs: 0,
        }
    }

    /// From now on a failure counts only where this function does not fail in the same way.
    #[must_use]
    pub fn against(mut self, control: &'a dyn Subject) -> Self {
        self.control = Some(control);
        self
    }

    /// The smallest scenario found that fails in the same way. One that does not fail so is given
    /// back as it is.
    pub fn shrink(&mut self, failing: &Scenario) -> Scenario {
        let mut best = failing.clone();
        self.runs = 0;
        if !self.fails(&best) {
            return best;
        }
        while let Some(simpler) = self.first_that_fails(&best) {
            best = simpler;
        }
        self.polished(best)
    }

    /// What the oracle says of a scenario.
    pub fn objection(&mut self, scenario: &Scenario) -> String {
        self.trial(scenario).objection.unwrap_or_default()
    }

    fn first_that_fails(&mut self, from: &Scenario) -> Option<Scenario> {
        let candidates = [
            fewer_lines,
            rotation_alone,
            simpler_lines,
            plainer_world,
            usual_seed,
        ];
        for candidates in candidates {
            let found = candidates(from)
                .into_iter()
                .find(|candidate| self.fails(candidate));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Says what is sure: a fault that fires is not optional, a rotation that succeeds is expected to.
    fn polished(&mut self, mut best: Scenario) -> Scenario {
        for at in 0..best.statements.len() {
            let mut strict = best.clone();
            match &mut strict.statements[at].value {
                Statement::Fault(rule) => rule.is_optional = false,
                Statement::Rotate { expect, .. } => *expect = RotateOutcome::Ok,
                _ => continue,
            }
            let trial = self.trial(&strict);
            if trial.objection.is_some() && trial.is_all_fired && trial.is_all_met {
                best = strict;
            }
        }
        best
    }

    /// Does it fail in the same way, and can it be read again as it is printed?
    fn fails(&mut self, scenario: &Scenario) -> bool {
        !self.is_over()
            && suite::read_text(&scenario.name, &print(scenario)).is_ok()
            && self.trial(scenario).objection.is_some()
    }

    /// Is there no time for more trials?
    fn is_over(&self) -> bool {
        match self.subject.pace() {
            Pace::Virtual => self.runs >= RUNS_MAX,
            Pace::Real => self.runs >= RUNS_MAX_IN_REAL_TIME || halt::is_requested(),
        }
    }

    fn trial(&mut self, scenario: &Scenario) -> Trial {
        let text = print(scenario);
        if let Some(known) = self.tried.get(&text) {
            return known.clone();
        }
        self.runs += 1;
        let mut trial = Trial::of(&run(scenario, self.subject), &self.class);
        if let Some(control) = self.control.filter(|_| trial.objection.is_some()) {
            let control = Trial::of(&run(scenario, control), &self.class);
            trial.objection = trial.objection.filter(|_| control.objection.is_none());
        }
        self.tried.insert(text, trial.clone());
        trial
    }
}

impl Trial {
    fn of(run: &Run, class: &Class) -> Self {
        let mut all = Class::all_in(run);
        let own = all.find(|(known, _)| known == class);
        Self {
            objection: own.map(|(_, objection)| objection),
            is_all_fired: run.not_triggered.is_empty(),
            is_all_met: run.unmet.is_empty(),
        }
    }
}

/// Without a block of lines: large blocks first, the last first.
fn fewer_lines(from: &Scenario) -> Vec<Scenario> {
    let count = from.statements.len();
    let mut candidates = Vec::new();
    let mut size = count / 2;
    while size >= 1 {
        for start in (0..=count - size).rev() {
            let mut fewer = from.clone();
            fewer.statements.drain(start..start + size);
            candidates.push(fewer);
        }
        size /= 2;
    }
    candidates
}

/// A last line that is no rotation may say nothing: the judges' own rotation follows any.
fn rotation_alone(from: &Scenario) -> Vec<Scenario> {
    let [Located { value, .. }] = &from.statements[..] else {
        return Vec::new();
    };
    if matches!(value, Statement::Rotate { .. }) {
        return Vec::new();
    }
    let mut plain = from.clone();
    plain.statements = vec![Located::nowhere(Statement::rotation(RotateOutcome::Any))];
    vec![plain]
}

/// With one line in a simpler form.
fn simpler_lines(from: &Scenario) -> Vec<Scenario> {
    let lines = from.statements.iter().enumerate();
    let candidates = lines.flat_map(|(at, located)| {
        simpler(&located.value).into_iter().map(move |line| {
            let mut candidate = from.clone();
            candidate.statements[at] = Located::nowhere(line);
            candidate
        })
    });
    candidates.collect()
}

fn simpler(line: &Statement) -> Vec<Statement> {
    match line {
        Statement::Fault(rule) => simpler_rules(rule)
            .into_iter()
            .map(Statement::Fault)
            .collect(),
        Statement::Advance(span) => shorter(*span).into_iter().map(Statement::Advance).collect(),
        Statement::Turns { order } => shorter_order(order)
            .map(|order| Statement::Turns { order })
            .collect(),
        Statement::At { point, action } => match action {
            AdminAction::CreateKeys { count } if *count > 1 => vec![Statement::At {
                point: point.clone(),
                action: AdminAction::CreateKeys { count: 1 },
            }],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn simpler_rules(rule: &Rule) -> Vec<Rule> {
    let with = |change: &dyn Fn(&mut Rule)| {
        let mut simpler = rule.clone();
        change(&mut simpler);
        simpler
    };
    let mut rules = Vec::new();
    if rule.times != Times::ONCE {
        rules.push(with(&|rule| rule.times = Times::ONCE));
    }
    if rule.times == Times::Forever {
        rules.push(with(&|rule| {
            rule.times = Times::Count(NonZeroU32::MIN.saturating_add(2));
        }));
    }
    for kind in kinds::simpler_than(&rule.verdict, &rule.address.operation) {
        rules.push(with(&|rule| {
            rule.verdict = kind;
            rule.times = Times::ONCE;
        }));
    }
    if rule.address.invocation.is_some() {
        rules.push(with(&|rule| rule.address.invocation = None));
    }
    for nth in 1..rule.address.nth.map_or(1, NonZeroU32::get) {
        rules.push(with(&|rule| rule.address.nth = NonZeroU32::new(nth)));
    }
    rules
}

/// Half the turns, and one fewer.
fn shorter_order(order: &str) -> impl Iterator<Item = String> {
    let lengths = [order.len() / 2, order.len() - 1];
    let shorter = lengths.into_iter().filter(|length| *length < order.len());
    shorter
        .map(|length| order[..length].to_owned())
        .filter(|order| !order.is_empty())
}

/// Round spans below this one.
fn shorter(span: Span) -> Vec<Span> {
    let round = [1, 60, 3600, 4 * 3600, 86_400, 5 * 86_400, 30 * 86_400];
    let spans = round.into_iter().map(Span::seconds);
    spans.filter(|shorter| *shorter < span).collect()
}

/// With one member of the world as it is by default. Members are taken from the JSON form, so that
/// none is forgotten.
fn plainer_world(from: &Scenario) -> Vec<Scenario> {
    let json = |world: &WorldSpec| match serde_json::to_value(world) {
        Ok(Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    };
    let (own, usual) = (json(&from.world), json(&WorldSpec::default()));
    let unusual = own
        .iter()
        .filter(|(name, value)| usual.get(*name) != Some(value));
    let plainer = unusual.filter_map(|(name, _)| {
        let mut members = own.clone();
        members.remove(name);
        serde_json::from_value(Value::Object(members)).ok()
    });
    plainer
        .map(|world| Scenario {
            world,
            ..from.clone()
        })
        .collect()
}

/// With the seed that needs no line.
fn usual_seed(from: &Scenario) -> Vec<Scenario> {
    let is_usual = from.seed == Scenario::DEFAULT_SEED;
    let usual = || Scenario {
        seed: Scenario::DEFAULT_SEED,
        ..from.clone()
    };
    (!is_usual).then(usual).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants;
    use crate::oracle::Kind;
    use crate::record::Objector;
    use crate::scenario::{OracleId, Vocabulary, parse};

    fn mutant(name: &str) -> &'static dyn Subject {
        let found = mutants::ALL
            .iter()
            .find(|mutant| mutant.subject.name() == name);
        found.unwrap().subject
    }

    fn scenario(text: &str) -> Scenario {
        parse("x", text, &Vocabulary::default()).unwrap()
    }

    fn shrunk(text: &str, function: &str, oracle: OracleId) -> String {
        let (subject, failing) = (mutant(function), scenario(text));
        let run = run(&failing, subject);
        let violation = run.violations().find(|v| v.oracle() == oracle).unwrap();
        let mut lab = Lab::new(subject, Class::of(violation));
        print(&lab.shrink(&failing))
    }

    const CROWDED: &str = "keywheel scenario 1\nseed 77\n\
        world keys=web:90d,tv:90d current=120d visibility=2s page=3 \
        retry-mode=adaptive retry-tokens=none\n\
        rotate\nadvance 6d\n\
        fault testSecret/GraphQL#1 throttled\n\
        fault createSecret/PutSecretValue#1 answer-500 x3\n\
        fault createSecret/PutSecretValue#1 error-503 x4\n\
        fault finishSecret/DescribeSecret#1 delay=6s\n\
        rotate expect=any\nadvance 3d\nrotate expect=any\n";

    #[test]
    fn what_never_happens_is_no_part_of_a_minimal_scenario() {
        let text = "keywheel scenario 1\nat setSecret admin delete-key pending\n";
        let minimal = shrunk(text, "article-a", OracleId::WithinPolicy);
        assert_eq!(minimal, "keywheel scenario 1\nrotate s expect=any\n");
    }

    /// Two APIs need two secrets, and the run that needs two APIs does not need both of those.
    #[test]
    fn a_minimal_scenario_can_be_read() {
        let failing = scenario(
            "keywheel scenario 1\nworld retries=0 secrets=2 apis=2 config=member\n\
             without recovers because the value goes on naming another API than the pin\n\
             setting AppSyncApiId=<api1>\n\
             admin put-value \"{\\\"APIKEY\\\":\\\"<k0>\\\",\\\"apiId\\\":\\\"<api2>\\\"}\"\n\
             rotate expect=failed\n",
        );
        let subject = mutant("obeys-the-value");
        let bad = run(&failing, subject);
        let (class, _) = Class::all_in(&bad).next().unwrap();
        let mut lab = Lab::new(subject, class).against(&mutants::Plain);
        let minimal = print(&lab.shrink(&failing));
        let read = suite::read_text("minimal", &minimal);
        assert!(read.is_ok(), "{read:?}: {minimal}");
    }

    #[test]
    fn a_crowded_scenario_becomes_one_fault_and_one_rotation() {
        let minimal = shrunk(CROWDED, "no-adoption", OracleId::BoundedKeys);
        let expected = "keywheel scenario 1\n\
            fault createSecret/PutSecretValue#1 kill-before\nrotate s\n";
        assert_eq!(minimal, expected);
    }

    #[test]
    fn what_fails_without_faults_keeps_none() {
        let minimal = shrunk(CROWDED, "deletes-foreign", OracleId::ForeignUntouched);
        // The first key is nobody's of the function, so that it needs no other.
        assert_eq!(minimal, "keywheel scenario 1\nrotate s\n");
    }

    #[test]
    fn what_does_not_fail_stays_as_it_is() {
        let class = Class {
            objector: Objector::Oracle(OracleId::Served),
            kind: Kind::new("never said"),
        };
        let given = scenario(CROWDED);
        let mut lab = Lab::new(mutant("no-adoption"), class);
        assert_eq!(lab.shrink(&given), given);
    }
}
