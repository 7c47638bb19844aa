//! CloudWatch Logs, as far as functions' output is read.
//!
//! In reading order: [`group`] (how a group is named), then one file for each operation.

mod describe_log_groups;
mod describe_log_streams;
mod filter_log_events;
mod get_log_events;
mod group;

use crate::wire::service::Service;

use super::Row;

/// Its operations: each is found by `X-Amz-Target: Logs_20140328.NAME` [MODEL].
pub const ROWS: &[Row] = &[
    Row::target::<describe_log_groups::DescribeLogGroups>(Service::Logs),
    Row::target::<describe_log_streams::DescribeLogStreams>(Service::Logs),
    Row::target::<get_log_events::GetLogEvents>(Service::Logs),
    Row::target::<filter_log_events::FilterLogEvents>(Service::Logs),
];
