//! What the loop waits for: timers, hooks, wakers, listeners and streams, each under a number.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use nix::sys::epoll::EpollFlags;

use crate::EventLoop;
use crate::hooks::Hook;
use crate::listener::Accepting;
use crate::queues::Task;
use crate::slab::{Key, Slab};
use crate::stream::Connection;
use crate::timers::When;
use crate::waker::Signal;

/// Names something that a loop waits for. It is a number, so it can be copied into any callback; once the thing is
/// closed it names nothing, never something newer. It means something to its own loop only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(pub(crate) Key);

/// A callback that may run many times. `None` while it runs: then it is on the stack, not in the loop.
pub(crate) type Callback = Option<Box<dyn FnMut(&mut EventLoop)>>;

pub(crate) enum Kind {
    Timeout(When, Task),
    Interval(When, u64, Callback),
    Hook(Hook, Callback),
    Waker(Arc<Signal>, Callback),
    Listener(Box<Accepting>),
    Stream(Box<Connection>),
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Kind::Timeout(..) | Kind::Interval(..) => "timer",
            Kind::Hook(..) => "hook",
            Kind::Waker(..) => "wake-up",
            Kind::Listener(_) => "connection",
            Kind::Stream(_) => "data",
        }
    }
}

pub(crate) struct Entry {
    pub(crate) kind: Kind,
    /// What epoll watches for; empty while its descriptor is not registered.
    pub(crate) interest: EpollFlags,
    referenced: bool,
}

impl Entry {
    /// Referenced and active. A timer or a hook is active until it is closed, a descriptor while it is watched.
    fn keeps_loop_alive(&self) -> bool {
        self.referenced && (self.fd().is_none() || !self.interest.is_empty())
    }

    pub(crate) fn is_referenced(&self) -> bool {
        self.referenced
    }

    pub(crate) fn fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.kind {
            Kind::Waker(signal, _) => Some(signal.as_fd()),
            Kind::Listener(listener) => Some(listener.as_fd()),
            Kind::Stream(stream) => Some(stream.as_fd()),
            Kind::Timeout(..) | Kind::Interval(..) | Kind::Hook(..) => None,
        }
    }

    fn callback(&mut self) -> Option<&mut Callback> {
        match &mut self.kind {
            Kind::Interval(.., callback) | Kind::Hook(_, callback) | Kind::Waker(_, callback) => Some(callback),
            Kind::Timeout(..) | Kind::Listener(_) | Kind::Stream(_) => None,
        }
    }
}

pub(crate) struct Handles {
    entries: Slab<Entry>,
    /// How many keep the loop alive, and how many requests are under way: at 0 the loop may end.
    pub(crate) alive: usize,
}

impl Handles {
    pub(crate) fn new() -> Self {
        Self { entries: Slab::new(), alive: 0 }
    }

    pub(crate) fn insert(&mut self, kind: Kind) -> Key {
        let entry = Entry { kind, interest: EpollFlags::empty(), referenced: true };
        self.alive += usize::from(entry.keeps_loop_alive());
        self.entries.insert(entry)
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut Entry> {
        self.entries.get_mut(key)
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.alive -= usize::from(entry.keeps_loop_alive());
        Some(entry)
    }

    pub(crate) fn change(&mut self, key: Key, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.get_mut(key) {
            self.alive -= usize::from(entry.keeps_loop_alive());
            change(entry);
            self.alive += usize::from(entry.keeps_loop_alive());
        }
    }
}

impl EventLoop {
    /// Closes the handle: its callback does not run again, its descriptor is closed, and what was queued for writing
    /// is dropped. `false` when it was closed before. Node: `clearTimeout`, `clearInterval`, `socket.destroy`.
    ///
    /// A callback may close its own handle.
    pub fn close(&mut self, handle: impl Into<Handle>) -> bool {
        self.take(handle.into().0).is_some()
    }

    /// As [`EventLoop::close`]; then `callback` runs in the closing phase. Node: the `close` event.
    pub fn close_then(&mut self, handle: impl Into<Handle>, callback: impl FnOnce(&mut EventLoop) + 'static) -> bool {
        let closed = self.close(handle);
        if closed {
            self.queues.closing.push_back(Box::new(callback));
        }
        closed
    }

    /// No longer lets the handle keep the loop alive. It works as before as long as something else does.
    pub fn unref(&mut self, handle: impl Into<Handle>) {
        self.handles.change(handle.into().0, |entry| entry.referenced = false);
    }

    /// Undoes [`EventLoop::unref`].
    pub fn reference(&mut self, handle: impl Into<Handle>) {
        self.handles.change(handle.into().0, |entry| entry.referenced = true);
    }

    /// Takes the handle out of everything that knows it.
    pub(crate) fn take(&mut self, key: Key) -> Option<Entry> {
        let entry = self.handles.remove(key)?;
        match &entry.kind {
            Kind::Timeout(when, _) | Kind::Interval(when, ..) => drop(self.timers.armed.remove(when)),
            Kind::Hook(hook, _) => self.hooks[*hook as usize].retain(|other| *other != key),
            Kind::Waker(..) | Kind::Listener(_) | Kind::Stream(_) => self.poller.forget(&entry),
        }
        Some(entry)
    }

    pub(crate) fn call(&mut self, key: Key) {
        self.lend(key, Entry::callback, |callback, ev| callback(ev));
    }

    /// Calls a callback that the handle keeps at `place`. It is taken out meanwhile, since it gets the whole loop, and
    /// put back unless it closed its handle or left another in its place.
    pub(crate) fn lend<F>(
        &mut self,
        key: Key,
        place: impl for<'a> Fn(&'a mut Entry) -> Option<&'a mut Option<F>>,
        call: impl FnOnce(&mut F, &mut Self),
    ) {
        let Some(entry) = self.handles.get_mut(key) else { return };
        let kind = entry.kind.name();
        let Some(mut callback) = place(entry).and_then(Option::take) else { return };
        self.enter(kind, Some(key), |ev| {
            call(&mut callback, ev);
            if let Some(place) = ev.handles.get_mut(key).and_then(&place)
                && place.is_none()
            {
                *place = Some(callback);
            }
        });
    }
}
