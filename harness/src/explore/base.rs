//! The courses that a sweep disturbs: clean rotations, and one that had to start over.

use crate::scenario::{Holds, Located, RotateOutcome, Scenario, Statement, Vocabulary, parse};

use crate::run::golden::SECTION;

use super::item::{Index, Item};
use super::shape::operation_of;

/// A scenario, and the line before which orders are given.
#[derive(Clone, Debug)]
pub struct Base {
    /// Its name in reports.
    pub name: String,
    /// The scenario without orders.
    pub scenario: Scenario,
    /// Before this statement.
    pub at: usize,
}

/// A first rotation meets a key that nobody marked, a second one a key of its own, and only a third
/// one a key that it must let expire. Intervals are shorter than the secret's own, so that the
/// clock starts no rotation by itself.
const BUILTIN: [(&str, &str); 4] = [
    ("first", "rotate expect=any\n"),
    ("second", "rotate\nadvance 5d\nrotate expect=any\n"),
    (
        "third",
        "rotate\nadvance 5d\nrotate\nadvance 5d\nrotate expect=any\n",
    ),
    (
        "retry",
        "fault createSecret/PutSecretValue#1 kill-before optional\nrotate expect=any\n",
    ),
];

/// The world of the builtin bases: a key of somebody else's is there, and answers take their time
/// to become visible.
const HEAD: &str = "keywheel scenario 1\nworld keys=other-app:300d current=120d\n";

/// The same of a secret that holds a password.
const PASSWORD_HEAD: &str = "keywheel scenario 1\nworld holds=password\n";

/// The bases that are there without a scenario file, for the builtin rotator.
pub fn builtin() -> Vec<Base> {
    of(Holds::Key)
}

/// The bases that are there without a scenario file, by what the secret holds.
///
/// # Panics
/// Never: a test reads them.
pub fn of(holds: Holds) -> Vec<Base> {
    let head = match holds {
        Holds::Key => HEAD,
        Holds::Password => PASSWORD_HEAD,
    };
    let read = |(name, body): (&str, &str)| {
        let scenario = parse(name, &format!("{head}{body}"), &Vocabulary::default());
        let scenario = scenario.expect("the builtin bases are valid scenarios");
        Base::new(scenario).expect("every builtin base rotates")
    };
    BUILTIN.map(read).to_vec()
}

impl Base {
    /// A base from a scenario: orders are given before its last rotation. None if it has none.
    pub fn new(mut scenario: Scenario) -> Option<Self> {
        let is_rotation =
            |located: &Located<Statement>| matches!(located.value, Statement::Rotate { .. });
        let at = scenario.statements.iter().rposition(is_rotation)?;
        scenario.statements.retain(expects_nothing_else);
        let at = at.min(scenario.statements.iter().rposition(is_rotation)?);
        // A disturbed rotation may end in any way; the oracles judge it.
        if let Some(Statement::Rotate { expect, .. }) =
            scenario.statements.get_mut(at).map(|s| &mut s.value)
        {
            *expect = RotateOutcome::Any;
        }
        for located in &mut scenario.statements {
            located.line = 0;
        }
        scenario.story.clear();
        scenario.sections.remove(SECTION);
        Some(Self {
            name: scenario.name.clone(),
            scenario,
            at,
        })
    }

    /// The base with orders.
    pub fn item(&self, number: u32, orders: &[Statement]) -> Item {
        let mut scenario = self.scenario.clone();
        let located = orders.iter().cloned().map(Located::nowhere);
        scenario.statements.splice(self.at..self.at, located);
        Item {
            index: Index::root(number),
            scenario,
            base: self.name.clone(),
            operation: orders.first().and_then(operation_of),
            at: self.at,
            orders: orders.len(),
        }
    }
}

fn expects_nothing_else(located: &Located<Statement>) -> bool {
    !matches!(located.value, Statement::Expect(_) | Statement::Finally(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;
    use crate::run::run;
    use crate::subject::builtin::Builtin;

    #[test]
    fn the_builtin_bases_hold_without_orders() {
        for base in builtin() {
            let run = run(&base.item(0, &[]).scenario, &Builtin);
            assert_eq!(
                run.verdict(),
                Verdict::Passed,
                "{}: {:?}",
                base.name,
                run.found
            );
        }
    }

    #[test]
    fn the_bases_of_a_password_have_no_api() {
        for base in of(Holds::Password) {
            assert_eq!(base.scenario.world.holds, Holds::Password, "{}", base.name);
        }
    }

    #[test]
    fn orders_are_given_before_the_last_rotation() {
        let text = "keywheel scenario 1\nrotate\nexpect keys=1\nrotate expect=failed\nadvance 1h\n";
        let scenario = parse("x", text, &Vocabulary::default()).unwrap();
        let base = Base::new(scenario).unwrap();
        let skip = Statement::Skip {
            step: keywheel_emulator::ids::Step::TestSecret,
        };
        let item = base.item(0, &[skip]);
        let printed = crate::scenario::print(&item.scenario);
        let expected =
            "keywheel scenario 1\nrotate s\nskip testSecret\nrotate s expect=any\nadvance 1h\n";
        assert_eq!(printed, expected);
        assert_eq!(item.operation.as_deref(), Some("testSecret"));
    }

    #[test]
    fn a_scenario_without_a_rotation_is_no_base() {
        let scenario = parse(
            "x",
            "keywheel scenario 1\nadvance 1h\n",
            &Vocabulary::default(),
        );
        assert!(Base::new(scenario.unwrap()).is_none());
    }
}
