//! Each way to be wrong, with its place and its hint.

use super::super::*;
use super::read;

/// A file with this as its second line and on.
fn body(lines: &str) -> ScenarioError {
    let error = read(&format!("keywheel scenario 1\n{lines}\n")).err();
    error.unwrap_or_else(|| panic!("accepted: {lines}"))
}

#[test]
fn an_error_shows_the_line_and_the_word_that_was_meant() {
    let error = body("fault createSecret/CreateApiKey#1 answer-lots x3");
    let expected = "\
scenarios/happy/x.scenario:2:35: unknown fault kind \"answer-lots\"; did you mean \"answer-lost\"?
  fault createSecret/CreateApiKey#1 answer-lots x3
                                    ^";
    assert_eq!(error.to_string(), expected);
    let far = body("expect key k0 purple").to_string();
    assert!(
        far.contains("use one of alive, expired, expiring, gone"),
        "{far}"
    );
}

#[test]
fn a_typo_finds_its_word() {
    for (line, column, word) in [
        ("rotat s", 1, "rotate"),
        ("world visibilty=2s", 7, "visibility"),
        ("world shape=jsn", 13, "json"),
        ("fault createSecrt/CreateApiKey reset", 7, "createSecret"),
        ("fault CreateApiKeys reset", 7, "CreateApiKey"),
        ("fault setSecret/CreateApiKy#1 reset", 7, "CreateApiKey"),
        ("fault setSecret/CreateApiKey#0 reset", 7, "#1"),
        ("fault setSecret/CreateApiKey@0 reset", 7, "@1"),
        ("fault GraphQL delay", 15, "delay=DURATION"),
        ("fault GraphQL reset optionl", 21, "optional"),
        ("double createSecret at-onec", 21, "at-once"),
        ("skip testSecrt", 6, "testSecret"),
        ("rotate expct=ok", 8, "expect"),
        ("rotate expect=refsued", 15, "refused"),
        ("invoke setsecret", 8, "setSecret"),
        ("admin delete-kye k0", 7, "delete-key"),
        ("admin delete-key curent", 18, "current"),
        ("admin move-label AWSCURENT to v0", 18, "AWSCURRENT"),
        ("admin move-label AWSCURRENT to penidng", 32, "pending"),
        ("at setSecrt admin delete-api", 4, "setSecret"),
        ("at GraphQl admin delete-api", 4, "GraphQL"),
        ("expect label AWSCURRENT=v0", 8, "labels"),
        ("expect labels AWSCURRENT=curent", 26, "current"),
        ("expect key k0 aliv", 15, "alive"),
        ("expect value unchanged-but-keys", 14, "unchanged-but-key"),
        ("without serve because x", 9, "served"),
        ("without served becuase x", 16, "because"),
        ("finally foreign-untuched", 9, "foreign-untouched"),
    ] {
        let error = body(line);
        assert_eq!((error.line, error.column), (2, column), "{error}");
        assert_eq!(error.suggestion.as_deref(), Some(word), "{error}");
    }
}

