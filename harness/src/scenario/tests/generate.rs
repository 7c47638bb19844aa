//! Any scenario that can be written.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use keywheel_emulator::fault::{Address, Rule, SERVICES, Span, Times, Verdict};
use keywheel_emulator::ids::Step;
use keywheel_emulator::time::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::contradiction::Demands;
use super::super::*;

/// The foreign keys of every generated world that has any.
const FOREIGN: [&str; 2] = ["mobile-app", "web.2"];

pub(super) fn scenario() -> impl Strategy<Value = Scenario> {
    let story = vec("( {0,2}[a-zA-Z0-9#é.,-]{1,8}){0,4}", 0..3);
    let early = vec(statement(), 0..12);
    (
        story,
        any::<u64>(),
        world(),
        early,
        vec(finally(), 0..2),
        vec("[ -~é]{0,20}\n", 0..3),
    )
        .prop_map(|(story, seed, world, early, last, section)| {
            let statements: Vec<_> = early
                .into_iter()
                .chain(last)
                .map(Located::nowhere)
                .collect();
            let mut demands = Demands::default();
            let statements: Vec<_> = statements
                .into_iter()
                .filter(|located| demands.meet(0, &located.value).is_none())
                .collect();
            let is_used = statements.iter().any(|located| refers(&located.value));
            let body = section.concat().replace("-- ", "== ");
            let names = is_used.then(|| ("poison".to_owned(), body.clone()));
            let golden = (seed % 3 == 0).then(|| ("trace.golden".to_owned(), body));
            let sections = names.into_iter().chain(golden).collect();
            let story = story.join("\n");
            Scenario {
                name: "x".to_owned(),
                file: None,
                story,
                seed,
                function: (seed % 5 == 0).then(|| "mutant:article-a".to_owned()),
                suite: (seed % 5 == 0).then_some(Suite::Builtin),
                notices: Vec::new(),
                needs: (seed % 7 == 0).then(|| "replicas".to_owned()),
                world,
                statements,
                sections,
            }
        })
}

fn refers(statement: &Statement) -> bool {
    let (Statement::Admin(action) | Statement::At { action, .. }) = statement else {
        return false;
    };
    let (AdminAction::PutValue { value } | AdminAction::PutPending { value }) = action else {
        return false;
    };
    matches!(value, Payload::Section(_))
}

fn span(low: u64, high: u64) -> impl Strategy<Value = Span> {
    (low..=high).prop_map(|millis| Span::from_millis(millis).unwrap())
}

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

fn plain_world() -> impl Strategy<Value = WorldSpec> {
    let life = || span(1000, 365 * DAY);
    let keys = (life(), life()).prop_map(|(first, second)| {
        let named = |(name, life): (&str, Span)| ForeignKey {
            name: name.to_owned(),
            life,
            api: 1,
        };
        FOREIGN
            .into_iter()
            .zip([first, second])
            .map(named)
            .collect::<Vec<_>>()
    });
    let lives = life().prop_map(KeyLife::Lives);
    let current = prop_oneof![
        lives,
        Just(KeyLife::Expired),
        Just(KeyLife::None),
        Just(KeyLife::Unset)
    ];
    let shape = select(vec![Shape::Json, Shape::Plain]);
    let spans = (
        span(4 * HOUR, 1000 * DAY),
        span(0, DAY),
        span(0, HOUR),
        span(0, HOUR),
    );
    let counts = (0..=1000_u32, 1..=1000_u32, 1..=1000_u32, 0..=1000_u32);
    let start =
        option::of((946_684_800_000_i64..7_258_118_400_000).prop_map(Timestamp::from_millis));
    let rest = (
        span(0, DAY),
        span(1000, 900_000),
        select(vec![Restart::Warm, Restart::Cold]),
    );
    (keys, current, shape, spans, counts, start, rest).prop_map(
        |(keys, current, shape, spans, counts, start, rest)| {
            let (interval, ttl, visibility, revocation) = spans;
            let (foreign, limit, page, retries) = counts;
            let (retry_after, timeout, restart) = rest;
            WorldSpec {
                keys,
                foreign,
                current,
                shape,
                interval,
                ttl,
                visibility,
                revocation,
                limit,
                page,
                start,
                retries,
                retry_after,
                timeout,
                restart,
                ..WorldSpec::default()
            }
        },
    )
}

