//! The counting rules of a fault plan, by example and against a second, naive reading of them.

use proptest::prelude::*;

use super::*;
use crate::fault::{Span, Times};
use crate::ids::Step;

fn rule(at: &str, times: Times) -> Rule {
    let address = at.parse().unwrap();
    Rule {
        times,
        ..Rule::once(address, Verdict::Reset)
    }
}

fn times(count: u32) -> Times {
    std::num::NonZeroU32::new(count).map_or(Times::Forever, Times::Count)
}

fn by(step: Step, invocation: u64) -> Option<Caller> {
    Some(Caller {
        invocation: InvocationNumber(invocation),
        step,
    })
}

fn fires(plan: &mut FaultPlan, operation: &str, caller: Option<Caller>) -> Option<u64> {
    plan.decide(&CallPoint::of(operation, caller))
        .map(|fired| fired.rule.0)
}

/// Whether the only rule fires on a call of that invocation at that millisecond.
fn fires_at(plan: &mut FaultPlan, invocation: u64, millis: i64) -> bool {
    let point = CallPoint {
        at: Timestamp::from_millis(millis),
        ..CallPoint::of("CreateApiKey", by(Step::CreateSecret, invocation))
    };
    plan.decide(&point).is_some()
}

#[test]
fn a_rule_fires_from_the_nth_match_on_and_then_is_spent() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("CreateApiKey#2", times(2)));
    let fired: Vec<_> = (0..5)
        .map(|_| fires(&mut plan, "CreateApiKey", None))
        .collect();
    assert_eq!(fired, [None, Some(1), Some(1), None, None]);
    assert_eq!(fires(&mut plan, "ListApiKeys", None), None);
    assert_eq!((plan.ledger()[0].seen, plan.ledger()[0].fired), (5, 2));
}

#[test]
fn the_first_due_rule_decides_and_the_next_takes_over() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("GraphQL", times(1)));
    plan.arm(rule("GraphQL", times(1)));
    plan.arm(rule("GraphQL#2", times(0)));
    let fired: Vec<_> = (0..4).map(|_| fires(&mut plan, "GraphQL", None)).collect();
    assert_eq!(fired, [Some(1), Some(2), Some(3), Some(3)]);
    assert!(plan.ledger().iter().all(|row| row.seen == 4));
}

#[test]
fn a_step_excludes_other_steps_and_strangers() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("setSecret/ListApiKeys", times(0)));
    assert_eq!(fires(&mut plan, "ListApiKeys", None), None);
    assert_eq!(
        fires(&mut plan, "ListApiKeys", by(Step::CreateSecret, 1)),
        None
    );
    assert_eq!(
        fires(&mut plan, "ListApiKeys", by(Step::SetSecret, 2)),
        Some(1)
    );
    plan.arm(rule("ListApiKeys", times(0)));
    assert_eq!(fires(&mut plan, "ListApiKeys", None), Some(2));
}

#[test]
fn an_invocation_is_counted_by_its_first_call_after_arming() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("createSecret/CreateApiKey@2", times(0)));
    assert_eq!(
        fires(&mut plan, "CreateApiKey", by(Step::CreateSecret, 7)),
        None
    );
    assert_eq!(
        fires(&mut plan, "CreateApiKey", by(Step::SetSecret, 8)),
        None
    );
    assert_eq!(
        fires(&mut plan, "DescribeSecret", by(Step::CreateSecret, 9)),
        None
    );
    assert_eq!(
        fires(&mut plan, "CreateApiKey", by(Step::CreateSecret, 7)),
        None
    );
    assert_eq!(
        fires(&mut plan, "CreateApiKey", by(Step::CreateSecret, 9)),
        Some(1)
    );
    assert_eq!(
        fires(&mut plan, "CreateApiKey", by(Step::CreateSecret, 10)),
        None
    );
    assert_eq!(plan.ledger()[0].seen, 1);
}

#[test]
fn an_invocation_without_calls_can_be_announced() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("GraphQL@2", times(1)));
    plan.invocation_started(by(Step::TestSecret, 1).unwrap());
    assert_eq!(
        fires(&mut plan, "GraphQL", by(Step::TestSecret, 2)),
        Some(1)
    );
}

#[test]
fn unfired_rules_are_named_unless_optional() {
    let mut plan = FaultPlan::default();
    let optional = Rule {
        is_optional: true,
        ..rule("GraphQL", times(1))
    };
    plan.arm(optional);
    let must = plan.arm(rule("DeleteApiKey", times(1)));
    assert_eq!(
        plan.unfired().iter().map(|row| row.id).collect::<Vec<_>>(),
        [must]
    );
    assert_eq!(plan.disarm(must).unwrap().seen, 0);
    assert!(plan.disarm(must).is_none() && plan.unfired().is_empty());
    plan.clear();
    assert!(plan.ledger().is_empty());
    assert_eq!(plan.arm(rule("GraphQL", times(1))), RuleId(3));
}

#[test]
fn a_rule_can_last_for_a_time_or_to_the_end_of_the_step() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("CreateApiKey#2", Times::For(Span::seconds(1))));
    let fired = [0, 10, 500, 1009, 1010, 9000].map(|at| fires_at(&mut plan, 1, at));
    assert_eq!(fired, [false, true, true, true, false, false]);
    let mut plan = FaultPlan::default();
    plan.arm(rule("CreateApiKey", Times::UntilStepEnds));
    let fired = [1, 1, 2, 1, 3].map(|invocation| fires_at(&mut plan, invocation, 0));
    assert_eq!(fired, [true, true, false, true, false]);
}

