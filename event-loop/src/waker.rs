//! Waking the loop from another thread: libuv's `uv_async_t`, an eventfd.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use nix::sys::epoll::EpollFlags;
use nix::sys::eventfd::{EfdFlags, EventFd};

use crate::EventLoop;
use crate::handle::{Handle, Kind};

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
    event: Arc<EventFd>,
}

impl Waker {
    /// A waker for `callback`.
    ///
    /// # Errors
    /// Those of eventfd(2) and epoll_ctl(2): `EMFILE` at the limit of descriptors.
    pub fn new(ev: &mut EventLoop, callback: impl FnMut(&mut EventLoop) + 'static) -> io::Result<Self> {
        let event = Arc::new(EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?);
        let kind = Kind::Waker(Arc::clone(&event), Rc::new(RefCell::new(callback)));
        // Edge-triggered: what is written after the last poll is reported once, by the next one, so the counter need
        // not be read back to zero.
        let handle = ev.insert_watched(kind, EpollFlags::EPOLLIN | EpollFlags::EPOLLET)?;
        Ok(Self { handle, event })
    }

    /// Has the callback run. Never blocks.
    pub fn wake(&self) {
        let _ = self.event.write(1); // fails only when the counter is full, after 2^64 wakes
    }

    /// The handle, to close or unreference on the loop's thread.
    pub fn handle(&self) -> Handle {
        self.handle
    }
}