fn world() -> impl Strategy<Value = WorldSpec> {
    let value = option::of("[ -~é]{1,20}".prop_map(Payload::Text));
    let several = (1..=9_u32, 1..=9_u32).prop_map(|(secrets, apis)| (secrets, apis.min(secrets)));
    let config = select(vec![Config::Tags, Config::Member]);
    let kinds = select(vec![
        (ApiKind::Graphql, Auth::Default),
        (ApiKind::Graphql, Auth::Additional),
        (ApiKind::Event, Auth::Default),
        (ApiKind::Mixed, Auth::Default),
    ]);
    let more = (
        value,
        0..=70_000_u32,
        several,
        config,
        kinds,
        span(0, HOUR),
        client_retries(),
    );
    let lost_key = select(vec![LostKey::Kept, LostKey::Closed]);
    // Every generated world has a replica, since statements may ask for it.
    let replica = (any::<bool>(), span(0, DAY)).prop_map(|(is_failed, lag)| {
        let region = "eu-central-1".to_owned();
        (ReplicaSpec { region, is_failed }, lag)
    });
    let partly = (replica, lost_key);
    (plain_world(), more, partly).prop_map(|(spec, more, ((replica, replica_lag), lost_key))| {
        let (value, size, (secrets, apis), config, (api, auth), list_lag, retries) = more;
        let (retry_attempts, retry_mode, retry_tokens) = retries;
        let is_one = api == ApiKind::Mixed && apis < 2;
        let is_given = value.is_some();
        WorldSpec {
            shape: if is_given { Shape::Json } else { spec.shape },
            value,
            size: if is_given { 0 } else { size },
            secrets,
            apis,
            api: if is_one { ApiKind::Event } else { api },
            config,
            auth,
            list_lag,
            retry_attempts,
            retry_mode,
            retry_tokens,
            replica: Some(replica),
            replica_lag,
            lost_key,
            ..spec
        }
    })
}

fn client_retries() -> impl Strategy<Value = (u32, RetryMode, Option<u32>)> {
    let modes = select(vec![RetryMode::Standard, RetryMode::Adaptive]);
    (1..=100_u32, modes, option::of(0..=900_u32))
}

fn step() -> impl Strategy<Value = Step> {
    select(Step::ALL.to_vec())
}

fn count() -> impl Strategy<Value = NonZeroU32> {
    (1..=u32::MAX).prop_map(|n| NonZeroU32::new(n).unwrap())
}

fn address() -> impl Strategy<Value = Address> {
    let operation = select([&OPERATIONS[..], &[Address::ANY]].concat());
    (
        option::of(step()),
        option::of(select(SERVICES.to_vec())),
        operation,
        option::of(count()),
        option::of(count()),
    )
        .prop_map(|(step, service, operation, nth, invocation)| Address {
            step,
            service: service.map(str::to_owned),
            operation: operation.to_owned(),
            nth,
            invocation,
        })
}

fn rule() -> impl Strategy<Value = Rule> {
    let fixed = select(Verdict::ALL.map(|(verdict, _)| verdict).to_vec());
    let verdict = (fixed, span(0, DAY)).prop_map(|(verdict, span)| verdict.lasting(span));
    let times = prop_oneof![
        count().prop_map(Times::Count),
        Just(Times::Forever),
        Just(Times::UntilStepEnds),
        span(0, DAY).prop_map(Times::For),
        count().prop_map(Times::Over),
    ];
    let conditions = btree_map("[A-Za-z]{1,9}", "[^\0]{0,9}", 0..3);
    (address(), verdict, times, conditions, any::<bool>()).prop_map(
        |(address, verdict, times, conditions, is_optional)| Rule {
            address,
            verdict,
            times,
            conditions,
            is_optional,
        },
    )
}

fn key() -> impl Strategy<Value = KeyRef> {
    prop_oneof![
        any::<u32>().prop_map(KeyRef::Numbered),
        Just(KeyRef::Pending),
        Just(KeyRef::Current),
        Just(KeyRef::Previous),
        select(FOREIGN.to_vec()).prop_map(|name| KeyRef::Foreign(name.to_owned())),
    ]
}

