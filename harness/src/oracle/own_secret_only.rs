//! Secrets that share an API do not disturb one another [I17].

use keywheel_emulator::ids::ApiKeyId;

use crate::history::Names;
use crate::scenario::OracleId;

use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::OwnSecretOnly,
    demand: "a key that was made for one secret is not modified or deleted for another",
    when: When::EveryMoment(judge),
};

/// A key of another secret that was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The key.
    pub key: ApiKeyId,
}

impl Complaint for Touched {
    fn kind(&self) -> Kind {
        Kind::new("touched")
    }

    fn describe(&self, names: &Names) -> String {
        let name = names.key(self.key.expose());
        format!("{name}, which is another secret's, was touched")
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let Some(change) = moment.change.filter(|change| change.actor.is_function()) else {
        return Vec::new();
    };
    let ledger = moment.ledger;
    let Some(own) = change
        .token
        .as_ref()
        .and_then(|token| ledger.secret_of(token))
    else {
        return Vec::new();
    };
    let touched = change.removed.iter().chain(&change.altered);
    let others = touched.filter(|key| {
        let token = ledger.key(key).and_then(|record| record.token.as_ref());
        let secret = token.and_then(|token| ledger.secret_of(token));
        secret.is_some_and(|secret| secret != own)
    });
    others
        .map(|key| Touched { key: key.clone() }.into())
        .collect()
}
