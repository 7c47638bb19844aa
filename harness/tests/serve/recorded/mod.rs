//! The recordings of AWS again, over HTTP through boto3: the very modules that replay them in process
//! are played on another stage.

#[path = "../../../../emulator/tests/recorded/answer.rs"]
mod answer;
mod client;
#[path = "../../../../emulator/tests/recorded/cross_account.rs"]
mod cross_account;
mod endpoint;
#[path = "../../../../emulator/tests/recorded/function.rs"]
mod function;
#[path = "../../../../emulator/tests/recorded/play.rs"]
mod play;
#[path = "../../../../emulator/tests/recorded/rotation.rs"]
mod rotation;
mod stage;
#[path = "../../../../emulator/tests/recorded/template.rs"]
mod template;
