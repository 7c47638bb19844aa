//! What `--function` takes: `NAME=exec:COMMAND`, `NAME=http:URL` or `NAME=builtin`.

use std::ffi::OsString;
use std::str::FromStr;
use std::sync::Arc;

use keywheel_emulator::invoke::{LambdaProcess, LambdaUrl, RotationFunction};

use super::builtin;

/// A rotation function and how it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FunctionSpec {
    /// The last part of its ARN.
    pub(crate) name: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Process(String),
    Url(String),
    Builtin,
}

const FORMS: &str = "write NAME=exec:COMMAND, NAME=http://HOST:PORT/PATH or NAME=builtin";

impl FromStr for FunctionSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, how) = text.split_once('=').ok_or(FORMS)?;
        if !is_function_name(name) {
            return Err(format!(
                "a function's name has 1 to 64 letters, digits, - and _: {FORMS}"
            ));
        }
        let kind = match how.split_once(':') {
            None if how == "builtin" => Kind::Builtin,
            Some(("exec", command)) if !command.trim().is_empty() => {
                Kind::Process(command.to_owned())
            }
            Some(("http", rest)) if rest.starts_with("//") => Kind::Url(how.to_owned()),
            Some(("http", url)) if !url.is_empty() => Kind::Url(url.to_owned()),
            _ => return Err(FORMS.to_owned()),
        };
        let name = name.to_owned();
        Ok(Self { name, kind })
    }
}

/// The names that Lambda takes.
fn is_function_name(name: &str) -> bool {
    let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(is_name_byte)
}

impl FunctionSpec {
    /// Is it a command of the user's, which has the user's variables?
    pub(crate) fn is_process(&self) -> bool {
        matches!(self.kind, Kind::Process(_))
    }

    /// The function, ready to be run; a command inherits these variables.
    pub(crate) fn function(
        &self,
        inherited: Option<&[(OsString, OsString)]>,
    ) -> Result<Arc<dyn RotationFunction>, String> {
        match &self.kind {
            Kind::Process(command) => {
                let process = LambdaProcess::new(&self.name, command);
                Ok(Arc::new(match inherited {
                    Some(variables) => process.inherit(variables.to_vec()),
                    None => process,
                }))
            }
            Kind::Url(url) => match LambdaUrl::new(url) {
                Ok(function) => Ok(Arc::new(function)),
                Err(error) => Err(format!("--function {}: {error}", self.name)),
            },
            Kind::Builtin => Ok(builtin::rotator()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Result<Kind, String> {
        text.parse().map(|spec: FunctionSpec| spec.kind)
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(kind("f=builtin"), Ok(Kind::Builtin));
        let command = "env A=b ./bootstrap".to_owned();
        assert_eq!(
            kind("f=exec:env A=b ./bootstrap"),
            Ok(Kind::Process(command))
        );
        let url = "http://127.0.0.1:9000/x".to_owned();
        assert_eq!(kind(&format!("f={url}")), Ok(Kind::Url(url.clone())));
        assert_eq!(kind(&format!("f=http:{url}")), Ok(Kind::Url(url)));
    }

    #[test]
    fn anything_else_is_refused_with_the_forms() {
        for text in [
            "f",
            "=builtin",
            "a b=builtin",
            "f=",
            "f=exec:",
            "f=ftp:x",
            "f=http:",
        ] {
            assert!(
                kind(text).unwrap_err().contains("NAME=exec:COMMAND"),
                "{text}"
            );
        }
    }
}
