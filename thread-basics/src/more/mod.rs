//! More lessons about threads, beside the core.

pub mod channels; // lesson: how many messages fit, and when the sender waits
pub mod exec; // lesson: a thread cannot become another program