/// A line, the column at which it is wrong, and a part of what is said.
const WRONG_LINES: &[(&str, usize, &str)] = &[
    ("\"rotate\"", 1, "without quotes"),
    ("seed", 5, "seed is missing"),
    ("seed x", 6, "whole number"),
    ("seed 18446744073709551616", 6, "whole number"),
    ("seed 1 2", 8, "nothing may follow"),
    ("world ttl=1h ttl=2h", 14, "given twice"),
    ("world ttl=", 11, "is missing"),
    ("world ttl", 7, "unknown word"),
    ("world ttl=1y", 11, "units"),
    ("world ttl=99999999999999999999d", 11, "at most"),
    ("world interval=1h", 16, "from 4h to 1000d"),
    ("world keys=a:90d,a:1d", 18, "given twice"),
    ("world keys=k1:90d", 12, "cannot name"),
    ("world keys=foreign1:90d", 12, "cannot name"),
    ("world keys=a:90d,b", 18, "not a key like"),
    ("world keys=a:366d", 14, "from 1s to 365d"),
    ("world start=yesterday", 13, "start is a time"),
    ("world limit=0", 13, "from 1 to 1000"),
    ("world limit=007", 13, "from 1 to 1000"),
    ("world retry-attempts=0", 22, "from 1 to 100"),
    (
        "world retry-mode=legacy",
        18,
        "use one of standard, adaptive",
    ),
    ("world retry-tokens=some", 20, "from 0 to 100000, nor none"),
    ("setting A", 9, "NAME=VALUE"),
    ("setting 1A=x", 9, "environment variable"),
    ("fault CreateApiKey", 19, "fault kind is missing"),
    ("fault setSecret/CreateApiKey#0 reset", 7, "from 1 to"),
    ("fault setSecret/CreateApiKey@0 reset", 7, "from 1 to"),
    ("fault CreateApiKey reset x0", 26, "unknown word"),
    ("fault CreateApiKey reset x2 x3", 29, "given twice"),
    ("fault CreateApiKey reset for=5", 30, "units"),
    ("fault CreateApiKey reset over=5", 26, "unknown word"),
    ("fault CreateApiKey reset where x", 32, "NAME=VALUE"),
    ("fault ec2.* reset", 7, "unknown service"),
    ("needs two words", 11, "nothing may follow"),
    ("function mutants:x", 10, "unknown function"),
    ("world apis=2", 12, "without a secret"),
    ("world secrets=2 apis=2", 22, "config=env"),
    ("world keys=a@api2:9d", 12, "no api2"),
    ("world api=mixed", 11, "both kinds"),
    ("world api=event auth=additional", 22, "leave auth out"),
    ("world holds=password api=event", 13, "no API"),
    ("world replica=us-east-1", 15, "other than us-east-1"),
    ("world replica=Frankfurt", 15, "like eu-central-1"),
    ("world replica-lag=2h", 19, "no replica"),
    ("admin rotate-replica", 7, "no replica"),
    ("expect replica in-sync", 8, "no replica"),
    ("expect subscriber web k1", 19, "unknown subscriber"),
    ("subscribe a/b", 11, "cannot name"),
    ("world keys=a@web:9d", 12, "web@api2"),
    ("world value=x shape=plain", 13, "its own shape"),
    ("overlap setSecret and testSecret", 19, "unknown word"),
    ("send createSecret omit", 23, "member is missing"),
    ("send createSecret add Step", 23, "MEMBER=VALUE"),
    ("send createSecret purple=1", 19, "unknown word"),
    ("admin retarget api2", 16, "none of the APIs"),
    ("admin deny DropTable", 12, "unknown operation"),
    ("admin jump 2h", 12, "+2h or -10m"),
    ("admin forge-key k1 for pending", 17, "cannot name"),
    ("expect event Rotated=1", 14, "unknown event"),
    ("expect value changed", 14, "unknown word"),
    ("expect violation severed", 18, "unknown oracle"),
    ("expect coverage kiled", 17, "unknown situation"),
    (
        "fault CreateApiKey reset optional x3",
        35,
        "nothing may follow",
    ),
    ("fault CreateApiKey delay=5", 26, "units"),
    ("fault \"CreateApiKey\" reset", 7, "without quotes"),
    ("rotate t", 8, "unknown secret"),
    ("rotate expect=ok expect=ok", 18, "given twice"),
    ("rotate token=token1", 14, "not free"),
    ("invoke setSecret expect=purple", 25, "unknown expectation"),
    ("advance soon", 9, "whole number"),
    ("admin put-value", 16, "value is missing"),
    ("admin put-value \"x", 17, "closing quote"),
    ("admin put-value a b", 19, "nothing may follow"),
    ("admin delete-key stranger", 18, "unknown key"),
    ("admin expire-key k0 at 1d", 21, "unknown word"),
    ("admin create-keys 0", 19, "from 1 to 1000"),
    ("at setSecret rotate", 14, "unknown word"),
    ("expect labels", 14, "is missing"),
    ("expect labels AWSCURRENT", 15, "LABEL=VERSION"),
    (
        "expect labels AWSCURRENT=v0 AWSCURRENT=v0",
        29,
        "given twice",
    ),
    ("expect labels AWSCURRENT=green", 26, "unknown version"),
    ("expect keys", 8, "keys=N"),
    ("expect keys>=1", 8, "keys=N"),
    ("expect calls CreateApiKey#1=1", 14, "without # and @"),
    ("without served because", 23, "reason is missing"),
    ("finally", 8, "is missing"),
    ("finally keys<=2 keys<=2", 17, "given twice"),
    ("advance\u{7} 1h", 8, "control character"),
];

