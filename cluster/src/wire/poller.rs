//! One wait for many descriptors: `epoll(7)`, level-triggered, so that nothing is lost by reading only a part.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollTimeout};

use crate::settings::MAX_WORKERS;

pub(crate) use nix::sys::epoll::EpollFlags as Interest;

/// Events that one wait returns at most: more than a primary can have, so that it hears all its workers at once.
const MAX_EVENTS: usize = MAX_WORKERS + 2;

#[derive(Debug)]
pub(crate) struct Poller(Epoll);

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?))
    }

    pub(crate) fn watch(&self, fd: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(self.0.add(fd, EpollEvent::new(interest, token))?)
    }

    pub(crate) fn change(&self, fd: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(self.0.modify(fd, &mut EpollEvent::new(interest, token))?)
    }

    /// To be called before a descriptor is closed that another process has as well: the registration belongs to the
    /// open socket, not to our number for it, and would outlive it.
    pub(crate) fn forget(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(self.0.delete(fd)?)
    }

    /// Waits for events, at most `timeout`; the tokens of those that are ready, none when a signal came in between.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> io::Result<impl Iterator<Item = u64> + use<>> {
        let mut events = [EpollEvent::empty(); MAX_EVENTS];
        // Rounded up: rounded down, the last millisecond before a deadline would be spent spinning.
        let timeout = timeout.map_or(Ok(EpollTimeout::NONE), |time| (time + Duration::from_micros(999)).try_into());
        let count = match self.0.wait(&mut events, timeout.unwrap_or(EpollTimeout::MAX)) {
            Err(Errno::EINTR) => 0,
            count => count?,
        };
        Ok(events.into_iter().take(count).map(|event| event.data()))
    }
}
