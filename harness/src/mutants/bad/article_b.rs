//! The article's flow, variant S-B i: the key is stored without the token and is current at once.

use crate::mutants::Mutant;
use crate::mutants::article::Article;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "article-b",
        flow: &ARTICLE,
    },
    bug: "writes the key as AWSCURRENT at once and deletes the old one",
    caught_by: Objector::Oracle(OracleId::Served),
    scenario: "happy/h1-first-rotation",
};

const ARTICLE: Article = Article {
    store: Store {
        with_token: false,
        label: None,
    },
    stores_whole_answer: false,
};
