//! epoll: which descriptors are watched, and which are ready.

use std::io;
use std::ops::Range;
use std::rc::Rc;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use slotmap::{Key, KeyData};

use crate::handle::{Handle, Kind};
use crate::net::listener;
use crate::{EventLoop, Phase, Stream};

/// How many events one poll brings at most. The rest stays ready for the next.
const BATCH: usize = 256;

pub(crate) struct Poller {
    epoll: Epoll,
    events: Vec<EpollEvent>,
    /// The events whose callbacks have not run yet. They stay here when a callback before them panics.
    ready: Range<usize>,
}

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        Ok(Self { epoll, events: vec![EpollEvent::empty(); BATCH], ready: 0..0 })
    }
}

impl EventLoop {
    /// Watches the handle's descriptor for `wanted`, or removes it from epoll where that is empty: epoll reports errors
    /// of every registered descriptor, and a loop that does not handle them would spin. Watched means active.
    ///
    /// # Errors
    /// Those of epoll_ctl(2): `ENOMEM`, `ENOSPC`.
    pub(crate) fn watch(&mut self, handle: Handle, wanted: EpollFlags) -> io::Result<()> {
        let Some(entry) = self.handles.entries.get(handle) else { return Ok(()) };
        let Some(fd) = entry.fd().filter(|_| wanted != entry.interest) else { return Ok(()) };
        let mut event = EpollEvent::new(wanted, handle.data().as_ffi());
        match (entry.interest.is_empty(), wanted.is_empty()) {
            (true, _) => self.poller.epoll.add(fd, event)?,
            (false, false) => self.poller.epoll.modify(fd, &mut event)?,
            (false, true) => self.poller.epoll.delete(fd)?,
        }
        self.handles.change(handle, |entry| entry.interest = wanted);
        Ok(())
    }

    /// A new handle whose descriptor is watched from the beginning.
    pub(crate) fn insert_watched(&mut self, kind: Kind, wanted: EpollFlags) -> io::Result<Handle> {
        let handle = self.handles.insert(kind);
        self.watch(handle, wanted).inspect_err(|_| _ = self.close(handle))?;
        Ok(handle)
    }

    /// The poll phase: waits for events, and runs the callbacks of those that came.
    pub(crate) fn poll(&mut self) -> io::Result<()> {
        self.position.phase = Phase::Poll;
        if self.poller.ready.is_empty() {
            self.wait()?;
        }
        while let Some(next) = self.poller.ready.next() {
            let handle = KeyData::from_ffi(self.poller.events[next].data());
            self.dispatch(handle.into());
        }
        Ok(())
    }

    /// How long the poll may wait, as libuv's `uv_backend_timeout` says: not at all when there is something to do, else
    /// until the earliest timer, referenced or not, else without a limit. What epoll cannot count (24 days and more) is
    /// waited for in parts.
    pub(crate) fn poll_timeout(&self) -> EpollTimeout {
        if self.stopping || self.handles.alive == 0 || self.queues.has_work() {
            return EpollTimeout::ZERO;
        }
        self.timers.deadline().map_or(EpollTimeout::NONE, |deadline| {
            EpollTimeout::try_from(deadline.saturating_sub(self.clock.now)).unwrap_or(EpollTimeout::MAX)
        })
    }

    fn wait(&mut self) -> io::Result<()> {
        let timeout = self.poll_timeout();
        let count = match self.poller.epoll.wait(&mut self.poller.events, timeout) {
            Err(Errno::EINTR) => 0, // a signal came: the next iteration waits for the rest of the time
            count => count?,
        };
        self.poller.ready = 0..count;
        if timeout != EpollTimeout::ZERO || count > 0 {
            self.update_time();
        }
        Ok(())
    }

    fn dispatch(&mut self, handle: Handle) {
        match self.handles.kind(handle) {
            Some(Kind::Waker(_, callback)) => {
                let callback = Rc::clone(callback);
                self.run_callback("wake-up", Some(handle), |ev| callback.borrow_mut()(ev));
            }
            Some(Kind::Listener(..)) => listener::on_ready(self, handle),
            Some(Kind::Stream(_)) => Stream(handle).on_ready(self),
            _ => {} // closed by a callback of the same batch
        }
    }
}
