//! The article's flow, variant S-A i: the key is stored under the token, which holds a password.

use crate::mutants::Mutant;
use crate::mutants::article::Article;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "article-a",
        flow: &ARTICLE,
    },
    bug: "stores the key under a token that already holds a password: each attempt leaks a key",
    caught_by: Objector::Oracle(OracleId::BoundedKeys),
    scenario: "happy/h1-first-rotation",
};

const ARTICLE: Article = Article {
    store: Store {
        with_token: true,
        label: Some("AWSPENDING"),
    },
    stores_whole_answer: false,
};