#[test]
fn a_rate_strikes_what_is_beyond_it_in_each_second() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("*", "over=2/s".parse().unwrap()));
    let fired = [0, 1, 2, 999, 1000, 1001, 1999].map(|at| fires_at(&mut plan, 1, at));
    assert_eq!(fired, [false, false, true, true, false, false, true]);
}

#[test]
fn conditions_are_about_members_of_the_request() {
    let mut plan = FaultPlan::default();
    let json = r#"{"at":"GetSecretValue","kind":"reset","where":{"SecretId":"b"}}"#;
    plan.arm(serde_json::from_str(json).unwrap());
    let point = |body| CallPoint {
        body,
        ..CallPoint::of("GetSecretValue", None)
    };
    assert_eq!(plan.decide(&point(br#"{"SecretId":"a"}"#)), None);
    assert_eq!(plan.decide(&point(b"")), None);
    assert!(plan.decide(&point(br#"{"SecretId":"b"}"#)).is_some());
    assert_eq!((plan.ledger()[0].seen, plan.ledger()[0].fired), (1, 1));
}

#[test]
fn a_budget_bounds_the_faults_and_not_the_counting() {
    let mut plan = FaultPlan::default();
    plan.arm(rule("GraphQL", times(0)));
    plan.set_budget(Some(2));
    let fired = [(); 4].map(|()| fires(&mut plan, "GraphQL", None).is_some());
    assert_eq!(fired, [true, true, false, false]);
    assert_eq!((plan.budget(), plan.ledger()[0].seen), (Some(0), 4));
}

const OPERATIONS: [&str; 2] = ["CreateApiKey", "GraphQL"];

fn any_rule() -> impl Strategy<Value = Rule> {
    let step = proptest::sample::select(vec!["", "createSecret/", "setSecret/"]);
    let nth = proptest::sample::select(vec!["", "#1", "#2", "#3"]);
    let invocation = proptest::sample::select(vec!["", "@1", "@2"]);
    let operation = proptest::sample::select(OPERATIONS.to_vec());
    (step, operation, nth, invocation, 0_u32..4)
        .prop_map(|(step, op, nth, at, count)| rule(&format!("{step}{op}{nth}{at}"), times(count)))
}

type Call = (&'static str, Option<Caller>);

fn any_call() -> impl Strategy<Value = Call> {
    // The step follows from the number, as an invocation has one step.
    let caller = proptest::option::of(0_u64..6)
        .prop_map(|number| number.and_then(|n| by(Step::ALL[usize::try_from(n % 2).unwrap()], n)));
    (proptest::sample::select(OPERATIONS.to_vec()), caller)
}

/// How many of the calls up to and including the last match the rule, from the definition.
fn matches_so_far(rule: &Rule, calls: &[Call]) -> (u64, bool) {
    let address = &rule.address;
    let of_step = |caller: &Caller| address.step.is_none_or(|step| step == caller.step);
    let mut order = Vec::new();
    for caller in calls
        .iter()
        .filter_map(|(_, caller)| *caller)
        .filter(of_step)
    {
        if !order.contains(&caller.invocation) {
            order.push(caller.invocation);
        }
    }
    let wanted = address
        .invocation
        .map(|k| order.get(k.get() as usize - 1).copied());
    let is_match = |(operation, caller): &Call| {
        *operation == address.operation
            && (address.step.is_none() || caller.as_ref().is_some_and(of_step))
            && wanted.is_none_or(|k| k.is_some() && k == caller.map(|c| c.invocation))
    };
    let count = calls.iter().filter(|call| is_match(call)).count();
    (count as u64, calls.last().is_some_and(is_match))
}

proptest! {
    #[test]
    fn a_plan_follows_the_definition(
        rules in proptest::collection::vec(any_rule(), 0..5),
        calls in proptest::collection::vec(any_call(), 0..40),
    ) {
        let mut plan = FaultPlan::default();
        rules.iter().for_each(|rule| { plan.arm(rule.clone()); });
        let mut fired = vec![0_u64; rules.len()];
        for end in 1..=calls.len() {
            let (operation, caller) = calls[end - 1];
            let due = rules.iter().zip(&fired).position(|(rule, fired)| {
                let (count, is_last) = matches_so_far(rule, &calls[..end]);
                let first = rule.address.nth.map_or(1, |nth| u64::from(nth.get()));
                let is_left = match rule.times {
                    Times::Count(count) => *fired < u64::from(count.get()),
                    _ => true,
                };
                is_last && count >= first && is_left
            });
            let decided = plan.decide(&CallPoint::of(operation, caller));
            prop_assert_eq!(decided.map(|fired| fired.rule.0), due.map(|at| at as u64 + 1));
            due.into_iter().for_each(|at| fired[at] += 1);
        }
        for (row, (rule, fired)) in plan.ledger().iter().zip(rules.iter().zip(&fired)) {
            prop_assert_eq!(row.seen, matches_so_far(rule, &calls).0);
            prop_assert_eq!(row.fired, *fired);
        }
    }
}
