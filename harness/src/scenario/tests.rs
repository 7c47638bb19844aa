//! Reading by example, every way to be wrong, and what must hold for every scenario.

mod errors;
mod files;
mod generate;

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Scenario, ScenarioError> {
    parse("scenarios/happy/x.scenario", text, &Vocabulary::default())
}

const EVERY_STATEMENT: &str = r#"# first line
#   second line
#
# last line

# not the story
keywheel scenario 1
seed 7
world keys=mobile-app:90d,web:1d foreign=2 current=expired shape=plain interval=4h ttl=5m visibility=2s revocation=500ms limit=10 page=3 start=2026-11-22T10:59:59Z retries=0 retry-after=10s timeout=15m restart=cold replica=eu-central-1:failed replica-lag=2h lost-key=closed
setting SECRET_FIELD="a b"
fault createSecret/CreateApiKey#1@2 answer-lost x3 # a remark
fault GraphQL delay=2s x* optional
double createSecret at-once
skip testSecret
at setSecret admin delete-key pending
at finishSecret/UpdateSecretVersionStage#1 admin move-label AWSCURRENT to v0
rotate s token=blue expect=failed
invoke finishSecret token=blue expect=PendingKeyGone
invoke createSecret
subscribe mobile
advance 25h
admin expire-key mobile-app in 1d
admin put-value {"APIKEY":"x"}
admin put-pending @poison
admin put-pending copy
admin remove-label AWSPENDING
admin cancel-rotation
admin delete-secret
admin restore-secret
admin delete-api
admin api-key-mode off
admin create-keys 3
admin rotate-replica
admin remove-replica
admin restart-emulator
expect labels AWSPREVIOUS=v0 AWSCURRENT=blue LKG=admin1
expect key foreign2 alive
expect keys<=2
expect creates=1
expect calls createSecret/CreateApiKey=1
expect value unchanged-but-key
expect replica failed
expect subscriber mobile k1
without no-orphan because the API is gone # with its keys
finally keys<=2 foreign-untouched
-- poison --
{"APIKEY": "hunter2"}
"#;

#[test]
fn every_statement_is_read() {
    let scenario = read(EVERY_STATEMENT).unwrap();
    assert_eq!(scenario.name, "happy/x");
    assert_eq!(scenario.story, "first line\n  second line\n\nlast line");
    assert_eq!(scenario.seed, 7);
    assert_eq!(scenario.world.keys[1].name, "web");
    assert_eq!(
        scenario.world.start.unwrap().to_string(),
        "2026-11-22T10:59:59.000Z"
    );
    assert_eq!(scenario.statements.len(), 36);
    assert_eq!(scenario.sections["poison"], "{\"APIKEY\": \"hunter2\"}\n");
    let fault = &scenario.statements[1];
    assert_eq!((fault.line, fault.column), (11, 1));
    let Statement::Setting { value, .. } = &scenario.statements[0].value else {
        panic!()
    };
    assert_eq!(value, "a b");
    let because = scenario
        .statements
        .iter()
        .find_map(|located| match &located.value {
            Statement::Without { because, .. } => Some(because.as_str()),
            _ => None,
        });
    assert_eq!(because, Some("the API is gone # with its keys"));
}

#[test]
fn canonical_text_is_a_fixed_point() {
    let scenario = read(EVERY_STATEMENT).unwrap();
    let printed = print(&scenario);
    let again = read(&printed).unwrap();
    assert_eq!(again, scenario);
    assert_eq!(print(&again), printed);
}

#[test]
fn line_ends_and_tabs_do_not_matter() {
    let windows = EVERY_STATEMENT
        .replace('\n', "\r\n")
        .replace("advance 25h", "\tadvance\t25h\t");
    assert_eq!(read(&windows).unwrap(), read(EVERY_STATEMENT).unwrap());
    assert_eq!(
        read("keywheel scenario 1").unwrap(),
        Scenario::new("happy/x")
    );
}

#[test]
fn the_json_form_is_held_to_the_same_rules() {
    let vocabulary = Vocabulary::default();
    let scenario = read(EVERY_STATEMENT).unwrap();
    let json = serde_json::to_string(&scenario).unwrap();
    assert_eq!(from_json(&json, &vocabulary).unwrap(), scenario);
    let wrong = json.replace("no-orphan", "no-orphans");
    let error = from_json(&wrong, &vocabulary).unwrap_err();
    assert!(error.message.contains("no-orphans"), "{error}");
    let smuggled = json.replace("the API is gone", "x\\nrotate s expect=refused");
    assert!(from_json(&smuggled, &vocabulary).is_err());
    assert!(from_json("{\"name\":\"x\",\"statements\":[],\"sed\":1}", &vocabulary).is_err());
    let minimal = from_json("{\"name\":\"x\",\"statements\":[]}", &vocabulary).unwrap();
    assert_eq!(minimal, Scenario::new("x"));
    let brief = "{\"name\":\"x\",\"statements\":[{\"value\":{\"rotate\":{}}}]}";
    let rotate = from_json(brief, &vocabulary).unwrap();
    assert_eq!(print(&rotate), "keywheel scenario 1\nrotate s\n");
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(scenario in generate::scenario()) {
        let printed = print(&scenario);
        let again = parse("x.scenario", &printed, &Vocabulary::default());
        let again = again.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&again, &scenario);
        let json = serde_json::to_string(&scenario).unwrap();
        let from_json = from_json(&json, &Vocabulary::default());
        prop_assert_eq!(from_json.map_err(|e| e.to_string()), Ok(scenario));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Err(error) = parse_bytes("x", &bytes, &Vocabulary::default()) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_line_panics(words in proptest::collection::vec("\\PC{1,12}", 0..8)) {
        let text = format!("keywheel scenario 1\n{}\n", words.join(" "));
        let _ = read(&text).map_err(|error| error.to_string());
    }

    #[test]
    fn no_damage_to_a_valid_file_panics(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), "\\PC{0,3}", 0_usize..12), 1..6),
    ) {
        let mut chars: Vec<char> = EVERY_STATEMENT.chars().collect();
        for (at, text, removed) in damage {
            let at = at.index(chars.len());
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, text.chars());
            chars.push('\n');
        }
        let text: String = chars.into_iter().collect();
        match read(&text) {
            Ok(scenario) => prop_assert_eq!(read(&print(&scenario)).unwrap(), scenario),
            Err(error) => prop_assert!(error.line <= text.lines().count() + 1),
        }
    }

    #[test]
    fn swapped_words_of_valid_files_do_not_panic(
        swaps in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..5),
    ) {
        let mut lines: Vec<Vec<&str>> =
            EVERY_STATEMENT.lines().map(|line| line.split(' ').collect()).collect();
        for (from, to) in swaps {
            let line: &Vec<&str> = from.get(&lines);
            let word: &str = from.get::<&str>(line);
            let line = to.index(lines.len());
            let at = to.index(lines[line].len() + 1);
            lines[line].insert(at, word);
        }
        let text = lines.iter().map(|line| line.join(" ") + "\n").collect::<String>();
        if let Ok(scenario) = read(&text) {
            prop_assert_eq!(read(&print(&scenario)).unwrap(), scenario);
        }
    }
}
