//! Requests generated from the models of all six services: every emulated operation, each member
//! missing, of every other type, on both sides of each of its constraints, each word of its enum, and
//! each pair of optional members; each with the answer that the model demands.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod judge;
mod model;
mod send;
mod variants;

use std::collections::BTreeMap;

use judge::{Expected, complaint};
use model::Model;
use send::Wire;
use serde_json::Value;

/// The least number of requests, so that a table that shrinks is noticed.
const LEAST: usize = 10_000;

#[test]
fn every_variant_of_every_operation_is_answered_as_its_model_demands() {
    let mut counts = BTreeMap::new();
    let mut complaints = Vec::new();
    for row in keywheel_emulator::ops::rows() {
        let Some(mut model) = Model::of(row) else {
            panic!("no model has {} of {}", row.name, row.service.as_str());
        };
        let mut wire = Wire::new(row);
        let mut is_unread = |member: &Value| {
            let answer = wire.send(&variants::with(&model, member));
            answer.is_some_and(|it| it.is_not_emulated())
        };
        let unread: Vec<Value> = model
            .members
            .iter()
            .filter(|it| is_unread(it))
            .cloned()
            .collect();
        model.members.retain(|it| !unread.contains(it));
        for variant in variants::all(&model) {
            let Some(answer) = wire.send(&variant.request) else {
                continue;
            };
            if answer.is_not_emulated() {
                continue;
            }
            *counts.entry(row.service.as_str()).or_insert(0) += 1;
            complaints.extend(complaint(row, &variant, &answer));
        }
    }
    let total: usize = counts.values().sum();
    println!("{total} variants: {counts:?}");
    let shown = complaints.iter().take(40).cloned().collect::<Vec<_>>();
    assert!(
        complaints.is_empty(),
        "{} wrong:\n{}",
        complaints.len(),
        shown.join("\n")
    );
    assert!(total >= LEAST, "{total} variants: {counts:?}");
}

/// The check can fail: a model that demands more than the service does is noticed.
#[test]
fn a_demand_that_is_not_met_is_noticed() {
    let row = keywheel_emulator::ops::rows()
        .find(|row| row.name == "TagRole")
        .unwrap();
    let model = Model::of(row).unwrap();
    let mut variant = variants::all(&model)
        .into_iter()
        .find(|variant| variant.expected == Expected::Taken)
        .unwrap();
    variant.expected = Expected::violation("tags", "not be null");
    let answer = Wire::new(row).send(&variant.request).unwrap();
    assert!(complaint(row, &variant, &answer).is_some());
}
