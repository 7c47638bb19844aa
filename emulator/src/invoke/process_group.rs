//! A child process with all that it starts, its output, and its end.

use std::io;
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// Takes the lines that a function writes: its name and the line.
pub type LogSink = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// The longest part of a line that is passed on at once, in bytes.
const LINE_LIMIT: usize = 16 << 10;

/// A running process. Dropping it kills it and everything that it started.
pub(super) struct ProcessGroup {
    id: Option<u32>,
    ended: watch::Receiver<Option<String>>,
}

impl ProcessGroup {
    /// Starts the command, with its output going to the sink.
    pub(super) fn start(mut command: Command, name: &str, sink: &LogSink) -> io::Result<Self> {
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        pass_on(child.stdout.take(), name, sink);
        pass_on(child.stderr.take(), name, sink);
        let id = child.id();
        let (tell, ended) = watch::channel(None);
        tokio::spawn(watch_over(child, id, tell));
        Ok(Self { id, ended })
    }

    /// How the process ended, if it did: `exit status: 1`.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// Waits until the process has ended and tells how.
    pub(super) async fn end(&self) -> String {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await;
        let status = status.ok().and_then(|status| status.clone());
        status.unwrap_or_else(|| "signal: killed".to_owned())
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if !self.has_ended() {
            kill_group(self.id);
        }
    }
}

async fn watch_over(mut child: Child, id: Option<u32>, tell: watch::Sender<Option<String>>) {
    let status = match child.wait().await {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    // What it left behind must not go on calling.
    kill_group(id);
    tell.send_replace(Some(status));
}

#[cfg(unix)]
fn kill_group(id: Option<u32>) {
    let group = id.and_then(|id| i32::try_from(id).ok());
    if let Some(group) = group.and_then(rustix::process::Pid::from_raw) {
        // It may have gone by itself.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill_group(_id: Option<u32>) {
    // The child itself is killed when its handle is dropped.
}

fn pass_on<R>(output: Option<R>, name: &str, sink: &LogSink)
where
    R: AsyncRead + Unpin + Send + 'static,
{
    let Some(output) = output else {
        return;
    };
    let (name, sink) = (name.to_owned(), Arc::clone(sink));
    tokio::spawn(async move {
        let mut reader = BufReader::with_capacity(LINE_LIMIT, output);
        let mut line = Vec::new();
        // A pipe that cannot be read has nothing more to say.
        while let Ok(true) = read_line(&mut reader, &mut line).await {
            sink(&name, String::from_utf8_lossy(&line).trim_end());
        }
    });
}

/// Reads a line, or as much of it as is passed on at once; false at the end.
async fn read_line<R>(reader: &mut BufReader<R>, line: &mut Vec<u8>) -> io::Result<bool>
where
    R: AsyncRead + Unpin,
{
    line.clear();
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
        }
        assert_eq!(lengths, [4, LINE_LIMIT, 6, 4]);
    }
}
