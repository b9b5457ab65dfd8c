//! More lessons about threads, beside the core.

pub mod channels; // lesson: how many messages fit before a sender has to wait
pub mod exec; // lesson: a thread cannot become another program
