//! What the queue, the tickets and the inbox are built on. `tests/model.rs` compiles those three files again with the
//! model checker's primitives in this place.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};
pub(crate) use std::thread::yield_now;
