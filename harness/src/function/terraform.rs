//! `folder#aws_lambda_function.name`: a function that Terraform deploys, with its code, handler,
//! runtime, variables and limits, as far as literals, locals and defaults of variables say it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hcl::eval::{Context, Evaluate};
use hcl::expr::TraversalOperator;
use hcl::{Block, Body, Expression, Value};
use keywheel_emulator::ids::{DEFAULT_ACCOUNT, DEFAULT_REGION};

use super::error::{FunctionError, either};
use super::found::{Found, Interpreters, TIMEOUT, Unset};
use super::{archive, folder};

pub(super) fn find(
    path: &Path,
    name: &str,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    let module = Module::read(path)?;
    let kind = "aws_lambda_function";
    let Some(block) = module
        .blocks("resource", kind)
        .find(|block| label(block, 1) == Some(name))
    else {
        let blocks = module.blocks("resource", kind);
        let names: Vec<String> = blocks
            .filter_map(|block| label(block, 1))
            .map(str::to_owned)
            .collect();
        let text = format!("there is no {kind}.{name} in it; it has {}", either(&names));
        return Err(FunctionError::of(path, text));
    };
    Resource {
        given: format!("{}#{kind}.{name}", path.display()),
        module: &module,
        block,
    }
    .find(interpreters)
}

/// All .tf files of a folder.
struct Module {
    folder: PathBuf,
    body: Body,
    context: Context<'static>,
}

/// How often locals that need each other are worked out at most.
const PASSES: usize = 16;

impl Module {
    fn read(folder: &Path) -> Result<Self, FunctionError> {
        let failed = |error: std::io::Error| FunctionError::of(folder, error.to_string());
        let entries = std::fs::read_dir(folder).map_err(failed)?.flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        let ends = |path: &Path, ending: &str| path.extension().is_some_and(|own| own == ending);
        let mut body = Body::default();
        for file in files.iter().filter(|path| ends(path, "tf")) {
            body.0.extend(parsed(file)?.0);
        }
        let mut given = Body::default();
        for file in files.iter().filter(|path| ends(path, "tfvars")) {
            given.0.extend(parsed(file)?.0);
        }
        let mut module = Self {
            folder: folder.to_owned(),
            body,
            context: Context::new(),
        };
        module.declare(&given);
        Ok(module)
    }

    /// What expressions may name: variables, locals, paths, and who runs Terraform.
    fn declare(&mut self, given: &Body) {
        let here = self.folder.display().to_string();
        let paths = ["module", "root", "cwd"].map(|name| (name, Value::from(here.as_str())));
        self.context.declare_var("path", object(paths));
        let account = object([("account_id", Value::from(DEFAULT_ACCOUNT))]);
        let region = ["name", "id", "region"].map(|name| (name, Value::from(DEFAULT_REGION)));
        let data = object([
            ("aws_caller_identity", object([("current", account)])),
            ("aws_region", object([("current", object(region))])),
        ]);
        self.context.declare_var("data", data);
        self.context.declare_var("var", self.variables(given));
        self.declare_locals();
    }

    fn variables(&self, given: &Body) -> Value {
        let blocks = self
            .body
            .blocks()
            .filter(|block| block.identifier() == "variable");
        let defaults = blocks.filter_map(|block| {
            let name = label(block, 0)?;
            let given = attribute(given, name).or_else(|| attribute(block.body(), "default"));
            let value = given?.evaluate(&self.context).ok()?;
            Some((name, value))
        });
        object(defaults)
    }

    /// Locals may need each other, in any order.
    fn declare_locals(&mut self) {
        let blocks = self
            .body
            .blocks()
            .filter(|block| block.identifier() == "locals");
        let written: Vec<(String, Expression)> = blocks
            .flat_map(|block| block.body().attributes())
            .map(|attribute| (attribute.key().to_owned(), attribute.expr().clone()))
            .collect();
        let mut known = 0;
        for _ in 0..PASSES {
            let values: Vec<(&str, Value)> = written
                .iter()
                .filter_map(|(name, value)| {
                    Some((name.as_str(), value.evaluate(&self.context).ok()?))
                })
                .collect();
            let is_all = values.len() == known;
            known = values.len();
            self.context.declare_var("local", object(values));
            if is_all {
                return;
            }
        }
    }

