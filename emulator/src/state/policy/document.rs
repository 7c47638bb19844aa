//! A policy document as data.

use super::condition::Condition;
use super::pattern::Pattern;
use super::principal::PrincipalPattern;

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The version of the language; without one it is the old.
    pub version: Version,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// A version of the policy language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, the default: `${…}` is plain text [D].
    #[default]
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// An element and its opposite, such as Action and NotAction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection<T> {
    /// What matches one of these.
    Only(Vec<T>),
    /// What matches none of these.
    AllBut(Vec<T>),
}

impl<T> Selection<T> {
    /// Does the element select something that `matches` finds in its list?
    pub fn selects(&self, matches: impl FnMut(&T) -> bool) -> bool {
        match self {
            Self::Only(list) => list.iter().any(matches),
            Self::AllBut(list) => !list.iter().any(matches),
        }
    }

    /// What is listed, chosen or left out.
    pub fn listed(&self) -> &[T] {
        match self {
            Self::Only(list) | Self::AllBut(list) => list,
        }
    }

    fn listed_mut(&mut self) -> &mut [T] {
        match self {
            Self::Only(list) | Self::AllBut(list) => list,
        }
    }
}

impl Document {
    /// The principals that its statements name, chosen or left out.
    pub fn principals(&self) -> impl Iterator<Item = &PrincipalPattern> {
        let named = self
            .statements
            .iter()
            .filter_map(|it| it.principals.as_ref());
        named.flat_map(Selection::listed)
    }

    /// Holds on to who has the ARNs of its principals now.
    pub fn bind(&mut self, id_of: &dyn Fn(&str) -> Option<String>) {
        for statement in &mut self.statements {
            statement.bind(id_of);
        }
    }
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Whom it means; only policies of resources say so.
    pub principals: Option<Selection<PrincipalPattern>>,
    /// Which actions, such as `secretsmanager:Get*`.
    pub actions: Selection<Pattern>,
    /// Which resources; trust policies have none, and mean the role that they belong to.
    pub resources: Option<Selection<Pattern>>,
    /// All of these must hold.
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// Holds on to who has the ARNs of its principals.
    pub fn bind(&mut self, id_of: &dyn Fn(&str) -> Option<String>) {
        let named = self.principals.iter_mut();
        named
            .flat_map(Selection::listed_mut)
            .for_each(|it| it.bind(id_of));
    }
}
