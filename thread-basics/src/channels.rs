//! Kinds of channel: how much may lie in one, who waits when it is full, and how to wait for several.

use std::io::{self, Write};
use std::path::Path;
use std::thread;

use anyhow::ensure;
use crossbeam_channel::{Sender, TrySendError, bounded, never, select, unbounded};

/// How many of `tries` messages a channel takes that nobody receives from.
pub fn room(sender: &Sender<u32>, tries: u32) -> u32 {
    (0..tries).take_while(|&n| !matches!(sender.try_send(n), Err(TrySendError::Full(_)))).count() as u32
}

/// Sends `messages` through a channel with room for `capacity` to a receiver that is as slow as can be: it takes one
/// only when the sender can do nothing but wait. The most that ever lay in the channel.
///
/// # Errors
/// Those of starting a thread.
pub fn fullest(capacity: usize, messages: u32) -> io::Result<usize> {
    let (sender, receiver) = bounded(capacity);
    let producer = thread::Builder::new().spawn(move || (0..messages).all(|n| sender.send(n).is_ok()))?;
    let mut fullest = 0;
    while !producer.is_finished() || !receiver.is_empty() {
        if receiver.is_full() || producer.is_finished() {
            fullest = fullest.max(receiver.len());
            let _ = receiver.recv();
        } else {
            thread::yield_now(); // not full: the producer is still at it
        }
    }
    producer.join().map_err(|_| io::Error::other("the producer panicked"))?;
    Ok(fullest)
}

/// Waits for two channels at once, until both are closed, and takes `count` messages from whichever has one; how many
/// from each. A closed channel is always ready: [`never()`] takes its place, or the loop would spin on it.
///
/// # Errors
/// Those of starting a thread.
pub fn from_either(count: u32) -> io::Result<(u32, u32)> {
    let ((to_a, mut a), (to_b, mut b)) = (unbounded(), unbounded());
    let sender =
        thread::Builder::new().spawn(move || (0..count).all(|n| [&to_a, &to_b][n as usize % 2].send(n).is_ok()))?;
    let (mut from_a, mut from_b, mut open) = (0, 0, 2);
    while open > 0 {
        let (from, channel, message) = select! {
            recv(a) -> message => (&mut from_a, &mut a, message),
            recv(b) -> message => (&mut from_b, &mut b, message),
        };
        match message {
            Ok(_) => *from += 1,
            Err(_closed) => {
                *channel = never();
                open -= 1;
            }
        }
    }
    sender.join().map_err(|_| io::Error::other("the sender panicked"))?;
    Ok((from_a, from_b))
}

/// Shows the three kinds, back-pressure, and a wait for two channels.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let channels = [("rendezvous", bounded(0), 0), ("bounded, 3", bounded(3), 3), ("unbounded", unbounded(), 1000)];
    writeln!(out, "  channel        takes, of 1000 that nobody receives")?;
    for (name, (sender, _receiver), expected) in channels {
        let taken = room(&sender, 1000);
        writeln!(out, "  {name:<14} {taken}")?;
        ensure!(taken == expected, "a channel, {name}, took {taken} messages");
    }
    let most = fullest(3, 100)?;
    writeln!(out, "  100 messages to a slow receiver: never more than {most} wait")?;
    ensure!(most == 3, "{most} messages lay in a channel for 3");
    let (a, b) = from_either(10)?;
    writeln!(out, "  select over two channels: {a} from one, {b} from the other")?;
    ensure!((a, b) == (5, 5), "select took {a} and {b}");
    writeln!(out, "  Full, a bounded channel makes its sender wait; an unbounded")?;
    writeln!(out, "  one grows instead, for as long as there is memory.")?;
    Ok(())
}