#[test]
fn what_is_missing_or_too_much_is_named() {
    for (line, column, part) in WRONG_LINES {
        let error = body(line);
        assert_eq!((error.line, error.column), (2, *column), "{error}");
        assert!(error.message.contains(part), "{error}");
    }
}

#[test]
fn statements_have_their_place() {
    for (lines, line, part) in [
        ("rotate\nworld ttl=1h", 3, "before everything"),
        ("rotate\nseed 2", 3, "before everything"),
        ("seed 1\nseed 1", 3, "given twice"),
        ("world ttl=1h\nsetting A=b\nworld ttl=1h", 4, "given twice"),
        ("finally keys<=2\nrotate", 3, "follow finally"),
        ("keywheel scenario 1", 2, "unknown statement"),
    ] {
        let error = body(lines);
        assert_eq!(error.line, line, "{error}");
        assert!(error.message.contains(part), "{error}");
    }
}

/// Lines that contradict each other, the place of the later one, and what is told of the earlier.
const CONTRADICTIONS: &[(&str, usize, usize, &str)] = &[
    ("rotate expect=ok expect=failed", 2, 18, "given twice"),
    ("world ttl=1h\nworld ttl=2h", 3, 1, "world is given twice"),
    (
        "expect keys=1\nexpect keys=2",
        3,
        8,
        "line 2: expect keys=1",
    ),
    (
        "rotate\nexpect keys<=1\nfault GraphQL reset\nexpect keys=2",
        5,
        8,
        "line 3: expect keys<=1",
    ),
    (
        "expect creates=1\nexpect creates=0",
        3,
        8,
        "line 2: expect creates=1",
    ),
    (
        "expect key k0 alive\nexpect key k0 gone",
        3,
        8,
        "line 2: expect key k0 alive",
    ),
    (
        "expect labels AWSCURRENT=v0\nexpect labels AWSCURRENT=token1",
        3,
        8,
        "line 2: expect labels",
    ),
    (
        "expect labels AWSCURRENT=v0\nexpect labels AWSPENDING=v0",
        3,
        8,
        "line 2: expect labels",
    ),
    (
        "expect event RotationFailed=1\nexpect event RotationFailed=2",
        3,
        8,
        "line 2: expect event",
    ),
    (
        "expect calls GraphQL=1\nexpect calls GraphQL=2",
        3,
        8,
        "line 2: expect calls",
    ),
    (
        "expect value \"a\"\nexpect value \"b\"",
        3,
        8,
        "line 2: expect value",
    ),
    (
        "without served because x\nrotate\nexpect violation served",
        4,
        8,
        "line 2: without served",
    ),
    (
        "expect violation served\nwithout served because x",
        3,
        9,
        "line 2: expect violation served",
    ),
    (
        "expect violation served\nfinally served",
        3,
        9,
        "line 2: expect violation served",
    ),
    (
        "without served because x\nfinally served",
        3,
        9,
        "line 2: without served",
    ),
    (
        "finally keys=1\nfinally keys=2",
        3,
        9,
        "line 2: finally keys=1",
    ),
    ("finally keys=1 keys=2", 2, 9, "line 2: finally keys=1"),
];

