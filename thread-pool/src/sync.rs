//! What the queue and the tickets are built on. `tests/model.rs` compiles those two files again with the model
//! checker's primitives in this place.

pub(crate) use crossbeam_channel::{Receiver, Sender, unbounded};
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};
pub(crate) use std::thread::yield_now;
