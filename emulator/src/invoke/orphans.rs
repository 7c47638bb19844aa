//! Processes that outlived what started them, found by a variable in their environment.
//!
//! A function can move its children to another process group, and a server that was killed cannot
//! end its functions. Every process of a function has the path of its own folder in
//! [`MARK`](super::process_group::MARK), and so have its children. (A process that is started from
//! here has this process's environment until its `execve` is done: it is killed by its group.)

use std::path::Path;

/// Kills every process that carries the mark, or one below it.
#[cfg(target_os = "linux")]
pub(super) fn kill_marked(mark: &Path) {
    use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    // A process can start another while this looks: look until nothing is found.
    for _ in 0..ROUNDS {
        let found = found(mark);
        if found.is_empty() {
            return;
        }
        for id in found {
            let Some(pid) = rustix::process::Pid::from_raw(id) else {
                continue;
            };
            // A number can be given to another process meanwhile; a handle cannot.
            let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else {
                continue;
            };
            if environment(id, mark) == Environment::Marked {
                // It may have gone by itself.
                let _ = pidfd_send_signal(handle, Signal::KILL);
            }
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn kill_marked(_mark: &Path) {
    // There is no way to read another process's environment; its group has been killed.
}

/// How often is looked for processes that were started meanwhile.
#[cfg(target_os = "linux")]
const ROUNDS: usize = 200;

/// How long a process gets to end, or to become another program, before the next look.
#[cfg(target_os = "linux")]
const PAUSE: std::time::Duration = std::time::Duration::from_millis(1);

/// What a process's environment says of the mark.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Environment {
    /// It holds the mark, or one below it.
    Marked,
    /// The process is becoming another program, and its environment cannot be read yet.
    Starting,
    /// It does not hold the mark, belongs to another user, or is gone.
    Other,
}

/// The processes that carry the mark, and those that may turn out to.
#[cfg(target_os = "linux")]
fn found(mark: &Path) -> Vec<i32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    ids.filter(|id| *id != own && environment(*id, mark) != Environment::Other)
        .collect()
}

#[cfg(target_os = "linux")]
fn environment(id: i32, mark: &Path) -> Environment {
    use std::os::unix::ffi::OsStrExt;

    for _ in 0..LOOKS {
        let Ok(environment) = std::fs::read(format!("/proc/{id}/environ")) else {
            return Environment::Other;
        };
        if !environment.is_empty() {
            let name = super::process_group::MARK.as_bytes();
            let is_marked = environment.split(|byte| *byte == 0).any(|variable| {
                let value = variable
                    .strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix(b"="));
                let below = value.and_then(|value| value.strip_prefix(mark.as_os_str().as_bytes()));
                below.is_some_and(|below| below.is_empty() || below.starts_with(b"/"))
            });
            return if is_marked {
                Environment::Marked
            } else {
                Environment::Other
            };
        }
        // A kernel thread or a process that has ended has no program.
        if std::fs::read_link(format!("/proc/{id}/exe")).is_err() {
            return Environment::Other;
        }
        // In the midst of `execve` the program is known already and its arguments are not.
        if std::fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|it| it.is_empty()) {
            return Environment::Starting;
        }
        // It may have come out of it just now.
    }
    Environment::Other
}

/// How often a process with arguments and no environment is looked at before that is believed.
#[cfg(target_os = "linux")]
const LOOKS: usize = 3;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Child, ChildStdout, Command, Stdio};

    use super::*;
    use crate::invoke::process_group::MARK;

    /// A process whose child has left its group, or is about to.
    struct Family {
        parent: Child,
        output: BufReader<ChildStdout>,
    }

    #[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    impl Family {
        fn start(mark: &str) -> Self {
            let mut parent = Command::new("sh")
                .args([
                    "-c",
                    "echo started; setsid sh -c 'sleep 9; echo survived'; :",
                ])
                .env(MARK, mark)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut output = BufReader::new(parent.stdout.take().unwrap());
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            assert_eq!(line, "started\n");
            Self { parent, output }
        }

        /// What the child still says: it ends when nobody is left who could say anything.
        fn last_words(mut self) -> String {
            assert!(!self.parent.wait().unwrap().success());
            let mut words = String::new();
            self.output.read_to_string(&mut words).unwrap();
            words
        }
    }

    #[test]
    fn a_child_that_left_its_group_is_found_by_its_mark() {
        let mark = format!("/nowhere/keywheel-test-{}", std::process::id());
        // The child may be the program that it becomes, or not yet.
        for _ in 0..20 {
            let below = Family::start(&format!("{mark}/1"));
            let mut beside = Family::start(&format!("{mark}0/1"));
            kill_marked(Path::new(&mark));
            assert_eq!(below.last_words(), "");
            let is_running = beside.parent.try_wait().unwrap().is_none();
            assert!(is_running, "another mark is left alone");
            kill_marked(Path::new(&format!("{mark}0")));
            assert_eq!(beside.last_words(), "");
        }
    }
}
