//! `keywheel serve`: the emulator over HTTP.

mod scripts;
mod variables;

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;

use keywheel::input;
use keywheel::invoked;
use keywheel_emulator::entropy::Entropy;
use keywheel_emulator::fault::{Rule, Span};
use keywheel_emulator::guard::{AllowedHost, Origin};
use keywheel_emulator::http::{Server, ServerBuilder, raise_descriptor_limit, read_rule};
use keywheel_emulator::ids::{AccountId, DEFAULT_ACCOUNT, DEFAULT_REGION, Region, Scope};
use keywheel_emulator::invoke::{Confiner, HostSettings, Interpreters, end_all};
use keywheel_emulator::race::{Either, race};
use keywheel_emulator::settings;
use keywheel_emulator::state::Settings;
use keywheel_emulator::state::iam::settings::{Authentication, Enforcement};
use keywheel_emulator::time::{Clock, Timestamp};

use tracing_subscriber::filter::LevelFilter;

use super::builtin;
use super::exit::Failure;
use super::function::FunctionSpec;
use super::logging;
use super::shell::OLD_CLIENTS;
use super::watch::{self, told_to_end};

use variables::Variables;

/// What `keywheel serve` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address to listen on. Beyond the loopback other machines can call: then CreateFunction
    /// is refused.
    #[arg(long, env = "KEYWHEEL_HOST", default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port to listen on; 0 takes a free one.
    #[arg(long, env = "KEYWHEEL_PORT", default_value_t = 4566)]
    port: u16,
    /// Another name by which clients reach the server: keywheel.test, or *.keywheel.test for all
    /// below it. Requests that name any other host are refused: a web page could have sent them.
    #[arg(
        long = "allowed-host",
        value_name = "NAME",
        env = "KEYWHEEL_ALLOWED_HOSTS",
        value_delimiter = ','
    )]
    allowed_hosts: Vec<AllowedHost>,
    /// The origin of web pages that may call the server and read what it holds, such as
    /// http://localhost:3000 [default: none].
    #[arg(
        long = "allowed-origin",
        value_name = "ORIGIN",
        env = "KEYWHEEL_ALLOWED_ORIGINS",
        value_delimiter = ','
    )]
    allowed_origins: Vec<Origin>,
    /// The seed of all ids and orders [default: drawn and printed].
    #[arg(long, env = "KEYWHEEL_SEED")]
    seed: Option<u64>,
    /// What the clock shows at the start: `real`, or a moment such as 2026-11-22T10:00:00Z.
    #[arg(long, value_name = "MOMENT", default_value = "real", value_parser = parse_clock)]
    clock: Clock,
    /// The clock stands still until it is moved.
    #[arg(long)]
    freeze: bool,
    /// The account of the functions and of every access key id that is not an account id itself.
    #[arg(long, value_name = "ID", default_value = DEFAULT_ACCOUNT, value_parser = parse_account)]
    account: AccountId,
    /// The Region of the functions and of requests without a signature.
    #[arg(long, env = "AWS_REGION", default_value = DEFAULT_REGION, value_parser = parse_region)]
    region: String,
    /// A rotation function: NAME=exec:COMMAND, NAME=http://HOST:PORT/PATH or NAME=builtin. Its
    /// ARN is arn:aws:lambda:REGION:ACCOUNT:function:NAME.
    #[arg(long = "function", value_name = "NAME=HOW")]
    functions: Vec<FunctionSpec>,
    /// How long a function may run, in real time.
    #[arg(long, value_name = "DURATION", default_value = "30s")]
    function_timeout: Span,
    /// CreateFunction is refused: no code runs but that of --function and the builtin rotator.
    #[arg(long)]
    no_functions: bool,
    /// CreateFunction is allowed although --host lets other machines call: whoever reaches the
    /// server then runs code as you.
    #[arg(long, conflicts_with = "no_functions")]
    allow_remote_functions: bool,
    /// The Python that runs python3.x functions [default: the one of that version, else python3].
    #[arg(long, value_name = "FILE", env = "KEYWHEEL_PYTHON")]
    python: Option<PathBuf>,
    /// The Node.js that runs nodejsX.x functions [default: node].
    #[arg(long, value_name = "FILE", env = "KEYWHEEL_NODE")]
    node: Option<PathBuf>,
    /// A file of fault rules, one JSON object a line, armed from the start and after each reset.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// How many faults may be injected, from the start and after each reset [default: no bound].
    #[arg(long, value_name = "N")]
    fault_budget: Option<u64>,
    /// A JSON file of settings, in the form of `GET /_keywheel/settings`; the rest stays as it is.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// A script, .sh or .py, that is run once the server answers, with its address and keys in the
    /// environment; several are run one after another. One that fails ends the server.
    #[arg(long = "init", value_name = "FILE")]
    scripts: Vec<PathBuf>,
    /// One setting, such as secretsmanager.listLag=5s; it goes before those of the file.
    #[arg(long = "set", value_name = "SECTION.NAME=VALUE")]
    assignments: Vec<String>,
    /// What becomes of calls that no policy allows: off, audit (carried out and reported at
    /// `/_keywheel/iam/report`) or enforce (refused) [default: audit].
    #[arg(long, value_name = "MODE", env = "KEYWHEEL_IAM")]
    iam: Option<Enforcement>,
    /// What becomes of calls with a wrong signature: off or verify (refused). Access key ids that
    /// are not IAM's own have the secret `test` [default: off].
    #[arg(long, value_name = "MODE", env = "KEYWHEEL_AUTH")]
    auth: Option<Authentication>,
    /// How often a failed rotation is tried again as a whole, as AWS does [default: 3].
    #[arg(long, value_name = "N")]
    rotation_retries: Option<u32>,
    /// How long after a failed rotation the next try begins [default: 1m].
    #[arg(long, value_name = "DURATION")]
    rotation_retry_after: Option<Span>,
}

