//! The evaluation of a request against all policies that concern it [D].

use std::collections::BTreeSet;

use crate::ids::AccountId;

use super::condition::Condition;
use super::context::Context;
use super::document::{Document, Effect, Selection, Statement};
use super::keys;
use super::pattern::Pattern;
use super::principal::{Meant, Principal};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The action, such as `secretsmanager:GetSecretValue`.
    pub action: &'a str,
    /// The ARN of the resource; `*` where the action has none.
    pub resource: &'a str,
    /// What else is known.
    pub context: &'a Context,
}

/// The policies that concern a request.
#[derive(Clone, Debug)]
pub struct Policies<'a> {
    /// Those of the caller: inline and attached ones.
    pub identity: Vec<&'a Document>,
    /// That which was handed over when the caller's role was assumed.
    pub session: Option<&'a Document>,
    /// That of the resource.
    pub resource: Option<&'a Document>,
    /// The account that the resource belongs to.
    pub owner: &'a AccountId,
    /// What the resource's policy is needed for.
    pub rule: ResourceRule,
}

/// What the policy of a resource is needed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResourceRule {
    /// Within an account it may allow what the caller's policies do not.
    #[default]
    Adds,
    /// It must allow, whatever the caller's policies say, as a role's trust policy must [D].
    MustAllow,
}

/// A kind of policy, as denials name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A policy of the caller.
    Identity,
    /// The policy of the resource.
    Resource,
    /// The policy of the caller's session.
    Session,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitDeny {
        /// Where the statement stands.
        source: Source,
        /// The statement's name, if it has one.
        sid: Option<String>,
    },
    /// Nothing allows it.
    ImplicitDeny {
        /// Where an allowing statement is missing.
        missing: Source,
    },
    /// It depends on condition keys that cannot be known here.
    Undecided {
        /// The keys, as the policies write them.
        keys: BTreeSet<String>,
    },
}

/// What a condition on something unknown is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaning {
    /// Whatever lets the request through.
    Allow,
    /// Whatever does not.
    Deny,
}

impl Decision {
    /// Is it allowed?
    pub fn is_allowed(&self) -> bool {
        *self == Self::Allowed
    }
}

/// Decides about a request. What is unknown does not matter where either value of it comes to the
/// same.
pub fn decide(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let at_best = lean(request, policies, Leaning::Allow);
    let keys = unknown_keys(request, policies);
    if keys.is_empty() {
        return at_best;
    }
    let at_worst = lean(request, policies, Leaning::Deny);
    if at_best.is_allowed() == at_worst.is_allowed() {
        return at_best;
    }
    Decision::Undecided { keys }
}

fn lean(request: &Request<'_>, policies: &Policies<'_>, leaning: Leaning) -> Decision {
    if let Some(denial) = explicit_deny(request, policies, leaning) {
        return denial;
    }
    let granted = granted_by_resource(request, policies.resource, leaning);
    let Some(account) = request.principal.account() else {
        // Services and strangers have no policies of their own.
        return allowed_if(granted >= Meant::ByName, Source::Resource);
    };
    let is_session_limited = policies
        .session
        .is_some_and(|it| !is_allowed(request, it, leaning));
    if is_session_limited && granted < Meant::AsSession {
        return allowed_if(false, Source::Session);
    }
    let is_same = account == policies.owner;
    let has_own = is_all_powerful(request.principal)
        || policies
            .identity
            .iter()
            .any(|it| is_allowed(request, it, leaning));
    let has_name = granted >= Meant::ByName;
    match (is_same, policies.rule) {
        (true, ResourceRule::Adds) => allowed_if(has_name || has_own, Source::Identity),
        (_, ResourceRule::MustAllow) if granted == Meant::Not => {
            allowed_if(false, Source::Resource)
        }
        (true, ResourceRule::MustAllow) => allowed_if(has_name || has_own, Source::Identity),
        (false, _) if !has_own => allowed_if(false, Source::Identity),
        (false, _) => allowed_if(granted > Meant::Not, Source::Resource),
    }
}

fn allowed_if(is_allowed: bool, missing: Source) -> Decision {
    if is_allowed {
        Decision::Allowed
    } else {
        Decision::ImplicitDeny { missing }
    }
}

/// The account itself needs no policy.
fn is_all_powerful(principal: &Principal) -> bool {
    matches!(principal, Principal::Root { .. })
}

/// All policies that concern a request, and where each stands.
fn all<'a>(policies: &Policies<'a>) -> impl Iterator<Item = (Source, &'a Document)> {
    let identity = policies.identity.clone().into_iter();
    let identity = identity.map(|it| (Source::Identity, it));
    let session = policies.session.map(|it| (Source::Session, it));
    let resource = policies.resource.map(|it| (Source::Resource, it));
    identity.chain(session).chain(resource)
}