#[test]
fn lines_that_cannot_both_be_met_are_told_with_both_lines() {
    for &(lines, line, column, known) in CONTRADICTIONS {
        let error = body(lines);
        assert_eq!((error.line, error.column), (line, column), "{error}");
        assert!(error.message.contains(known), "{error}");
    }
}

#[test]
fn lines_that_can_both_be_met_are_no_contradiction() {
    for lines in [
        "expect keys=1\nrotate\nexpect keys=2",
        "expect keys<=2\nexpect keys=2\nexpect keys<=3",
        "expect key k0 alive\nexpect key k0 expiring\nexpect key k1 gone",
        "expect labels AWSCURRENT=current\nexpect labels AWSCURRENT=v0",
        "expect value \"<k0>\"\nexpect value \"<k1>\"",
        "without served because x\nexpect violation few-keys\nfinally one-current keys<=1 keys=1",
    ] {
        let read = read(&format!("keywheel scenario 1\n{lines}\n"));
        read.unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn sections_are_used_exactly_once() {
    let missing = body("admin put-value @poisn\nadmin put-value @poison\n-- poison --\nx");
    assert_eq!((missing.line, missing.column), (2, 18));
    assert_eq!(missing.suggestion.as_deref(), Some("poison"));
    assert_eq!(body("rotate\n-- left --\nx").line, 3);
    let twice = body("admin put-value @a\n-- a --\nx\n-- a --\ny");
    assert_eq!(twice.line, 5);
    assert!(twice.message.contains("twice"), "{twice}");
    assert!(
        body("admin put-value @a/b")
            .message
            .contains("name of a section")
    );
    read("keywheel scenario 1\nrotate\n-- trace.golden --\nanything\n").unwrap();
}

#[test]
fn the_header_comes_first() {
    for (text, line, part) in [
        ("", 1, "first line"),
        ("rotate", 1, "first line"),
        ("# story\n\nkeywheel senario 1", 3, "first line"),
        ("keywheel scenario", 1, "version is missing"),
        ("keywheel scenario 2", 1, "only 1 is"),
        ("keywheel scenario 1 now", 1, "nothing may follow"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        assert!(error.message.contains(part), "{error}");
    }
}

#[test]
fn files_that_are_no_text_are_refused() {
    let vocabulary = Vocabulary::default();
    let fail = |bytes: &[u8]| parse_bytes("x", bytes, &vocabulary).unwrap_err();
    assert_eq!(fail(b"# a\n\xff").line, 2);
    assert!(fail(b"keywheel scenario 1\n\0").message.contains("NUL"));
    assert!(fail(&vec![b'#'; (1 << 20) + 1]).message.contains("1 MiB"));
    let json = from_json(&" ".repeat((1 << 20) + 1), &vocabulary).unwrap_err();
    assert!(json.message.contains("1 MiB"), "{json}");
    let long = format!("keywheel scenario 1\n#{}", "#".repeat(1 << 14));
    assert!(fail(long.as_bytes()).message.contains("16 KiB"));
    assert!(
        fail(b"# \x1b[2J\nkeywheel scenario 1")
            .message
            .contains("control character")
    );
    assert!(parse_bytes("x", b"\xef\xbb\xbfkeywheel scenario 1", &vocabulary).is_ok());
}

#[test]
fn turns_are_of_three_letters() {
    let text = "keywheel scenario 1\nturns abd\n";
    let error = parse("x.scenario", text, &Vocabulary::default()).unwrap_err();
    assert_eq!((error.line, error.column), (2, 7));
    assert!(error.message.contains("letters a, b and c"), "{error}");
    let long = format!("keywheel scenario 1\nturns {}\n", "a".repeat(401));
    assert!(parse("x.scenario", &long, &Vocabulary::default()).is_err());
}
