//! The calls that a function makes are those that its published policy allows [I14].

use crate::history::Exchange;

use super::Entry;

pub(super) const ENTRY: Entry = Entry {
    name: "within-policy",
    demand: "every call is one that the published IAM policy of the function allows",
    is_safety: true,
};

pub(super) fn judge(exchange: &Exchange, policy: &[&str]) -> Option<String> {
    let operation = exchange.operation;
    (!policy.contains(&operation))
        .then(|| format!("{operation} was called, which the policy does not allow"))
}
