//! The loop itself: which phase follows which, when it waits, and when it ends.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::handle::{Handle, Handles};
use crate::phase::{Phase, Position};
use crate::poller::Poller;
use crate::queues::Queues;
use crate::request::Helper;
use crate::timers::Timers;

/// An event loop: callbacks of timers, of other threads and of sockets, run one after another on the thread that calls
/// [`EventLoop::run`]. The order of its phases is libuv's, that between callbacks Node's.
///
/// A callback gets the loop, and may do with it what it likes except run it. It stays on its thread, so it may share
/// its state with other callbacks through `Rc` and `Cell`.
pub struct EventLoop {
    pub(crate) clock: Clock,
    pub(crate) timers: Timers,
    pub(crate) queues: Queues,
    pub(crate) handles: Handles,
    pub(crate) poller: Poller,
    pub(crate) position: Position,
    pub(crate) helper: Option<Helper>,
    /// What streams read into, one after another.
    pub(crate) buffer: Vec<u8>,
    /// The line of a puzzle's script that runs; 0 outside of puzzles.
    pub(crate) line: usize,
    pub(crate) stopping: bool,
    /// The handle whose callback is running.
    current: Option<Handle>,
}

impl EventLoop {
    /// A loop with nothing to do.
    ///
    /// # Errors
    /// Those of epoll_create1(2): `EMFILE` at the limit of descriptors.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            clock: Clock { origin: Instant::now(), now: 0 },
            timers: Timers::default(),
            queues: Queues::default(),
            handles: Handles::default(),
            poller: Poller::new()?,
            position: Position::MAIN,
            helper: None,
            buffer: Vec::new(),
            line: 0,
            stopping: false,
            current: None,
        })
    }

    /// Runs until nothing referenced is active; `true` when it was stopped before that.
    ///
    /// # Errors
    /// `Deadlock` when called from a callback of this loop, which is running already; those of epoll_wait(2).
    ///
    /// # Panics
    /// With the panic of a callback, which unwinds through here. Its handle is closed; everything else is as it was,
    /// and the loop can be run again.
    pub fn run(&mut self) -> io::Result<bool> {
        if self.position != Position::MAIN {
            let why = "the loop is running already: a callback returns to it, and cannot run it again";
            return Err(io::Error::new(io::ErrorKind::Deadlock, why));
        }
        // Nothing is borrowed across a callback, so a panic leaves no half-made change behind.
        let end = panic::catch_unwind(AssertUnwindSafe(|| self.iterate()));
        self.position = Position::MAIN;
        self.stopping = false;
        end.unwrap_or_else(|panic| {
            self.close_current();
            // The event that announced the requests is used up, and some of them may not have been handled.
            self.helper.iter().for_each(|helper| helper.waker.wake());
            panic::resume_unwind(panic)
        })
    }

    /// As [`EventLoop::run`], with a deadline: a watchdog for loops that should end by themselves.
    ///
    /// # Errors
    /// `TimedOut` when the loop was still alive after `limit`; and as [`EventLoop::run`].
    ///
    /// # Panics
    /// As [`EventLoop::run`].
    pub fn run_within(&mut self, limit: Duration) -> io::Result<()> {
        let watchdog = self.set_timeout(limit, Self::stop);
        self.unref(watchdog);
        let end = panic::catch_unwind(AssertUnwindSafe(|| self.run()));
        let in_time = self.close(watchdog); // after a panic, too: it must not stop a later run
        end.unwrap_or_else(|panic| panic::resume_unwind(panic))?;
        if in_time {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("the loop was still alive after {limit:?}")))
    }

    /// `uv_run`, in its order. Timers come once before the first iteration and then at the end of each, so that the
    /// loop looks at them right before it decides whether to go on.
    fn iterate(&mut self) -> io::Result<bool> {
        self.drain_microtasks(); // what the main script left behind
        self.update_time();
        if self.is_alive() && !self.stopping {
            self.run_timers();
        }
        while self.is_alive() && !self.stopping {
            self.position.iteration += 1;
            self.run_queue(Phase::Pending, "result", |queues| &mut queues.pending);
            self.poll()?;
            self.run_queue(Phase::Check, "immediate", |queues| &mut queues.immediates);
            self.run_closing();
            self.update_time();
            self.run_timers();
        }
        Ok(self.is_alive())
    }

    /// Runs one callback, then the ticks and microtasks it left behind. Every callback of a phase comes through here.
    pub(crate) fn run_callback(
        &mut self,
        kind: &'static str,
        handle: Option<Handle>,
        callback: impl FnOnce(&mut Self),
    ) {
        self.current = handle;
        self.position.kind = kind;
        callback(self);
        self.current = None;
        self.drain_microtasks();
    }

    /// Whether there is anything left to wait for or to do.
    pub fn is_alive(&self) -> bool {
        self.handles.alive > 0 || self.queues.has_work()
    }

    /// Ends the run at the end of the present iteration, which does not wait any more. What is active stays so.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// Closes the handle whose callback is running: an interval, a waker, a listener or a stream that has done
    /// its work. `false` in any other callback.
    pub fn close_current(&mut self) -> bool {
        self.current.take().is_some_and(|handle| self.close(handle))
    }

    /// Where the callback that is running was called. A tick or a microtask runs in the phase that left it behind;
    /// outside of `run` is the main script.
    pub fn position(&self) -> Position {
        self.position
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::epoll::EpollTimeout;

    use super::*;
    use crate::Waker;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_poll_waits_as_long_as_libuv_would() {
        type Case = fn(&mut EventLoop, Handle);
        let none = EpollTimeout::NONE;
        let zero = EpollTimeout::ZERO;
        let longest = EpollTimeout::MAX;
        let table: [(_, Case, _); 12] = [
            ("a waker and no timer", |_, _| (), none),
            ("a timer ahead", |ev, _| timer(ev, 30 * MS), EpollTimeout::from(30_u8)),
            ("a timer due now", |ev, _| due(ev, 1), zero),
            ("a timer overdue", |ev, _| due(ev, 99), zero),
            ("the last that epoll counts", |ev, _| timer(ev, i32::MAX as u32 * MS), longest),
            ("a timer beyond what epoll counts", |ev, _| timer(ev, Duration::MAX), longest),
            ("nothing alive", |ev, waker| ev.unref(waker), zero),
            ("nothing alive but a timer without a reference", unreferenced, zero),
            ("stopping", |ev, _| ev.stop(), zero),
            ("an immediate", |ev, _| ev.set_immediate(|_| ()), zero),
            ("something pending", |ev, _| ev.queues.pending.push_back(ev.task(|_| ())), zero),
            ("something closing", |ev, _| ev.queues.closing.push(ev.task(|_| ())), zero),
        ];
        for (name, case, expected) in table {
            let mut ev = EventLoop::new().unwrap();
            let waker = Waker::new(&mut ev, |_| ()).unwrap();
            case(&mut ev, waker.handle());
            assert_eq!(ev.poll_timeout(), expected, "{name}");
        }
    }

    fn timer(ev: &mut EventLoop, after: Duration) {
        ev.set_timeout(after, |_| ());
    }

    fn due(ev: &mut EventLoop, later: u64) {
        timer(ev, MS);
        ev.clock.now += later;
    }

    fn unreferenced(ev: &mut EventLoop, waker: Handle) {
        ev.unref(waker);
        let timer = ev.set_timeout(30 * MS, |_| ());
        ev.unref(timer);
    }
}
