//! The variables of the environment that the commands read, in one table.

/// What `--help` says of them, each with what it is read for.
pub(crate) const TABLE: [(&str, &str); 13] = [
    (
        "KEYWHEEL_HOST",
        "serve, env, health: the address, as --host",
    ),
    ("KEYWHEEL_PORT", "serve, env, health: the port, as --port"),
    ("KEYWHEEL_SEED", "serve: the seed, as --seed"),
    ("KEYWHEEL_IAM", "serve: off, audit or enforce, as --iam"),
    ("KEYWHEEL_AUTH", "serve: off or verify, as --auth"),
    (
        "KEYWHEEL_ALLOWED_HOSTS",
        "serve: as --allowed-host, with commas between them",
    ),
    (
        "KEYWHEEL_ALLOWED_ORIGINS",
        "serve: as --allowed-origin, with commas between them",
    ),
    (
        "KEYWHEEL_PYTHON",
        "serve: the Python of functions, as --python",
    ),
    (
        "KEYWHEEL_NODE",
        "serve: the Node.js of functions, as --node",
    ),
    ("KEYWHEEL_LOG", "what is logged, such as debug"),
    (
        "KEYWHEEL_LONGEST_RUN",
        "the real time that a run may take, such as 5m",
    ),
    ("NO_COLOR", "no colours"),
    ("CI", "no progress bar"),
];

/// The table as text.
pub(crate) fn text() -> String {
    let width = TABLE.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let rows = TABLE.map(|(name, text)| format!("  {name:<width$}  {text}"));
    format!("Variables of the environment:\n{}", rows.join("\n"))
}
