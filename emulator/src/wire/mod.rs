//! How requests and answers look on the wire.
//!
//! In reading order: [`request`] what comes in and what goes out · [`service`] which service a
//! request is for, and in which protocol's form it is answered · [`scope`] account and Region from
//! the signature · [`signature`] whether that is right · [`payload`] from bytes to a typed input ·
//! [`aws_query`] forms and XML · [`validate`] and [`constraints`] the constraints of the service
//! models · [`error_code`] the only place where AWS error codes are written · [`blob`] and [`epoch`]
//! the two scalar types that need care · [`policy_document`] the JSON of IAM policies · [`archive`]
//! code in a ZIP archive.

pub mod archive;
pub mod aws_managed;
pub mod aws_query;
pub mod blob;
pub mod constraints;
pub mod epoch;
pub mod error_code;
pub mod model;
pub mod payload;
pub mod policy_document;
pub mod request;
pub mod scope;
pub mod service;
pub mod signature;
pub mod validate;
