//! Ways to pass bytes there and back. Each is a pair of ends; the far one is the same closure in a thread and in a
//! forked child, so that only the boundary differs.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use super::shared::Shared;
use crate::measure::bench::time_each;

/// So many round trips of a message, which is read back into its place; the time of one, ns.
pub(super) type Near = Box<dyn FnMut(&mut [u8], u32) -> io::Result<f64>>;

/// Sends every message back, for as long as its process lives.
pub(super) type Far = Box<dyn FnOnce() + Send>;

pub(super) struct Mechanism {
    pub(super) name: &'static str,
    /// Both ends, for messages of so many bytes.
    pub(super) pair: fn(usize) -> io::Result<(Near, Far)>,
}

pub(super) const PIPE: Mechanism = Mechanism { name: "pipe", pair: pipes };

pub(super) const ALL: [Mechanism; 3] =
    [PIPE, Mechanism { name: "socketpair", pair: sockets }, Mechanism { name: "shared memory", pair: in_memory }];

fn pipes(size: usize) -> io::Result<(Near, Far)> {
    let ((inbox, to), (from, outbox)) = (io::pipe()?, io::pipe()?);
    Ok((near(to, from), far(inbox, outbox, size)))
}

fn sockets(size: usize) -> io::Result<(Near, Far)> {
    let (here, there) = UnixStream::pair()?;
    Ok((near(here.try_clone()?, here), far(there.try_clone()?, there, size)))
}

fn near(mut to: impl Write + 'static, mut from: impl Read + 'static) -> Near {
    Box::new(move |message, count| {
        time_each(count, || {
            to.write_all(message)?;
            from.read_exact(message)
        })
    })
}

fn far(mut inbox: impl Read + Send + 'static, mut outbox: impl Write + Send + 'static, size: usize) -> Far {
    Box::new(move || {
        let mut message = vec![0; size];
        while inbox.read_exact(&mut message).is_ok() && outbox.write_all(&message).is_ok() {}
    })
}

/// What the word says: whose turn it is.
const NEAR: u32 = 1;
const FAR: u32 = 2;

/// Both ends copy the message in and out of memory that both have, and sleep on a word in it (futex(2)).
fn in_memory(size: usize) -> io::Result<(Near, Far)> {
    let shared = Arc::new(Shared::new(size)?);
    let theirs = Arc::clone(&shared);
    let mut copy = vec![0; size];
    let far = move || {
        loop {
            wait_for(&theirs, FAR);
            theirs.get(&mut copy);
            theirs.put(&copy);
            theirs.change(NEAR);
        }
    };
    let near = move |message: &mut [u8], count| {
        time_each(count, || {
            shared.put(message);
            shared.change(FAR);
            wait_for(&shared, NEAR);
            shared.get(message);
            Ok(())
        })
    };
    Ok((Box::new(near), Box::new(far)))
}

fn wait_for(shared: &Shared, turn: u32) {
    loop {
        match shared.word().load(SeqCst) {
            now if now == turn => return,
            other => shared.sleep_while(other),
        }
    }
}
