//! Secrets that share an API do not disturb one another [I17].

use super::{Entry, Moment};

pub(super) const ENTRY: Entry = Entry {
    name: "own-secret-only",
    demand: "a key that was made for one secret is not modified or deleted for another",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
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
        .map(|key| {
            format!(
                "{}, which is another secret's, was touched",
                moment.names.key(key.expose())
            )
        })
        .collect()
}