    fn blocks<'a>(&'a self, identifier: &'a str, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        let blocks = self.body.blocks();
        blocks
            .filter(move |block| block.identifier() == identifier && label(block, 0) == Some(kind))
    }

    /// A file or a folder that the module names.
    fn place(&self, named: &str) -> PathBuf {
        let path = Path::new(named);
        // `path.module` stands for the folder, as everything else does that is no absolute path.
        if path.is_absolute() || path.starts_with(&self.folder) {
            path.to_owned()
        } else {
            self.folder.join(path)
        }
    }
}

fn parsed(file: &Path) -> Result<Body, FunctionError> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| FunctionError::of(file, error.to_string()))?;
    hcl::parse(&text).map_err(|error| FunctionError::of(file, error.to_string()))
}

fn label(block: &Block, at: usize) -> Option<&str> {
    block.labels().get(at).map(hcl::BlockLabel::as_str)
}

fn attribute<'a>(body: &'a Body, name: &str) -> Option<&'a Expression> {
    let mut attributes = body.attributes();
    let found = attributes.find(|attribute| attribute.key() == name);
    found.map(hcl::Attribute::expr)
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let members = members.into_iter();
    Value::Object(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// A function that is deployed.
struct Resource<'a> {
    given: String,
    module: &'a Module,
    block: &'a Block,
}

impl Resource<'_> {
    fn find(&self, interpreters: &Interpreters) -> Result<Found, FunctionError> {
        let runtime = self.text("runtime")?.unwrap_or_default();
        let handler = match runtime.starts_with("provided") {
            true => "bootstrap".to_owned(),
            false => self
                .text("handler")?
                .ok_or_else(|| self.error("it has no handler"))?,
        };
        let place = self.code()?;
        let found = match place.is_dir() {
            true => folder::find(&place, &handler, interpreters),
            false => archive::find(&place, &handler, interpreters),
        };
        let mut found = found.map_err(|error| self.error(format!("its code: {error}")))?;
        (found.environment, found.unset) = self.environment();
        let seconds = self.number("timeout")?.map(u64::from);
        found.timeout = Some(seconds.map_or(TIMEOUT, Duration::from_secs));
        found.code.memory_mb = self.number("memory_size")?.unwrap_or(found.code.memory_mb);
        Ok(found)
    }

    fn error(&self, problem: impl Into<String>) -> FunctionError {
        FunctionError::new(self.given.as_str(), problem)
    }

    /// An attribute's value; none if it is not there.
    fn value(&self, name: &str) -> Result<Option<Value>, FunctionError> {
        let Some(expression) = attribute(self.block.body(), name) else {
            return Ok(None);
        };
        let value = expression.evaluate(&self.module.context);
        let value = value.map_err(|_| {
            let written = written(expression);
            self.error(format!(
                "{name} is not known without a plan: it needs {written}"
            ))
        })?;
        Ok(Some(value).filter(|value| !value.is_null()))
    }

    fn text(&self, name: &str) -> Result<Option<String>, FunctionError> {
        Ok(self.value(name)?.map(text_of))
    }

    fn number(&self, name: &str) -> Result<Option<u32>, FunctionError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let number = text.parse();
        Ok(Some(number.map_err(|_| {
            self.error(format!("{name} is no number: {text}"))
        })?))
    }

    /// Where the code lies: an archive, or the folder that one is made of.
    fn code(&self) -> Result<PathBuf, FunctionError> {
        let Some(filename) = attribute(self.block.body(), "filename") else {
            return Err(self.error(
                "its code does not lie in a file: give what was built, with build.zip#module.handler \
                 or folder/#module.handler",
            ));
        };
        if let Some(name) = archive_named_by(filename) {
            let mut archives = self.module.blocks("data", "archive_file");
            let archive = archives.find(|block| label(block, 1) == Some(name));
            return self.source_of(
                archive
                    .ok_or_else(|| self.error(format!("there is no data.archive_file.{name}")))?,
            );
        }
        let named = self.text("filename")?.unwrap_or_default();
        Ok(self.module.place(&named))
    }

    /// What an archive is made of.
    fn source_of(&self, archive: &Block) -> Result<PathBuf, FunctionError> {
        let source = Resource {
            given: self.given.clone(),
            module: self.module,
            block: archive,
        };
        if let Some(folder) = source.text("source_dir")? {
            return Ok(self.module.place(&folder));
        }
        let file = source.text("source_file")?;
        let file = file.map(|file| self.module.place(&file));
        let folder = file.as_deref().and_then(Path::parent).map(Path::to_owned);
        folder.ok_or_else(|| {
            self.error(
                "its archive_file has neither source_dir nor source_file: give what was \
                        built, with build.zip#module.handler",
            )
        })
    }

    /// The variables that can be made out, and those that cannot.
    fn environment(&self) -> (Vec<(String, String)>, Vec<Unset>) {
        let mut blocks = self.block.body().blocks();
        let block = blocks.find(|block| block.identifier() == "environment");
        let variables = block.and_then(|block| attribute(block.body(), "variables"));
        let (mut environment, mut unset) = (Vec::new(), Vec::new());
        let context = &self.module.context;
        match variables {
            Some(Expression::Object(members)) => {
                for (name, value) in members {
                    let name = name.to_string();
                    match value.evaluate(context) {
                        Ok(value) => environment.push((name, text_of(value))),
                        Err(_) => unset.push(without(&name, value)),
                    }
                }
            }
            Some(whole) => match whole.evaluate(context) {
                Ok(Value::Object(members)) => {
                    let members = members.into_iter();
                    environment.extend(members.map(|(name, value)| (name, text_of(value))));
                }
                _ => unset.push(without("environment", whole)),
            },
            None => {}
        }
        (environment, unset)
    }
}

