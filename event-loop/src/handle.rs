//! What the loop waits for: timers, wakers, listeners and streams, each under a number.

use std::cell::RefCell;
use std::mem;
use std::net::TcpListener;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;
use std::sync::Arc;

use nix::sys::epoll::EpollFlags;

use crate::EventLoop;
use crate::net::listener::OnConnection;
use crate::net::stream::Connection;
use crate::timers::Timer;
use crate::waker::Signal;

/// Names something that a loop waits for. It is a number, so it can be copied into any callback. Once what it names is
/// closed, it names nothing, never something newer. Only the loop that made it knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(pub(crate) u64);

impl Handle {
    /// The lower half of the number: its slot.
    pub(crate) fn index(self) -> usize {
        self.0 as u32 as usize
    }

    /// For the next owner of the slot: the upper half counts them.
    fn next(self) -> Self {
        Self(self.0.wrapping_add(1 << 32))
    }
}

/// A callback that may run many times. Shared, since it gets the whole loop, and may there close its own handle.
pub(crate) type Callback = Rc<RefCell<dyn FnMut(&mut EventLoop)>>;

pub(crate) enum Kind {
    Timer(Timer),
    Waker(Arc<Signal>, Callback),
    Listener(TcpListener, OnConnection),
    Stream(Box<Connection>),
}

pub(crate) struct Entry {
    pub(crate) kind: Kind,
    /// What epoll watches for; empty while its descriptor is not registered.
    pub(crate) interest: EpollFlags,
    pub(crate) is_referenced: bool,
    /// Whether it is counted among those that keep the loop alive.
    is_counted: bool,
}

impl Entry {
    pub(crate) fn fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.kind {
            Kind::Waker(signal, _) => Some(signal.event.as_fd()),
            Kind::Listener(socket, _) => Some(socket.as_fd()),
            Kind::Stream(connection) => Some(connection.socket.as_fd()),
            Kind::Timer(_) => None,
        }
    }

    /// Referenced and active; and what is queued for writing is sent in any case.
    fn keeps_loop_alive(&self) -> bool {
        let is_active = match &self.kind {
            Kind::Timer(timer) => timer.place.number.is_some(),
            Kind::Stream(connection) if !connection.queue.is_empty() => return true,
            Kind::Waker(..) | Kind::Listener(..) | Kind::Stream(_) => !self.interest.is_empty(),
        };
        self.is_referenced && is_active
    }
}

/// Room for one entry. It is used again, but the number of its handle is not.
struct Slot {
    /// The present owner's handle, or that of the next owner while the slot is free.
    handle: Handle,
    entry: Option<Entry>,
}

#[derive(Default)]
pub(crate) struct Handles {
    slots: Vec<Slot>,
    free: Vec<Handle>,
    /// How many keep the loop alive, and how many requests are under way: at 0 the loop may end.
    pub(crate) alive: usize,
}

impl Handles {
    pub(crate) fn insert(&mut self, kind: Kind) -> Handle {
        let handle = self.free.pop().unwrap_or_else(|| {
            let handle = Handle(self.slots.len() as u64); // 2^32 of them have no room in memory
            self.slots.push(Slot { handle, entry: None });
            handle
        });
        let interest = EpollFlags::empty();
        let entry = Entry { kind, interest, is_referenced: true, is_counted: false };
        self.slots[handle.index()].entry = Some(entry);
        self.change(handle, |_| ()); // counts it
        handle
    }

    pub(crate) fn get(&self, handle: Handle) -> Option<&Entry> {
        self.slots.get(handle.index()).filter(|slot| slot.handle == handle)?.entry.as_ref()
    }

    pub(crate) fn kind(&self, handle: Handle) -> Option<&Kind> {
        self.get(handle).map(|entry| &entry.kind)
    }

    pub(crate) fn get_mut(&mut self, handle: Handle) -> Option<&mut Entry> {
        self.slots.get_mut(handle.index()).filter(|slot| slot.handle == handle)?.entry.as_mut()
    }

    pub(crate) fn remove(&mut self, handle: Handle) -> Option<Entry> {
        let slot = self.slots.get_mut(handle.index()).filter(|slot| slot.handle == handle)?;
        self.alive -= usize::from(slot.entry.as_ref()?.is_counted);
        slot.handle = handle.next();
        self.free.push(slot.handle);
        slot.entry.take()
    }

    /// Changes an entry, and counts again whether it keeps the loop alive.
    pub(crate) fn change(&mut self, handle: Handle, change: impl FnOnce(&mut Entry)) {
        let Some(entry) = self.get_mut(handle) else { return };
        change(entry);
        let after = entry.keeps_loop_alive();
        let before = mem::replace(&mut entry.is_counted, after);
        self.alive = self.alive + usize::from(after) - usize::from(before);
    }
}

impl EventLoop {
    /// Closes the handle: its callback does not run again, its descriptor is closed, and what was queued for writing
    /// is dropped. `false` when it was closed before. Node: `clearTimeout`, `clearInterval`, `socket.destroy`.
    ///
    /// A callback may close its own handle.
    pub fn close(&mut self, handle: impl Into<Handle>) -> bool {
        let handle = handle.into();
        // Closing a descriptor is not enough where another copy of it is open, as a waker's is.
        let _ = self.watch(handle, EpollFlags::empty());
        let Some(entry) = self.handles.remove(handle) else { return false };
        if let Kind::Timer(timer) = entry.kind {
            self.timers.remove(&timer.place);
        }
        true
    }

    /// As [`EventLoop::close`]; then `callback` runs in the closing phase. Node: the `close` event.
    pub fn close_then(&mut self, handle: impl Into<Handle>, callback: impl FnOnce(&mut EventLoop) + 'static) -> bool {
        let closed = self.close(handle);
        if closed {
            self.queues.closing.push(self.task(callback));
        }
        closed
    }

    /// No longer lets the handle keep the loop alive. It works as before as long as something else does.
    pub fn unref(&mut self, handle: impl Into<Handle>) {
        self.handles.change(handle.into(), |entry| entry.is_referenced = false);
    }

    /// Undoes [`EventLoop::unref`].
    pub fn reference(&mut self, handle: impl Into<Handle>) {
        self.handles.change(handle.into(), |entry| entry.is_referenced = true);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_handle_of_an_earlier_owner_finds_nothing() {
        let mut ev = EventLoop::new().unwrap();
        let first = ev.set_interval(Duration::ZERO, |_| ());
        assert!(ev.close(first));
        let second = ev.set_interval(Duration::ZERO, |_| ());
        assert_eq!(second.index(), first.index(), "the place is used again");
        assert!(ev.handles.get(first).is_none() && ev.handles.get_mut(first).is_none() && !ev.close(first));
        assert!(ev.handles.get(second).is_some());
    }
}
