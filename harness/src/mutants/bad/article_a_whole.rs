//! The article's flow, variant S-A w: the key is stored under the token, which holds a password, with the whole answer as its value.

use crate::mutants::Mutant;
use crate::mutants::article::Article;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "article-a-whole",
        flow: &ARTICLE,
    },
    bug: "stores the key under a token that already holds a password (the whole answer is stored)",
    caught_by: Objector::Oracle(OracleId::FewKeys),
    scenario: "happy/h1-first-rotation",
};

const ARTICLE: Article = Article {
    store: Store {
        with_token: true,
        label: Some("AWSPENDING"),
    },
    stores_whole_answer: true,
};
