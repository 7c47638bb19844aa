//! The recordings of AWS again, over HTTP through boto3: the very modules that replay them in process
//! are played on another stage.

#[path = "../../../../emulator/tests/recorded/answer.rs"]
mod answer;
mod client;
#[path = "../../../../emulator/tests/recorded/cross_account.rs"]
mod cross_account;
mod endpoint;
#[path = "../../../../emulator/tests/recorded/function.rs"]
mod function;
#[path = "../../../../emulator/tests/recorded/play.rs"]
mod play;
#[path = "../../../../emulator/tests/recorded/rotation.rs"]
mod rotation;
mod stage;
#[path = "../../../../emulator/tests/recorded/template.rs"]
mod template;

use keywheel_clients::{Client, Test};

/// The tests of the recordings, which boto3 plays here.
pub(crate) fn tests() -> Vec<Test> {
    let tests = [
        cross_account::tests(),
        play::tests(),
        rotation::tests(),
        template::tests(),
    ];
    let tests = tests.into_iter().flatten();
    tests.map(|test| test.with(Client::Boto3)).collect()
}
