//! What the chapter is built on.

pub mod inherited; // what a parent hands down, set back
pub(crate) mod sync; // locks and channels; the model checker puts its own in this place
