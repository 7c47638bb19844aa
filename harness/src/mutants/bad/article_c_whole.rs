//! The article's flow, variant S-C w: the key takes AWSPENDING away to a version of its own, with the whole answer as its value.

use crate::mutants::Mutant;
use crate::mutants::article::Article;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "article-c-whole",
        flow: &ARTICLE,
    },
    bug: "takes AWSPENDING to a third version (the whole answer is stored)",
    caught_by: Objector::Oracle(OracleId::WithinPolicy),
    scenario: "happy/h1-first-rotation",
};

const ARTICLE: Article = Article {
    store: Store {
        with_token: false,
        label: Some("AWSPENDING"),
    },
    stores_whole_answer: true,
};
