//! From the JSON text of a policy to the document that it means: the one reader of all policies,
//! of identities and sessions, of roles' trust, of secrets and of functions.
//!
//! `syntax` reads the shape; then the rules are looked at in the order in which AWS told them when
//! several were broken [R]. [`malformed`] has its words.

mod date;
pub mod malformed;
mod principal;
mod resource;
mod syntax;

use serde_json::Value;

use crate::state::policy::condition::{Condition, Test};
use crate::state::policy::pattern::Pattern;
use crate::state::policy::{Document, Selection, Statement, Version};

use malformed::Malformed;
use syntax::{Comparison, Draft, Part};

pub use principal::renamed;

/// What a policy is attached to, which decides on the elements that it must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A managed policy: no principals, and the new language.
    Managed,
    /// An inline policy of a user or a role, or the policy of a session: no principals.
    Identity,
    /// A resource: principals.
    Resource,
    /// A role's trust policy: principals, but no resources.
    Trust,
}

/// Reads a policy.
///
/// # Errors
/// Says which rule of the grammar the text breaks.
pub fn parse(text: &str, form: Form) -> Result<Document, Malformed> {
    let value: Value = serde_json::from_str(text).map_err(|_| Malformed::Json)?;
    let draft = syntax::draft(&value)?;
    if form == Form::Managed && draft.version != Version::V2012 {
        return Err(Malformed::OldVersion);
    }
    let parts = &draft.statements;
    check_elements(parts, form)?;
    check_exact(parts)?;
    let flaw = flaw_of_resources(parts)?;
    check_sids(parts)?;
    if parts.iter().any(|it| is_none_listed(it.actions.as_ref())) {
        return Err(Malformed::NoAction);
    }
    if let Some(flaw) = flaw {
        return Err(flaw);
    }
    if parts.iter().any(|it| lacks_resources(it, form)) {
        return Err(Malformed::NoResource);
    }
    check_actions(parts, form)?;
    document(&draft)
}

/// A policy of a resource may leave its resource out and means it then [?]; a trust policy must.
fn lacks_resources(part: &Part<'_>, form: Form) -> bool {
    let may_be_absent = matches!(form, Form::Resource | Form::Trust);
    match &part.resources {
        None => !may_be_absent,
        Some(resources) => resources.listed().is_empty(),
    }
}

fn is_none_listed<T>(selection: Option<&Selection<T>>) -> bool {
    selection.is_none_or(|it| it.listed().is_empty())
}

fn check_elements(parts: &[Part<'_>], form: Form) -> Result<(), Malformed> {
    let has_principals = |it: &Part<'_>| it.principals.is_some();
    let is_identitys = matches!(form, Form::Managed | Form::Identity);
    if is_identitys && parts.iter().any(has_principals) {
        return Err(Malformed::Principal);
    }
    if !is_identitys && !parts.iter().all(has_principals) {
        return Err(Malformed::NoPrincipal);
    }
    if form == Form::Trust && parts.iter().any(|it| it.resources.is_some()) {
        return Err(Malformed::Resource);
    }
    Ok(())
}

/// What an older reader of AWS's own is stricter about.
fn check_exact(parts: &[Part<'_>]) -> Result<(), Malformed> {
    let is_date = |it: &Comparison<'_>| {
        let is_about_dates = matches!(it.operator.test, Test::Date(_));
        !is_about_dates || it.values.iter().all(|text| date::is_date(text))
    };
    let is_exact = |it: &Part<'_>| it.is_exact && it.conditions.iter().all(is_date);
    if parts.iter().all(is_exact) {
        return Ok(());
    }
    Err(Malformed::Legacy)
}

/// The first resource that is none. It is told later than what the older reader refuses, unless it
/// stands before it.
fn flaw_of_resources(parts: &[Part<'_>]) -> Result<Option<Malformed>, Malformed> {
    let resources = parts.iter().filter_map(|it| it.resources.as_ref());
    for text in resources.flat_map(Selection::listed) {
        match resource::check(text) {
            Ok(()) => {}
            Err(Malformed::Legacy) => return Err(Malformed::Legacy),
            Err(flaw) => return Ok(Some(flaw)),
        }
    }
    Ok(None)
}

fn check_sids(parts: &[Part<'_>]) -> Result<(), Malformed> {
    let mut sids: Vec<&str> = parts.iter().filter_map(|it| it.sid).collect();
    sids.sort_unstable();
    if sids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Malformed::DuplicateSid);
    }
    Ok(())
}

fn check_actions(parts: &[Part<'_>], form: Form) -> Result<(), Malformed> {
    let actions = parts.iter().filter_map(|it| it.actions.as_ref());
    for text in actions.flat_map(Selection::listed) {
        check_action(text)?;
        let is_of_sts = text.to_ascii_lowercase().starts_with("sts:");
        if form == Form::Trust && !is_of_sts {
            return Err(Malformed::NotAssumeRole);
        }
    }
    Ok(())
}

/// A service, a colon, a name; or `*`.
fn check_action(text: &str) -> Result<(), Malformed> {
    if text == "*" {
        return Ok(());
    }
    let (vendor, name) = text.split_once(':').ok_or(Malformed::NoVendor)?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    if name.contains(':') {
        return Err(Malformed::Colons);
    }
    if vendor.is_empty() {
        return Err(Malformed::NoVendor);
    }
    if vendor != "*" && !vendor.bytes().all(is_allowed) {
        return Err(Malformed::Vendor(vendor.to_owned()));
    }
    Ok(())
}

fn document(draft: &Draft<'_>) -> Result<Document, Malformed> {
    let version = draft.version;
    let statements: Result<Vec<Statement>, Malformed> = draft
        .statements
        .iter()
        .map(|it| statement(it, version))
        .collect();
    Ok(Document {
        version,
        statements: statements?,
    })
}

fn statement(part: &Part<'_>, version: Version) -> Result<Statement, Malformed> {
    let principals = part.principals.as_ref().map(principal::principals);
    let actions = part.actions.as_ref().ok_or(Malformed::NoAction)?;
    let condition = |it: &Comparison<'_>| Condition {
        operator: it.operator,
        key: it.key.to_owned(),
        values: it
            .values
            .iter()
            .map(|it| Pattern::new(it.as_str(), version))
            .collect(),
    };
    Ok(Statement {
        sid: part.sid.map(str::to_owned),
        effect: part.effect,
        principals: principals.transpose()?,
        actions: patterns(actions, version),
        resources: part.resources.as_ref().map(|it| patterns(it, version)),
        conditions: part.conditions.iter().map(condition).collect(),
    })
}

fn patterns(texts: &Selection<&str>, version: Version) -> Selection<Pattern> {
    let list = texts.listed().iter();
    let list = list.map(|text| Pattern::new(*text, version)).collect();
    match texts {
        Selection::Only(_) => Selection::Only(list),
        Selection::AllBut(_) => Selection::AllBut(list),
    }
}

#[cfg(test)]
mod tests;
