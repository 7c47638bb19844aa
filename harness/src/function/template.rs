//! `template.yaml#LogicalId`: a function of a SAM or CloudFormation template, with its code,
//! handler, runtime, variables and limits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::error::{FunctionError, either};
use super::found::{Found, Interpreters, TIMEOUT, Unset};
use super::intrinsics::{Intrinsics, Unresolved, text_of};
use super::{archive, folder, yaml};

const SAM: &str = "AWS::Serverless::Function";
const CLOUDFORMATION: &str = "AWS::Lambda::Function";

pub(super) fn find(
    path: &Path,
    resource: Option<&str>,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    let template = yaml::read(path)?;
    let name = chosen(path, &template, resource)?;
    let resource = Resource {
        path,
        name: &name,
        is_sam: template["Resources"][&name]["Type"] == SAM,
        template: &template,
        intrinsics: Intrinsics::of(&template),
    };
    resource.find(interpreters)
}

/// The names of a template's functions.
pub(super) fn functions(template: &Value) -> Vec<String> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    let functions = resources.filter(|(_, resource)| {
        let kind = resource["Type"].as_str();
        kind.is_some_and(|kind| [SAM, CLOUDFORMATION].contains(&kind))
    });
    functions.map(|(name, _)| name.clone()).collect()
}

/// The function that is meant: the one that is named, or the only one.
fn chosen(path: &Path, template: &Value, name: Option<&str>) -> Result<String, FunctionError> {
    let names = functions(template);
    let there = either(&names);
    match (name, &names[..]) {
        (Some(name), names) if names.iter().any(|known| known == name) => Ok(name.to_owned()),
        (Some(name), _) => {
            let text = format!("there is no function {name} in it; its functions are {there}");
            Err(FunctionError::of(path, text))
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let text = format!(
                "say which of its functions: {}#NAME; NAME is {there}",
                path.display()
            );
            Err(FunctionError::of(path, text))
        }
    }
}

/// A function in a template.
struct Resource<'a> {
    path: &'a Path,
    name: &'a str,
    is_sam: bool,
    template: &'a Value,
    intrinsics: Intrinsics<'a>,
}

