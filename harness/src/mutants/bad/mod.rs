//! The known-bad rotators, one file and one bug each.

mod accepts_no_id;
mod acts_unasked;
mod adopts_any_of_ours;
mod any_secrets_marker;
mod article_a;
mod article_a_whole;
mod article_b;
mod article_b_whole;
mod article_c;
mod article_c_whole;
mod article_d;
mod default_expiry;
mod deletes_before_create;
mod deletes_foreign;
mod deletes_hard;
mod deletes_old_in_set;
mod deletes_previous;
mod deletes_unstored;
mod first_page_only;
mod forgets_retirement;
mod hammers;
mod ignores_custom_labels;
mod ignores_deadline;
mod ignores_pending;
mod ignores_replicas;
mod ignores_stored_value;
mod lives_365_days;
mod lives_one_interval;
mod logs_sdk_errors;
mod logs_the_event;
mod missing_is_fatal;
mod moves_blindly;
mod names_the_key;
mod no_adoption;
mod no_age_guard;
mod no_keep_alive;
mod no_retirement_on_retry;
mod null_parameter;
mod numbers_through_f64;
mod obeys_the_value;
mod one_acceptance;
mod promotes_unlisted;
mod promotes_unprobed;
mod promotes_untested;
mod protects_current_only;
mod put_as_current;
mod put_without_token;
mod rebuilds_value;
mod retires_before_move;
mod retires_in_one_day;
mod sdk_retries_create;
mod set_verifies_nothing;
mod strips_pending_first;
mod stumbles_at_current;
mod swallows_errors;
mod test_does_nothing;
mod test_wants_a_change;
mod tests_current;
mod trusts_500;
mod wants_a_working_key;

use super::Mutant;

/// Every known-bad rotator, in the order in which a rotation comes to its bug.
pub static ALL: &[Mutant] = &[
    article_a::MUTANT,
    article_a_whole::MUTANT,
    article_b::MUTANT,
    article_b_whole::MUTANT,
    article_c::MUTANT,
    article_c_whole::MUTANT,
    article_d::MUTANT,
    ignores_stored_value::MUTANT,
    no_adoption::MUTANT,
    adopts_any_of_ours::MUTANT,
    sdk_retries_create::MUTANT,
    trusts_500::MUTANT,
    accepts_no_id::MUTANT,
    deletes_before_create::MUTANT,
    deletes_old_in_set::MUTANT,
    default_expiry::MUTANT,
    lives_365_days::MUTANT,
    retires_in_one_day::MUTANT,
    lives_one_interval::MUTANT,
    no_keep_alive::MUTANT,
    rebuilds_value::MUTANT,
    numbers_through_f64::MUTANT,
    put_without_token::MUTANT,
    put_as_current::MUTANT,
    deletes_unstored::MUTANT,
    names_the_key::MUTANT,
    swallows_errors::MUTANT,
    set_verifies_nothing::MUTANT,
    test_does_nothing::MUTANT,
    tests_current::MUTANT,
    test_wants_a_change::MUTANT,
    one_acceptance::MUTANT,
    promotes_unlisted::MUTANT,
    promotes_unprobed::MUTANT,
    promotes_untested::MUTANT,
    moves_blindly::MUTANT,
    strips_pending_first::MUTANT,
    deletes_previous::MUTANT,
    retires_before_move::MUTANT,
    no_retirement_on_retry::MUTANT,
    stumbles_at_current::MUTANT,
    forgets_retirement::MUTANT,
    protects_current_only::MUTANT,
    ignores_pending::MUTANT,
    ignores_custom_labels::MUTANT,
    ignores_replicas::MUTANT,
    no_age_guard::MUTANT,
    deletes_hard::MUTANT,
    deletes_foreign::MUTANT,
    first_page_only::MUTANT,
    missing_is_fatal::MUTANT,
    acts_unasked::MUTANT,
    null_parameter::MUTANT,
    logs_sdk_errors::MUTANT,
    logs_the_event::MUTANT,
    ignores_deadline::MUTANT,
    any_secrets_marker::MUTANT,
    wants_a_working_key::MUTANT,
    obeys_the_value::MUTANT,
    hammers::MUTANT,
];
