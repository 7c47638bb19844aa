//! The golden trace of a scenario: the timeline of its own part, as a section of its file.

use crate::record::timeline;
use crate::record::{Difference, Run};
use crate::scenario::Scenario;

/// The section that holds it.
pub const SECTION: &str = "trace.golden";

/// Gives a scenario another seed. Its golden trace is that of its own.
pub fn reseed(scenario: &mut Scenario, seed: u64) {
    scenario.seed = seed;
    scenario.sections.remove(SECTION);
}

/// The timeline that a run has left, up to the moment when faults stop.
pub fn of(run: &Run) -> String {
    timeline::own_part(run)
}

/// Compares a run with its scenario's golden trace, if there is one.
pub(super) fn compare(run: &Run) -> Option<Difference> {
    let golden = run.scenario.sections.get(SECTION)?;
    let found = of(run);
    let mut lines = golden.lines().zip(found.lines()).zip(1..);
    let differing = lines.find(|((wanted, found), _)| wanted != found);
    if let Some(((expected, found), line)) = differing {
        let (expected, found) = (expected.trim().to_owned(), found.trim().to_owned());
        return Some(Difference::Line {
            line,
            expected,
            found,
        });
    }
    let (expected, found) = (golden.lines().count(), found.lines().count());
    (expected != found).then_some(Difference::Length { expected, found })
}

/// A scenario's file with another golden trace; none if it has no section for one.
pub fn accepted(file: &str, golden: &str) -> Option<String> {
    let marker = format!("-- {SECTION} --\n");
    let at = file.find(&format!("\n{marker}"))? + 1;
    let body = at + marker.len();
    let rest = &file[body..];
    let next = rest.lines().scan(0, |at, line| {
        let here = *at;
        *at += line.len() + 1;
        Some((here, line))
    });
    let is_marker = |line: &str| line.starts_with("-- ") && line.trim_end().ends_with(" --");
    let mut sections = next.filter(|(_, line)| is_marker(line));
    let end = sections.next().map_or(rest.len(), |(at, _)| at);
    Some(format!("{}{golden}{}", &file[..body], &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::accepted;

    #[test]
    fn only_the_golden_section_is_written_anew() {
        let file = "keywheel scenario 1\n-- trace.golden --\nold\n-- b --\ntext\n";
        let new = "keywheel scenario 1\n-- trace.golden --\nnew\nlines\n-- b --\ntext\n";
        assert_eq!(accepted(file, "new\nlines\n").as_deref(), Some(new));
        let last = "x\n-- trace.golden --\n";
        assert_eq!(
            accepted(last, "new\n").as_deref(),
            Some("x\n-- trace.golden --\nnew\n")
        );
        assert_eq!(accepted("keywheel scenario 1\n", "new\n"), None);
    }
}
