//! The rules of a secret, one test for each sentence.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::ids::{FunctionArn, Scope, StagingLabel, VersionId};
use crate::time::{DAY_MS, Timestamp};

use super::deletion::DeletionRequest;
use super::error::SecretsError;
use super::guard::SecretMut;
use super::rotation::{RotationKind, RotationOrigin, RotationStart};
use super::secret::{PutEffect, Secret, Selector};
use super::version::{RotationToken, SecretValue};
use super::{Deleted, NewSecret, Secrets, SecretsSettings};

const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn v(name: &str) -> VersionId {
    VersionId::new(name)
}

fn label(name: &str) -> StagingLabel {
    StagingLabel::new(name)
}

fn text(value: &str) -> SecretValue {
    SecretValue::text(value)
}

fn new(name: &str, token: &str, value: Option<&str>) -> NewSecret {
    NewSecret {
        name: name.to_owned(),
        token: v(token),
        value: value.map(text),
        description: None,
        kms_key_id: None,
        tags: vec![],
    }
}

fn secrets() -> Secrets {
    let mut secrets = Secrets::default();
    create(&mut secrets, new("s", "v1", Some("one"))).unwrap();
    secrets
}

fn create(secrets: &mut Secrets, new: NewSecret) -> Result<SecretMut<'_>, SecretsError> {
    secrets.create(
        new,
        &Scope::default(),
        "AbCdE1",
        SecretsSettings::default(),
        NOW,
    )
}

fn delete(secrets: &mut Secrets, id: &str, force: bool) -> Result<Deleted, SecretsError> {
    let request = DeletionRequest::new(None, force)?;
    let settings = SecretsSettings::default();
    secrets.delete(id, request, &Scope::default(), "XyZ012", settings, NOW)
}

fn secret(secrets: &mut Secrets) -> SecretMut<'_> {
    secrets.find_mut("s", &Scope::default()).unwrap()
}

fn start(token: &str, kind: RotationKind) -> RotationStart {
    RotationStart {
        token: v(token),
        rotation_token: RotationToken::new("r"),
        function: FunctionArn::new("f"),
        rules: None,
        kind,
        origin: RotationOrigin::Call,
    }
}

/// Labels as `v1=AWSCURRENT v2=AWSPENDING`, versions in the order of creation.
pub(crate) fn shown(secret: &Secret) -> String {
    let show = |id: &VersionId| {
        let labels: Vec<_> = secret.labels().of(id).map(StagingLabel::as_str).collect();
        format!("{id}={}", labels.join(","))
    };
    let ids: Vec<_> = secret.versions().map(|(id, _)| show(id)).collect();
    ids.join(" ")
}

#[test]
fn the_same_token_and_value_create_once_and_other_values_are_refused() {
    let mut secrets = secrets();
    let arn = secret(&mut secrets).arn.clone();
    let again = create(&mut secrets, new("s", "v1", Some("one")));
    assert_eq!(again.unwrap().arn, arn);
    let other_value = create(&mut secrets, new("s", "v1", Some("two"))).unwrap_err();
    assert_eq!(
        other_value,
        SecretsError::TokenInUse {
            token: v("v1"),
            secret: arn
        }
    );
    let other_token = create(&mut secrets, new("s", "v2", Some("one"))).unwrap_err();
    assert_eq!(other_token, SecretsError::NameInUse("s".to_owned()));
}

#[test]
fn a_secret_is_found_by_name_full_arn_and_partial_arn() {
    let (mut secrets, scope) = (secrets(), Scope::default());
    let arn = secret(&mut secrets).arn.to_string();
    assert!(arn.ends_with(":secret:s-AbCdE1"), "{arn}");
    for id in ["s", arn.as_str(), &arn[..arn.len() - 7]] {
        assert_eq!(secrets.find(id, &scope).unwrap().name.as_ref(), "s", "{id}");
    }
    for id in [
        "",
        "S",
        &arn[..arn.len() - 1],
        &arn.replace("AbCdE1", "AbCdE2"),
    ] {
        assert_eq!(
            secrets.find(id, &scope).unwrap_err(),
            SecretsError::NotFound,
            "{id}"
        );
    }
}

