//! A seam with a fault plan and nothing else behind it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use keywheel::link::Seam;
use keywheel::link::call::{Call, End};
use keywheel::link::seam::{Met, Trouble};
use keywheel_emulator::fault::Verdict;
use keywheel_emulator::invoke::BoxFuture;

/// Strikes calls of an operation, and remembers what was told.
#[derive(Default)]
pub(crate) struct Recorder {
    faults: Mutex<Vec<(String, Verdict)>>,
    calls: Mutex<Vec<String>>,
    ends: Mutex<Vec<String>>,
    troubles: Mutex<Vec<String>>,
}

impl Recorder {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The next call of this operation is struck.
    pub(crate) fn strike(&self, operation: &str, verdict: &str) {
        let fault = (operation.to_owned(), verdict.parse().unwrap());
        self.faults.lock().unwrap().push(fault);
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// Waits until so many calls have ended.
    pub(crate) async fn ends(&self, count: usize) -> Vec<String> {
        while self.ends.lock().unwrap().len() < count {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        std::mem::take(&mut self.ends.lock().unwrap())
    }

    pub(crate) async fn troubles(&self) -> Vec<String> {
        while self.troubles.lock().unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        self.troubles.lock().unwrap().clone()
    }
}

impl Seam for Recorder {
    fn meet<'a>(&'a self, _: SocketAddr, call: &'a Call) -> BoxFuture<'a, Met> {
        let mut calls = self.calls.lock().unwrap();
        calls.push(format!("{call} {}", call.text).trim_end().to_owned());
        let mut faults = self.faults.lock().unwrap();
        let due = faults
            .iter()
            .position(|(operation, _)| *operation == call.to_string());
        let verdict = due.map(|at| faults.remove(at).1);
        let number = calls.len() as u64;
        Box::pin(std::future::ready(Met { number, verdict }))
    }

    fn ended(&self, _: u64, end: End) {
        self.ends.lock().unwrap().push(end.to_string());
    }

    fn trouble(&self, trouble: Trouble) {
        self.troubles.lock().unwrap().push(trouble.to_string());
    }
}
