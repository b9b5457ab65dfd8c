//! Locks, atomics and channels of the queue and of the completion guard. `tests/model.rs` compiles those two files
//! again with the model checker's primitives in this place.

pub(crate) use crossbeam_channel::{Receiver, Sender, unbounded};
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};
pub(crate) use std::thread::yield_now;