#[test]
fn a_name_that_ends_like_a_suffix_makes_its_partial_arn_unusable() {
    let (mut secrets, scope) = (Secrets::default(), Scope::default());
    let arn = create(&mut secrets, new("s-a1b2c3", "v1", None))
        .unwrap()
        .arn
        .to_string();
    assert!(secrets.find("s-a1b2c3", &scope).is_ok());
    assert!(secrets.find(&arn, &scope).is_ok());
    let partial = &arn[..arn.len() - 7];
    assert_eq!(
        secrets.find(partial, &scope).unwrap_err(),
        SecretsError::NotFound
    );
}

#[test]
fn a_known_token_with_the_same_value_changes_nothing() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    let later = NOW.plus_millis(5);
    secret.put(&v("v2"), text("two"), None, later).unwrap();
    let again = secret.put(&v("v1"), text("one"), None, later.plus_millis(1));
    assert_eq!(again, Ok(PutEffect::Unchanged));
    assert_eq!(secret.last_changed, later);
    assert_eq!(shown(&secret), "v1=AWSPREVIOUS v2=AWSCURRENT");
    let binary = secret.put(&v("v1"), SecretValue::binary(b"one"), None, later);
    assert!(matches!(binary, Err(SecretsError::TokenInUse { .. })));
}

#[test]
fn the_first_version_is_current_whatever_its_labels() {
    let mut secrets = Secrets::default();
    create(&mut secrets, new("s", "t", None)).unwrap();
    let mut secret = secret(&mut secrets);
    let labels = BTreeSet::from([label("ONE")]);
    secret
        .put(&v("v1"), text("one"), Some(labels), NOW)
        .unwrap();
    assert_eq!(shown(&secret), "v1=AWSCURRENT,ONE");
}

#[test]
fn versions_are_selected_by_id_by_label_or_by_both() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    secret.put(&v("v2"), text("two"), None, NOW).unwrap();
    let (v1, v2, v9) = (v("v1"), v("v2"), v("v9"));
    let (current, previous, other) = (label("AWSCURRENT"), label("AWSPREVIOUS"), label("X"));
    for (version, label, found) in [
        (None, None, Ok(&v2)),
        (None, Some(&previous), Ok(&v1)),
        (Some(&v1), None, Ok(&v1)),
        (Some(&v2), Some(&current), Ok(&v2)),
        (
            Some(&v1),
            Some(&current),
            Err(SecretsError::LabelNotOnVersion),
        ),
        (
            Some(&v9),
            None,
            Err(SecretsError::NoValueForVersion(v9.clone())),
        ),
        (
            Some(&v9),
            Some(&current),
            Err(SecretsError::NoValueForVersion(v9.clone())),
        ),
        (
            None,
            Some(&other),
            Err(SecretsError::NoValueForLabel(other.clone())),
        ),
    ] {
        let got = secret.find(Selector { version, label });
        assert_eq!(got, found.cloned(), "{version:?} {label:?}");
    }
}

#[test]
fn a_placeholder_cannot_be_read_and_goes_with_its_label() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    secret
        .begin_rotation(start("v2", RotationKind::Full), NOW)
        .unwrap();
    assert_eq!(shown(&secret), "v1=AWSCURRENT v2=AWSPENDING");
    let (id, pending) = (v("v2"), StagingLabel::pending());
    for (version, label) in [
        (Some(&id), None),
        (None, Some(&pending)),
        (Some(&id), Some(&pending)),
    ] {
        assert!(secret.find(Selector { version, label }).is_err());
    }
    secret.update_stage(&pending, Some(&id), None, NOW).unwrap();
    assert_eq!(shown(&secret), "v1=AWSCURRENT");
    assert_eq!(secret.check_no_unfinished_rotation(), Ok(()));
}

#[test]
fn a_put_fills_a_placeholder() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    secret
        .begin_rotation(start("v2", RotationKind::Full), NOW)
        .unwrap();
    let pending = BTreeSet::from([StagingLabel::pending()]);
    secret
        .put(&v("v2"), text("two"), Some(pending), NOW)
        .unwrap();
    assert_eq!(shown(&secret), "v1=AWSCURRENT v2=AWSPENDING");
    let id = v("v2");
    assert!(
        secret
            .find(Selector {
                version: Some(&id),
                label: None
            })
            .is_ok()
    );
    assert!(secret.version(&id).unwrap().rotation_token.is_some());
}

