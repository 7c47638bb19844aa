//! JUnit XML: one test case for each case, the scenario file as its failure's text.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::case::Case;

/// The report.
///
/// # Errors
/// The XML cannot be written.
pub fn report(name: &str, cases: &[Case]) -> Result<String, SerializeError> {
    let mut report = Report::new(format!("keywheel {name}"));
    let mut suites: Vec<&str> = cases.iter().map(|case| case.suite.as_str()).collect();
    suites.sort_unstable();
    suites.dedup();
    for name in suites {
        let mut suite = TestSuite::new(name);
        let own = cases.iter().filter(|case| case.suite == name);
        suite.add_test_cases(own.map(test_case));
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn test_case(case: &Case) -> TestCase {
    let status = match (&case.failure, &case.skipped) {
        (None, None) => TestCaseStatus::success(),
        (None, Some(why)) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.as_str());
            status
        }
        (Some(failure), _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(failure.kind.as_str());
            status.set_message(failure.message.as_str());
            status.set_description(failure.scenario.as_str());
            status
        }
    };
    let mut test = TestCase::new(case.name.as_str(), status);
    test.set_classname(case.suite.replace('/', "."));
    test.add_property(("runs", case.runs.to_string().as_str()));
    test
}
