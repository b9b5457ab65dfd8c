//! epoll: which descriptors are watched, and which are ready.

use std::io;
use std::ops::Range;
use std::rc::Rc;
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::handle::{Handle, Kind};
use crate::{EventLoop, Phase, Place, Stream, listener};

/// How many events one poll brings at most. The rest stays ready for the next.
const BATCH: usize = 256;

pub(crate) struct Poller {
    epoll: Epoll,
    events: Vec<EpollEvent>,
    /// Which of them wait for their callbacks. They stay here when a callback before them panics.
    ready: Range<usize>,
}

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        Ok(Self { epoll, events: vec![EpollEvent::empty(); BATCH], ready: 0..0 })
    }

    fn wait(&mut self, timeout: EpollTimeout) -> io::Result<()> {
        let count = match self.epoll.wait(&mut self.events, timeout) {
            Err(Errno::EINTR) => 0, // a signal: the loop comes round again
            count => count?,
        };
        self.ready = 0..count;
        Ok(())
    }
}

impl EventLoop {
    /// Watches the handle's descriptor for `wanted`, or not at all where that is empty: epoll reports errors even to
    /// those who asked for nothing, and a loop that nobody wants to hear them would spin. Watched means active.
    ///
    /// # Errors
    /// Those of epoll_ctl(2): `ENOMEM`, `ENOSPC`.
    pub(crate) fn watch(&mut self, handle: Handle, wanted: EpollFlags) -> io::Result<()> {
        let Some(entry) = self.handles.get(handle) else { return Ok(()) };
        let Some(fd) = entry.fd().filter(|_| wanted != entry.interest) else { return Ok(()) };
        let mut event = EpollEvent::new(wanted, handle.0);
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

    /// The poll phase: waits for events, at most until `timeout`, and runs the callbacks of those that came.
    pub(crate) fn poll(&mut self, timeout: EpollTimeout) -> io::Result<()> {
        self.place.phase = Phase::Poll;
        if self.poller.ready.is_empty() {
            self.wait(timeout)?;
        }
        while let Some(next) = self.poller.ready.next() {
            let event = self.poller.events[next];
            self.dispatch(Handle(event.data()), event.events());
        }
        Ok(())
    }

    fn wait(&mut self, timeout: EpollTimeout) -> io::Result<()> {
        if timeout == EpollTimeout::ZERO {
            self.poller.wait(timeout)?;
            if !self.poller.ready.is_empty() {
                self.update_time();
            }
            return Ok(());
        }
        let before = Instant::now();
        self.poller.wait(timeout)?;
        let after = self.clock.update();
        self.note(Place { kind: "waits", ..self.place }, before);
        self.clock.idle += after - before;
        Ok(())
    }

    fn dispatch(&mut self, handle: Handle, events: EpollFlags) {
        match self.handles.get(handle).map(|entry| &entry.kind) {
            Some(Kind::Waker(signal, callback)) => {
                let callback = Rc::clone(callback);
                signal.take();
                self.enter("wake-up", Some(handle), |ev| callback.borrow_mut()(ev));
            }
            Some(Kind::Listener(..)) => listener::ready(self, handle),
            Some(Kind::Stream(_)) => Stream(handle).ready(self, events),
            _ => {} // closed by a callback of the same batch
        }
    }
}