fn without(name: &str, needs: &Expression) -> Unset {
    Unset {
        name: name.to_owned(),
        needs: written(needs),
    }
}

/// `data.archive_file.NAME.output_path`.
fn archive_named_by(expression: &Expression) -> Option<&str> {
    let Expression::Traversal(traversal) = expression else {
        return None;
    };
    let Expression::Variable(first) = &traversal.expr else {
        return None;
    };
    let attribute = |operator: &'_ TraversalOperator| match operator {
        TraversalOperator::GetAttr(name) => Some(name.as_str().to_owned()),
        _ => None,
    };
    let [kind, TraversalOperator::GetAttr(name), path] = &traversal.operators[..] else {
        return None;
    };
    let is_archive = first.as_str() == "data"
        && attribute(kind).as_deref() == Some("archive_file")
        && attribute(path).as_deref() == Some("output_path");
    is_archive.then_some(name.as_str())
}

fn written(expression: &Expression) -> String {
    hcl::format::to_string(expression).unwrap_or_else(|_| "what is not known here".to_owned())
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const MODULE: &str = r#"
variable "stage" { default = "dev" }
variable "owner" {}
locals {
  name = "rotator-${local.stage}"
  stage = var.stage
}
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/build"
  output_path = "${path.module}/build.zip"
}
resource "aws_lambda_function" "rotator" {
  function_name = local.name
  filename      = data.archive_file.code.output_path
  handler       = "bootstrap"
  runtime       = "provided.al2023"
  timeout       = 30
  environment {
    variables = {
      NAME  = local.name
      TABLE = aws_dynamodb_table.names.arn
    }
  }
}
resource "aws_lambda_function" "other" {
  s3_bucket = "b"
  handler   = var.owner
}
"#;

    #[expect(
        clippy::unwrap_in_result,
        reason = "a test that cannot go on should stop"
    )]
    fn find_in(name: &str) -> Result<Found, FunctionError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.tf"), MODULE).unwrap();
        fs::create_dir(folder.path().join("build")).unwrap();
        fs::copy("/bin/sh", folder.path().join("build/bootstrap")).unwrap();
        find(folder.path(), name, &Interpreters::default())
    }

    #[test]
    fn a_function_is_found_with_all_that_is_said_of_it() {
        let found = find_in("rotator").unwrap();
        assert_eq!(found.timeout, Some(Duration::from_secs(30)));
        let expected = [("NAME".to_owned(), "rotator-dev".to_owned())];
        assert_eq!(found.environment, expected);
        assert_eq!(found.unset[0].needs, "aws_dynamodb_table.names.arn");
    }

    #[test]
    fn what_cannot_be_made_out_is_named() {
        let problem = |name| find_in(name).unwrap_err().to_string();
        assert!(problem("rotater").contains("it has rotator or other"));
        assert!(problem("other").contains("var.owner"));
    }
}
