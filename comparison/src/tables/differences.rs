//! "Differences Between Process and Thread in Node.js": a file for each row.

use super::Claims;

mod communication;
pub(super) mod crash;
mod memory;
mod modules;
mod overhead;
mod performance;

pub(super) const CLAIMS: Claims = Claims {
    id: "differences",
    title: "Differences Between Process and Thread in Node.js",
    key_column: "Feature",
    columns: &["Process", "Thread"],
    rows: &[memory::ROW, communication::ROW, overhead::ROW, crash::ROW, modules::ROW, performance::ROW],
};
