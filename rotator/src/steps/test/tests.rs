//! testSecret against scripted answers.

use crate::config::TestMode;
use crate::scripted::*;
use serde_json::json;

fn script(rest: Vec<(&'static str, Answer)>) -> Script {
    let start = [
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("GetGraphqlApi", data_plane()),
    ];
    Script::new(start.into_iter().chain(rest).collect())
}

fn probes(answers: Vec<Answer>) -> Vec<(&'static str, Answer)> {
    answers
        .into_iter()
        .map(|answer| ("Probe n", answer))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn two_acceptances_in_a_row_convince() {
    let calls = script(probes(vec![accepted(), accepted()]))
        .run("testSecret")
        .await
        .unwrap();
    assert_eq!(calls.len(), 5);
    assert_eq!(calls[3].path, "/graphql");
    assert_eq!(
        calls[3].body,
        json!({ "query": "query SmRotProbe { __typename }" })
    );
    let flapping = vec![accepted(), rejected(), accepted(), accepted()];
    assert!(script(probes(flapping)).run("testSecret").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_known_yet_is_asked_about_again() {
    let answers = vec![
        rejected(),
        text(429, ""),
        text(503, ""),
        Answer::Reset,
        Answer::Hang,
        rejected(),
        accepted(),
        accepted(),
    ];
    let calls = script(probes(answers)).run("testSecret").await.unwrap();
    assert!(calls.last().unwrap().at.as_secs() > 10);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_never_accepted_is_reported_after_a_minute() {
    let started = tokio::time::Instant::now();
    let script = script(probes(vec![rejected(); 12]));
    let error = script.run("testSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "ProbeRejected");
    assert!(error.to_string().contains("in a row: 12"), "{error}");
    assert!((40..=60).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn polling_ends_five_seconds_before_the_deadline() {
    let started = tokio::time::Instant::now();
    let script = script(probes(vec![rejected(); 5]));
    let error = script.run_within("testSecret", 15).await.unwrap_err();
    assert_eq!(error.error_type(), "ProbeRejected");
    assert!(started.elapsed().as_secs() < 10);
}

#[tokio::test(start_paused = true)]
async fn an_api_without_key_mode_is_named() {
    let keyless = json!({ "graphqlApi": {
        "authenticationType": "AMAZON_COGNITO_USER_POOLS", "uris": { "GRAPHQL": URL },
    } });
    let mut script = Script::new(vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("GetGraphqlApi", ok(keyless)),
        ("Probe n", rejected()),
    ]);
    script.settings.test_budget_seconds = 0;
    let error = script.run("testSecret").await.unwrap_err();
    assert!(
        error.to_string().contains("API_KEY is not among"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_stands_before_the_api_is_told_apart() {
    let forbidden = script(probes(vec![accepted(), text(403, "")]))
        .run("testSecret")
        .await;
    assert_eq!(forbidden.unwrap_err().error_type(), "ProbeForbidden");
    let unreachable = vec![text(404, ""), Answer::Reset, Answer::Reset];
    let unreachable = script(probes(unreachable))
        .run("testSecret")
        .await
        .unwrap_err();
    assert_eq!(unreachable.error_type(), "ProbeUnreachable");
    assert!(unreachable.to_string().contains(URL), "{unreachable}");
}

#[tokio::test(start_paused = true)]
async fn a_test_run_on_a_copy_of_the_current_value_passes() {
    let script = Script::new(vec![
        (
            "DescribeSecret",
            described(json!({ V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] })),
        ),
        ("GetSecretValue", stored(&key('c'), 0)),
        ("GetGraphqlApi", data_plane()),
        ("Probe c", accepted()),
        ("Probe c", accepted()),
    ]);
    assert!(script.run("testSecret").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_other_modes_ask_no_api() {
    let start = || {
        vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", stored(&key('n'), 60)),
        ]
    };
    let mut off = Script::new(start());
    off.settings.test_mode = TestMode::Off;
    assert!(off.run("testSecret").await.is_ok());

    let keys = |days| {
        (
            "ListApiKeys",
            listed(&[(&key('n'), &marker(TOKEN, 0), days)]),
        )
    };
    for (days, works) in [(9, true), (-1, false)] {
        let mut list = Script::new(start().into_iter().chain([keys(days)]).collect());
        list.settings.test_mode = TestMode::List;
        assert_eq!(list.run("testSecret").await.is_ok(), works);
    }
}

#[tokio::test(start_paused = true)]
async fn a_configured_endpoint_saves_the_look_up() {
    let mut script = Script::new(vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("Probe n", accepted()),
        ("Probe n", accepted()),
    ]);
    script.settings.graphql_endpoint = Some(URL.into());
    assert!(script.run("testSecret").await.is_ok());
}

const ACK: &str = r#"{"type":"connection_ack","connectionTimeoutMs":300000}"#;

fn of_an_event_api(rest: Vec<(&'static str, Answer)>) -> Script {
    let start = [
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("GetGraphqlApi", error(404, "NotFoundException")),
    ];
    Script::new(start.into_iter().chain(rest).collect())
}

#[tokio::test(start_paused = true)]
async fn an_event_api_is_asked_over_its_websocket() {
    let refused = r#"{"type":"connection_error","errors":[{"errorType":"UnauthorizedException"}]}"#;
    let script = of_an_event_api(vec![
        ("GetApi", event_api()),
        ("Socket n", text(200, refused)),
        ("Socket n", Answer::Hang),
        ("Socket n", text(200, ACK)),
        ("Socket n", text(200, ACK)),
    ]);
    let calls = script.run("testSecret").await.unwrap();
    assert_eq!(calls[4].path, "wss://realtime.data.test/event/realtime");
    let sent = r#"{"type":"connection_init"}"#;
    assert_eq!(
        calls[4].body,
        serde_json::json!({ "host": "host.data.test", "sent": sent })
    );
    let waited = (calls[6].at - calls[5].at).as_secs();
    assert!((5..8).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn an_api_is_gone_only_if_it_is_of_neither_kind() {
    let gone = error(404, "NotFoundException");
    let denied = error(403, "AccessDeniedException");
    for (answer, kind, asked) in [
        (gone, "ApiGone", "GetGraphqlApi"),
        (denied, "AccessDenied", "GetApi"),
    ] {
        let script = of_an_event_api(vec![("GetApi", answer)]);
        let error = script.run("testSecret").await.unwrap_err();
        assert_eq!(error.error_type(), kind);
        assert!(error.to_string().contains(asked), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_configured_websocket_says_what_kind_of_api_it_is() {
    let mut script = Script::new(vec![
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("GetApi", event_api()),
        ("Socket n", text(200, ACK)),
        ("Socket n", text(200, ACK)),
    ]);
    script.settings.realtime_endpoint = Some("ws://127.0.0.1:1/event/realtime".to_owned());
    let calls = script.run("testSecret").await.unwrap();
    assert_eq!(calls[3].path, "ws://127.0.0.1:1/event/realtime");
}

#[tokio::test(start_paused = true)]
async fn a_question_of_the_teams_own_must_be_answered_without_an_error() {
    let forbidden = r#"{"data":{"x":null},"errors":[{"errorType":"Unauthorized"}]}"#;
    let lines = |answer: &str| {
        vec![
            ("DescribeSecret", pending()),
            ("GetSecretValue", stored(&key('n'), 60)),
            ("GetGraphqlApi", data_plane()),
            ("Probe n", text(200, answer)),
        ]
    };
    let mut script = Script::new(lines(forbidden));
    script.settings.test_mode = crate::config::TestMode::Custom;
    script.settings.test_budget_seconds = 0;
    let error = script.run("testSecret").await.unwrap_err();
    assert_eq!(error.error_type(), "ProbeInconclusive");
    assert!(error.to_string().contains("200 with errors"), "{error}");
}

/// finishSecret asks where testSecret has asked; what explains a refusal is looked up again.
#[tokio::test(start_paused = true)]
async fn the_host_of_an_api_is_remembered_but_not_its_modes() {
    let api = json!({
        "apiId": API, "authenticationType": "AWS_IAM", "uris": { "GRAPHQL": URL },
    });
    let script = script(vec![
        ("Probe n", accepted()),
        ("Probe n", accepted()),
        ("DescribeSecret", pending()),
        ("GetSecretValue", stored(&key('n'), 60)),
        ("ListApiKeys", listed(&[(&key('n'), &marker(TOKEN, 0), 98)])),
        ("Probe n", rejected()),
        ("GetGraphqlApi", ok(json!({ "graphqlApi": api }))),
    ]);
    let error = script.run_all(&["testSecret", "finishSecret"]).await;
    let error = error.unwrap_err();
    assert_eq!(error.error_type(), "ProbeRejected");
    assert!(error.to_string().contains("API_KEY is not among"));
}

#[tokio::test(start_paused = true)]
async fn an_event_api_without_key_mode_is_named() {
    let refused = r#"{"type":"connection_error","errors":[{"errorType":"UnauthorizedException"}]}"#;
    for (mode, is_named) in [("AWS_IAM", true), ("API_KEY", false)] {
        let modes = json!([{ "authType": mode }]);
        let api = json!({ "api": {
            "apiId": API, "dns": { "HTTP": "host.data.test", "REALTIME": "realtime.data.test" },
            "eventConfig": {
                "authProviders": modes, "connectionAuthModes": modes,
                "defaultPublishAuthModes": modes, "defaultSubscribeAuthModes": modes,
            },
        }});
        let mut script =
            of_an_event_api(vec![("GetApi", ok(api)), ("Socket n", text(200, refused))]);
        script.settings.test_budget_seconds = 0;
        let error = script.run("testSecret").await.unwrap_err().to_string();
        assert_eq!(error.contains("API_KEY is not among"), is_named, "{error}");
    }
}
