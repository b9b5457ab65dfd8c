//! Fails: it prints A to H in this order, every time
//!
//! It takes a timer of 0 ms in a `stat` for earlier than an immediate.

/// The puzzle, as JSON.
pub fn puzzle() -> &'static str {
    r#"
[
  {"stat":[
    {"setImmediate":[{"nextTick":[{"log":"H"}]}, {"log":"G"}]},
    {"setTimeout":[{"log":"F"}],"ms":0},
    {"nextTick":[{"log":"E"}]},
    {"log":"D"}
  ]},
  {"microtask":[{"log":"C"}]},
  {"nextTick":[{"log":"B"}]},
  {"log":"A"}
]
"#
}
