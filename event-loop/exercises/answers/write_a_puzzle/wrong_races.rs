//! Fails: no race decides
//!
//! The order is right nearly always, but the immediate and the `stat` of the main script race.

/// The puzzle, as JSON.
pub fn puzzle() -> &'static str {
    r#"
[
  {"stat":[{"setTimeout":[{"log":"H"}],"ms":0}, {"nextTick":[{"log":"G"}]}, {"log":"F"}]},
  {"setImmediate":[{"nextTick":[{"log":"E"}]}, {"log":"D"}]},
  {"microtask":[{"log":"C"}]},
  {"nextTick":[{"log":"B"}]},
  {"log":"A"}
]
"#
}
