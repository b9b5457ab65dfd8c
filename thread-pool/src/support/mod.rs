//! What the core is built on.

pub(crate) mod sync; // locks and channels; the model checker puts its own in this place
