//! The tests of keys tell a defective emulator from a right one.

use keywheel_emulator::defect::Defect;

#[path = "../defective/again.rs"]
mod again;

#[test]
fn each_defect_of_appsync_is_noticed() {
    again::each_is_noticed(&[
        (
            Defect::ExpiredAccepted,
            "keys::an_expired_key_is_listed_revived_and_gone_after_sixty_days",
        ),
        (
            Defect::DeletedAccepted,
            "keys::a_deleted_key_is_refused_and_a_second_delete_is_404",
        ),
        (
            Defect::ExpiryUnrounded,
            "keys::an_asked_expiry_is_bounded_as_sent_and_stored_by_the_hour",
        ),
        (
            Defect::LimitIgnored,
            "keys::fifty_keys_take_two_pages_at_least",
        ),
    ]);
}
