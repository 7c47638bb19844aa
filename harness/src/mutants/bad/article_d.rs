//! The article's flow, variant S-D i: the key is stored as current under the token, which holds a password.

use crate::mutants::Mutant;
use crate::mutants::article::Article;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "article-d",
        flow: &ARTICLE,
    },
    bug: "stores the key as AWSCURRENT under a token that already holds a password",
    caught_by: Objector::Oracle(OracleId::CleanFailure),
    scenario: "happy/h1-first-rotation",
};

const ARTICLE: Article = Article {
    store: Store {
        with_token: true,
        label: Some("AWSCURRENT"),
    },
    stores_whole_answer: false,
};
