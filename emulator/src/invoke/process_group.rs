//! A child process with all that it starts, its output, and its end.

use std::future::ready;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot, watch};

use crate::race::{Either, race};

use super::orphans;

/// Takes the lines that a process writes, as they come.
pub(super) type LineSink = Arc<dyn Fn(&[String]) + Send + Sync>;

/// The longest part of a line that is passed on at once, in bytes.
const LINE_LIMIT: usize = 16 << 10;

/// The most lines that are passed on at once.
const BATCH_LIMIT: usize = 256;

/// How long whoever waits for the output waits at most: some processes never stop writing.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(100);

/// How long is waited for the end of the output of a process that was killed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The variable by which everything that a process starts is known, whatever group it moves to.
pub(super) const MARK: &str = "KEYWHEEL_SANDBOX";

/// A running process. Dropping it kills it and everything that it started.
pub(super) struct ProcessGroup {
    id: Option<u32>,
    mark: PathBuf,
    ended: watch::Receiver<Option<String>>,
    outputs: Vec<mpsc::Sender<oneshot::Sender<()>>>,
}

impl ProcessGroup {
    /// Starts the command, with its output going to the sink. `mark` is a path that no other
    /// process has: children are found by it.
    pub(super) fn start(mut command: Command, mark: &Path, sink: &LineSink) -> io::Result<Self> {
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .env(MARK, mark)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().map(|output| pass_on(output, sink));
        let stderr = child.stderr.take().map(|output| pass_on(output, sink));
        let id = child.id();
        let (tell, ended) = watch::channel(None);
        tokio::spawn(watch_over(child, id, tell));
        Ok(Self {
            id,
            mark: mark.to_owned(),
            ended,
            outputs: stdout.into_iter().chain(stderr).collect(),
        })
    }

    /// The number of the process, as long as it is known to run.
    pub(super) fn id(&self) -> Option<u32> {
        self.id.filter(|_| !self.has_ended())
    }

    /// Has the process ended?
    pub(super) fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// Waits until the process has ended and tells how, in Lambda's words.
    pub(super) async fn end(&self) -> String {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await;
        let status = status.ok().and_then(|status| status.clone());
        status.unwrap_or_else(|| exited_with("signal: killed"))
    }

    /// Kills it and everything that it started.
    fn kill(&self) {
        if !self.has_ended() {
            kill_group(self.id);
        }
        orphans::kill_marked(&self.mark);
    }

    /// Waits until everything that was written until now has been passed on.
    pub(super) async fn flush(&self) {
        let all = async {
            for output in &self.outputs {
                let (done, passed_on) = oneshot::channel();
                if output.send(done).await.is_ok() {
                    // A pipe that was closed has nothing more to pass on.
                    let _ = passed_on.await;
                }
            }
        };
        // Whoever never stops writing is not waited for.
        let _ = tokio::time::timeout(FLUSH_TIMEOUT, all).await;
    }

