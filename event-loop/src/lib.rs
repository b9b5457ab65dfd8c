#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (epoll, eventfd, /proc): build it on Linux, x86-64 or ARM");

use std::io::Write;

// In reading order: the loop first, then its parts, then what it shows.

mod event_loop; // which phase follows which, when it waits, when it ends
mod phase; // their names

mod queues; // ticks, microtasks, immediates

mod timers; // one-shot and repeating, in order of their deadlines

mod clock; // a clock that stands still during a callback; idle and active time

mod handle; // everything the loop waits for, under a number

mod hooks; // callbacks for every iteration
mod poller; // epoll: what is ready

mod waker; // a call from another thread

mod request; // work for a helper thread, its result for the loop

mod listener; // a listening socket
mod stream; // a connection
mod write; // back-pressure: a slow reader makes its writer wait

mod delay; // how late callbacks come
mod trace; // which phase ran which callback, as a timeline

pub mod puzzle; // the same script here and in Node.js
pub mod quiz; // you say the order, the loop explains it

// The lessons.

pub mod phases; // the order of callbacks

pub mod race; // a timer against an immediate

pub mod starvation; // ticks without end, and the cure

pub mod unref; // what keeps the loop alive

pub mod threads; // one thread for every kind of callback

pub mod files; // what epoll refuses, and who does it

pub mod wakeup; // another thread wakes the loop

pub mod echo; // many clients, one thread

pub mod blocking; // one callback that blocks, and the others

pub use clock::Utilization;
pub use delay::DelayMonitor;
pub use event_loop::EventLoop;
pub use handle::Handle;
pub use hooks::Hook;
pub use listener::{Listener, REST};
pub use phase::{Mode, Phase, Place};
pub use puzzle::Puzzle;
pub use stream::{READ_SIZE, Stream};
pub use trace::{Step, Trace};
pub use waker::Waker;
pub use write::Flow;

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
    Lesson { name: "race", about: "a timer of 0 ms, or an immediate?", show: race::show },
    Lesson { name: "starvation", about: "ticks without end", show: starvation::show },
    Lesson { name: "unref", about: "when does the loop end?", show: unref::show },
    Lesson { name: "threads", about: "which thread runs the callbacks?", show: threads::show },
    Lesson { name: "files", about: "why not poll for a file?", show: files::show },
    Lesson { name: "wakeup", about: "another thread wakes the loop", show: wakeup::show },
    Lesson { name: "echo", about: "many clients, one thread", show: echo::show },
    Lesson { name: "blocking", about: "one callback blocks; who waits?", show: blocking::show },
];
