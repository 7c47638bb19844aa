//! The calls that a function makes are those that its published policy allows [I14].

use crate::history::{Exchange, Names};
use crate::scenario::OracleId;

use super::{Complaint, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::WithinPolicy,
    demand: "every call is one that the published IAM policy of the function allows",
    when: When::Asked,
};

/// A call that the policy does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// The operation.
    pub operation: &'static str,
}

impl Complaint for Forbidden {
    fn kind(&self) -> Kind {
        Kind::about("not-allowed", self.operation)
    }

    fn describe(&self, _: &Names) -> String {
        let operation = self.operation;
        format!("{operation} was called, which the policy does not allow")
    }
}

pub(super) fn judge(exchange: &Exchange, policy: &[&str]) -> Option<Objection> {
    let operation = exchange.operation;
    (!policy.contains(&operation)).then(|| Forbidden { operation }.into())
}
