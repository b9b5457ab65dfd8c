//! One wait for many descriptors: `epoll(7)`. Each was added with a token, by which its events are told apart.

use std::io;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent};

use crate::settings::MAX_WORKERS;

/// Events that one wait returns at most: as many as a primary can have, with one worker that replaces another, the
/// listener and the signals. So it hears all its workers at once.
const MAX_EVENTS: usize = MAX_WORKERS + 3;

/// Waits for events, at most so many milliseconds; the tokens of those that are ready, none when the process was
/// stopped in between.
pub(crate) fn wait(epoll: &Epoll, timeout_ms: Option<u16>) -> io::Result<impl Iterator<Item = u64> + use<>> {
    let mut events = [EpollEvent::empty(); MAX_EVENTS];
    let count = match epoll.wait(&mut events, timeout_ms) {
        Err(Errno::EINTR) => 0,
        count => count?,
    };
    Ok(events.into_iter().take(count).map(|event| event.data()))
}