fn version() -> impl Strategy<Value = VersionRef> {
    prop_oneof![
        Just(VersionRef::First),
        Just(VersionRef::Current),
        Just(VersionRef::Previous),
        Just(VersionRef::Pending),
        (1..=u32::MAX).prop_map(VersionRef::Token),
        (1..=u32::MAX).prop_map(VersionRef::Admin),
    ]
}

fn label() -> impl Strategy<Value = String> {
    select(vec![
        "AWSCURRENT",
        "AWSPREVIOUS",
        "AWSPENDING",
        "LKG",
        "my.label-2",
    ])
    .prop_map(str::to_owned)
}

fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![
        any::<String>().prop_map(Payload::Text),
        select(vec!["copy", "@a", "", "{\"APIKEY\":\"x\"}", "a=\"b"])
            .prop_map(|text| Payload::Text(text.to_owned())),
        Just(Payload::Section("poison".to_owned())),
        Just(Payload::Copy),
    ]
}

fn action() -> impl Strategy<Value = AdminAction> {
    prop_oneof![
        key().prop_map(|key| AdminAction::DeleteKey { key }),
        (key(), span(0, DAY)).prop_map(|(key, after)| AdminAction::ExpireKey { key, after }),
        payload().prop_map(|value| AdminAction::PutValue { value }),
        payload().prop_map(|value| AdminAction::PutPending { value }),
        (label(), version()).prop_map(|(label, to)| AdminAction::MoveLabel { label, to }),
        label().prop_map(|label| AdminAction::RemoveLabel { label }),
        Just(AdminAction::CancelRotation),
        Just(AdminAction::DeleteSecret),
        Just(AdminAction::RestoreSecret),
        Just(AdminAction::DeleteApi),
        any::<bool>().prop_map(|on| AdminAction::ApiKeyMode { on }),
        (1..=1000_u32).prop_map(|count| AdminAction::CreateKeys { count }),
        any::<String>().prop_map(|text| AdminAction::PutBinary { text }),
        (key(), any::<String>()).prop_map(|(key, text)| AdminAction::DescribeKey { key, text }),
        ("[a-z:-]{1,9}", any::<String>())
            .prop_map(|(name, value)| AdminAction::Tag { name, value }),
        Just(AdminAction::Retarget { api: 1 }),
        select(OPERATIONS.to_vec()).prop_map(|operation| AdminAction::Deny {
            operation: operation.to_owned()
        }),
        select(OPERATIONS.to_vec()).prop_map(|operation| AdminAction::Allow {
            operation: operation.to_owned()
        }),
        Just(AdminAction::RotateAgain),
        Just(AdminAction::RotateReplica),
        Just(AdminAction::RemoveReplica),
        Just(AdminAction::RestartEmulator),
        shift().prop_map(|by| AdminAction::FunctionClock { by }),
        shift().prop_map(|by| AdminAction::Jump { by }),
    ]
}

fn shift() -> impl Strategy<Value = Shift> {
    (any::<bool>(), span(0, DAY)).prop_map(|(is_back, span)| Shift { is_back, span })
}

fn bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        any::<u32>().prop_map(Bound::Exactly),
        any::<u32>().prop_map(Bound::AtMost)
    ]
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let states = vec![
        KeyState::Alive,
        KeyState::Expired,
        KeyState::Expiring,
        KeyState::Gone,
    ];
    let of = address().prop_map(|address| Address {
        nth: None,
        invocation: None,
        ..address
    });
    prop_oneof![
        btree_map(label(), version(), 1..4).prop_map(Expectation::Labels),
        (key(), select(states)).prop_map(|(key, state)| Expectation::Key { key, state }),
        bound().prop_map(Expectation::Keys),
        bound().prop_map(Expectation::Creates),
        (of, bound()).prop_map(|(of, count)| Expectation::Calls { of, count }),
        Just(Expectation::ValueUnchangedButKey),
        any::<String>().prop_map(|text| Expectation::Value(Payload::Text(text))),
        select(OracleId::VALUES).prop_map(|oracle| Expectation::Violation { oracle }),
        bound().prop_map(|count| Expectation::Event {
            name: "RotationFailed".to_owned(),
            count
        }),
        bound().prop_map(Expectation::Rotated),
        select(vec![
            ReplicaState::InSync,
            ReplicaState::InProgress,
            ReplicaState::Failed,
        ])
        .prop_map(|state| Expectation::Replica { state }),
        select(Mark::VALUES).prop_map(|mark| Expectation::Coverage { mark }),
    ]
}

