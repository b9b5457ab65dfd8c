//! More lessons, beside the core.

pub mod stdio; // two pipes and a deadlock
pub mod orphan; // children whose parent is killed
