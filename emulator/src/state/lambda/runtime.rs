//! Runtimes: which Lambda takes, which it has taken out of service, and which are run here.

use sha2::{Digest, Sha256};

use crate::ids::Region;

use super::error::LambdaError;

/// A runtime that can be run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    name: String,
    /// What it is.
    pub family: Family,
}

/// What starts a function's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The file `bootstrap` in the code.
    Provided,
    /// Python.
    Python,
    /// Node.js.
    Node,
}

/// Everything that Lambda takes, in the order in which it tells it [R 2026-01-12].
pub const TAKEN: [&str; 25] = [
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
];

/// What Lambda once took and refuses now [MODEL; R for six of them].
const DEPRECATED: [&str; 21] = [
    "nodejs",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "java8",
    "python2.7",
    "python3.6",
    "python3.7",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "dotnet5.0",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "provided",
];

impl Runtime {
    pub(super) fn new(name: &str, family: Family) -> Self {
        let name = name.to_owned();
        Self { name, family }
    }

    /// Reads the name of a runtime.
    ///
    /// # Errors
    /// Nothing here runs it, Lambda takes it no more, or it does not know it.
    pub fn parse(name: &str) -> Result<Self, LambdaError> {
        if DEPRECATED.contains(&name) {
            return Err(LambdaError::RuntimeDeprecated(name.to_owned()));
        }
        if !TAKEN.contains(&name) {
            return Err(LambdaError::RuntimeUnknown(name.to_owned()));
        }
        let family = if name.starts_with("provided") {
            Family::Provided
        } else if name.starts_with("python") {
            Family::Python
        } else if name.starts_with("nodejs") {
            Family::Node
        } else {
            return Err(LambdaError::RuntimeNotRun(name.to_owned()));
        };
        Ok(Self::new(name, family))
    }

    /// The name, such as `python3.13`.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The version that INIT_START tells: `python:3.13.v1`, the form as recorded [R].
    pub fn version(&self) -> String {
        let family = match self.family {
            Family::Provided => "provided",
            Family::Python => "python",
            Family::Node => "nodejs",
        };
        let rest = self.name.strip_prefix(family).unwrap_or(&self.name);
        let number = rest.trim_start_matches('.').trim_end_matches(".x");
        format!("{family}:{number}.v1")
    }

    /// The ARN of that version. AWS has 64 digits of its own there; here they are the name's.
    pub fn version_arn(&self, region: &Region) -> String {
        let partition = region.partition();
        let id = hex(&Sha256::digest(self.version()));
        format!("arn:{partition}:lambda:{region}::runtime:{id}")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_are_run_known_deprecated_or_unknown() {
        for name in ["provided.al2023", "provided.al2", "python3.9", "nodejs22.x"] {
            assert_eq!(Runtime::parse(name).unwrap().as_str(), name);
        }
        for name in ["java21", "dotnet8", "ruby3.3", "java8.al2"] {
            let refused = LambdaError::RuntimeNotRun(name.to_owned());
            assert_eq!(Runtime::parse(name), Err(refused));
        }
        for name in ["python3.7", "nodejs12.x", "nodejs14.x", "provided", "go1.x"] {
            let refused = LambdaError::RuntimeDeprecated(name.to_owned());
            assert_eq!(Runtime::parse(name), Err(refused));
        }
        for name in ["", "python", "python3.", "PYTHON3.9", "perl"] {
            let refused = LambdaError::RuntimeUnknown(name.to_owned());
            assert_eq!(Runtime::parse(name), Err(refused));
        }
    }

    #[test]
    fn a_version_has_the_recorded_form() {
        for (name, version) in [
            ("python3.13", "python:3.13.v1"),
            ("nodejs22.x", "nodejs:22.v1"),
            ("provided.al2023", "provided:al2023.v1"),
        ] {
            assert_eq!(Runtime::parse(name).unwrap().version(), version);
        }
        let python = Runtime::parse("python3.13").unwrap();
        let arn = python.version_arn(&Region::new("eu-west-1"));
        assert!(
            arn.starts_with("arn:aws:lambda:eu-west-1::runtime:"),
            "{arn}"
        );
        assert_eq!(arn.rsplit(':').next().map(str::len), Some(64));
    }
}
