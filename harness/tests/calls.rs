//! How many calls a rotation costs: each counts against the account's quotas, and some are billed.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use keywheel::history::What;
use keywheel::record::{Run, Verdict};
use keywheel::run::run;
use keywheel::subject::builtin::Builtin;
use keywheel::suite;

/// What all four steps of a clean rotation may ask AWS, the API's own probes included.
const ROTATION_MAX: usize = 22;
/// What a step may ask that was finished before.
const REPEAT_MAX: usize = 2;
/// How often the API itself is asked whether it lets the key in.
const PROBES: usize = 3;

/// The calls to AWS and those to the API, from one statement of a kind to the next statement.
fn counted(run: &Run, kind: &str) -> Vec<(usize, usize)> {
    let (mut counts, mut is_counting) = (Vec::new(), false);
    for event in run.history.events() {
        match &event.what {
            What::Statement(number) => {
                let said = run.scenario.statements[*number].value.to_string();
                is_counting = said.starts_with(kind);
                counts.extend(is_counting.then_some((0, 0)));
            }
            What::Call(call) if is_counting && call.caller.is_some() => {
                let (signed, probes): &mut (usize, usize) = counts.last_mut().unwrap();
                let count = match call.operation {
                    "GraphQL" => probes,
                    _ => signed,
                };
                *count += 1;
            }
            _ => {}
        }
    }
    counts
}

fn held(story: &str) -> Run {
    let scenario = suite::read_text("calls", &format!("keywheel scenario 1\n{story}"));
    let run = run(&scenario.unwrap(), &Builtin);
    assert_eq!(run.verdict(), Verdict::Passed, "{:?}", run.found);
    run
}

#[test]
fn a_clean_rotation_makes_no_more_than_22_calls_however_many_came_before() {
    let intervals = [
        ("30d", "29d"),
        ("30d", "5d"),
        ("7d", "6d"),
        ("8h", "7h"),
        ("150d", "149d"),
    ];
    for ((interval, pause), config) in intervals
        .into_iter()
        .zip(["env", "tags", "member"].into_iter().cycle())
    {
        let year = format!("rotate\nadvance {pause}\n").repeat(12);
        let run = held(&format!(
            "world current=360d interval={interval} config={config}\n{year}"
        ));
        let counts = counted(&run, "rotate");
        for (signed, probes) in &counts {
            assert_eq!(*probes, PROBES);
            assert!(signed + probes <= ROTATION_MAX, "{interval}: {counts:?}");
        }
        assert_eq!(
            counts[0].0, 17,
            "a first rotation has no old keys to see to"
        );
    }
}

#[test]
fn a_step_that_was_finished_before_makes_no_more_than_two() {
    let again = "invoke createSecret token=token1\ninvoke setSecret token=token1\n\
                 invoke testSecret token=token1\ninvoke finishSecret token=token1\nadvance 1m\n";
    for config in ["env", "tags", "member"] {
        let run = held(&format!("world config={config}\nrotate\n{again}"));
        let counts = counted(&run, "invoke");
        assert_eq!(
            counts,
            [(1, 0), (1, 0), (1, 0), (REPEAT_MAX, 0)],
            "{config}"
        );
    }
}

/// The process of the rotation is gone, and with it what it remembers.
#[test]
fn a_finish_repeated_by_another_process_makes_no_more_than_two() {
    let died = "fault testSecret/DescribeSecret kill-before\n\
                invoke testSecret token=token1 expect=failed\n\
                invoke finishSecret token=token1\nadvance 1m\n";
    // Where only a value names the API, the labels and dates tell that nothing is left to do.
    for (config, calls) in [("env", REPEAT_MAX), ("tags", REPEAT_MAX), ("member", 1)] {
        let run = held(&format!(
            "world config={config} restart=cold\nrotate\nadvance 1m\n{died}"
        ));
        let counts = counted(&run, "invoke");
        assert_eq!(counts[1], (calls, 0), "{config}");
    }
}
