//! What `--function` names, for the commands that judge a function.

use std::fmt;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use keywheel::function::{FunctionError, Interpreters, PROJECT_FILE, Project, Spec, Unset};
use keywheel::invoked::quoted;
use keywheel::mutants;
use keywheel::scenario::{
    Choice, Holds, Located, OracleId, Scenario, Statement, TargetKind, WorldSpec,
};
use keywheel::subject::Subject;
use keywheel::subject::builtin::Builtin;
use keywheel::subject::process::Process;
use keywheel::subject::url::Url;
use keywheel_emulator::fault::Span;

use super::exit::Failure;

/// The function under test, and how it is reached.
#[derive(Debug, clap::Args)]
pub(crate) struct Function {
    /// The function under test, and scenario files or folders of them, in any order. A function is
    /// FILE.py:HANDLER, FILE.mjs:HANDLER (.js, .cjs, .ts), build.zip#module.handler,
    /// folder/#module.handler, template.yaml#LogicalId (SAM, CloudFormation),
    /// folder#aws_lambda_function.NAME (Terraform), an executable bootstrap, process:COMMAND,
    /// http:URL or builtin.
    #[arg(value_name = "FUNCTION | SCENARIO")]
    words: Vec<String>,
    /// The function under test, in the same forms; also mutant:NAME (see `keywheel list mutants`),
    /// plain (which mutants are made of), canary (which fails at a known rate) or stuck (which never
    /// ends) [default: builtin].
    #[arg(long = "function", value_name = "FUNCTION")]
    named: Option<String>,
    /// The Python that runs it [default: .venv beside the code, VIRTUAL_ENV, then the PATH].
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// The Node.js that runs it [default: from the PATH].
    #[arg(long, value_name = "PROGRAM")]
    node: Option<PathBuf>,
    /// An environment variable of the function; may be repeated.
    #[arg(long = "env", value_name = "NAME=VALUE")]
    variables: Vec<Variable>,
    /// Where a function behind a URL makes its calls: its AWS_ENDPOINT_URL.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4566")]
    listen: SocketAddr,
    /// How long an invocation of a function elsewhere may take, in real time; a scenario or a
    /// template may say less.
    #[arg(long, value_name = "TIME", default_value = "30s")]
    time_limit: Span,
    /// What the secrets of a function elsewhere hold: password, or key for one of AppSync. Worlds
    /// that hold something else are not for it.
    #[arg(long, value_name = "WHAT", default_value = "password", value_parser = holds)]
    holds: Holds,
    /// The real system in which the password of a world counts: postgres, mysql or issuer. Servers are
    /// started from this machine's programs, and end with this one.
    #[arg(long, value_name = "SYSTEM", value_parser = target)]
    target: Option<TargetKind>,
    /// What the words were found to be.
    #[arg(skip)]
    known: Known,
}

fn holds(text: &str) -> Result<Holds, String> {
    match text {
        "password" => Ok(Holds::Password),
        "key" => Ok(Holds::Key),
        _ => Err("write password, or key".to_owned()),
    }
}

fn target(text: &str) -> Result<TargetKind, String> {
    let unknown = || format!("write {}", TargetKind::WORDS.join(", "));
    TargetKind::from_word(text).ok_or_else(unknown)
}

/// A variable of the function.
#[derive(Clone, Debug)]
struct Variable {
    name: String,
    value: String,
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or(("", text));
        if name.is_empty() {
            return Err("write NAME=VALUE".to_owned());
        }
        let (name, value) = (name.to_owned(), value.to_owned());
        Ok(Self { name, value })
    }
}

/// The function, once it was found: finding it may unpack it and ask interpreters.
#[derive(Clone, Default)]
struct Known {
    subject: OnceLock<Arc<dyn Subject>>,
    project: OnceLock<Project>,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
    }
}

/// The functions that are no mutants: the one under test, the plain one that mutants are made of,
/// the one that fails at a known rate, and the one that never ends.
const OWN: [(&str, &dyn Subject); 4] = [
    ("builtin", &Builtin),
    ("plain", &mutants::Plain),
    ("canary", &mutants::Canary),
    ("stuck", &mutants::Stuck),
];

impl Function {
    /// The target that was asked for.
    pub(crate) fn target(&self) -> Option<TargetKind> {
        self.target
    }

    /// Gives a world the target that was asked for, if it has none and can have one.
    pub(crate) fn aim(&self, world: &mut WorldSpec) {
        if world.target.is_none() && world.can_have_a_target() {
            world.target = self.target;
        }
    }

    /// The function's name, as it was given, or as keywheel.toml has it.
    pub(crate) fn name(&self) -> &str {
        let word = self.words.iter().find(|word| is_function(word));
        let given = self.named.as_ref().or(word);
        let given = given.or(self.project().function.path.as_ref());
        given.map_or("builtin", String::as_str)
    }

    /// What keywheel.toml says; nothing where there is none.
    pub(crate) fn project(&self) -> &Project {
        self.known.project.get_or_init(|| {
            let read = Project::read(Path::new(""));
            // What is wrong with it is told when the function is looked for.
            read.ok().flatten().unwrap_or_default()
        })
    }

    /// Switches the oracles off that keywheel.toml wants off.
    pub(crate) fn spare(&self, scenario: &mut Scenario) -> Result<(), Failure> {
        for (name, because) in &self.project().without {
            let oracle = OracleId::from_word(name).ok_or_else(|| {
                let known = OracleId::WORDS.join(", ");
                let text = format!("there is no oracle {name}; use one of {known}");
                Failure::usage(format!("{PROJECT_FILE}: {text}"))
            })?;
            let because = because.clone();
            let off = Statement::Without { oracle, because };
            scenario.statements.insert(0, Located::nowhere(off));
        }
        Ok(())
    }

