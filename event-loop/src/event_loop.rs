//! The loop itself: which phase follows which, when it waits, and when it ends.

use std::cell::Cell;
use std::io;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::time::Duration;

use nix::sys::epoll::EpollTimeout;

use crate::clock::{Clock, Utilization};
use crate::handle::Handles;
use crate::hooks::Hook;
use crate::phase::{Mode, Phase, Place};
use crate::poller::Poller;
use crate::queues::Queues;
use crate::request::Helper;
use crate::slab::Key;
use crate::timeout::{Outlook, poll_timeout};
use crate::timers::Timers;
use crate::trace::Trace;

/// Outside of a run.
const MAIN: Place = Place { iteration: 0, phase: Phase::Main, kind: "script" };

/// How often results that arise while results are handled get their turn right after the poll.
const PENDING_PASSES: usize = 8;

/// An event loop: callbacks of timers, of other threads and of sockets, run one after another on the thread that calls
/// [`EventLoop::run`]. The order of its phases is libuv's, that between callbacks Node's.
///
/// A callback gets the loop, and may do with it what it likes except run it. It stays on its thread, so it may share
/// its state with other callbacks through `Rc` and `Cell`.
pub struct EventLoop {
    pub(crate) clock: Clock,
    pub(crate) timers: Timers,
    pub(crate) queues: Queues,
    pub(crate) hooks: [Vec<Key>; 3],
    pub(crate) handles: Handles,
    pub(crate) poller: Poller,
    pub(crate) place: Place,
    pub(crate) trace: Option<Trace>,
    pub(crate) helper: Option<Helper>,
    /// What streams read into, one after another.
    pub(crate) buffer: Vec<u8>,
    running: bool,
    stopping: bool,
    /// Whose callback is on the stack.
    current: Option<Key>,
}

impl EventLoop {
    /// A loop with nothing to do.
    ///
    /// # Errors
    /// Those of epoll_create1(2): `EMFILE` at the limit of descriptors.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            clock: Clock::new(),
            timers: Timers::default(),
            queues: Queues::default(),
            hooks: Default::default(),
            handles: Handles::new(),
            poller: Poller::new()?,
            place: MAIN,
            trace: None,
            helper: None,
            buffer: Vec::new(),
            running: false,
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
        self.run_mode(Mode::Default)
    }

    /// Runs as long as `mode` says; `true` when something referenced is still active.
    ///
    /// # Errors
    /// As [`EventLoop::run`].
    ///
    /// # Panics
    /// As [`EventLoop::run`].
    pub fn run_mode(&mut self, mode: Mode) -> io::Result<bool> {
        if mem::replace(&mut self.running, true) {
            let why = "the loop is running already: a callback returns to it, and cannot run it again";
            return Err(io::Error::new(io::ErrorKind::Deadlock, why));
        }
        self.clock.enter();
        // Nothing is borrowed across a callback, so a panic leaves no half-made change behind.
        let end = panic::catch_unwind(AssertUnwindSafe(|| self.iterate(mode)));
        self.clock.leave();
        self.running = false;
        self.place = MAIN;
        end.unwrap_or_else(|panic| {
            self.current.take().map(|key| self.take(key));
            self.helper.iter().for_each(Helper::look_again);
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
        let overdue = Rc::new(Cell::new(false));
        let watchdog = self.set_timeout(limit, {
            let overdue = Rc::clone(&overdue);
            move |ev| {
                overdue.set(true);
                ev.stop();
            }
        });
        self.unref(watchdog);
        let end = panic::catch_unwind(AssertUnwindSafe(|| self.run()));
        self.close(watchdog); // after a panic, too: it must not stop a later run
        end.unwrap_or_else(|panic| panic::resume_unwind(panic))?;
        if overdue.get() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("the loop was still alive after {limit:?}")));
        }
        Ok(())
    }

    /// `uv_run`, in its order. Timers come once before the first iteration and then at the end of each, so that the
    /// loop looks at them right before it decides whether to go on.
    fn iterate(&mut self, mode: Mode) -> io::Result<bool> {
        self.drain(); // what the main script left behind
        if mode == Mode::Default && self.is_alive() && !self.stopping {
            self.update_time();
            self.run_timers();
        }
        while self.is_alive() && !self.stopping {
            self.place.iteration += 1;
            let may_wait = mode == Mode::Default || (mode == Mode::Once && self.queues.pending.is_empty());
            self.run_queue(Phase::Pending, "result", |queues| &mut queues.pending);
            self.run_hooks(Hook::Idle);
            self.run_hooks(Hook::Prepare);
            self.poll(if may_wait { self.poll_timeout() } else { EpollTimeout::ZERO })?;
            for _ in 0..PENDING_PASSES {
                if self.queues.pending.is_empty() {
                    break;
                }
                self.run_queue(Phase::Pending, "result", |queues| &mut queues.pending);
            }
            self.run_queue(Phase::Check, "immediate", |queues| &mut queues.immediates);
            self.run_hooks(Hook::Check);
            self.run_queue(Phase::Closing, "close", |queues| &mut queues.closing);
            self.update_time();
            self.run_timers();
            if mode != Mode::Default {
                break;
            }
        }
        self.stopping = false;
        Ok(self.is_alive())
    }

    /// Runs one callback, then the ticks and microtasks it left behind. Every callback of the loop comes through here.
    pub(crate) fn enter(&mut self, kind: &'static str, whose: Option<Key>, callback: impl FnOnce(&mut Self)) {
        self.current = whose;
        self.traced(kind, callback);
        self.current = None;
        self.drain();
    }

    fn poll_timeout(&self) -> EpollTimeout {
        poll_timeout(Outlook {
            stopping: self.stopping,
            alive: self.handles.alive > 0,
            idle: !self.queues.immediates.is_empty() || !self.hooks[Hook::Idle as usize].is_empty(),
            pending: !self.queues.pending.is_empty(),
            closing: !self.queues.closing.is_empty(),
            deadline: self.timers.deadline(),
            now: self.clock.now(),
        })
    }

    /// Whether there is anything left to wait for or to do.
    pub fn is_alive(&self) -> bool {
        let Queues { immediates, pending, closing, .. } = &self.queues;
        self.handles.alive > 0 || [immediates, pending, closing].iter().any(|queue| !queue.is_empty())
    }

    /// Ends the run at the end of the present iteration, which does not wait any more. What is active stays so.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// Closes the handle whose callback is running: an interval, a hook, a waker, a listener or a stream that has done
    /// its work. `false` in any other callback.
    pub fn close_current(&mut self) -> bool {
        self.current.is_some_and(|key| self.take(key).is_some())
    }

    /// Whether it is called from a callback.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// The phase whose callback is running. A tick or a microtask runs in the phase that left it behind.
    pub fn phase(&self) -> Phase {
        self.place.phase
    }

    /// Where the callback that is running was called. Outside of `run`: the main script.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The loop's clock: since the loop was made, in whole milliseconds.
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.clock.now())
    }

    /// Reads the clock. The loop does so itself before timers run and after it has waited.
    pub fn update_time(&mut self) {
        self.clock.update();
    }

    /// How the loop spent its time inside `run`, up to now.
    pub fn utilization(&self) -> Utilization {
        self.clock.utilization()
    }
}