    /// Kills it, and waits until everything that it wrote has been passed on.
    pub(super) async fn kill_and_flush(&self) {
        self.kill();
        let all = async {
            for output in &self.outputs {
                output.closed().await;
            }
        };
        // A pipe that somebody else holds open is not waited for.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, all).await;
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn watch_over(mut child: Child, id: Option<u32>, tell: watch::Sender<Option<String>>) {
    let status = match child.wait().await {
        Ok(status) => told(status),
        Err(error) => error.to_string(),
    };
    // What it left behind must not go on calling.
    kill_group(id);
    tell.send_replace(Some(status));
}

/// A failure of a process, in Lambda's words [U].
pub(super) fn exited_with(status: &str) -> String {
    format!("Runtime exited with error: {status}")
}

/// How a process ended, in Lambda's words [U; R for the exit without a failure].
fn told(status: ExitStatus) -> String {
    match status.code() {
        Some(0) => "Runtime exited without providing a reason".to_owned(),
        Some(code) => exited_with(&format!("exit status {code}")),
        None => exited_with(&match signal(status) {
            Some(9) => "signal: killed".to_owned(),
            Some(11) => "signal: segmentation fault".to_owned(),
            Some(6) => "signal: aborted".to_owned(),
            Some(15) => "signal: terminated".to_owned(),
            _ => status.to_string(),
        }),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> Option<i32> {
    None
}

#[cfg(unix)]
pub(super) fn kill_group(id: Option<u32>) {
    let group = id.and_then(|id| i32::try_from(id).ok());
    if let Some(group) = group.and_then(rustix::process::Pid::from_raw) {
        // It may have gone by itself.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
pub(super) fn kill_group(_id: Option<u32>) {
    // The child itself is killed when its handle is dropped.
}

/// Passes on what comes out of a pipe; tells whoever asks that nothing more is in it.
fn pass_on<R>(output: R, sink: &LineSink) -> mpsc::Sender<oneshot::Sender<()>>
where
    R: AsyncRead + Unpin + Send + 'static,
{
    let (ask, mut asked) = mpsc::channel::<oneshot::Sender<()>>(1);
    let mut passage = Passage {
        reader: BufReader::with_capacity(LINE_LIMIT, output),
        line: Vec::new(),
        batch: Vec::new(),
        sink: Arc::clone(sink),
    };
    tokio::spawn(async move {
        loop {
            // Reading comes first: only an empty pipe lets a question through.
            match race(passage.next(), asked.recv()).await {
                Either::Left(true) => {}
                Either::Left(false) => return,
                Either::Right(Some(done)) => {
                    // What the process has just written is not yet known to be there.
                    tokio::task::yield_now().await;
                    while let Either::Left(true) = race(passage.next(), ready(())).await {}
                    // Nobody waits any more if this fails.
                    let _ = done.send(());
                }
                Either::Right(None) => {
                    while passage.next().await {}
                    return;
                }
            }
        }
    });
    ask
}

/// A pipe on its way to the sink.
struct Passage<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    batch: Vec<String>,
    sink: LineSink,
}

impl<R: AsyncRead + Unpin> Passage<R> {
    /// Passes on one more line, with others that have come already; false at the end, and where a
    /// pipe cannot be read.
    async fn next(&mut self) -> bool {
        let read = read_line(&mut self.reader, &mut self.line).await;
        if !matches!(read, Ok(true)) {
            return false;
        }
        let text = String::from_utf8_lossy(&self.line);
        self.batch.push(text.trim_end().to_owned());
        self.line.clear();
        if self.batch.len() == BATCH_LIMIT || !self.reader.buffer().contains(&b'\n') {
            (self.sink)(&self.batch);
            self.batch.clear();
        }
        true
    }
}

/// Reads on until there is a line in `line`, or as much of it as is passed on at once; false at
/// the end. What was read stays in `line` when this is dropped.
async fn read_line<R>(reader: &mut BufReader<R>, line: &mut Vec<u8>) -> io::Result<bool>
where
    R: AsyncRead + Unpin,
{
    while line.len() < LINE_LIMIT {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok(!line.is_empty());
        }
        let room = available.len().min(LINE_LIMIT - line.len());
        let newline = available[..room].iter().position(|byte| *byte == b'\n');
        let taken = newline.map_or(room, |at| at + 1);
        line.extend_from_slice(&available[..taken]);
        reader.consume(taken);
        if newline.is_some() {
            break;
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_cut_where_they_are_too_long() {
        let text = format!("one\n{}\nlast", "x".repeat(LINE_LIMIT + 5));
        let mut reader = BufReader::new(text.as_bytes());
        let (mut line, mut lengths) = (Vec::new(), Vec::new());
        while read_line(&mut reader, &mut line).await.unwrap() {
            lengths.push(line.len());
            line.clear();
        }
        assert_eq!(lengths, [4, LINE_LIMIT, 6, 4]);
    }
}
