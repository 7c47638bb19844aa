//! What a person sees of a campaign while it runs, and how it is told to stop.

use std::future::pending;
use std::io::{self, IsTerminal, Write};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use keywheel::halt;
use keywheel::record::Verdict;
use keywheel::run::watchdog;
use keywheel_emulator::fault::Span;
use keywheel_emulator::invoke::end_all;

use super::exit::Failure;

/// The exit code of a campaign that was stopped before it found anything, as shells have it.
pub(crate) const INTERRUPTED: u8 = 130;

/// A bar on the terminal, with rate and time left. Nothing where nobody looks: in a file, in CI.
pub(crate) fn bar(total: Option<u64>, what: &str) -> ProgressBar {
    let is_seen = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
    let target = if is_seen {
        ProgressDrawTarget::stderr_with_hz(8)
    } else {
        ProgressDrawTarget::hidden()
    };
    let template = match total {
        Some(_) => format!("{{bar:32}} {{pos}}/{{len}} {what}, {{per_sec}}, {{eta}} left{{msg}}"),
        None => format!("{{spinner}} {{pos}} {what}, {{per_sec}}, {{elapsed}}{{msg}}"),
    };
    let style = ProgressStyle::with_template(&template).expect("the templates above are valid");
    let bar = ProgressBar::with_draw_target(total, target).with_style(style);
    if is_seen {
        bar.enable_steady_tick(Duration::from_millis(250));
    } else {
        tell_now_and_then(&bar, what);
    }
    bar
}

/// How often a line says how far a search is where no bar is seen.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Says now and then how far a search is, until it has ended: whoever looks at a log of CI wants to
/// know that it goes on.
fn tell_now_and_then(bar: &ProgressBar, what: &str) {
    let (bar, what) = (bar.downgrade(), what.to_owned());
    let watch = move || {
        loop {
            std::thread::sleep(HEARTBEAT);
            let Some(bar) = bar.upgrade().filter(|bar| !bar.is_finished()) else {
                return;
            };
            let of = bar
                .length()
                .map_or(String::new(), |all| format!(" of {all}"));
            let (done, seconds) = (bar.position(), bar.elapsed().as_secs());
            let told = format!(
                "keywheel: {done}{of} {what} in {seconds} s{}",
                bar.message()
            );
            // The search goes on, whether anybody reads it or not.
            let _ = writeln!(anstream::stderr(), "{told}");
        }
    };
    // Without this thread nothing is told.
    let _ = std::thread::Builder::new()
        .name("heartbeat".to_owned())
        .spawn(watch);
}

/// How long one run in virtual time may take in real time: a thousand times what it does.
const LONGEST_RUN: Span = Span::seconds(300);

/// The variable that says otherwise.
const LONGEST_RUN_VARIABLE: &str = "KEYWHEEL_LONGEST_RUN";

fn longest_run() -> Result<Span, Failure> {
    let Some(said) = std::env::var_os(LONGEST_RUN_VARIABLE) else {
        return Ok(LONGEST_RUN);
    };
    let said = said.to_string_lossy();
    let span: Result<Span, _> = said.parse();
    span.map_err(|error| Failure::usage(format!("{LONGEST_RUN_VARIABLE}={said}: {error}")))
}

/// Ends the process when a run does not end: the function under test computes and never waits, so
/// that no deadline of virtual time comes.
pub(crate) fn guard_runs() -> Result<(), Failure> {
    let limit = longest_run()?;
    let watch = move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            if let Some(name) = watchdog::overdue(limit.to_duration().as_secs_f64()) {
                let _ = writeln!(
                    anstream::stderr(),
                    "keywheel: {name}: in-time: the function has worked for {limit} of real time \
                     and not waited for anything"
                );
                leave(Verdict::Violated.exit_code());
            }
        }
    };
    // Without this thread such a run goes on until somebody ends it.
    let _ = std::thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(watch);
    Ok(())
}

/// A flag that is set at the first signal to end, or after some time; the second ends the process.
pub(crate) fn stop_flag(after: Option<Duration>) -> Arc<AtomicBool> {
    ends_by_itself();
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    // Where no signal can be heard it ends the process by itself.
    let Ok(runtime) = runtime else { return stop };
    let heard = {
        let _entered = runtime.enter();
        told_to_end()
    };
    let watch = move || {
        runtime.block_on(async {
            let told = async {
                match heard {
                    Ok(told) => drop(told.await),
                    Err(_) => pending().await,
                }
            };
            match after {
                // It is the same to the campaign which of them came.
                Some(after) => drop(tokio::time::timeout(after, told).await),
                None => told.await,
            }
            flag.store(true, Ordering::Relaxed);
            halt::request();
            if let Ok(again) = told_to_end() {
                again.await;
                leave(INTERRUPTED);
            }
        });
    };
    // Without this thread Ctrl-C ends the process by itself.
    let _ = std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(watch);
    stop
}

/// Is another thread about to end the process?
static IS_LEAVING: AtomicBool = AtomicBool::new(false);

/// Leaves the exit code to the thread that is about to end the process, if one is: what it ends makes
/// the command fail, which is nobody's news.
pub(crate) fn wait_if_leaving() {
    while IS_LEAVING.load(Ordering::Relaxed) {
        std::thread::park();
    }
}

/// Does the command end in its own way when it is told to?
static ENDS_BY_ITSELF: AtomicBool = AtomicBool::new(false);

/// From now on the command ends in its own way when it is told to.
pub(crate) fn ends_by_itself() {
    ENDS_BY_ITSELF.store(true, Ordering::Relaxed);
}

/// Ends the process at a signal, with all processes of functions, unless the command does so in its
/// own way: else they would go on without it.
pub(crate) fn end_when_told() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else { return };
    let heard = {
        let _entered = runtime.enter();
        told_to_end()
    };
    let Ok(told) = heard else { return };
    let watch = move || {
        let code = runtime.block_on(told);
        if !ENDS_BY_ITSELF.load(Ordering::Relaxed) {
            leave(code);
        }
    };
    // Without this thread a signal ends this process alone, and the next command clears the rest.
    let _ = std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(watch);
}

/// Ends the processes of functions, and then this one.
fn leave(code: u8) -> ! {
    IS_LEAVING.store(true, Ordering::Relaxed);
    end_all();
    process::exit(i32::from(code))
}

/// Ends at Ctrl-C, SIGTERM or SIGHUP, with the exit code that shells have for it. Whatever comes from
/// now on is seen, also before this is awaited.
#[cfg(unix)]
pub(crate) fn told_to_end() -> io::Result<impl Future<Output = u8>> {
    use keywheel_emulator::race::{Either, race};
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        let either = race(interrupt.recv(), race(terminate.recv(), hang_up.recv()));
        match either.await {
            Either::Left(_) => INTERRUPTED,
            Either::Right(Either::Left(_)) => 143,
            Either::Right(Either::Right(_)) => 129,
        }
    })
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn told_to_end() -> io::Result<impl Future<Output = u8>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler the signal ends the process by itself.
            std::future::pending::<()>().await;
        }
        INTERRUPTED
    })
}
