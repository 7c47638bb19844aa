//! The command line.

mod cli;

use std::process::ExitCode;

use keywheel_emulator::invoke::confine;

fn main() -> ExitCode {
    // A created function of `keywheel serve` is confined by this program, which then becomes it.
    if let Err(error) = confine::take_over(std::env::args_os()) {
        return cli::cannot_confine(&error);
    }
    cli::run()
}
