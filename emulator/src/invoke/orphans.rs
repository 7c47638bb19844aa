//! Processes that outlived what started them, found by a variable in their environment.
//!
//! A function can move its children to another process group, and a server that was killed cannot
//! end its functions. Every process of a function has the path of its own folder in
//! [`MARK`](super::process_group::MARK), and so have its children.

use std::path::Path;

/// Kills every process that carries the mark, or one below it.
#[cfg(target_os = "linux")]
pub(super) fn kill_marked(mark: &Path) {
    use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    // A process can start another while this looks: look until nothing is found.
    for _ in 0..ROUNDS {
        let marked = marked(mark);
        if marked.is_empty() {
            return;
        }
        for id in marked {
            let Some(pid) = rustix::process::Pid::from_raw(id) else {
                continue;
            };
            // A number can be given to another process meanwhile; a handle cannot.
            let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else {
                continue;
            };
            if carries(id, mark) {
                // It may have gone by itself.
                let _ = pidfd_send_signal(handle, Signal::KILL);
            }
        }
        std::thread::yield_now();
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn kill_marked(_mark: &Path) {
    // There is no way to read another process's environment; its group has been killed.
}

/// How often is looked for processes that were started meanwhile.
#[cfg(target_os = "linux")]
const ROUNDS: usize = 50;

#[cfg(target_os = "linux")]
fn marked(mark: &Path) -> Vec<i32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    ids.filter(|id| *id != own && carries(*id, mark)).collect()
}

/// Has the process the mark, or one below it, in its environment? One that has ended has none.
#[cfg(target_os = "linux")]
fn carries(id: i32, mark: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    let Ok(environment) = std::fs::read(format!("/proc/{id}/environ")) else {
        return false;
    };
    let name = super::process_group::MARK.as_bytes();
    environment.split(|byte| *byte == 0).any(|variable| {
        let value = variable
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(b"="));
        let below = value.and_then(|value| value.strip_prefix(mark.as_os_str().as_bytes()));
        below.is_some_and(|below| below.is_empty() || below.starts_with(b"/"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::process_group::MARK;
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_that_left_its_group_is_found_by_its_mark() {
        let mark = format!("/nowhere/keywheel-test-{}", std::process::id());
        let start = |mark: &str| {
            let mut command = std::process::Command::new("setsid");
            command
                .args(["sleep", "300"])
                .env(MARK, mark)
                .spawn()
                .unwrap()
        };
        let mut below = start(&format!("{mark}/1"));
        let mut beside = start(&format!("{mark}0/1"));
        kill_marked(Path::new(&mark));
        assert!(!below.wait().unwrap().success());
        assert!(
            beside.try_wait().unwrap().is_none(),
            "another mark is left alone"
        );
        kill_marked(Path::new(&format!("{mark}0")));
        assert!(!beside.wait().unwrap().success());
    }
}
