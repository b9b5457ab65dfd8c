//! The main script starts one `stat`; in its callback an immediate comes before a timer.

/// The puzzle, as JSON.
pub fn puzzle() -> &'static str {
    r#"
[
  {"stat":[
    {"setTimeout":[{"nextTick":[{"log":"H"}]}, {"log":"G"}],"ms":0},
    {"setImmediate":[{"log":"F"}]},
    {"nextTick":[{"log":"E"}]},
    {"log":"D"}
  ]},
  {"microtask":[{"log":"C"}]},
  {"nextTick":[{"log":"B"}]},
  {"log":"A"}
]
"#
}
