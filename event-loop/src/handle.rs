//! What the loop waits for: timers, wakers, listeners and streams, each under a number.

use std::cell::RefCell;
use std::mem;
use std::net::TcpListener;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;
use std::sync::Arc;

use nix::sys::epoll::EpollFlags;
use nix::sys::eventfd::EventFd;
use slotmap::{SlotMap, new_key_type};

use crate::EventLoop;
use crate::net::listener::OnConnection;
use crate::net::stream::Connection;
use crate::timers::Timer;

new_key_type! {
    /// Names something that a loop waits for. It is a number, so it can be copied into any callback. Once what it names
    /// is closed, it names nothing, never something newer. Only the loop that made it knows it.
    pub struct Handle;
}

/// A callback that may run many times. Shared, since it gets the whole loop, and may there close its own handle.
pub(crate) type Callback = Rc<RefCell<dyn FnMut(&mut EventLoop)>>;

pub(crate) enum Kind {
    Timer(Timer),
    Waker(Arc<EventFd>, Callback),
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
            Kind::Waker(event, _) => Some(event.as_fd()),
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

#[derive(Default)]
pub(crate) struct Handles {
    pub(crate) entries: SlotMap<Handle, Entry>,
    /// How many keep the loop alive, and how many requests are under way: at 0 the loop may end.
    pub(crate) alive: usize,
}

impl Handles {
    pub(crate) fn insert(&mut self, kind: Kind) -> Handle {
        let interest = EpollFlags::empty();
        let handle = self.entries.insert(Entry { kind, interest, is_referenced: true, is_counted: false });
        self.change(handle, |_| ()); // counts it
        handle
    }

    pub(crate) fn kind(&self, handle: Handle) -> Option<&Kind> {
        self.entries.get(handle).map(|entry| &entry.kind)
    }

    pub(crate) fn remove(&mut self, handle: Handle) -> Option<Entry> {
        let entry = self.entries.remove(handle)?;
        self.alive -= usize::from(entry.is_counted);
        Some(entry)
    }

    /// Changes an entry, and counts again whether it keeps the loop alive. `false` when there is none.
    pub(crate) fn change(&mut self, handle: Handle, change: impl FnOnce(&mut Entry)) -> bool {
        let Some(entry) = self.entries.get_mut(handle) else { return false };
        change(entry);
        let after = entry.keeps_loop_alive();
        let before = mem::replace(&mut entry.is_counted, after);
        self.alive = self.alive + usize::from(after) - usize::from(before);
        true
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
