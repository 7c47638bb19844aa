//! A client program that stays: statements go in at its input, rows come out.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::target::Unavailable;

/// The `mariadb` program, logged in as the owner of a private server.
#[derive(Debug)]
pub(super) struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: u64,
}

/// How the end of an answer is known.
const END: &str = "keywheel-end-of-answer";

impl Shell {
    /// Logs in over a socket.
    pub(super) fn open(program: &Path, socket: &Path) -> Result<Self, Unavailable> {
        let name = program.display();
        let cannot = |error| Unavailable::new(format!("{name} cannot be run: {error}"));
        let mut command = Command::new(program);
        command.args([
            "--no-defaults",
            "--batch",
            "--skip-column-names",
            "--unbuffered",
            "--force",
        ]);
        command.arg("--user=root").arg("--socket").arg(socket);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(cannot)?;
        let piped = child.stdin.take().zip(child.stdout.take());
        let (input, output) = piped.expect("both are piped");
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
            asked: 0,
        })
    }

    /// The rows that the statements give, each with its columns between tabs. A statement that fails
    /// gives none.
    pub(super) fn ask(&mut self, statements: &str) -> Result<Vec<String>, Unavailable> {
        let gone = |_| Unavailable::new("the connection to the private MariaDB is gone");
        self.asked += 1;
        let end = format!("{END} {}", self.asked);
        let asked = format!("{statements};\nSELECT '{end}';\n");
        self.input.write_all(asked.as_bytes()).map_err(gone)?;
        self.input.flush().map_err(gone)?;
        let mut rows = Vec::new();
        loop {
            let mut row = String::new();
            if self.output.read_line(&mut row).map_err(gone)? == 0 {
                return Err(Unavailable::new("the private MariaDB does not answer"));
            }
            let row = row.trim_end_matches('\n');
            if row == end {
                return Ok(rows);
            }
            rows.push(row.to_owned());
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have ended with its server.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text as a literal.
pub(super) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''");
    format!("'{}'", escaped.replace(['\n', '\0'], " "))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_name_cannot_end_its_quotes() {
        assert_eq!(quoted("a'; DROP \\"), "'a''; DROP \\\\'");
        assert_eq!(quoted("a\nb"), "'a b'");
    }
}
