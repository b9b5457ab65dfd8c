//! Fails: no timer waits
//!
//! The order is right, but the timers make it by waiting.

/// The puzzle, as JSON.
pub fn puzzle() -> &'static str {
    r#"
[
  {"setTimeout":[{"log":"H"}],"ms":60},
  {"setTimeout":[{"log":"G"}],"ms":50},
  {"stat":[
    {"setTimeout":[{"log":"F"}],"ms":20},
    {"setImmediate":[{"log":"E"}]},
    {"log":"D"}
  ]},
  {"microtask":[{"log":"C"}]},
  {"nextTick":[{"log":"B"}]},
  {"log":"A"}
]
"#
}
