//! Which call does what to AWSPENDING and AWSCURRENT: every row of the table, over the wire.

use serde_json::{Value, json};

use crate::stage::{FUNCTION, Stage};

const V1: &str = "11111111-1111-4111-8111-111111111111";
const V2: &str = "22222222-2222-4222-8222-222222222222";
const V3: &str = "33333333-3333-4333-8333-333333333333";

/// A call on the secret, whose first version is `V1`.
#[derive(Clone, Copy)]
enum Call {
    /// RotateSecret under the token; its steps do not run yet.
    Rotate(&'static str),
    /// Whatever steps there are run to their end.
    Run,
    Cancel,
    Put(&'static str, &'static [&'static str]),
    /// Moves a label to a version, from the other.
    Move(&'static str, &'static str, Option<&'static str>),
    /// Takes AWSPENDING off a version.
    Remove(&'static str),
    /// GetSecretValue by these members.
    Get(&'static [(&'static str, &'static str)]),
    /// Every version, deprecated or not, has a value.
    List,
    DeleteAndRestore,
}

use Call::{Cancel, DeleteAndRestore, Get, List, Move, Put, Remove, Rotate, Run};

/// Labels by the version, those without any left out.
type Labels = &'static [(&'static str, &'static [&'static str])];

const CURRENT: &[&str] = &["AWSCURRENT"];
const PREVIOUS: &[&str] = &["AWSPREVIOUS"];
const PENDING: &[&str] = &["AWSPENDING"];
const BOTH: &[&str] = &["AWSCURRENT", "AWSPENDING"];
const NOBODY: Labels = &[(V1, CURRENT)];
const ELSEWHERE: Labels = &[(V1, CURRENT), (V2, PENDING)];

/// AWSPENDING is on V1 too, or on V2 with a value, or on V2 that is a placeholder.
const TOGETHER: &[Call] = &[Move("AWSPENDING", V1, None)];
const APART: &[Call] = &[Put(V2, PENDING)];
const PLACEHOLDER: &[Call] = &[Rotate(V2)];

/// What was called before, the call, and the labels after it or the code of the refusal, which
/// changes none.
const ROWS: &[(&[Call], Call, Result<Labels, &str>)] = &[
    (&[], Rotate(V2), Ok(ELSEWHERE)),
    (TOGETHER, Rotate(V2), Ok(ELSEWHERE)),
    (APART, Rotate(V3), Err("InvalidRequestException")),
    (PLACEHOLDER, Rotate(V3), Err("InvalidRequestException")),
    (PLACEHOLDER, Cancel, Ok(ELSEWHERE)),
    (
        &[Rotate(V2), Cancel],
        Rotate(V3),
        Err("InvalidRequestException"),
    ),
    (APART, Put(V3, &[]), Ok(&[(V1, PREVIOUS), (V3, CURRENT)])),
    (
        PLACEHOLDER,
        Put(V3, &[]),
        Ok(&[(V1, PREVIOUS), (V3, CURRENT)]),
    ),
    (TOGETHER, Put(V3, &[]), Ok(&[(V1, PREVIOUS), (V3, CURRENT)])),
    (APART, Put(V3, PENDING), Ok(&[(V1, CURRENT), (V3, PENDING)])),
    (
        APART,
        Move("AWSCURRENT", V2, Some(V1)),
        Ok(&[(V1, PREVIOUS), (V2, BOTH)]),
    ),
    (PLACEHOLDER, Run, Ok(&[(V1, PREVIOUS), (V2, CURRENT)])),
    (APART, Remove(V2), Ok(NOBODY)),
    (
        &[Put(V2, PENDING), Remove(V2)],
        Rotate(V3),
        Ok(&[(V1, CURRENT), (V3, PENDING)]),
    ),
    (PLACEHOLDER, Remove(V2), Ok(NOBODY)),
    (
        PLACEHOLDER,
        Get(&[("VersionId", V2)]),
        Err("ResourceNotFoundException"),
    ),
    (
        PLACEHOLDER,
        Get(&[("VersionStage", "AWSPENDING")]),
        Err("ResourceNotFoundException"),
    ),
    (
        PLACEHOLDER,
        Get(&[("VersionId", V2), ("VersionStage", "AWSPENDING")]),
        Err("ResourceNotFoundException"),
    ),
    (PLACEHOLDER, List, Ok(ELSEWHERE)),
    (PLACEHOLDER, DeleteAndRestore, Ok(ELSEWHERE)),
];

#[test]
fn every_row_of_the_state_table_holds() {
    for (row, (before, call, after)) in ROWS.iter().enumerate() {
        let row = row + 1;
        let mut stage = stage();
        for call in *before {
            assert_eq!(perform(&mut stage, *call), Ok(()), "before row {row}");
        }
        let labels_before = labels(&mut stage);
        let got = perform(&mut stage, *call);
        assert_eq!(got, after.map(drop).map_err(str::to_owned), "row {row}");
        let expected = after.map_or(labels_before, told);
        assert_eq!(labels(&mut stage), expected, "row {row}");
    }
}

/// A stage with the secret.
fn stage() -> Stage {
    let mut stage = Stage::new(Default::default());
    let new = json!({"Name": "s", "SecretString": "old", "ClientRequestToken": V1});
    stage.must("CreateSecret", new);
    stage
}

fn labels(stage: &mut Stage) -> Value {
    let described = stage.must("DescribeSecret", json!({"SecretId": "s"}));
    let mut labels = described["VersionIdsToStages"].clone();
    for stages in labels.as_object_mut().into_iter().flatten() {
        if let Some(stages) = stages.1.as_array_mut() {
            stages.sort_by_key(Value::to_string);
        }
    }
    labels
}

fn told(labels: Labels) -> Value {
    labels
        .iter()
        .map(|(version, labels)| ((*version).to_owned(), json!(labels)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Makes the call; the code of its refusal if it is refused.
fn perform(stage: &mut Stage, call: Call) -> Result<(), String> {
    let (operation, members) = match call {
        Rotate(token) => (
            "RotateSecret",
            json!({"ClientRequestToken": token, "RotationLambdaARN": FUNCTION}),
        ),
        Cancel => ("CancelRotateSecret", json!({})),
        Put(token, []) => (
            "PutSecretValue",
            json!({"ClientRequestToken": token, "SecretString": token}),
        ),
        Put(token, labels) => (
            "PutSecretValue",
            json!({"ClientRequestToken": token, "SecretString": token, "VersionStages": labels}),
        ),
        Move(label, to, from) => (
            "UpdateSecretVersionStage",
            json!({"VersionStage": label, "MoveToVersionId": to, "RemoveFromVersionId": from}),
        ),
        Remove(from) => (
            "UpdateSecretVersionStage",
            json!({"VersionStage": "AWSPENDING", "RemoveFromVersionId": from}),
        ),
        Get(members) => {
            let members = members.iter().map(|(name, value)| (*name, json!(value)));
            ("GetSecretValue", members.collect())
        }
        List => ("ListSecretVersionIds", json!({"IncludeDeprecated": true})),
        DeleteAndRestore => {
            stage.must("DeleteSecret", json!({"SecretId": "s"}));
            ("RestoreSecret", json!({}))
        }
        Run => {
            stage.rotate();
            return Ok(());
        }
    };
    let mut request: Value = members;
    request["SecretId"] = json!("s");
    let answer = stage.call(operation, request);
    if let Some(code) = answer.error_code() {
        return Err(code.to_owned());
    }
    if let List = call {
        assert_eq!(answer.body["Versions"].as_array().map(Vec::len), Some(1));
        assert_eq!(answer.body["Versions"][0]["VersionId"], V1);
    }
    Ok(())
}
