//! More lessons, beside the core.

pub mod stdio; // where a child's output leads, and a deadlock
pub mod orphan; // children whose parent is killed
pub mod shared; // 64 MiB, sent or shared
pub mod what_is_shared; // what a child changes, and whether its parent notices
