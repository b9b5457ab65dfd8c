//! Kinds of channel: how much may lie in one, who waits when it is full, and how to wait for several.

use std::io::{self, Write};
use std::path::Path;
use std::thread;

use anyhow::ensure;
use crossbeam_channel::{Sender, bounded, never, select, unbounded};

/// How many of `tries` messages a channel takes that nobody receives from.
pub fn room(sender: &Sender<u32>, tries: u32) -> u32 {
    (0..tries).take_while(|&n| sender.try_send(n).is_ok()).count() as u32
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
    Ok(fullest)
}

/// Waits for two channels at once, until both are closed, and takes `count` messages from whichever has one; how many
/// from each. A closed channel is always ready: [`never()`] takes its place, or the loop would spin on it.
///
/// # Errors
/// Those of starting a thread.
pub fn from_either(count: u32) -> io::Result<[u32; 2]> {
    let ((to_a, mut a), (to_b, mut b)) = (unbounded(), unbounded());
    thread::Builder::new().spawn(move || (0..count).all(|n| [&to_a, &to_b][n as usize % 2].send(n).is_ok()))?;
    let (mut from, mut open) = ([0, 0], 2);
    while open > 0 {
        let (which, channel, message) = select! {
            recv(a) -> message => (0, &mut a, message),
            recv(b) -> message => (1, &mut b, message),
        };
        if message.is_ok() {
            from[which] += 1;
        } else {
            *channel = never();
            open -= 1;
        }
    }
    Ok(from)
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
    let from = from_either(10)?;
    writeln!(out, "  select over two channels: {} from one, {} from the other", from[0], from[1])?;
    ensure!(from == [5, 5], "select took {from:?}");
    writeln!(out, "  Full, a bounded channel makes its sender wait; an unbounded")?;
    writeln!(out, "  one grows instead, for as long as there is memory.")?;
    Ok(())
}