fn parse_clock(text: &str) -> Result<Clock, String> {
    if text == "real" {
        return Ok(Clock::SYSTEM);
    }
    let moment = Timestamp::parse(text);
    moment
        .map(|moment| Clock::SYSTEM.set(moment))
        .ok_or_else(|| "write real or a moment such as 2026-11-22T10:00:00Z".to_owned())
}

/// The Region is the caller's choice; what goes into ARNs, headers and the lines to copy is bounded.
fn parse_region(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("a Region is written like us-east-1".to_owned())
}

fn parse_account(text: &str) -> Result<AccountId, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(AccountId::new(text));
    }
    Err("an account id has 12 digits".to_owned())
}

/// Serves until the process is told to end.
pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let runs_commands = !args.scripts.is_empty() || args.functions.iter().any(|it| it.is_process());
    let inherited = variables::let_go(runs_commands)?;
    // What functions write and why steps fail goes to stderr.
    logging::to_stderr(LevelFilter::INFO);
    watch::ends_by_itself();
    raise_descriptor_limit();
    // A laptop's worth of requests needs no more; idle threads cost memory and start-up time.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("cannot start threads: {error}")))?;
    let served = runtime.block_on(serve(args, inherited));
    drop(runtime);
    end_all();
    served
}

async fn serve(args: Args, inherited: Option<Variables>) -> Result<(), Failure> {
    // One that is printed should be short enough to be typed again.
    let drawn = || Entropy::seed_from_machine() & u64::from(u32::MAX);
    scripts::check(&args.scripts)?;
    let seed = args.seed.unwrap_or_else(drawn);
    let builder = with_functions(builder(&args, seed)?, &args, inherited.as_deref())?;
    let (host, port) = (args.host, args.port);
    let server = builder
        .bind((host, port))
        .await
        .map_err(|error| cannot_listen(host, port, &error))?;
    let told_to_end = told_to_end()
        .map_err(|error| Failure::internal(format!("cannot watch for signals: {error}")))?;
    let mut told_to_end = pin!(told_to_end);
    announce(&server, seed, &args.region);
    warn_of_others(&server, &args);
    let ready = scripts::Ready {
        url: &server.url(),
        region: &args.region,
        inherited: inherited.as_deref(),
    };
    let set_up = {
        let scripts = pin!(scripts::run(&args.scripts, &ready));
        match race(scripts, &mut told_to_end).await {
            Either::Left(set_up) => set_up,
            Either::Right(_) => {
                server.shutdown().await;
                return Ok(());
            }
        }
    };
    if set_up.is_ok() {
        told_to_end.await;
    }
    server.shutdown().await;
    set_up
}

fn builder(args: &Args, seed: u64) -> Result<ServerBuilder, Failure> {
    let clock = if args.freeze {
        args.clock.frozen()
    } else {
        args.clock
    };
    let scope = Scope {
        account: args.account.clone(),
        region: Region::new(&args.region),
    };
    let mut builder = Server::builder()
        .seed(seed)
        .settings(settings(args)?)
        .clock(clock)
        .scope(scope)
        .function_timeout(args.function_timeout.to_duration())
        .function_host(host(args)?);
    for host in &args.allowed_hosts {
        builder = builder.allow_host(host.clone());
    }
    for origin in &args.allowed_origins {
        builder = builder.allow_origin(origin.clone());
    }
    if let Some(budget) = args.fault_budget {
        builder = builder.fault_budget(budget);
    }
    if let Some(path) = &args.faults {
        for rule in read_rules(path)? {
            builder = builder.fault(rule);
        }
    }
    Ok(builder)
}

