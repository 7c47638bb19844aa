//! What a word of the command line says of a function.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use super::error::FunctionError;
use super::found::{Found, Interpreters};
use super::{archive, executable, file, folder, template, terraform};

/// A rotation function as somebody names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// `process:COMMAND`: a command line that speaks the Runtime API.
    Process(String),
    /// `http:URL`: an event is posted to it.
    Url(String),
    /// `rotator.py:lambda_handler`, `index.mjs:handler`.
    File {
        /// The source file.
        path: PathBuf,
        /// The function in it; none if the file says which.
        handler: Option<String>,
    },
    /// `folder/#module.handler`.
    Folder {
        /// The folder.
        path: PathBuf,
        /// The handler, as Lambda takes it.
        handler: String,
    },
    /// `build.zip#module.handler`.
    Archive {
        /// The archive.
        path: PathBuf,
        /// The handler, as Lambda takes it.
        handler: String,
    },
    /// `template.yaml#LogicalId`: SAM or CloudFormation.
    Template {
        /// The template.
        path: PathBuf,
        /// The function in it; none if it has one only.
        resource: Option<String>,
    },
    /// `folder#aws_lambda_function.name`: Terraform.
    Terraform {
        /// The folder with the .tf files.
        path: PathBuf,
        /// The name of the resource.
        name: String,
    },
    /// An executable that speaks the Runtime API, such as Lambda's `bootstrap`.
    Executable(PathBuf),
}

/// The endings of source files that have handlers.
const SOURCES: [&str; 5] = ["py", "js", "mjs", "cjs", "ts"];

/// The endings of templates. A `.json` without a `#` is a scenario.
const TEMPLATES: [&str; 3] = ["yaml", "yml", "template"];

const TERRAFORM: &str = "aws_lambda_function.";

impl Spec {
    /// What the word says of a function; none if it is about something else, as a path of scenarios
    /// is.
    pub fn read(word: &str) -> Option<Result<Self, FunctionError>> {
        if let Some(command) = word.strip_prefix("process:") {
            return Some(process(word, command));
        }
        if word.starts_with("http://") || word.starts_with("https://") {
            return Some(Ok(Self::Url(word.to_owned())));
        }
        if let Some(url) = word.strip_prefix("http:") {
            return Some(Ok(Self::Url(url.to_owned())));
        }
        if let Some((path, part)) = word.rsplit_once('#') {
            return Some(part_of(word, Path::new(path), part));
        }
        source(word).or_else(|| whole(Path::new(word))).map(Ok)
    }

    /// Finds the code and what runs it; none for a command or a URL, which say it themselves.
    ///
    /// # Errors
    /// What is missing or cannot be made out, and the way out.
    pub fn find(&self, interpreters: &Interpreters) -> Option<Result<Found, FunctionError>> {
        Some(match self {
            Self::Process(_) | Self::Url(_) => return None,
            Self::File { path, handler } => file::find(path, handler.as_deref(), interpreters),
            Self::Folder { path, handler } => folder::find(path, handler, interpreters),
            Self::Archive { path, handler } => archive::find(path, handler, interpreters),
            Self::Template { path, resource } => {
                template::find(path, resource.as_deref(), interpreters)
            }
            Self::Terraform { path, name } => terraform::find(path, name, interpreters),
            Self::Executable(path) => executable::find(path),
        })
    }
}

/// As it would be written again.
impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(command) => write!(f, "process:{command}"),
            Self::Url(url) => write!(f, "http:{url}"),
            Self::File {
                path,
                handler: None,
            }
            | Self::Executable(path) => {
                write!(f, "{}", path.display())
            }
            Self::File {
                path,
                handler: Some(handler),
            } => write!(f, "{}:{handler}", path.display()),
            Self::Folder { path, handler } | Self::Archive { path, handler } => {
                write!(f, "{}#{handler}", path.display())
            }
            Self::Template {
                path,
                resource: None,
            } => write!(f, "{}", path.display()),
            Self::Template {
                path,
                resource: Some(resource),
            } => write!(f, "{}#{resource}", path.display()),
            Self::Terraform { path, name } => write!(f, "{}#{TERRAFORM}{name}", path.display()),
        }
    }
}

