//! Waking the loop from another thread: libuv's `uv_async_t`, an eventfd.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::AcqRel};

use nix::sys::epoll::EpollFlags;
use nix::sys::eventfd::{EfdFlags, EventFd};

use crate::EventLoop;
use crate::handle::{Handle, Kind};

#[derive(Debug)]
pub(crate) struct Signal {
    pub(crate) event: EventFd,
    /// Set by the first wake, cleared before the callback runs.
    raised: AtomicBool,
}

impl Signal {
    /// Before the callback, not after it: a wake that comes while the callback runs must lead to another call.
    pub(crate) fn clear(&self) {
        self.raised.swap(false, AcqRel);
    }
}

/// Runs a callback on the loop's thread, from any thread. Clones wake the same callback.
///
/// Wakes coalesce: several may lead to one call, so messages go through a channel or a lock, and the callback takes
/// all there are. At least one call begins after every wake, and sees what was written before it.
///
/// It keeps its loop alive until it is closed or unreferenced. A wake after that, or after the loop's end, does
/// nothing.
#[derive(Debug, Clone)]
pub struct Waker {
    handle: Handle,
    signal: Arc<Signal>,
}

impl Waker {
    /// A waker for `callback`.
    ///
    /// # Errors
    /// Those of eventfd(2) and epoll_ctl(2): `EMFILE` at the limit of descriptors.
    pub fn new(ev: &mut EventLoop, callback: impl FnMut(&mut EventLoop) + 'static) -> io::Result<Self> {
        let event = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        let signal = Arc::new(Signal { event, raised: AtomicBool::new(false) });
        let kind = Kind::Waker(Arc::clone(&signal), Rc::new(RefCell::new(callback)));
        // Edge-triggered: every write is reported once, so the counter need not be read back to zero.
        let handle = ev.insert_watched(kind, EpollFlags::EPOLLIN | EpollFlags::EPOLLET)?;
        Ok(Self { handle, signal })
    }

    /// Has the callback run. Never blocks.
    ///
    /// Only the wake that raises the signal writes: the others cost no system call. What the waking thread wrote before
    /// is seen by the callback (release); that holds for every wake, since each takes part in the flag's chain of
    /// read-modify-writes.
    pub fn wake(&self) {
        if !self.signal.raised.swap(true, AcqRel) {
            let _ = self.signal.event.write(1); // fails only when the counter is full, after 2^64 wakes
        }
    }

    /// The handle, to close or unreference on the loop's thread.
    pub fn handle(&self) -> Handle {
        self.handle
    }
}
