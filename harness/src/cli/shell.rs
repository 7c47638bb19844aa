//! `keywheel env`, `keywheel health`, `keywheel completions` and `keywheel man`: what a shell, a
//! container or a packager asks for.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Command;

use super::exit::Failure;
use super::screen::out;

/// Where a server is.
#[derive(Debug, clap::Args)]
struct At {
    /// The host and the port of the server.
    #[arg(
        long,
        value_name = "HOST",
        env = "KEYWHEEL_HOST",
        default_value = "127.0.0.1"
    )]
    host: String,
    /// Its port.
    #[arg(
        long,
        value_name = "PORT",
        env = "KEYWHEEL_PORT",
        default_value_t = 4566
    )]
    port: u16,
}

/// Options of `keywheel env`.
#[derive(Debug, clap::Args)]
pub(crate) struct EnvArgs {
    #[command(flatten)]
    at: At,
    /// The Region.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// The shell that is to read it [default: that of $SHELL; PowerShell on Windows].
    #[arg(long)]
    shell: Option<Shell>,
}

/// How a shell sets a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    /// `export NAME=VALUE`.
    #[value(aliases = ["sh", "zsh"])]
    Bash,
    /// `set -gx NAME VALUE`.
    Fish,
    /// `$env:NAME = 'VALUE'`.
    #[value(alias = "pwsh")]
    Powershell,
}

impl Shell {
    fn usual() -> Self {
        let shell = std::env::var("SHELL").unwrap_or_default();
        match () {
            () if shell.ends_with("fish") => Self::Fish,
            () if shell.is_empty() && cfg!(windows) => Self::Powershell,
            () => Self::Bash,
        }
    }

    /// The line that sets a variable; no value has a quote in it.
    fn line(self, name: &str, value: &str) -> String {
        match self {
            Self::Bash => format!("export {name}='{value}'"),
            Self::Fish => format!("set -gx {name} '{value}'"),
            Self::Powershell => format!("$env:{name} = '{value}'"),
        }
    }
}

/// The variables with which a client calls the server at a URL.
pub(crate) fn variables(url: &str, region: &str) -> [(&'static str, String); 5] {
    [
        ("AWS_ENDPOINT_URL", url.to_owned()),
        ("AWS_REGION", region.to_owned()),
        ("AWS_DEFAULT_REGION", region.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
    ]
}

/// What old clients are told: they call AWS itself, whatever the variables say.
pub(crate) const OLD_CLIENTS: &str = "AWS_ENDPOINT_URL is read from version 2.13 (and 1.29) of \
    the AWS CLI and 1.28 of boto3 on; older ones call AWS itself, unless they are told by \
    --endpoint-url or endpoint_url";

/// Prints the variables with which clients call a server.
pub(crate) fn env(args: &EnvArgs) -> Result<ExitCode, Failure> {
    let shell = args.shell.unwrap_or_else(Shell::usual);
    if [&args.at.host, &args.region]
        .iter()
        .any(|text| text.contains('\''))
    {
        return Err(Failure::usage(
            "neither a host nor a Region has a quote in it",
        ));
    }
    let url = format!("http://{}:{}", args.at.host, args.at.port);
    let lines = variables(&url, &args.region).map(|(name, value)| shell.line(name, &value));
    // Whoever reads no further has read enough.
    let _ = writeln!(out(), "{}\n# {OLD_CLIENTS}", lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

/// Options of `keywheel health`.
#[derive(Debug, clap::Args)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    at: At,
}

/// How long a server may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks a server whether it is well; 1 if it is not.
pub(crate) fn health(args: &HealthArgs) -> Result<ExitCode, Failure> {
    let (host, port) = (args.at.host.as_str(), args.at.port);
    // A server that listens everywhere is asked here.
    let host = if host == "0.0.0.0" { "127.0.0.1" } else { host };
    match ask(host, port) {
        Ok(answer) => {
            let _ = writeln!(out(), "{answer}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let told = format!("keywheel: no server is well at {host}:{port}: {error}");
            let _ = writeln!(anstream::stderr(), "{told}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The body of the answer.
fn ask(host: &str, port: u16) -> io::Result<String> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    let address = addresses.first().ok_or(io::ErrorKind::NotFound)?;
    let mut stream = TcpStream::connect_timeout(address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET /_keywheel/health HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.take(1 << 20).read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let first = head.lines().next().unwrap_or_default();
    match first.split(' ').nth(1) {
        Some("200") => Ok(body.to_owned()),
        _ => Err(io::Error::other(format!("it answers {first:?}"))),
    }
}

/// Options of `keywheel completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Prints what completes the command in a shell.
pub(crate) fn completions(args: &CompletionsArgs, mut command: Command) -> ExitCode {
    clap_complete::generate(args.shell, &mut command, "keywheel", &mut out());
    ExitCode::SUCCESS
}

/// Options of `keywheel man`.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder, instead of printing the first.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Prints or writes manual pages.
pub(crate) fn man(args: &ManArgs, command: Command) -> Result<ExitCode, Failure> {
    match &args.out {
        None => {
            // Whoever reads no further has read enough.
            let _ = clap_mangen::Man::new(command).render(&mut out());
        }
        Some(folder) => {
            let made = std::fs::create_dir_all(folder);
            let written = made.and_then(|()| clap_mangen::generate_to(command, folder));
            written.map_err(|error| {
                Failure::usage(format!(
                    "--out: cannot write to {}: {error}",
                    folder.display()
                ))
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_is_told_in_its_own_way() {
        let lines = |shell: Shell| shell.line("A", "b");
        assert_eq!(lines(Shell::Bash), "export A='b'");
        assert_eq!(lines(Shell::Fish), "set -gx A 'b'");
        assert_eq!(lines(Shell::Powershell), "$env:A = 'b'");
    }
}