fn process(word: &str, command: &str) -> Result<Spec, FunctionError> {
    if command.trim().is_empty() {
        let text = "the command is missing: process:COMMAND";
        return Err(FunctionError::new(word, text));
    }
    Ok(Spec::Process(command.to_owned()))
}

/// What stands before and after a `#`.
fn part_of(word: &str, path: &Path, part: &str) -> Result<Spec, FunctionError> {
    let path = path.to_owned();
    if part.is_empty() {
        let text = "a handler or a resource is missing after the #, such as folder/#index.handler, \
                    build.zip#index.handler, template.yaml#LogicalId or \
                    folder#aws_lambda_function.name";
        return Err(FunctionError::new(word, text));
    }
    if let Some(name) = part.strip_prefix(TERRAFORM) {
        let name = name.to_owned();
        return Ok(Spec::Terraform { path, name });
    }
    let part = part.to_owned();
    Ok(match ending(&path) {
        Some("zip" | "jar") => Spec::Archive {
            path,
            handler: part,
        },
        Some(known) if TEMPLATES.contains(&known) || known == "json" => Spec::Template {
            path,
            resource: Some(part),
        },
        _ => Spec::Folder {
            path,
            handler: part,
        },
    })
}

/// `FILE:HANDLER`, or a source file alone.
fn source(word: &str) -> Option<Spec> {
    let is_source = |path: &Path| ending(path).is_some_and(|known| SOURCES.contains(&known));
    if let Some((path, handler)) = word.rsplit_once(':') {
        let path = PathBuf::from(path);
        return is_source(&path).then(|| Spec::File {
            path,
            handler: Some(handler.to_owned()),
        });
    }
    let path = PathBuf::from(word);
    is_source(&path).then_some(Spec::File {
        path,
        handler: None,
    })
}

/// A template with one function, or a file that can be run.
fn whole(path: &Path) -> Option<Spec> {
    let (ending, path) = (ending(path), path.to_owned());
    if ending.is_some_and(|ending| TEMPLATES.contains(&ending)) {
        return Some(Spec::Template {
            path,
            resource: None,
        });
    }
    let is_scenario = matches!(ending, Some("scenario" | "json"));
    (!is_scenario && path.is_file()).then_some(Spec::Executable(path))
}

fn ending(path: &Path) -> Option<&str> {
    path.extension().and_then(OsStr::to_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> Spec {
        Spec::read(word).unwrap().unwrap()
    }

    #[test]
    fn every_form_is_read_and_written_as_it_was() {
        for word in [
            "process:env A=b ./bootstrap",
            "http:http://127.0.0.1:9000/x#y",
            "src/rotator.py:lambda_handler",
            "src/rotator.py",
            "dist/index.mjs:handler",
            "build.zip#index.handler",
            "folder/#pkg/module.handler",
            "template.yaml#Rotator",
            "template.yaml",
            "infra/cdk.out/App.template.json#Rotator",
            "infra#aws_lambda_function.rotator",
        ] {
            assert_eq!(read(word).to_string(), word);
        }
        let url = "http://127.0.0.1:9000/x";
        assert_eq!(read(url), Spec::Url(url.to_owned()));
    }

    #[test]
    fn paths_of_scenarios_are_no_functions() {
        for word in ["scenarios", "a/b.scenario", "finding.json", "nothing-here"] {
            assert_eq!(Spec::read(word), None, "{word}");
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        let problem = |word: &str| Spec::read(word).unwrap().unwrap_err().to_string();
        assert!(problem("process: ").contains("process:COMMAND"));
        assert!(problem("build.zip#").contains("build.zip#index.handler"));
    }
}