#[test]
fn reads_are_noted_by_the_day_and_by_the_version() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    secret.put(&v("v2"), text("two"), None, NOW).unwrap();
    let id = v("v1");
    let reading = secret
        .read(
            Selector {
                version: Some(&id),
                label: None,
            },
            NOW,
        )
        .unwrap();
    assert_eq!((reading.id, reading.value), (id, &text("one")));
    assert_eq!(secret.last_accessed_day, Some(NOW.floor_day()));
    let day = |id| secret.version(&v(id)).unwrap().last_accessed_day;
    assert_eq!((day("v1"), day("v2")), (Some(NOW.floor_day()), None));
}

/// Carries a label move out on `v1=AWSPREVIOUS v2=AWSCURRENT,ONE`; `-` is no version.
fn stage_moved(name: &str, from: &str, to: &str) -> (Result<(), SecretsError>, String) {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    let labels = BTreeSet::from([StagingLabel::current(), label("ONE")]);
    secret
        .put(&v("v2"), text("two"), Some(labels), NOW)
        .unwrap();
    let given = |id: &str| (id != "-").then(|| v(id));
    let (from, to) = (given(from), given(to));
    let result = secret.update_stage(&label(name), from.as_ref(), to.as_ref(), NOW);
    (result, shown(&secret))
}

#[test]
fn update_stage_moves_adds_and_removes() {
    for (name, from, to, after) in [
        ("ONE", "v2", "v1", "v1=AWSPREVIOUS,ONE v2=AWSCURRENT"),
        ("AWSCURRENT", "v2", "v1", "v1=AWSCURRENT v2=AWSPREVIOUS,ONE"),
        ("AWSCURRENT", "v1", "v2", "v1=AWSPREVIOUS v2=AWSCURRENT,ONE"),
        ("NEW", "-", "v1", "v1=AWSPREVIOUS,NEW v2=AWSCURRENT,ONE"),
        ("ONE", "v2", "-", "v1=AWSPREVIOUS v2=AWSCURRENT"),
    ] {
        let got = stage_moved(name, from, to);
        assert_eq!(got, (Ok(()), after.to_owned()), "{name} {from} {to}");
    }
}

#[test]
fn update_stage_demands_the_right_source_and_known_versions() {
    use SecretsError::{CurrentRemoved, NoValueForVersion, NothingToMove, WrongSource};
    let held = |name| SecretsError::LabelHeld {
        label: label(name),
        holder: v("v2"),
    };
    for (name, from, to, error) in [
        ("AWSCURRENT", "-", "v1", held("AWSCURRENT")),
        ("ONE", "-", "v1", held("ONE")),
        ("ONE", "v1", "v1", WrongSource(label("ONE"))),
        ("NEW", "v2", "v1", WrongSource(label("NEW"))),
        ("ONE", "v1", "-", WrongSource(label("ONE"))),
        ("AWSCURRENT", "v2", "-", CurrentRemoved),
        ("ONE", "-", "-", NothingToMove),
        ("ONE", "v2", "v9", NoValueForVersion(v("v9"))),
        ("ONE", "v9", "v1", NoValueForVersion(v("v9"))),
    ] {
        let got = stage_moved(name, from, to);
        let untouched = "v1=AWSPREVIOUS v2=AWSCURRENT,ONE".to_owned();
        assert_eq!(got, (Err(error), untouched), "{name} {from} {to}");
    }
}

#[test]
fn current_does_not_move_to_a_placeholder() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    secret
        .begin_rotation(start("v2", RotationKind::Full), NOW)
        .unwrap();
    let got = secret.update_stage(
        &StagingLabel::current(),
        Some(&v("v1")),
        Some(&v("v2")),
        NOW,
    );
    assert_eq!(got, Err(SecretsError::TargetWithoutValue(v("v2"))));
}