fn invocation() -> impl Strategy<Value = Statement> {
    let word = "[b-z][a-z0-9-]{5,9}x".prop_map(VersionRef::Word);
    (step(), prop_oneof![version(), word], outcome()).prop_map(|(step, token, expect)| {
        Statement::Invoke {
            step,
            token,
            expect,
        }
    })
}

fn outcome() -> impl Strategy<Value = InvokeOutcome> {
    prop_oneof![
        Just(InvokeOutcome::Ok),
        Just(InvokeOutcome::Failed),
        "[A-Z][A-Za-z0-9]{0,9}".prop_map(InvokeOutcome::Error),
    ]
}

fn sent() -> impl Strategy<Value = Statement> {
    let forms = vec![
        SecretForm::Arn,
        SecretForm::Name,
        SecretForm::Partial,
        SecretForm::Replica,
    ];
    let add = btree_map("[A-Za-z]{1,9}", any::<String>(), 0..3);
    let members = (vec("[A-Za-z]{1,9}", 0..3), add);
    (
        any::<String>(),
        select(forms),
        version(),
        members,
        outcome(),
    )
        .prop_map(|(step, secret, token, (omit, add), expect)| {
            Statement::Send(SentEvent {
                step,
                secret,
                token,
                omit,
                add,
                expect,
            })
        })
}

fn happening() -> impl Strategy<Value = Statement> {
    let how = select(vec![Twice::InSequence, Twice::AtOnce]);
    let ends = vec![
        RotateOutcome::Ok,
        RotateOutcome::Some,
        RotateOutcome::Failed,
        RotateOutcome::Refused,
    ];
    let rotate = (option::of("[b-z][a-z0-9-]{5,9}x"), select(ends)).prop_map(|(token, expect)| {
        Statement::Rotate {
            secret: "s".to_owned(),
            token,
            expect,
        }
    });
    prop_oneof![
        rule().prop_map(Statement::Fault),
        (step(), how).prop_map(|(step, how)| Statement::Double { step, how }),
        "[abc]{1,9}".prop_map(|order| Statement::Turns { order }),
        step().prop_map(|step| Statement::Skip { step }),
        (step(), step()).prop_map(|(step, with)| Statement::Overlap { step, with }),
        outcome().prop_map(|expect| Statement::TestRotation { expect }),
        sent(),
        rotate,
        invocation(),
        span(0, 3650 * DAY).prop_map(Statement::Advance),
    ]
}

fn statement() -> impl Strategy<Value = Statement> {
    let point = prop_oneof![
        step().prop_map(Point::Step),
        address().prop_map(Point::Call)
    ];
    prop_oneof![
        ("[A-Za-z_][A-Za-z0-9_]{0,9}", "[^\0]{0,9}")
            .prop_map(|(name, value)| Statement::Setting { name, value }),
        happening(),
        action().prop_map(Statement::Admin),
        (point, action()).prop_map(|(point, action)| Statement::At { point, action }),
        expectation().prop_map(Statement::Expect),
        (
            select(OracleId::VALUES),
            "[a-z#\"=]{1,5}( [a-z#]{1,5}){0,3}"
        )
            .prop_map(|(oracle, because)| Statement::Without { oracle, because },),
    ]
}

fn finally() -> impl Strategy<Value = Statement> {
    let oracles = btree_map(select(OracleId::VALUES), Just(()), 0..3);
    (oracles, bound(), bound()).prop_map(|(oracles, keys, creates): (BTreeMap<_, _>, _, _)| {
        let named = oracles.into_keys().map(Check::Oracle);
        let counted = [Check::Keys(keys), Check::Creates(creates)];
        Statement::Finally(named.chain(counted).collect())
    })
}