    /// The scenarios that the words name.
    pub(crate) fn scenarios(&self) -> Vec<PathBuf> {
        let words = self.words.iter().filter(|word| !is_function(word));
        words.map(PathBuf::from).collect()
    }

    /// The function.
    ///
    /// # Errors
    /// A usage error that says what is wrong with it, or lists the names there are.
    pub(crate) fn find(&self) -> Result<Arc<dyn Subject>, Failure> {
        if let Some(known) = self.known.subject.get() {
            return Ok(Arc::clone(known));
        }
        let read = Project::read(Path::new(""));
        read.map_err(|error| Failure::usage(error.to_string()))?;
        let mut functions = self.words.iter().filter(|word| is_function(word));
        let second = match self.named {
            Some(_) => functions.next(),
            None => functions.nth(1),
        };
        if let Some(second) = second {
            let text = format!(
                "{second}: there is a function already, {}; say one",
                self.name()
            );
            return Err(Failure::usage(text));
        }
        let found = self.look_up(self.name())?;
        let started = found.check();
        started.map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Arc::clone(self.known.subject.get_or_init(|| found)))
    }

    fn look_up(&self, name: &str) -> Result<Arc<dyn Subject>, Failure> {
        if let Some(own) = own(name) {
            return Ok(Arc::new(own));
        }
        let (limit, project) = (self.time_limit.to_duration(), self.project());
        let wrong = |error: FunctionError| Failure::usage(error.to_string());
        let spec = Spec::read(name).ok_or_else(|| Failure::usage(unknown(name)))?;
        let spec = spec.map_err(wrong)?;
        let interpreters = Interpreters {
            python: self.python.clone().or(project.function.python.clone()),
            node: self.node.clone().or(project.function.node.clone()),
        };
        if let Some(found) = spec.find(&interpreters) {
            let mut found = found.map_err(wrong)?;
            let own = project.variables().map_err(wrong)?.into_iter();
            let given = self.variables.iter().cloned();
            let given = own.chain(given.map(|given| (given.name, given.value)));
            let given: Vec<(String, String)> = given.collect();
            let is_given = |unset: &Unset| given.iter().any(|(name, _)| *name == unset.name);
            for unset in found.unset.iter().filter(|unset| !is_given(unset)) {
                // Nobody reads what cannot be written.
                let _ = writeln!(anstream::stderr(), "keywheel: {spec}: {unset}");
            }
            found.environment.extend(given);
            let process = Process::of_code(spec.to_string(), found, limit);
            return Ok(Arc::new(process.holding(self.holds)));
        }
        match &spec {
            Spec::Url(url) => {
                let function = Url::new(url, self.listen, limit);
                let bad = |error| Failure::usage(format!("{name}: {error}"));
                Ok(Arc::new(function.map_err(bad)?.holding(self.holds)))
            }
            Spec::Process(command) => {
                Ok(Arc::new(Process::new(command, limit).holding(self.holds)))
            }
            // Everything else was found, or its error told.
            _ => Err(Failure::usage(unknown(name))),
        }
    }

    /// What a command line needs to name it again, with a blank before it.
    pub(crate) fn again(&self) -> String {
        let name = match self.name() {
            "builtin" => String::new(),
            name => format!(" --function {}", quoted(name)),
        };
        let program = |option: &str, program: &Option<PathBuf>| {
            let program = program.as_ref().map(|program| program.to_string_lossy());
            program.map_or(String::new(), |program| {
                format!(" {option} {}", quoted(&program))
            })
        };
        let variables = self.variables.iter();
        let variables: String = variables
            .map(|variable| format!(" --env {}", quoted(&format!("{}=…", variable.name))))
            .collect();
        let target = self.target.map(|kind| format!(" --target {kind}"));
        let (python, node) = (
            program("--python", &self.python),
            program("--node", &self.node),
        );
        format!(
            "{name}{python}{node}{variables}{}",
            target.unwrap_or_default()
        )
    }
}

/// Is a word of the command line a function, and no scenario?
fn is_function(word: &str) -> bool {
    let is_there = Path::new(word).exists();
    (!is_there && (own(word).is_some() || word.starts_with("mutant:")))
        || Spec::read(word).is_some()
}

/// A function of our own, by its name.
fn own(name: &str) -> Option<&'static dyn Subject> {
    let own = OWN.into_iter().find(|(known, _)| *known == name);
    let mutant = || {
        let name = name.strip_prefix("mutant:")?;
        let mut mutants = mutants::ALL.iter();
        let mutant = mutants.find(|mutant| mutant.subject.name() == name);
        mutant.map(|mutant| mutant.subject)
    };
    own.map(|(_, subject)| subject).or_else(mutant)
}

fn unknown(name: &str) -> String {
    let known: Vec<String> = names().collect();
    let near = keywheel_emulator::fault::nearest(name, known.iter().map(String::as_str));
    let hint = near.map_or_else(
        || {
            let own: Vec<&str> = OWN.iter().map(|(own, _)| *own).collect();
            format!(
                "use FILE.py:HANDLER, FILE.mjs:HANDLER, build.zip#module.handler, \
                 folder/#module.handler, template.yaml#LogicalId, \
                 folder#aws_lambda_function.NAME, an executable, process:COMMAND, http:URL, \
                 mutant:NAME or one of {}",
                own.join(", ")
            )
        },
        |near| format!("did you mean {near}?"),
    );
    format!("there is no function {name}; {hint}")
}

fn names() -> impl Iterator<Item = String> {
    let mutants = mutants::ALL
        .iter()
        .map(|mutant| format!("mutant:{}", mutant.subject.name()));
    OWN.into_iter()
        .map(|(name, _)| name.to_owned())
        .chain(mutants)
}