/// The unknown keys of statements that apply or not depending on them.
fn unknown_keys(request: &Request<'_>, policies: &Policies<'_>) -> BTreeSet<String> {
    let statements = all(policies).flat_map(|(_, document)| &document.statements);
    let concerning = statements.filter(|it| selects(it, request) > Meant::Not);
    let keys = concerning.flat_map(|it| unknowns(it, request));
    keys.map(str::to_owned).collect()
}

fn explicit_deny(
    request: &Request<'_>,
    policies: &Policies<'_>,
    leaning: Leaning,
) -> Option<Decision> {
    let mut denials = all(policies).filter_map(|(source, document)| {
        let denies = |it: &&Statement| {
            it.effect == Effect::Deny && applies(it, request, leaning) > Meant::Not
        };
        let statement = document.statements.iter().find(denies)?;
        Some(Decision::ExplicitDeny {
            source,
            sid: statement.sid.clone(),
        })
    });
    denials.next()
}

/// Does a policy of the caller allow the request?
fn is_allowed(request: &Request<'_>, document: &Document, leaning: Leaning) -> bool {
    let allows =
        |it: &Statement| it.effect == Effect::Allow && applies(it, request, leaning) > Meant::Not;
    document.statements.iter().any(allows)
}

/// The strongest way in which the policy of a resource allows the request.
fn granted_by_resource(
    request: &Request<'_>,
    document: Option<&Document>,
    leaning: Leaning,
) -> Meant {
    let statements = document.map_or(&[][..], |document| &document.statements);
    let allowing = statements.iter().filter(|it| it.effect == Effect::Allow);
    let meant = allowing
        .map(|statement| applies(statement, request, leaning))
        .max();
    meant.unwrap_or(Meant::Not)
}

/// Whether a statement applies to a request, and how it means the caller. One without principals
/// belongs to the caller.
fn applies(statement: &Statement, request: &Request<'_>, leaning: Leaning) -> Meant {
    let meant = selects(statement, request);
    let lets_through = statement.effect == Effect::Allow;
    let is_taken_to_hold = lets_through == (leaning == Leaning::Allow);
    if meant > Meant::Not && !is_taken_to_hold && !unknowns(statement, request).is_empty() {
        return Meant::Not;
    }
    meant
}

/// As [`applies`], if whatever is unknown held.
fn selects(statement: &Statement, request: &Request<'_>) -> Meant {
    let is_open = |it: &Pattern| it.variables().into_iter().any(|it| is_unknown(it, request));
    let is_about = statement
        .actions
        .selects(|it| it.matches_action(request.action))
        && statement.resources.as_ref().is_none_or(|resources| {
            let matches = |it: &Pattern| it.matches_resource(request.resource, request.context);
            resources.selects(matches) || resources.listed().iter().any(is_open)
        });
    if !is_about {
        return Meant::Not;
    }
    let meant = match &statement.principals {
        None => Meant::ByName,
        Some(Selection::Only(list)) => {
            let meant = list.iter().map(|it| it.means(request.principal)).max();
            meant.unwrap_or(Meant::Not)
        }
        Some(Selection::AllBut(list)) => {
            let is_listed = list
                .iter()
                .any(|it| it.means(request.principal) > Meant::Not);
            if is_listed { Meant::Not } else { Meant::ByName }
        }
    };
    let holds = |it: &Condition| is_open_condition(it, request) || it.holds(request.context);
    if statement.conditions.iter().all(holds) {
        meant
    } else {
        Meant::Not
    }
}

/// Does the condition hang on something unknown?
fn is_open_condition(condition: &Condition, request: &Request<'_>) -> bool {
    let variables = condition.values.iter().flat_map(Pattern::variables);
    is_unknown(&condition.key, request) || variables.into_iter().any(|it| is_unknown(it, request))
}

fn is_unknown(key: &str, request: &Request<'_>) -> bool {
    let is_set = request.context.values(key).is_some();
    let is_known = || is_set || keys::is_known(request.action, key);
    request.context.is_hidden(key) || !is_known()
}

/// The unknown keys that a statement names, as conditions or as variables.
fn unknowns<'s>(statement: &'s Statement, request: &Request<'_>) -> Vec<&'s str> {
    let conditions = statement.conditions.iter();
    let values = conditions.clone().flat_map(|it| &it.values);
    let resources = statement.resources.iter().flat_map(|it| it.listed());
    let variables = values.chain(resources).flat_map(Pattern::variables);
    let keys = conditions.map(|it| it.key.as_str()).chain(variables);
    keys.filter(|key| is_unknown(key, request)).collect()
}
