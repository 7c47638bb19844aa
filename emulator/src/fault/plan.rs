//! The rules that are armed, what they have counted and what they decide.

use serde::{Deserialize, Serialize};

use super::point::{CallPoint, Caller};
use super::rule::Rule;
use super::times::Times;
use super::verdict::Verdict;
use crate::ids::InvocationNumber;
use crate::time::Timestamp;

/// The number of a rule in the order of arming, from 1 in a plan's life; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub u64);

/// A rule that fired on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Which rule.
    pub rule: RuleId,
    /// What happens to the call.
    pub verdict: Verdict,
}

/// What one rule has done so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    /// Which rule.
    pub id: RuleId,
    /// The rule itself.
    pub rule: Rule,
    /// Requests that matched its address, whether or not it fired on them.
    pub seen: u64,
    /// Requests on which it fired.
    pub fired: u64,
}

/// Ordered fault rules: the first that is due on a call decides.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    armed: Vec<Armed>,
    issued: u64,
    /// How many faults may still strike; none is no bound.
    budget: Option<u64>,
}

#[derive(Clone, Debug)]
struct Armed {
    row: LedgerRow,
    /// Distinct invocations in the order in which they appeared, up to the one that is addressed.
    invocations: Vec<InvocationNumber>,
    /// When it first fired, and in which invocation.
    first: Option<(Timestamp, Option<InvocationNumber>)>,
    /// The second of the last match, and the matches in it.
    second: (i64, u64),
}

impl FaultPlan {
    /// Bounds how many faults may strike from now on; `None` takes the bound away.
    pub fn set_budget(&mut self, budget: Option<u64>) {
        self.budget = budget;
    }

    /// How many faults may still strike; none is no bound.
    pub fn budget(&self) -> Option<u64> {
        self.budget
    }

    /// The longest time by which an armed rule makes answers stale; none if no rule does.
    pub fn stalest(&self) -> Option<super::Span> {
        let stale = |armed: &Armed| match armed.row.rule.verdict {
            Verdict::Stale(span) => Some(span),
            _ => None,
        };
        self.armed.iter().filter_map(stale).max()
    }

    /// Arms a rule behind all others; it counts from now on.
    pub fn arm(&mut self, rule: Rule) -> RuleId {
        self.issued += 1;
        let id = RuleId(self.issued);
        let row = LedgerRow {
            id,
            rule,
            seen: 0,
            fired: 0,
        };
        self.armed.push(Armed {
            row,
            invocations: Vec::new(),
            first: None,
            second: (i64::MIN, 0),
        });
        id
    }

    /// What happens to this call; `None` lets it pass. Every matching rule counts it, also those
    /// behind the one that decides.
    pub fn decide(&mut self, point: &CallPoint<'_>) -> Option<Fired> {
        let mut decided = None;
        for armed in &mut self.armed {
            let is_over = decided.is_some() || self.budget == Some(0);
            if !armed.counts(point) || is_over || !armed.is_due(point) {
                continue;
            }
            armed.fire(point);
            self.budget = self.budget.map(|left| left - 1);
            decided = Some(Fired {
                rule: armed.row.id,
                verdict: armed.row.rule.verdict,
            });
        }
        decided
    }

    /// Tells the rules of an invocation before its first call, so that one which makes no call is
    /// counted too. Optional: a call tells them as well.
    pub fn invocation_started(&mut self, caller: Caller) {
        for armed in &mut self.armed {
            armed.meet(caller);
        }
    }

    /// Takes a rule out and says what it did; `None` if it is not armed.
    pub fn disarm(&mut self, id: RuleId) -> Option<LedgerRow> {
        let at = self.armed.iter().position(|armed| armed.row.id == id)?;
        Some(self.armed.remove(at).row)
    }

    /// Takes all rules out.
    pub fn clear(&mut self) {
        self.armed.clear();
    }

    /// Every armed rule, in order.
    pub fn ledger(&self) -> Vec<LedgerRow> {
        self.armed.iter().map(|armed| armed.row.clone()).collect()
    }

    /// Armed rules that had to fire and never did.
    pub fn unfired(&self) -> Vec<LedgerRow> {
        let idle = |row: &LedgerRow| !row.rule.is_optional && row.fired == 0;
        self.armed
            .iter()
            .map(|armed| &armed.row)
            .filter(|row| idle(row))
            .cloned()
            .collect()
    }
}

impl Armed {
    /// Whether the request matches; if so it is counted.
    fn counts(&mut self, point: &CallPoint<'_>) -> bool {
        if let Some(caller) = point.caller {
            self.meet(caller);
        }
        let matches = self
            .row
            .rule
            .address
            .is_about(point.operation, point.service)
            && self.is_of_step(point)
            && self.is_of_invocation(point)
            && self.meets_conditions(point);
        if matches {
            self.row.seen += 1;
            let second = point.at.as_seconds();
            let before = if self.second.0 == second {
                self.second.1
            } else {
                0
            };
            self.second = (second, before + 1);
        }
        matches
    }

    fn meets_conditions(&self, point: &CallPoint<'_>) -> bool {
        let mut conditions = self.row.rule.conditions.iter();
        conditions.all(|(name, value)| point.member(name).as_ref() == Some(value))
    }

    fn fire(&mut self, point: &CallPoint<'_>) {
        self.row.fired += 1;
        let invocation = point.caller.map(|caller| caller.invocation);
        self.first.get_or_insert((point.at, invocation));
    }

    /// Whether the request just counted is one to fire on.
    fn is_due(&self, point: &CallPoint<'_>) -> bool {
        let first = self
            .row
            .rule
            .address
            .nth
            .map_or(1, |nth| u64::from(nth.get()));
        self.row.seen >= first && self.is_left(point)
    }

    fn is_left(&self, point: &CallPoint<'_>) -> bool {
        match (self.row.rule.times, self.first) {
            (Times::Count(count), _) => self.row.fired < u64::from(count.get()),
            (Times::Over(rate), _) => self.second.1 > u64::from(rate.get()),
            (Times::Forever, _) | (Times::UntilStepEnds | Times::For(_), None) => true,
            (Times::For(span), Some((since, _))) => {
                let passed_ms = point.at.millis_since(since);
                u64::try_from(passed_ms).is_ok_and(|passed_ms| passed_ms < span.as_millis())
            }
            (Times::UntilStepEnds, Some((_, invocation))) => {
                invocation.is_some() && invocation == point.caller.map(|caller| caller.invocation)
            }
        }
    }

    /// Remembers an invocation of the addressed step when it first appears.
    fn meet(&mut self, caller: Caller) {
        let address = &self.row.rule.address;
        let is_other_step = address.step.is_some_and(|step| step != caller.step);
        let wanted = address.invocation.map_or(0, |nth| nth.get() as usize);
        if is_other_step || self.invocations.len() >= wanted {
            return;
        }
        if !self.invocations.contains(&caller.invocation) {
            self.invocations.push(caller.invocation);
        }
    }

    fn is_of_step(&self, point: &CallPoint<'_>) -> bool {
        let step = self.row.rule.address.step;
        step.is_none() || step == point.caller.map(|caller| caller.step)
    }

    fn is_of_invocation(&self, point: &CallPoint<'_>) -> bool {
        let Some(nth) = self.row.rule.address.invocation else {
            return true;
        };
        let addressed = self.invocations.get(nth.get() as usize - 1).copied();
        addressed.is_some() && addressed == point.caller.map(|caller| caller.invocation)
    }
}

#[cfg(test)]
mod tests;
