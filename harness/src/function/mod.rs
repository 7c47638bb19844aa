//! The function under test as people have it: a file, a folder, an archive, a template, a folder of
//! Terraform, an executable, a command or a URL.
//!
//! In reading order: [`Spec`] (what a word of the command line says) · [`Found`] (the code, and how
//! it is to be run) · one file for each form: `file`, `folder`, `archive`, `template` (with
//! `intrinsics` and `yaml`), `terraform`, `executable` · `interpreter`, which says what runs it · [`Project`]
//! (what keywheel.toml says) and [`candidates`] (what a folder seems to have).

mod archive;
mod candidates;
mod error;
mod executable;
mod file;
mod folder;
mod found;
mod interpreter;
mod intrinsics;
mod project;
mod runtime;
mod spec;
mod template;
mod terraform;
mod yaml;

pub use candidates::candidates;
pub use error::FunctionError;
pub use found::{Found, Interpreters, Unset};
pub use project::{FILE as PROJECT_FILE, Project};
pub use spec::Spec;
