#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (epoll, eventfd, /proc): build it on Linux, x86-64 or ARM");

// In reading order: the loop first, then its parts, then what is built on them.

mod event_loop; // which phase follows which, when it waits, when it ends
mod phase; // their names

mod queues; // ticks, microtasks, immediates

mod timers; // one list per duration, as in Node.js

mod clock; // a clock that stands still between two readings; the loop's delay

mod handle; // everything the loop waits for, under a number

mod poller; // epoll: what is ready

mod waker; // a call from another thread

mod net; // TCP, and back-pressure
mod request; // work for a helper thread, its result for the loop

pub mod puzzle; // the same script here and in Node.js: run, watched, asked

pub mod cli;
pub mod support {
    //! What a parent may have handed down.
    pub mod inherited;
}
pub mod lessons;

pub use event_loop::EventLoop;
pub use handle::Handle;
pub use net::listener::ACCEPT_BACKOFF;
pub use net::stream::{READ_SIZE, Stream};
pub use phase::{Phase, Position};
pub use puzzle::Puzzle;
pub use waker::Waker;
