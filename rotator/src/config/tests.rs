//! What the settings may say, and what is made of it.

use super::*;

fn settings(pairs: &[(&str, &str)]) -> Result<Settings, RotationError> {
    Settings::from_env(|name| {
        pairs
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_string())
    })
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}

fn value(text: &str) -> SecretValue {
    SecretValue::parse(text, None).ok().unwrap()
}

#[test]
fn an_empty_environment_gives_the_defaults() {
    let read = settings(&[("RETIRE", " ")]).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Settings::default()));
}

#[test]
fn the_api_id_comes_from_pin_tag_or_member() {
    let none = Settings::default();
    let json = value(r#"{"APIKEY":"x","apiId":"m"}"#);
    let tagged = tags(&[(TAG_API_ID, "m")]);
    assert_eq!(none.api_id(&Tags::new(), Some(&json)).ok().unwrap(), "m");
    assert_eq!(none.api_id(&tagged, Some(&json)).ok().unwrap(), "m");
    assert_eq!(none.api_id(&tagged, None).ok().unwrap(), "m");
    let pinned = settings(&[("APPSYNC_API_ID", "m")]).unwrap();
    assert_eq!(pinned.api_id(&tagged, Some(&json)).ok().unwrap(), "m");
    let missing = none.api_id(&Tags::new(), Some(&value("x"))).unwrap_err();
    assert_eq!(RotationError::from(missing).error_type(), "ApiIdMissing");
}

#[test]
fn sources_that_disagree_are_refused() {
    let pinned = settings(&[("AppSyncApiId", "a")]).unwrap();
    let json = value(r#"{"APIKEY":"x","apiId":"evil"}"#);
    for error in [
        pinned.api_id(&Tags::new(), Some(&json)).unwrap_err(),
        pinned
            .api_id(&tags(&[(TAG_API_ID, "evil")]), None)
            .unwrap_err(),
        pinned
            .api_id(&tags(&[(TAG_API_ID, "a")]), Some(&json))
            .unwrap_err(),
    ] {
        assert_eq!(RotationError::from(error).error_type(), "ConfigConflict");
    }
    assert!(settings(&[("AppSyncApiId", "a"), ("APPSYNC_API_ID", "b")]).is_err());
}

#[test]
fn the_field_comes_from_the_environment_or_the_tag() {
    let none = Settings::default();
    assert_eq!(none.field(&Tags::new()).ok().unwrap(), None);
    let tagged = tags(&[(TAG_FIELD, "key")]);
    assert_eq!(none.field(&tagged).ok().unwrap().unwrap(), "key");
    let set = settings(&[("SECRET_FIELD", "other")]).unwrap();
    assert!(set.field(&tagged).is_err());
}

#[test]
fn bad_settings_are_named() {
    for (name, bad) in [
        ("GRACE_HOURS", "24"),
        ("ORPHAN_AGE_MINUTES", "15"),
        ("KEY_TTL_DAYS", "365"),
        ("TEST_MODE", "maybe"),
        ("TEST_MODE", "custom"),
        ("RETIRE", "maybe"),
        ("RETIRE_INITIAL", "delete"),
        ("KEEPALIVE", "yes"),
        ("MARKER_PREFIX", "a|b"),
        ("MARKER_PREFIX", "a-marker-of-more-than-32-letters-x"),
        ("APPSYNC_GRAPHQL_ENDPOINT", "ht tp://x"),
        ("APPSYNC_REALTIME_ENDPOINT", "https://x/event/realtime"),
    ] {
        let error = settings(&[(name, bad)]).unwrap_err();
        assert_eq!(error.error_type(), "InvalidSetting");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn the_allow_list_joins_both_variables() {
    let read = settings(&[("SECRET_ARN", "a"), ("SECRET_ALLOWLIST", "b, c,")]).unwrap();
    assert!(read.allows("a") && read.allows("c") && !read.allows("d") && !read.allows(""));
    assert!(Settings::default().allows("anything"));
}

#[test]
fn the_api_is_asked_over_http_or_over_a_websocket() {
    let realtime = ("APPSYNC_REALTIME_ENDPOINT", "wss://host/event/realtime");
    let read = settings(&[realtime]).unwrap();
    assert_eq!(read.realtime_endpoint.as_deref(), Some(realtime.1));
    let both = settings(&[realtime, ("APPSYNC_GRAPHQL_ENDPOINT", "host/graphql")]);
    assert!(both.unwrap_err().to_string().contains("exclude each other"));
}

#[test]
fn a_bare_host_is_an_endpoint() {
    let read = settings(&[("APPSYNC_GRAPHQL_ENDPOINT", "host/graphql")]).unwrap();
    assert_eq!(
        read.graphql_endpoint.as_deref(),
        Some("https://host/graphql")
    );
}

#[test]
fn every_setting_is_read() {
    let read = settings(&[
        ("API_ID_FIELD", "api"),
        ("MARKER_PREFIX", "team-1-of-exactly-32-letters-abc"),
        ("KEY_TTL_DAYS", "2"),
        ("ROTATION_INTERVAL_OVERRIDE", "356"),
        ("GRACE_HOURS", "26"),
        ("ORPHAN_AGE_MINUTES", "16"),
        ("RETIRE", "Delete"),
        ("RETIRE_INITIAL", "expire"),
        ("TEST_MODE", "CUSTOM"),
        ("TEST_QUERY", " { ok } "),
        ("TEST_BUDGET_SECONDS", "900"),
        ("KEEPALIVE", "off"),
        ("UNWEDGE", "on"),
    ]);
    let expected = Settings {
        api_id_member: "api".into(),
        marker_prefix: "team-1-of-exactly-32-letters-abc".into(),
        key_ttl_days: Some(2),
        interval_override_days: Some(356),
        grace_hours: 26,
        orphan_age_minutes: 16,
        retirement: Retirement::Delete,
        retires_initial: true,
        test_mode: TestMode::Custom,
        test_query: "{ ok }".into(),
        test_budget_seconds: 900,
        keeps_alive: false,
        unwedges: true,
        ..Settings::default()
    };
    assert_eq!(format!("{:?}", read.unwrap()), format!("{expected:?}"));
}