/// AWS tries a failed rotation again "several times"; how often nobody has measured.
const RETRIES: u32 = 3;

/// The settings: ours for a server, those of the file, the assignments, the flags; later ones win.
fn settings(args: &Args) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    settings.rotation.retries = RETRIES;
    settings.access.iam = Enforcement::Audit;
    if let Some(path) = &args.settings {
        settings = read_settings(path, &settings)?;
    }
    for assignment in &args.assignments {
        settings = settings::assigned(&settings, assignment)
            .map_err(|bad| Failure::usage(format!("--set: {bad}")))?;
    }
    if args.no_functions || !(args.host.is_loopback() || args.allow_remote_functions) {
        settings.lambda.may_create = false;
    }
    if let Some(iam) = args.iam {
        settings.access.iam = iam;
    }
    if let Some(auth) = args.auth {
        settings.access.auth = auth;
    }
    if let Some(retries) = args.rotation_retries {
        settings.rotation.retries = retries;
    }
    if let Some(span) = args.rotation_retry_after {
        settings.rotation.retry_after_ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    }
    Ok(settings)
}

fn read_settings(path: &Path, settings: &Settings) -> Result<Settings, Failure> {
    let text = read_text(path)?;
    let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let change = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    settings::changed(settings, &change).map_err(|bad| wrong(bad.to_string()))
}

fn read_text(path: &Path) -> Result<String, Failure> {
    input::text(path, input::LONGEST)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))
}

fn host(args: &Args) -> Result<HostSettings, Failure> {
    Ok(HostSettings {
        interpreters: Interpreters {
            python: program("--python", args.python.as_deref())?,
            node: program("--node", args.node.as_deref())?,
        },
        confiner: Confiner::this_program(),
        ..HostSettings::default()
    })
}

/// The whole path of a program, since functions are run in other folders.
fn program(option: &str, path: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let whole = std::path::absolute(path)
        .ok()
        .filter(|whole| whole.is_file());
    let missing = || Failure::usage(format!("{option} {}: no such file", path.display()));
    whole.map(Some).ok_or_else(missing)
}

fn with_functions(
    mut builder: ServerBuilder,
    args: &Args,
    inherited: Option<&[(OsString, OsString)]>,
) -> Result<ServerBuilder, Failure> {
    builder = builder.function(builtin::NAME, builtin::rotator());
    for spec in &args.functions {
        let function = spec.function(inherited).map_err(Failure::usage)?;
        builder = builder.function(&spec.name, function);
    }
    Ok(builder)
}

fn read_rules(path: &Path) -> Result<Vec<Rule>, Failure> {
    let shown = path.display();
    let text = read_text(path)?;
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            let wrong = |why: String| Failure::usage(format!("{shown}:{}: {why}", index + 1));
            let value = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
            read_rule(value).map_err(|error| wrong(error.to_string()))
        })
        .collect()
}

fn cannot_listen(host: IpAddr, port: u16, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => "; stop what listens there, or choose another --port",
        io::ErrorKind::PermissionDenied => "; ports below 1024 are for root",
        io::ErrorKind::AddrNotAvailable => "; no interface of this machine has that --host",
        _ => "",
    };
    Failure::usage(format!("cannot listen on {host}:{port}: {error}{hint}"))
}

fn announce(server: &Server, seed: u64, region: &str) {
    let url = server.url();
    let lines = format!(
        "keywheel: listening on {url} (seed {seed})\n\
         export AWS_ENDPOINT_URL={url} AWS_REGION={region} AWS_DEFAULT_REGION={region}\n\
         export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n\
         # {OLD_CLIENTS}\n\
         # other shells: {program} env --port {port} --shell fish; {url}/_keywheel/health\n",
        program = invoked::program(),
        port = server.local_addr().port(),
    );
    // A server whose output nobody reads still serves.
    let mut out = anstream::stdout();
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

/// Other machines reach the server, and nothing asks them who they are.
fn warn_of_others(server: &Server, args: &Args) {
    if args.host.is_loopback() {
        return;
    }
    let functions = if args.allow_remote_functions && !args.no_functions {
        "and run code as your user with CreateFunction, since --allow-remote-functions is given"
    } else {
        "but not create functions (--allow-remote-functions lets them)"
    };
    tracing::warn!(
        "listening on {}: every machine that reaches it can read and change all that is emulated, \
         {functions}. Clients that use a name for this machine need --allowed-host NAME",
        server.local_addr()
    );
}
