//! The life of each credential beside the rows of a timeline, from the states of the world.

use keywheel_emulator::ids::{ApiKeyId, StagingLabel};

use crate::record::Run;

/// A bar for each credential that the run has a name for.
pub(super) struct Bars<'a> {
    run: &'a Run,
    credentials: Vec<(ApiKeyId, &'a str)>,
}

impl<'a> Bars<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let keys = run.names.keys();
        let mut credentials: Vec<_> = keys.map(|(key, name)| (ApiKeyId::new(key), name)).collect();
        credentials.sort_by_key(|(_, name)| (name.len(), *name));
        Self { run, credentials }
    }

    /// The names of the credentials.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.credentials.iter().map(|(_, name)| *name)
    }

    /// What each bar is like after the event of this number: the class of its cell.
    pub(super) fn after(&self, event: usize) -> impl Iterator<Item = &'static str> {
        let state = self.run.history.state_after(event);
        let current = StagingLabel::current();
        self.credentials.iter().map(move |(credential, _)| {
            let fate = state.and_then(|state| state.credentials.get(credential));
            let is_current = state.is_some_and(|state| state.is_held(&current, credential));
            match (fate.is_some_and(|fate| fate.is_there()), is_current) {
                (true, true) => "exists current",
                (true, false) => "exists",
                (false, _) => "",
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::run;
    use crate::scenario::{Vocabulary, parse};
    use crate::subject::builtin::Builtin;

    /// The bars of some credentials after each event: `-` none, `+` it exists, `*` it is current.
    fn bars(body: &str, names: &[&str]) -> Vec<String> {
        let text = format!("keywheel scenario 1\n{body}");
        let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
        let run = run(&scenario, &Builtin);
        let bars = Bars::of(&run);
        let shown = |event| {
            let cells = bars.names().zip(bars.after(event));
            let cells = cells.filter(|(name, _)| names.contains(name));
            let cells = cells.map(|(_, class)| match class {
                "" => '-',
                "exists" => '+',
                _ => '*',
            });
            cells.collect::<String>()
        };
        let mut rows: Vec<String> = (0..run.history.events().len()).map(shown).collect();
        rows.dedup();
        rows
    }

    #[test]
    fn what_a_person_does_to_a_key_shows_in_its_bar() {
        let rows = bars("admin delete-key k0\n", &["k0"]);
        assert_eq!(rows[..2], ["*", "-"]);
    }

    #[test]
    fn a_key_whose_answer_was_lost_has_a_bar() {
        let fault = "fault createSecret/CreateApiKey#1 answer-lost x3\n";
        let rows = bars(&format!("{fault}rotate expect=any\n"), &["k0", "k1"]);
        assert_eq!(rows[..2], ["*-", "*+"]);
    }

    #[test]
    fn the_current_key_is_the_one_that_put_secret_value_made_current() {
        let value = "{\\\"APIKEY\\\":\\\"<web>\\\"}";
        let body = format!("world keys=web:90d\nadmin put-value \"{value}\"\n");
        let rows = bars(&body, &["k0", "web"]);
        assert_eq!(rows[..2], ["*+", "+*"]);
    }

    #[test]
    fn a_rotation_moves_the_bars_from_key_to_key() {
        let rows = bars("rotate\n", &["k0", "k1"]);
        assert_eq!(rows[..3], ["*-", "*+", "+*"]);
    }
}
