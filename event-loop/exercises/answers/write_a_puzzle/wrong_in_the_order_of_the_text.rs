//! Fails: in the text the labels stand from H to A
//!
//! The order is right, because everything is written in the order in which it runs.

/// The puzzle, as JSON.
pub fn puzzle() -> &'static str {
    r#"
[
  {"log":"A"},
  {"nextTick":[{"log":"B"}]},
  {"microtask":[{"log":"C"}]},
  {"stat":[
    {"log":"D"},
    {"nextTick":[{"log":"E"}]},
    {"setImmediate":[{"log":"F"}]},
    {"setTimeout":[{"log":"G"}, {"nextTick":[{"log":"H"}]}],"ms":0}
  ]}
]
"#
}
