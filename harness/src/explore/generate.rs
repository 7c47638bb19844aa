//! Random scenarios: worlds, faults, doubled steps and people, drawn by proptest and shrunk by it.
//!
//! A generated scenario expects nothing of a rotation's outcome, which depends on what was drawn;
//! it is judged by the oracles alone.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use keywheel_emulator::fault::{Address, Rule, Span, Times, Verdict};
use keywheel_emulator::ids::Step;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use crate::scenario::{
    AdminAction, ForeignKey, Holds, KeyRef, Located, Payload, Point, Restart, RotateOutcome,
    Scenario, Shape, Statement, Twice, WorldSpec,
};

use super::kinds::is_about_keys;

/// Calls that the steps of a rotation make, as fault addresses name them.
const CALLS: [(Step, &str); 16] = [
    (Step::CreateSecret, "DescribeSecret"),
    (Step::CreateSecret, "GetSecretValue"),
    (Step::CreateSecret, "ListApiKeys"),
    (Step::CreateSecret, "CreateApiKey"),
    (Step::CreateSecret, "PutSecretValue"),
    (Step::SetSecret, "DescribeSecret"),
    (Step::SetSecret, "GetSecretValue"),
    (Step::SetSecret, "ListApiKeys"),
    (Step::TestSecret, "GetSecretValue"),
    (Step::TestSecret, "GraphQL"),
    (Step::FinishSecret, "DescribeSecret"),
    (Step::FinishSecret, "GetSecretValue"),
    (Step::FinishSecret, "ListApiKeys"),
    (Step::FinishSecret, "UpdateSecretVersionStage"),
    (Step::FinishSecret, "UpdateApiKey"),
    (Step::FinishSecret, "DeleteApiKey"),
];

/// What scenarios are drawn for: a world, and the calls that a function makes in it.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The world; none for one that is drawn.
    world: Option<WorldSpec>,
    calls: Vec<(Step, String)>,
}

impl Default for Ground {
    /// The builtin rotator's.
    fn default() -> Self {
        let calls = CALLS.map(|(step, operation)| (step, operation.to_owned()));
        Self {
            world: None,
            calls: calls.to_vec(),
        }
    }
}

impl Ground {
    /// A world, and the calls that a clean rotation has made in it; none if it made none.
    pub fn of(world: WorldSpec, points: &[Address]) -> Option<Self> {
        let calls = points
            .iter()
            .filter_map(|at| Some((at.step?, at.operation.clone())));
        let calls: Vec<_> = calls.collect::<BTreeSet<_>>().into_iter().collect();
        let world = Some(world);
        (!calls.is_empty()).then_some(Self { world, calls })
    }

    fn holds(&self) -> Holds {
        self.world.as_ref().map_or(Holds::Key, |world| world.holds)
    }
}

/// Whole scenarios of the builtin rotator.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    scenarios_on(&Ground::default())
}

/// Whole scenarios on this ground.
pub fn scenarios_on(ground: &Ground) -> impl Strategy<Value = Scenario> + use<> {
    let given = ground.world.clone();
    let drawn = (any::<u64>(), worlds(), vec(rounds(ground), 1..=3));
    drawn.prop_map(move |(seed, drawn, rounds)| {
        let world = given.clone().unwrap_or(drawn);
        let mut scenario = Scenario::new("generated");
        scenario.seed = seed;
        scenario.world = world;
        scenario.statements = rounds.into_iter().flatten().map(Located::nowhere).collect();
        scenario
    })
}

fn worlds() -> impl Strategy<Value = WorldSpec> {
    let foreign = option::of(Just(ForeignKey {
        name: "other-app".to_owned(),
        life: Span::days(90),
        api: 1,
    }));
    let shape = select(vec![Shape::Json, Shape::Plain]);
    let restart = select(vec![Restart::Warm, Restart::Cold]);
    let visibility = prop_oneof![Just(0), 0..20_u32];
    (foreign, shape, restart, visibility, 1..=25_u32).prop_map(
        |(foreign, shape, restart, visibility, page)| WorldSpec {
            keys: foreign.into_iter().collect(),
            shape,
            restart,
            page,
            visibility: Span::seconds(visibility),
            ..WorldSpec::default()
        },
    )
}

/// One rotation, what is ordered to go wrong in it, and the time that passes afterwards.
fn rounds(ground: &Ground) -> impl Strategy<Value = Vec<Statement>> + use<> {
    let rotation = Statement::Rotate {
        secret: "s".to_owned(),
        token: None,
        expect: RotateOutcome::Ok,
    };
    (vec(orders(ground), 0..=3), advances()).prop_map(move |(mut round, advance)| {
        round.push(rotation.clone());
        round.extend(advance);
        round
    })
}

fn advances() -> impl Strategy<Value = Option<Statement>> {
    let spans = [
        Span::seconds(600),
        Span::seconds(3 * 3600),
        Span::days(2),
        Span::days(20),
    ];
    option::of(select(spans.to_vec()).prop_map(Statement::Advance))
}

fn orders(ground: &Ground) -> impl Strategy<Value = Statement> + use<> {
    prop_oneof![
        6 => faults(ground).prop_map(Statement::Fault),
        2 => (select(Step::ALL.to_vec()), select(vec![Twice::InSequence, Twice::AtOnce]))
            .prop_map(|(step, how)| Statement::Double { step, how }),
        1 => (select(Step::ALL.to_vec()), people(ground.holds()))
            .prop_map(|(step, action)| Statement::At { point: Point::Step(step), action }),
    ]
}

fn faults(ground: &Ground) -> impl Strategy<Value = Rule> + use<> {
    let kinds: Vec<Verdict> = Verdict::ALL.iter().map(|(verdict, _)| *verdict).collect();
    let times = prop_oneof![3 => Just(1_u32), 1 => 2..=4_u32];
    let nth = prop_oneof![3 => Just(1_u32), 1 => 1..=3_u32];
    (select(ground.calls.clone()), nth, select(kinds), times).prop_map(
        |((step, operation), nth, verdict, times)| Rule {
            address: Address {
                step: Some(step),
                service: None,
                operation,
                nth: NonZeroU32::new(nth),
                invocation: None,
            },
            verdict,
            times: NonZeroU32::new(times).map_or(Times::ONCE, Times::Count),
            conditions: BTreeMap::new(),
            is_optional: true,
        },
    )
}

/// What people do to a rotation that it can recover from.
fn people(holds: Holds) -> impl Strategy<Value = AdminAction> {
    let mut acts = vec![
        AdminAction::RemoveLabel {
            label: "AWSPENDING".to_owned(),
        },
        AdminAction::PutValue {
            value: Payload::Copy,
        },
        AdminAction::DeleteKey {
            key: KeyRef::Current,
        },
        AdminAction::ExpireKey {
            key: KeyRef::Current,
            after: Span::days(2),
        },
        AdminAction::CreateKeys { count: 3 },
        AdminAction::CancelRotation,
    ];
    if holds == Holds::Password {
        acts.retain(|action| !is_about_keys(action));
    }
    select(acts)
}