#[test]
fn the_oldest_unlabelled_versions_go_but_none_younger_than_a_day() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    for number in 2..=100 {
        let now = NOW.plus_millis(number);
        secret
            .put(&v(&format!("v{number}")), text("x"), None, now)
            .unwrap();
    }
    let before = shown(&secret);
    let too_soon = secret.put(&v("v101"), text("x"), None, NOW.plus_millis(DAY_MS - 1));
    assert_eq!(too_soon, Err(SecretsError::TooManyVersions));
    assert_eq!(shown(&secret), before);
    secret
        .put(&v("v101"), text("x"), None, NOW.plus_millis(DAY_MS))
        .unwrap();
    assert!(secret.version(&v("v1")).is_none() && secret.version(&v("v2")).is_some());
    assert_eq!(secret.versions().count(), 100);
}

#[test]
fn another_key_encrypts_the_versions_in_use() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    secret.put(&v("v2"), text("two"), None, NOW).unwrap();
    secret.put(&v("v3"), text("three"), None, NOW).unwrap();
    secret.set_kms_key(Some("key".to_owned()));
    let keys: Vec<_> = secret
        .versions()
        .map(|(_, it)| it.kms_key_id.is_some())
        .collect();
    assert_eq!(keys, [false, true, true]);
}

#[test]
fn a_scheduled_secret_refuses_until_it_is_restored_and_goes_when_its_time_comes() {
    let mut secrets = secrets();
    let deleted = delete(&mut secrets, "s", false).unwrap();
    assert_eq!(deleted.due, NOW.plus_days(30));
    let live = |secrets: &mut Secrets| secrets.find("s", &Scope::default()).unwrap().check_live();
    assert_eq!(live(&mut secrets), Err(SecretsError::ScheduledForDeletion));
    assert_eq!(
        delete(&mut secrets, "s", false),
        Err(SecretsError::ScheduledForDeletion)
    );
    let taken = create(&mut secrets, new("s", "v1", Some("one"))).unwrap_err();
    assert_eq!(taken, SecretsError::NameScheduledForDeletion);
    secrets
        .restore("s", &Scope::default(), SecretsSettings::default(), NOW)
        .unwrap();
    assert_eq!(live(&mut secrets), Ok(()));
    delete(&mut secrets, "s", false).unwrap();
    assert_eq!(secrets.next_deletion(), Some(NOW.plus_days(30)));
    secrets.remove_due(NOW.plus_days(30).plus_millis(-1));
    assert!(secrets.find("s", &Scope::default()).is_ok());
    secrets.remove_due(NOW.plus_days(30));
    assert!(secrets.find("s", &Scope::default()).is_err());
}

#[test]
fn force_deletes_what_is_scheduled_and_what_never_was() {
    let mut secrets = secrets();
    delete(&mut secrets, "s", false).unwrap();
    assert!(delete(&mut secrets, "s", true).is_ok());
    assert!(secrets.find("s", &Scope::default()).is_err());
    let made_up = delete(&mut secrets, "s", true).unwrap();
    assert!(
        made_up.arn.as_str().ends_with(":secret:s-XyZ012"),
        "{made_up:?}"
    );
    assert_eq!(
        delete(&mut secrets, "s", false),
        Err(SecretsError::NotFound)
    );
    assert_eq!(
        delete(&mut secrets, "a b", true),
        Err(SecretsError::InvalidName)
    );
}

#[test]
fn a_forced_deletion_may_hold_the_name_for_a_while() {
    let mut secrets = secrets();
    let settings = SecretsSettings {
        forced_deletion_delay_ms: 10_000,
        ..Default::default()
    };
    let scope = Scope::default();
    secrets
        .delete(
            "s",
            DeletionRequest::Forced,
            &scope,
            "XyZ012",
            settings,
            NOW,
        )
        .unwrap();
    let live = secrets.find("s", &scope).unwrap().check_live();
    assert_eq!(live, Err(SecretsError::Deleted));
    let restored = secrets
        .restore("s", &scope, SecretsSettings::default(), NOW)
        .map(|_| ());
    assert_eq!(restored, Err(SecretsError::Deleted));
    assert!(create(&mut secrets, new("s", "v1", None)).is_err());
    secrets.remove_due(NOW.plus_millis(10_000));
    assert!(create(&mut secrets, new("s", "v1", None)).is_ok());
}

