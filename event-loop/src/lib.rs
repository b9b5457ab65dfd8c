#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (epoll, eventfd, /proc): build it on Linux, x86-64 or ARM");

use std::io::Write;

// In reading order: the loop first, then its parts, then what it shows.

mod event_loop; // which phase follows which, when it waits, when it ends
mod phase; // their names

mod queues; // ticks, microtasks, immediates

mod heap; // deadlines in order
mod timers; // one-shot and repeating

mod timeout; // how long the poll may wait

mod clock; // a clock that stands still during a callback; idle and active time

mod handle; // everything the loop waits for, under a number
mod slab; // numbers that are never mistaken for a later owner's

mod hooks; // callbacks for every iteration
mod poller; // epoll: what is ready

mod waker; // a call from another thread

mod listener; // a listening socket
mod stream; // a connection
mod write; // back-pressure: a slow reader makes its writer wait

mod delay; // how late callbacks come

pub mod phases; // lesson: the order of callbacks

pub mod threads; // lesson: one thread for every kind of callback

pub mod wakeup; // lesson: another thread wakes the loop

pub mod echo; // lesson: many clients, one thread

pub mod blocking; // lesson: one callback that blocks, and the others

pub use clock::Utilization;
pub use delay::DelayMonitor;
pub use event_loop::EventLoop;
pub use handle::Handle;
pub use hooks::Hook;
pub use listener::{Listener, REST};
pub use phase::{Mode, Phase};
pub use stream::{READ_SIZE, Stream};
pub use waker::Waker;
pub use write::{Flow, HIGH_WATER};

/// One demonstration of the chapter.
pub struct Lesson {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// Shows it. Fails when what it saw is not what the lesson claims.
    pub show: fn(out: &mut dyn Write) -> anyhow::Result<()>,
}

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    Lesson { name: "phases", about: "which callback comes first?", show: phases::show },
    Lesson { name: "threads", about: "which thread runs the callbacks?", show: threads::show },
    Lesson { name: "wakeup", about: "another thread wakes the loop", show: wakeup::show },
    Lesson { name: "echo", about: "many clients, one thread", show: echo::show },
    Lesson { name: "blocking", about: "one callback blocks; who waits?", show: blocking::show },
];
