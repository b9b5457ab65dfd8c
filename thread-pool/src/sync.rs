//! What the queue and the tickets are built on. `tests/model.rs` compiles those two files again with the model
//! checker's primitives in this place.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, atomic, mpsc};
pub(crate) use std::thread::yield_now;
