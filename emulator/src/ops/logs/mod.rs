//! CloudWatch Logs, as far as functions' output is kept and read.
//!
//! In reading order: [`group`] (how a group is named), then one file for each operation.

mod create_log_group;
mod create_log_stream;
mod delete_log_group;
mod delete_log_stream;
mod delete_retention_policy;
mod describe_log_groups;
mod describe_log_streams;
mod filter_log_events;
mod get_log_events;
mod group;
mod list_tags_for_resource;
mod put_log_events;
mod put_retention_policy;
mod tag_resource;
mod untag_resource;

use crate::wire::service::Service;

use super::Row;

/// Its operations: each is found by `X-Amz-Target: Logs_20140328.NAME` [MODEL].
pub const ROWS: &[Row] = &[
    Row::target::<describe_log_groups::DescribeLogGroups>(Service::Logs),
    Row::target::<describe_log_streams::DescribeLogStreams>(Service::Logs),
    Row::target::<get_log_events::GetLogEvents>(Service::Logs),
    Row::target::<filter_log_events::FilterLogEvents>(Service::Logs),
    Row::target::<create_log_group::CreateLogGroup>(Service::Logs),
    Row::target::<delete_log_group::DeleteLogGroup>(Service::Logs),
    Row::target::<put_retention_policy::PutRetentionPolicy>(Service::Logs),
    Row::target::<delete_retention_policy::DeleteRetentionPolicy>(Service::Logs),
    Row::target::<create_log_stream::CreateLogStream>(Service::Logs),
    Row::target::<delete_log_stream::DeleteLogStream>(Service::Logs),
    Row::target::<put_log_events::PutLogEvents>(Service::Logs),
    Row::target::<tag_resource::TagResource>(Service::Logs),
    Row::target::<untag_resource::UntagResource>(Service::Logs),
    Row::target::<list_tags_for_resource::ListTagsForResource>(Service::Logs),
];