impl Resource<'_> {
    fn find(&self, interpreters: &Interpreters) -> Result<Found, FunctionError> {
        if self.property("PackageType")?.as_str() == Some("Image") {
            return Err(self.error("it is a container image: run it, and give http:URL"));
        }
        let handler = self.handler()?;
        let mut found = self.code(&handler, interpreters)?;
        (found.environment, found.unset) = self.environment();
        let seconds = self.number("Timeout")?.map(u64::from);
        found.timeout = Some(seconds.map_or(TIMEOUT, Duration::from_secs));
        if let Some(memory_mb) = self.number("MemorySize")? {
            found.code.memory_mb = memory_mb;
        }
        Ok(found)
    }

    fn error(&self, problem: impl Into<String>) -> FunctionError {
        let given = format!("{}#{}", self.path.display(), self.name);
        FunctionError::new(given, problem)
    }

    /// A property as it is written, or as the template says it for all functions.
    fn written(&self, name: &str) -> &Value {
        let own = &self.template["Resources"][self.name]["Properties"][name];
        if own.is_null() && self.is_sam {
            &self.template["Globals"]["Function"][name]
        } else {
            own
        }
    }

    fn property(&self, name: &str) -> Result<Value, FunctionError> {
        let resolved = self.intrinsics.resolve(self.written(name));
        resolved.map_err(|Unresolved(what)| {
            self.error(format!(
                "{name} is not known without a stack: it needs {what}"
            ))
        })
    }

    fn number(&self, name: &str) -> Result<Option<u32>, FunctionError> {
        let value = self.property(name)?;
        if value.is_null() {
            return Ok(None);
        }
        let number = text_of(&value).parse();
        let number = number.map_err(|_| self.error(format!("{name} is no number: {value}")))?;
        Ok(Some(number))
    }

    fn handler(&self) -> Result<String, FunctionError> {
        let (handler, runtime) = (self.property("Handler")?, self.property("Runtime")?);
        let is_own = runtime
            .as_str()
            .is_some_and(|runtime| runtime.starts_with("provided"));
        match handler.as_str() {
            _ if is_own => Ok("bootstrap".to_owned()),
            Some(handler) => Ok(handler.to_owned()),
            None => Err(self.error("it has no Handler")),
        }
    }

    fn code(&self, handler: &str, interpreters: &Interpreters) -> Result<Found, FunctionError> {
        let inline = match self.is_sam {
            true => self.property("InlineCode")?,
            false => self.property("Code")?["ZipFile"].clone(),
        };
        if let Some(source) = inline.as_str() {
            return self.inline(source, handler, interpreters);
        }
        let place = self.property(if self.is_sam { "CodeUri" } else { "Code" })?;
        let place = match &place {
            Value::Null if self.is_sam => json!("."),
            other => other.clone(),
        };
        let Some(place) = place.as_str().filter(|place| !place.starts_with("s3://")) else {
            return Err(self.error(
                "its code lies in S3: give what was built, with build.zip#module.handler or \
                 folder/#module.handler",
            ));
        };
        let beside = self.path.parent().unwrap_or(self.path);
        let place = beside.join(place);
        let found = if place.is_file() {
            archive::find(&place, handler, interpreters)
        } else {
            folder::find(&place, handler, interpreters)
        };
        found.map_err(|error| self.error(format!("its code: {error}")))
    }

    /// Code that stands in the template itself.
    fn inline(
        &self,
        source: &str,
        handler: &str,
        interpreters: &Interpreters,
    ) -> Result<Found, FunctionError> {
        let failed = |error: std::io::Error| self.error(error.to_string());
        let runtime = self.property("Runtime")?;
        let is_node = runtime
            .as_str()
            .is_some_and(|name| name.starts_with("nodejs"));
        let laid = tempfile::tempdir().map_err(failed)?;
        let file = laid
            .path()
            .join(if is_node { "index.js" } else { "index.py" });
        std::fs::write(file, source).map_err(failed)?;
        let found = folder::find(laid.path(), handler, interpreters);
        let found = found.map_err(|error| error.about(self.path))?;
        Ok(Found {
            _unpacked: Some(Arc::new(laid)),
            ..found
        })
    }

    /// The variables that can be made out, and those that cannot.
    fn environment(&self) -> (Vec<(String, String)>, Vec<Unset>) {
        let globals = match self.is_sam {
            true => &self.template["Globals"]["Function"]["Environment"]["Variables"],
            false => &Value::Null,
        };
        let own = &self.template["Resources"][self.name]["Properties"]["Environment"]["Variables"];
        let mut written = globals.as_object().cloned().unwrap_or_default();
        written.extend(own.as_object().cloned().unwrap_or_default());
        let (mut environment, mut unset) = (Vec::new(), Vec::new());
        for (name, value) in written {
            match self.intrinsics.resolve(&value) {
                Ok(Value::Null) => {}
                Ok(value) => environment.push((name, text_of(&value))),
                Err(Unresolved(needs)) => unset.push(Unset { name, needs }),
            }
        }
        (environment, unset)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: provided.al2023
    Timeout: 30
    Environment:
      Variables: { STAGE: dev, LOG: warn }
Resources:
  Table: { Type: AWS::DynamoDB::Table }
  Rotator:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: build/
      MemorySize: 256
      Environment:
        Variables:
          SECRETS_MANAGER_ENDPOINT: !Sub https://secretsmanager.${AWS::Region}.amazonaws.com
          TABLE: !Ref Table
          LOG: debug
  InS3:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Code: { S3Bucket: b, S3Key: k }
";

    #[expect(
        clippy::unwrap_in_result,
        reason = "a test that cannot go on should stop"
    )]
    fn find_in(template: &str, resource: Option<&str>) -> Result<Found, FunctionError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("template.yaml");
        fs::write(&file, template).unwrap();
        fs::create_dir(folder.path().join("build")).unwrap();
        let program = folder.path().join("build/bootstrap");
        fs::copy("/bin/sh", program).unwrap();
        find(&file, resource, &Interpreters::default())
    }

    #[test]
    fn a_function_of_sam_is_found_with_all_that_is_said_of_it() {
        let found = find_in(TEMPLATE, Some("Rotator")).unwrap();
        assert_eq!(found.timeout, Some(Duration::from_secs(30)));
        assert_eq!(found.code.memory_mb, 256);
        let mut environment = found.environment;
        environment.sort();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let endpoint = "https://secretsmanager.us-east-1.amazonaws.com";
        let expected = [
            pair("LOG", "debug"),
            pair("SECRETS_MANAGER_ENDPOINT", endpoint),
            pair("STAGE", "dev"),
        ];
        assert_eq!(environment, expected);
        let unset = Unset {
            name: "TABLE".to_owned(),
            needs: "!Ref Table".to_owned(),
        };
        assert_eq!(found.unset, [unset]);
    }

    #[test]
    fn what_cannot_be_run_is_told_with_the_way_out() {
        let problem = |resource| find_in(TEMPLATE, resource).unwrap_err().to_string();
        let missing = problem(Some("Rotater"));
        assert!(
            missing.contains("its functions are Rotator or InS3"),
            "{missing}"
        );
        assert!(problem(None).contains("NAME is Rotator or InS3"));
        assert!(problem(Some("InS3")).contains("lies in S3"));
        let broken = find_in("a: [1,", None).unwrap_err().to_string();
        assert!(
            broken.contains("template.yaml: ") && broken.contains("line"),
            "{broken}"
        );
    }
}
