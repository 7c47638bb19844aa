//! What a plan amounts to, in general terms: where, and whether before or after the effect.

use std::fmt;

use keywheel_emulator::fault::Verdict;
use keywheel_emulator::ids::Step;
use serde::{Deserialize, Serialize};

use crate::scenario::{AdminAction, Companion, Point, Statement, Twice};

/// One thing that a plan orders.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Feature {
    /// A fault at an operation, in a step or in any.
    Fault {
        /// The step.
        step: Option<Step>,
        /// The operation.
        operation: String,
        /// When it is felt.
        phase: Phase,
    },
    /// A step is delivered twice.
    Twice {
        /// The step.
        step: Step,
        /// How.
        how: Twice,
    },
    /// Those that run at once make their calls in a certain order.
    Order,
    /// All steps of the rotation are delivered a second time.
    SecondDelivery,
    /// A person acts beside the rotation.
    Beside(String),
    /// A step is not delivered.
    Skipped(Step),
    /// A person acts: at any time, before a step or before an operation.
    Person {
        /// What they do.
        action: String,
        /// Before what.
        at: Option<String>,
    },
    /// The function has a setting.
    Setting(String),
    /// The function is called for a step, not by the service.
    ByHand(Step),
}

/// When a fault is felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the call takes effect.
    BeforeEffect,
    /// After it.
    AfterEffect,
    /// The call is only held up.
    Delayed,
}

impl Phase {
    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Delay(_) => Self::Delayed,
            verdict if verdict.is_after_effect() => Self::AfterEffect,
            _ => Self::BeforeEffect,
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault {
                step,
                operation,
                phase,
            } => {
                let step = step.map_or("any step", Step::as_str);
                let phase = match phase {
                    Phase::BeforeEffect => "failed before commit",
                    Phase::AfterEffect => "response lost after commit",
                    Phase::Delayed => "delayed",
                };
                write!(f, "{step}/{operation} {phase}")
            }
            Self::Twice { step, how } => write!(f, "{step} twice {how}"),
            Self::Order => f.write_str("in a certain order"),
            Self::SecondDelivery => f.write_str("the rotation twice at once"),
            Self::Beside(action) => write!(f, "{action} beside the rotation"),
            Self::Skipped(step) => write!(f, "{step} skipped"),
            Self::Person { action, at: None } => f.write_str(action),
            Self::Person {
                action,
                at: Some(at),
            } => write!(f, "{action} at {at}"),
            Self::Setting(name) => write!(f, "setting {name}"),
            Self::ByHand(step) => write!(f, "{step} by hand"),
        }
    }
}

/// What orders amount to.
pub fn of<'a>(orders: impl Iterator<Item = &'a Statement>) -> Vec<Feature> {
    let mut shape: Vec<Feature> = orders.filter_map(feature).collect();
    shape.sort();
    shape.dedup();
    shape
}

/// What one order amounts to; none if it orders nothing out of the way.
pub(super) fn feature(order: &Statement) -> Option<Feature> {
    Some(match order {
        Statement::Fault(rule) => Feature::Fault {
            step: rule.address.step,
            operation: rule.address.operation.clone(),
            phase: Phase::of(rule.verdict),
        },
        Statement::Double { step, how } => Feature::Twice {
            step: *step,
            how: *how,
        },
        Statement::Turns { .. } => Feature::Order,
        Statement::Beside(Companion::Delivery) => Feature::SecondDelivery,
        Statement::Beside(Companion::Admin(action)) => Feature::Beside(action.word().to_owned()),
        Statement::Skip { step } => Feature::Skipped(*step),
        Statement::At { point, action } => person(action, Some(place(point))),
        Statement::Admin(action) => person(action, None),
        Statement::Setting { name, .. } => Feature::Setting(name.clone()),
        Statement::Invoke { step, .. } => Feature::ByHand(*step),
        _ => return None,
    })
}

fn person(action: &AdminAction, at: Option<String>) -> Feature {
    let action = action.word().to_owned();
    Feature::Person { action, at }
}

fn place(point: &Point) -> String {
    match point {
        Point::Step(step) => step.to_string(),
        Point::Call(address) => address.operation.clone(),
    }
}

/// The operation at which an order injects a fault, or the step that it is about.
pub fn operation_of(order: &Statement) -> Option<String> {
    match order {
        Statement::Fault(rule) => Some(rule.address.operation.clone()),
        Statement::At { point, .. } => Some(place(point)),
        Statement::Double { step, .. } | Statement::Skip { step } => Some(step.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Vocabulary, parse};

    fn shape_of(body: &str) -> Vec<String> {
        let text = format!("keywheel scenario 1\n{body}");
        let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
        let shape = of(scenario.statements.iter().map(|located| &located.value));
        shape.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_shape_says_where_and_when_but_not_how() {
        let one = shape_of("fault createSecret/CreateApiKey#1 answer-lost x3\nrotate\n");
        let other = shape_of("rotate\nfault createSecret/CreateApiKey#2 kill-after\nrotate\n");
        assert_eq!(
            one,
            ["createSecret/CreateApiKey response lost after commit"]
        );
        assert_eq!(one, other);
        assert_eq!(shape_of("rotate\nadvance 1d\n"), [""; 0]);
        let people =
            shape_of("at setSecret admin delete-key pending\ndouble testSecret at-once\nrotate\n");
        assert_eq!(
            people,
            ["testSecret twice at-once", "delete-key at setSecret"]
        );
    }
}
