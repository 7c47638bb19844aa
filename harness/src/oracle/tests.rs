//! Oracles that no mutant offends, shown objecting to worlds made by hand.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, Uri};
use keywheel_emulator::engine::snapshot::{
    ApiView, KeyView, SecretView, Snapshot, ValueView, VersionView,
};
use keywheel_emulator::ids::{ApiId, ApiKeyId, StagingLabel};

use super::*;
use crate::history::Seen;

const KEYS: [&str; 2] = [
    "da2-aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "da2-bbbbbbbbbbbbbbbbbbbbbbbbbb",
];

/// A world that a test changes from commit to commit.
struct Stage {
    judge: Judge,
    names: Names,
    labels: BTreeMap<&'static str, &'static str>,
    values: BTreeMap<&'static str, &'static str>,
    keys: Vec<(usize, Timestamp)>,
}

impl Stage {
    fn new() -> Self {
        let day = Span::days(1);
        Self {
            judge: Judge::new(day, Span::days(30), &["DescribeSecret"]),
            names: Names::default(),
            labels: BTreeMap::new(),
            values: BTreeMap::new(),
            keys: Vec::new(),
        }
    }

    fn commit(&mut self, actor: Actor, token: &str) {
        let one = secret("one", &self.labels, &self.values);
        let two = secret("two", &BTreeMap::new(), &self.values);
        let snapshot = Snapshot {
            at: Timestamp::EPOCH,
            commits: 0,
            secrets: vec![one, two],
            apis: vec![ApiView {
                id: ApiId::new("api"),
                accepts_api_keys: true,
                live_keys: 0,
                unmarked_deleted: 0,
                keys: self
                    .keys
                    .iter()
                    .map(|(at, expires)| key(*at, *expires))
                    .collect(),
            }],
        };
        let token = VersionId::new(token);
        let number = Some(InvocationNumber(1));
        self.judge
            .committed(&snapshot, actor, number, Some(&token), &mut self.names);
    }

    fn function(&mut self, token: &str) {
        self.commit(Actor::Function(Some(Step::FinishSecret)), token);
    }

    fn has_objected(&self, oracle: OracleId) -> bool {
        self.judge
            .violations()
            .iter()
            .any(|found| found.oracle() == oracle)
    }
}

type Texts = BTreeMap<&'static str, &'static str>;

/// A secret with versions `one1`, `one2`…, some with a value.
fn secret(name: &str, labels: &Texts, values: &Texts) -> SecretView {
    let version = |number: &i32| {
        let id = format!("{name}{number}");
        let value = values.get(id.as_str()).map(|text| ValueView::of(text));
        let view = VersionView {
            created: Timestamp::EPOCH,
            value,
        };
        (VersionId::new(id), view)
    };
    let labels = labels.iter();
    SecretView {
        arn: SecretArn::new(name),
        labels: labels
            .map(|(label, version)| (StagingLabel::new(*label), VersionId::new(*version)))
            .collect(),
        versions: [1, 2, 3].iter().map(version).collect(),
        last_rotated: None,
        deletion_due: None,
        is_replica: false,
    }
}

fn key(at: usize, expires: Timestamp) -> KeyView {
    KeyView {
        id: ApiKeyId::new(KEYS[at]),
        description: None,
        created: Timestamp::EPOCH,
        expires,
        removed: None,
        is_accepted: true,
        refusals: Vec::new(),
    }
}

#[test]
fn a_label_that_goes_back_is_told() {
    let mut stage = Stage::new();
    for (version, is_back) in [("one1", false), ("one2", false), ("one1", true)] {
        stage.labels.insert("AWSCURRENT", version);
        stage.function(version);
        assert_eq!(stage.has_objected(OracleId::NoReturn), is_back, "{version}");
    }
}

#[test]
fn a_key_of_another_secret_that_is_touched_is_told() {
    let mut stage = Stage::new();
    stage.commit(Actor::World, "one1");
    stage.keys.push((0, Timestamp::EPOCH.plus_days(90)));
    stage.function("one1");
    stage.keys[0].1 = Timestamp::EPOCH.plus_days(80);
    stage.function("one2");
    assert!(!stage.has_objected(OracleId::OwnSecretOnly));
    stage.keys[0].1 = Timestamp::EPOCH.plus_days(70);
    stage.function("two1");
    assert!(stage.has_objected(OracleId::OwnSecretOnly));
}

#[test]
fn a_call_beyond_the_policy_is_told() {
    let mut stage = Stage::new();
    for (operation, is_beyond) in [("DescribeSecret", false), ("DeleteSecret", true)] {
        let exchange = Exchange {
            number: 1,
            caller: None,
            operation,
            method: Method::POST,
            uri: Uri::from_static("/"),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
            outcome: Seen::Dropped,
            fault: None,
        };
        stage.judge.called(Timestamp::EPOCH, &exchange);
        assert_eq!(stage.has_objected(OracleId::WithinPolicy), is_beyond);
    }
}

#[test]
fn a_value_that_becomes_another_is_told() {
    let mut stage = Stage::new();
    for (text, is_other) in [("a", false), ("a", false), ("b", true)] {
        stage.values.insert("one1", text);
        stage.function("one1");
        assert_eq!(stage.has_objected(OracleId::ValueFixed), is_other, "{text}");
    }
}

#[test]
fn keys_that_end_too_early_after_a_rotation_are_told() {
    for (days, is_early) in [(60, false), (58, true)] {
        let mut stage = Stage::new();
        let event = Event::of(
            "finishSecret",
            SecretArn::new("one"),
            VersionId::new("one1"),
        );
        let number = InvocationNumber(1);
        stage.keys.push((0, Timestamp::EPOCH.plus_days(days)));
        stage.function("one1");
        stage.judge.started(number, &event, Timestamp::EPOCH);
        stage.values.insert("one1", KEYS[0]);
        stage.labels.insert("AWSCURRENT", "one1");
        stage.function("one1");
        let end = InvocationEnd::Succeeded;
        stage.judge.ended(Timestamp::EPOCH, number, &end, false);
        assert_eq!(stage.has_objected(OracleId::Lasts), is_early, "{days}");
    }
}
