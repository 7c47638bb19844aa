//! The article's flow, variant S-C i: the key takes AWSPENDING away to a version of its own.

use crate::mutants::Mutant;
use crate::mutants::article::Article;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "article-c",
        flow: &ARTICLE,
    },
    bug: "takes AWSPENDING to a third version: AWSCURRENT names a deleted key",
    caught_by: Objector::Oracle(OracleId::OwnLabels),
    scenario: "happy/h1-first-rotation",
};

const ARTICLE: Article = Article {
    store: Store {
        with_token: false,
        label: Some("AWSPENDING"),
    },
    stores_whole_answer: false,
};
