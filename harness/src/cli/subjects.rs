//! What `--function` names, for the commands that judge a function in process.

use keywheel::mutants;
use keywheel::subject::Subject;
use keywheel::subject::builtin::Builtin;

use super::exit::Failure;

static BUILTIN: Builtin = Builtin;

/// The function of a name: `builtin`, or `mutant:NAME`.
///
/// # Errors
/// A usage error that lists the names there are.
pub(crate) fn find(name: &str) -> Result<&'static dyn Subject, Failure> {
    if name == "builtin" {
        return Ok(&BUILTIN);
    }
    let mutant = name.strip_prefix("mutant:").and_then(|name| {
        mutants::ALL
            .iter()
            .find(|mutant| mutant.subject.name() == name)
    });
    mutant
        .map(|mutant| mutant.subject)
        .ok_or_else(|| Failure::usage(unknown(name)))
}

fn unknown(name: &str) -> String {
    let known: Vec<String> = names().collect();
    let near = keywheel_emulator::fault::nearest(name, known.iter().map(String::as_str));
    let hint = near.map_or_else(
        || format!("use one of {}", known.join(", ")),
        |near| format!("did you mean {near}?"),
    );
    format!("--function: there is no function {name}; {hint}")
}

fn names() -> impl Iterator<Item = String> {
    let mutants = mutants::ALL
        .iter()
        .map(|mutant| format!("mutant:{}", mutant.subject.name()));
    std::iter::once("builtin".to_owned()).chain(mutants)
}
