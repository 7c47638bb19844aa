//! What callers did, what of it no policy allows, and the least policy that would.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::ops::Row;
use crate::ops::access::Access;
use crate::state::policy::{Decision, Principal};
use crate::wire::error_code::denial::Denial;

/// How many different needs and refusals are kept for a caller; more are counted only.
pub const CAPACITY: usize = 1_000;

/// The longest text that is kept, in bytes: no ARN is longer.
const TEXT_MAX: usize = 2_048;

/// How many bytes of texts are kept in all.
const BYTES_MAX: usize = 8 << 20;

/// What was observed of each caller.
#[derive(Clone, Debug, Default)]
pub struct AccessReport {
    callers: BTreeMap<String, Observed>,
    last: Option<Named>,
    kept: Kept,
}

/// How many bytes of texts the report holds.
#[derive(Clone, Copy, Debug, Default)]
struct Kept(usize);

impl Kept {
    /// Is there room for one more text? Then it is taken.
    fn has_room(&mut self, text: &str) -> bool {
        let fits = text.len() <= TEXT_MAX && self.0 + text.len() <= BYTES_MAX;
        self.0 += if fits { text.len() } else { 0 };
        fits
    }
}

/// The caller that was noted last. Most calls come from the same, and its name is made once.
#[derive(Clone, Debug)]
struct Named {
    principal: Principal,
    is_function: bool,
    name: Arc<str>,
}

/// What was observed of one caller.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// How many permissions its calls needed.
    pub checks: u64,
    /// How many of them no policy allows.
    pub refusals: u64,
    /// How many of them depend on condition keys that cannot be known here.
    pub undecided: u64,
    /// The actions that its calls needed, by resource.
    pub needs: BTreeMap<String, BTreeSet<String>>,
    /// The refusals by their texts, and how often there was each.
    pub refused: BTreeMap<String, u64>,
    /// The same of what is undecided.
    pub open: BTreeMap<String, u64>,
}

impl AccessReport {
    /// The callers, by their ARNs.
    pub fn callers(&self) -> impl Iterator<Item = (&str, &Observed)> {
        self.callers.iter().map(|(name, it)| (name.as_str(), it))
    }

    /// Whose calls they are in the report: a user's, a role's, an account's; those of a rotation
    /// function that has no role stand apart, so that its least policy can be read off.
    pub(super) fn name(&mut self, principal: &Principal, is_function: bool) -> Arc<str> {
        let known = self.last.as_ref();
        let is_it = |it: &&Named| it.principal == *principal && it.is_function == is_function;
        if let Some(named) = known.filter(is_it) {
            return Arc::clone(&named.name);
        }
        let name = match principal {
            Principal::Root { account, .. } if is_function => {
                format!("rotation function of account {account}").into()
            }
            other => Arc::from(other.identity()),
        };
        self.last = Some(Named {
            principal: principal.clone(),
            is_function,
            name: Arc::clone(&name),
        });
        name
    }

    /// Counts a permission that was needed and had if the same was noted before; else false.
    pub(super) fn note_again(&mut self, caller: &str, row: &Row, resource: &str) -> bool {
        let Some(observed) = self.callers.get_mut(caller) else {
            return false;
        };
        let is_it =
            |action: &String| action.split_once(':') == Some((row.service.as_str(), row.name));
        let actions = observed.needs.get(resource);
        let is_known = actions.is_some_and(|actions| actions.iter().any(is_it));
        observed.checks += u64::from(is_known);
        is_known
    }

    /// Notes a permission that was needed, and the denial if no policy gives it.
    pub(super) fn note(&mut self, caller: &str, access: &Access, denial: Option<&Denial>) {
        if let Some(observed) = self.callers.get_mut(caller) {
            observed.note(access, denial, &mut self.kept);
        } else if self.callers.len() < CAPACITY && self.kept.has_room(caller) {
            let observed = self.callers.entry(caller.to_owned()).or_default();
            observed.note(access, denial, &mut self.kept);
        }
    }
}

impl Observed {
    fn note(&mut self, access: &Access, denial: Option<&Denial>, kept: &mut Kept) {
        self.checks += 1;
        if let Some(actions) = self.needs.get_mut(&access.least) {
            if !actions.contains(&access.action) && kept.has_room(&access.action) {
                actions.insert(access.action.clone());
            }
        } else if self.needs.len() < CAPACITY && kept.has_room(&access.least) {
            let actions = BTreeSet::from([access.action.clone()]);
            self.needs.insert(access.least.clone(), actions);
        }
        let Some(denial) = denial else {
            return;
        };
        let (count, texts) = match denial.decision {
            Decision::Undecided { .. } => (&mut self.undecided, &mut self.open),
            _ => (&mut self.refusals, &mut self.refused),
        };
        *count += 1;
        let text = denial.to_string();
        if let Some(count) = texts.get_mut(&text) {
            *count += 1;
        } else if texts.len() < CAPACITY && kept.has_room(&text) {
            texts.insert(text, 1);
        }
    }

    /// The least policy: resources that need the same actions share a statement.
    pub fn statements(&self) -> Vec<(BTreeSet<String>, Vec<String>)> {
        let mut by_actions: BTreeMap<&BTreeSet<String>, Vec<String>> = BTreeMap::new();
        for (resource, actions) in &self.needs {
            by_actions
                .entry(actions)
                .or_default()
                .push(resource.clone());
        }
        let statements = by_actions.into_iter();
        statements
            .map(|(actions, resources)| (actions.clone(), resources))
            .collect()
    }
}
