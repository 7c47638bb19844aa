//! Replays what was recorded from AWS, in process. `keywheel`'s own tests play the same modules over
//! HTTP through boto3, with another `stage`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod answer;
mod cross_account;
mod defects;
mod function;
mod play;
mod replay;
mod rotation;
mod stage;
mod template;

fn main() -> std::process::ExitCode {
    let tests = [
        cross_account::tests(),
        defects::tests(),
        play::tests(),
        rotation::tests(),
        template::tests(),
    ];
    keywheel_clients::run(tests.into_iter().flatten())
}
