//! epoll: which descriptors are watched, and which are ready.

use std::io;
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::handle::{Entry, Kind};
use crate::slab::Key;
use crate::{EventLoop, Phase, Place, listener, stream};

/// How many events one poll brings at most. The rest stays ready for the next.
const BATCH: usize = 256;

pub(crate) struct Poller {
    epoll: Epoll,
    /// Those from `next` up to `filled` wait to be dispatched. They are kept here, so that a panic in a callback does
    /// not lose the events behind it.
    events: Vec<EpollEvent>,
    next: usize,
    filled: usize,
}

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        Ok(Self { epoll, events: vec![EpollEvent::empty(); BATCH], next: 0, filled: 0 })
    }

    fn wait(&mut self, timeout: EpollTimeout) -> io::Result<()> {
        self.next = 0;
        self.filled = match self.epoll.wait(&mut self.events, timeout) {
            Err(Errno::EINTR) => 0, // a signal: the loop comes round again
            filled => filled?,
        };
        Ok(())
    }

    fn is_drained(&self) -> bool {
        self.next == self.filled
    }

    fn next_event(&mut self) -> Option<(Key, EpollFlags)> {
        let event = self.events[..self.filled].get(self.next)?;
        self.next += 1;
        Some((Key::from_bits(event.data()), event.events()))
    }

    /// Closing a descriptor is not enough where another copy of it is open, as a waker's is.
    pub(crate) fn forget(&self, entry: &Entry) {
        if let Some(fd) = entry.fd().filter(|_| !entry.interest.is_empty()) {
            let _ = self.epoll.delete(fd); // fails only where it is not registered
        }
    }
}

impl EventLoop {
    /// Watches the handle's descriptor for `wanted`, or not at all where that is empty: epoll reports errors even to
    /// those who asked for nothing, and a loop that nobody wants to hear them would spin. Watched means active.
    ///
    /// # Errors
    /// Those of epoll_ctl(2): `ENOMEM`, `ENOSPC`.
    pub(crate) fn watch(&mut self, key: Key, wanted: EpollFlags) -> io::Result<()> {
        let Some(entry) = self.handles.get_mut(key) else { return Ok(()) };
        let Some(fd) = entry.fd() else { return Ok(()) };
        if wanted == entry.interest {
            return Ok(());
        }
        let mut event = EpollEvent::new(wanted, key.to_bits());
        match (entry.interest.is_empty(), wanted.is_empty()) {
            (true, _) => self.poller.epoll.add(fd, event)?,
            (false, false) => self.poller.epoll.modify(fd, &mut event)?,
            (false, true) => self.poller.epoll.delete(fd)?,
        }
        self.handles.change(key, |entry| entry.interest = wanted);
        Ok(())
    }

    /// The poll phase: waits for events, at most until `timeout`, and runs the callbacks of those that came.
    pub(crate) fn poll(&mut self, timeout: EpollTimeout) -> io::Result<()> {
        self.place.phase = Phase::Poll;
        if self.poller.is_drained() {
            self.wait(timeout)?;
        }
        while let Some((key, events)) = self.poller.next_event() {
            self.dispatch(key, events);
        }
        Ok(())
    }

    fn wait(&mut self, timeout: EpollTimeout) -> io::Result<()> {
        if timeout == EpollTimeout::ZERO {
            self.poller.wait(timeout)?;
            if !self.poller.is_drained() {
                self.update_time();
            }
            return Ok(());
        }
        let before = Instant::now();
        self.poller.wait(timeout)?;
        let after = self.clock.update();
        self.note(Place { kind: "waits", ..self.place }, before);
        self.clock.add_idle(after - before);
        Ok(())
    }

    fn dispatch(&mut self, key: Key, events: EpollFlags) {
        match self.handles.get(key).map(|entry| &entry.kind) {
            Some(Kind::Waker(signal, _)) => {
                signal.take();
                if self.is_helper(key) { self.complete() } else { self.call(key) }
            }
            Some(Kind::Listener(_)) => listener::ready(self, key),
            Some(Kind::Stream(_)) => stream::ready(self, key, events),
            _ => {} // closed by a callback of the same batch
        }
    }
}
