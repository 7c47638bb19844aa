//! Runs that are run again: on another thread, in reverse order, with tracing on. They must be the
//! same byte for byte, or nothing that a campaign says can be believed.

use crate::run::run_with;
use crate::scenario::print;
use crate::subject::Subject;

use super::judged::hashes;
use super::ordered::in_order;
use super::summary::{Difference, Repeats};
use super::tally::Sample;

/// Repeats the samples and tells which differ.
pub fn repeat(mut samples: Vec<Sample>, subject: &dyn Subject, jobs: usize) -> Repeats {
    samples.reverse();
    let differing = in_order(jobs, &samples, |sample| difference(sample, subject));
    let mut repeats = Repeats {
        runs: samples.len() as u64,
        differing: differing.into_iter().flatten().collect(),
    };
    repeats
        .differing
        .sort_by(|one, other| one.index.cmp(&other.index));
    repeats
}

fn difference(sample: &Sample, subject: &dyn Subject) -> Option<Difference> {
    let again = run_with(&sample.item.scenario, subject, true);
    let raw = again.raw();
    let lines = hashes(&raw);
    if lines == sample.lines {
        return None;
    }
    let same = lines
        .iter()
        .zip(&sample.lines)
        .take_while(|(one, other)| one == other);
    let line = same.count();
    let text = raw.lines().nth(line).unwrap_or("(the history ends here)");
    Some(Difference {
        index: sample.item.index.clone(),
        line: line as u64 + 1,
        text: again.names.masked(text),
        scenario: print(&sample.item.scenario),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::base::builtin;
    use crate::explore::judged::Judged;
    use crate::subject::builtin::Builtin;

    fn sample() -> Sample {
        let item = builtin()[0].item(0, &[]);
        let lines = Judged::of(&item, &Builtin, true).lines.unwrap();
        Sample { item, lines }
    }

    #[test]
    fn a_run_is_the_same_when_it_is_repeated() {
        let repeats = repeat(vec![sample(), sample()], &Builtin, 2);
        assert_eq!((repeats.runs, repeats.differing), (2, Vec::new()));
    }

    #[test]
    fn the_first_line_that_differs_is_told_without_secrets() {
        let mut other = sample();
        other.item.scenario.seed += 1;
        let repeats = repeat(vec![other], &Builtin, 1);
        let difference = &repeats.differing[0];
        assert!(difference.line > 0 && !difference.text.is_empty());
        assert!(!difference.text.contains("da2-"), "{}", difference.text);
        assert!(difference.scenario.contains("seed 2"));
    }
}
