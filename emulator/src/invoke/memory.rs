//! How much memory a process and its children hold.

/// Resident memory in KiB, of a process and all that it started; none if it cannot be told.
#[cfg(target_os = "linux")]
pub(super) fn resident_kib(id: u32) -> Option<u64> {
    let own = status_kib(id, "VmRSS:")?;
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let children = children.unwrap_or_default();
    let ids = children.split_whitespace().filter_map(|id| id.parse().ok());
    Some(own + ids.filter_map(resident_kib).sum::<u64>())
}

/// The most that a process has held itself, in KiB.
#[cfg(target_os = "linux")]
pub(super) fn peak_kib(id: u32) -> Option<u64> {
    status_kib(id, "VmHWM:")
}

#[cfg(target_os = "linux")]
fn status_kib(id: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn resident_kib(_id: u32) -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn peak_kib(_id: u32) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_holds_memory() {
        let id = std::process::id();
        assert!(resident_kib(id).unwrap() > 100);
        assert!(peak_kib(id).unwrap() > 100);
        assert_eq!(resident_kib(u32::MAX), None);
    }
}
