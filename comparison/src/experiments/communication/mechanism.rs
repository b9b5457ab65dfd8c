//! Ways to pass bytes there and back. Each is a pair of ends; the far one is the same closure in a thread and in a
//! forked child, so that only the boundary differs.

use std::hint::spin_loop;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use super::shared::Shared;
use crate::bench::time_each;
use crate::placement::Placement;

/// So many round trips of a message, which is read back into its place; the time of one, ns.
pub(in crate::experiments) type Near = Box<dyn FnMut(&mut [u8], u32) -> io::Result<f64>>;

/// Sends every message back, for as long as its process lives.
pub(in crate::experiments) type Far = Box<dyn FnOnce() + Send>;

pub(in crate::experiments) struct Mechanism {
    pub(in crate::experiments) name: &'static str,
    /// Both ends, for messages of so many bytes.
    pub(in crate::experiments) pair: fn(usize) -> io::Result<(Near, Far)>,
    /// Whether it is tried with this size and placement.
    pub(in crate::experiments) fits: fn(usize, Placement) -> bool,
}

/// A word can only hand over what is small, and who spins must not keep the other from the only CPU.
pub(in crate::experiments) const ALL: [Mechanism; 5] = [
    Mechanism {
        name: "spinning word",
        pair: |size| in_memory(size, Wait::Spinning, Reply::InPlace),
        fits: |size, placement| size <= 64 && placement == Placement::TwoCpus,
    },
    FUTEX,
    Mechanism { name: "shared memory", pair: |size| in_memory(size, Wait::Sleeping, Reply::Copied), fits: |_, _| true },
    PIPE,
    Mechanism { name: "socketpair", pair: sockets, fits: |_, _| true },
];

pub(in crate::experiments) const FUTEX: Mechanism = Mechanism {
    name: "futex",
    pair: |size| in_memory(size, Wait::Sleeping, Reply::InPlace),
    fits: |size, _| size <= 64,
};

pub(in crate::experiments) const PIPE: Mechanism = Mechanism { name: "pipe", pair: pipes, fits: |_, _| true };

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

#[derive(Clone, Copy, PartialEq)]
enum Wait {
    Spinning,
    Sleeping,
}

#[derive(Clone, Copy, PartialEq)]
enum Reply {
    /// The far end leaves the message where it is.
    InPlace,
    /// It takes a copy, and copies that back: as every other mechanism does.
    Copied,
}

/// What the word says: it is the turn of the near end, of the far one; or nobody's for a while, and both sleep.
const REST: u32 = 0;
const NEAR: u32 = 1;
const FAR: u32 = 2;

fn in_memory(size: usize, wait: Wait, reply: Reply) -> io::Result<(Near, Far)> {
    let shared = Arc::new(Shared::new(size)?);
    let far = {
        let (shared, mut copy) = (Arc::clone(&shared), vec![0; size]);
        move || loop {
            wait_for(&shared, FAR, wait);
            if reply == Reply::Copied {
                shared.get(&mut copy);
                shared.put(&copy);
            }
            give_to(&shared, NEAR, wait);
        }
    };
    let near = move |message: &mut [u8], count| {
        let mut round_trip = |wake: Wait| {
            shared.put(message);
            give_to(&shared, FAR, wake);
            wait_for(&shared, NEAR, wait);
            shared.get(message);
            Ok(())
        };
        if wait == Wait::Sleeping {
            return time_each(count, || round_trip(wait));
        }
        round_trip(Wait::Sleeping)?; // the far end wakes up
        let ns = time_each(SPINS * count, || round_trip(wait));
        shared.word().store(REST, SeqCst); // it would keep a CPU busy while others are measured
        ns
    };
    Ok((Box::new(near), Box::new(far)))
}

/// What is so short is done more often.
const SPINS: u32 = 10;

fn wait_for(shared: &Shared, whom: u32, how: Wait) {
    loop {
        match shared.word().load(SeqCst) {
            turn if turn == whom => return,
            turn if turn == REST || how == Wait::Sleeping => shared.sleep_while(turn),
            _ => spin_loop(),
        }
    }
}

fn give_to(shared: &Shared, whom: u32, how: Wait) {
    match how {
        Wait::Spinning => shared.word().store(whom, SeqCst),
        Wait::Sleeping => shared.change(whom),
    }
}
