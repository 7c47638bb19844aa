//! Random campaigns: scenarios drawn one by one, and long lives of one world.
//!
//! Each item is drawn from the seed and its own number alone, so that any shard can draw it. Of the
//! fault kinds each draws from a random half only: what all kinds together hide, few may show.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRunner};

use keywheel_emulator::fault::Span;

use crate::draw::mix;
use crate::scenario::{KeyLife, Located, RetryMode, RotateOutcome, Scenario, Statement};

use super::generate::{Ground, scenarios_on};
use super::item::{Index, Item};
use super::shape::operation_of;

/// Where the draws of an item's settings begin, apart from those of its scenario.
const SETTINGS: u64 = 1 << 40;

/// How the service may be set to retry a failed rotation: times, and the wait in seconds.
const RETRIES: [(u32, u32); 4] = [(3, 60), (0, 60), (1, 600), (5, 3600)];

/// How the function's SDK clients may be set to retry: attempts, way, tokens. Half of the draws are
/// as usual; a retry costs 5 tokens, or 10 after a timeout.
const ATTEMPTS: [u32; 8] = [3, 3, 3, 3, 1, 2, 5, 10];
const MODES: [RetryMode; 2] = [RetryMode::Standard, RetryMode::Adaptive];
const TOKENS: [Option<u32>; 8] = [
    Some(500),
    Some(500),
    Some(500),
    Some(500),
    None,
    Some(0),
    Some(10),
    Some(40),
];

/// The item of this number, for the builtin rotator.
pub fn item(seed: u64, number: u32) -> Item {
    item_on(&Ground::default(), seed, number)
}

/// The item of this number on a ground.
pub fn item_on(ground: &Ground, seed: u64, number: u32) -> Item {
    let draw = mix(seed, u64::from(number) + 1);
    let mut scenario = drawn(ground, draw);
    let [service, attempts, mode, tokens, ..] = mix(draw, SETTINGS).to_le_bytes();
    let (retries, wait) = pick(&RETRIES, service);
    let world = &mut scenario.world;
    world.retries = retries;
    world.retry_after = Span::seconds(wait);
    world.retry_attempts = pick(&ATTEMPTS, attempts);
    world.retry_mode = pick(&MODES, mode);
    world.retry_tokens = pick(&TOKENS, tokens);
    whole("fuzz", number, scenario)
}

fn pick<T: Copy>(list: &[T], draw: u8) -> T {
    list[usize::from(draw) % list.len()]
}

/// A world that lives through so many rotations, disturbed by faults and repeated steps. People
/// keep out of it: what they take away or fill up would stay so.
pub fn life(ground: &Ground, seed: u64, number: u32, rotations: usize) -> Item {
    let draw = mix(seed, u64::from(number) + 1);
    let mut scenario = drawn(ground, draw);
    scenario.world.current = KeyLife::Lives(Span::days(120));
    scenario.statements.clear();
    let (mut lived, mut part) = (0, 1);
    while lived < rotations {
        for located in drawn(ground, mix(draw, part)).statements {
            let is_rotation = matches!(located.value, Statement::Rotate { .. });
            let belongs = !matches!(located.value, Statement::At { .. } | Statement::Admin(_));
            if belongs && lived < rotations {
                scenario.statements.push(located);
            }
            if is_rotation && lived < rotations {
                lived += 1;
                // Longer than what is retired lives on, so that nothing piles up.
                let pause = Statement::Advance(Span::days(2));
                scenario.statements.push(Located::nowhere(pause));
            }
        }
        part += 1;
    }
    whole("soak", number, scenario)
}

fn drawn(ground: &Ground, draw: u64) -> Scenario {
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(draw),
        ..Config::default()
    });
    let tree = scenarios_on(ground).new_tree(&mut runner);
    let mut scenario = tree.expect("the strategy filters nothing").current();
    scenario
        .statements
        .retain(|located| is_in_swarm(&located.value, draw));
    for located in &mut scenario.statements {
        if let Statement::Rotate { expect, .. } = &mut located.value {
            *expect = RotateOutcome::Any;
        }
    }
    scenario
}

/// Does the random half of the fault kinds that this draw uses have this one?
fn is_in_swarm(statement: &Statement, draw: u64) -> bool {
    let Statement::Fault(rule) = statement else {
        return true;
    };
    let word = rule.verdict.word().bytes();
    let number = word.fold(SETTINGS, |number, byte| {
        number * 31 % (1 << 50) + u64::from(byte)
    });
    mix(draw, number).is_multiple_of(2)
}

fn whole(base: &str, number: u32, scenario: Scenario) -> Item {
    let mut orders = scenario.statements.iter();
    let operation = orders.find_map(|located| operation_of(&located.value));
    Item {
        index: Index::root(number),
        base: base.to_owned(),
        operation,
        at: 0,
        orders: scenario.statements.len(),
        scenario,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::print;

    #[test]
    fn an_item_depends_on_the_seed_and_its_number_alone() {
        let text = |seed, number| print(&item(seed, number).scenario);
        assert_eq!(text(1, 7), text(1, 7));
        assert_ne!(text(1, 7), text(1, 8));
        assert_ne!(text(1, 7), text(2, 7));
    }

    #[test]
    fn retries_of_the_function_are_drawn_and_written_down() {
        let texts: Vec<String> = (0..60)
            .map(|number| print(&item(1, number).scenario))
            .collect();
        for setting in [
            "retry-attempts=10",
            "retry-mode=adaptive",
            "retry-tokens=none",
        ] {
            let having = texts.iter().filter(|text| text.contains(setting)).count();
            assert!((1..60).contains(&having), "{setting}: {having} of 60");
        }
        for (text, number) in texts.iter().zip(0..) {
            let read = crate::scenario::parse("x", text, &Default::default()).unwrap();
            assert_eq!(read.world, item(1, number).scenario.world, "{text}");
        }
    }

    #[test]
    fn a_life_has_as_many_rotations_as_asked_for() {
        let life = life(&Ground::default(), 1, 0, 25);
        let statements = life.scenario.statements.iter();
        let rotations = statements.filter(|s| matches!(s.value, Statement::Rotate { .. }));
        assert_eq!(rotations.count(), 25);
    }

    #[test]
    fn a_draw_uses_some_of_the_kinds() {
        let kinds = |draw| {
            let rule = |kind: &str| {
                let text = format!("keywheel scenario 1\nfault GraphQL {kind}\nrotate\n");
                let parsed = crate::scenario::parse("x", &text, &Default::default()).unwrap();
                parsed.statements[0].value.clone()
            };
            let all = [
                "reset",
                "hang",
                "error-500",
                "error-503",
                "answer-lost",
                "kill-after",
            ];
            all.into_iter()
                .filter(|kind| is_in_swarm(&rule(kind), draw))
                .count()
        };
        let counts: Vec<usize> = (0..40).map(kinds).collect();
        assert!(counts.iter().sum::<usize>() > 60 && counts.iter().any(|count| *count < 3));
    }
}