#[test]
fn a_test_run_gets_a_copy_of_the_current_value_and_leaves_nothing() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    secret
        .begin_rotation(start("v2", RotationKind::TestOnly), NOW)
        .unwrap();
    assert_eq!(shown(&secret), "v1=AWSCURRENT v2=AWSPENDING");
    assert_eq!(secret.version(&v("v2")).unwrap().value, Some(text("one")));
    secret.end_test_run(&v("v2"), NOW);
    assert_eq!(shown(&secret), "v1=AWSCURRENT");
}

#[test]
fn cancelling_leaves_pending_which_blocks_the_next_rotation() {
    let mut secrets = secrets();
    let mut secret = secret(&mut secrets);
    assert_eq!(
        secret.cancel_rotation(NOW),
        Err(SecretsError::RotationNotConfigured)
    );
    secret
        .begin_rotation(start("v2", RotationKind::Full), NOW)
        .unwrap();
    assert_eq!(secret.cancel_rotation(NOW), Ok(Some(v("v2"))));
    assert_eq!(shown(&secret), "v1=AWSCURRENT v2=AWSPENDING");
    let again = secret.begin_rotation(start("v3", RotationKind::Full), NOW);
    assert_eq!(again, Err(SecretsError::PreviousRotationUnfinished));
    assert!(!secret.rotation().unwrap().is_enabled());
}

/// One call, chosen by chance.
#[derive(Clone, Debug)]
enum Call {
    Put(u8, Vec<&'static str>),
    Move(&'static str, Option<u8>, Option<u8>),
    Rotate(u8, RotationKind),
    Complete(u8),
    EndTest(u8),
}

fn any_call() -> impl Strategy<Value = Call> {
    let name = || select(vec!["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "ONE"]);
    let version = || 1..6_u8;
    let kind = select(vec![RotationKind::Full, RotationKind::TestOnly]);
    prop_oneof![
        (version(), vec(name(), 0..3)).prop_map(|(id, names)| Call::Put(id, names)),
        (name(), option::of(version()), option::of(version()))
            .prop_map(|(name, from, to)| Call::Move(name, from, to)),
        (version(), kind).prop_map(|(id, kind)| Call::Rotate(id, kind)),
        version().prop_map(Call::Complete),
        version().prop_map(Call::EndTest),
    ]
}

/// Carries a call out, refused or not.
fn carry_out(secret: &mut Secret, call: Call) {
    let id = |number: u8| v(&format!("v{number}"));
    match call {
        Call::Put(version, names) => {
            let labels = names.iter().map(|name| label(name)).collect();
            let labels = (!names.is_empty()).then_some(labels);
            let _ = secret.put(&id(version), text("x"), labels, NOW);
        }
        Call::Move(name, from, to) => {
            let (from, to) = (from.map(id), to.map(id));
            let _ = secret.update_stage(&label(name), from.as_ref(), to.as_ref(), NOW);
        }
        Call::Rotate(version, kind) => {
            let _ = secret.begin_rotation(start(id(version).as_str(), kind), NOW);
        }
        Call::Complete(version) => {
            secret.complete_rotation(&id(version), NOW);
        }
        Call::EndTest(version) => secret.end_test_run(&id(version), NOW),
    }
}

proptest! {
    #[test]
    fn labels_stay_sound_whatever_is_called(calls in vec(any_call(), 0..30)) {
        let mut secrets = secrets();
        let mut secret = secret(&mut secrets);
        for call in calls {
            carry_out(&mut secret, call);
            let labels = secret.labels();
            let current = labels.current().expect("AWSCURRENT stays once it was given");
            prop_assert!(secret.version(current).is_some_and(|it| it.value.is_some()));
            for (_, holder) in labels.iter() {
                prop_assert!(secret.version(holder).is_some(), "{}", shown(&secret));
            }
            for (id, version) in secret.versions() {
                prop_assert!(version.value.is_some() || labels.is_labelled(id));
            }
        }
    }
}
