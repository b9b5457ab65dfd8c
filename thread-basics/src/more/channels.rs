//! Kinds of channel: how many messages fit, when the sender waits, and how to receive from several channels.

use std::io::{self, Write};
use std::thread;

use crossbeam_channel::{Sender, bounded, select, unbounded};

use crate::cli::claim;

/// How many of `tries` messages a channel accepts when nobody receives them.
pub fn accepted(sender: &Sender<u32>, tries: u32) -> u32 {
    let mut accepted = 0;
    while accepted < tries && sender.try_send(accepted).is_ok() {
        accepted += 1;
    }
    accepted
}

/// Sends `messages` through a channel with room for `capacity`. The receiver is as slow as possible: it takes a message
/// only when the channel is full, or when all were sent. Returns the largest number of messages that were waiting.
///
/// # Errors
/// Those of starting a thread.
pub fn most_waiting(capacity: usize, messages: u32) -> io::Result<usize> {
    let (sender, receiver) = bounded(capacity);
    let producer = thread::Builder::new().spawn(move || {
        for n in 0..messages {
            sender.send(n).expect("the receiver takes all messages");
        }
    })?;
    let mut most = 0;
    while !producer.is_finished() || !receiver.is_empty() {
        if receiver.is_full() || producer.is_finished() {
            most = most.max(receiver.len());
            let _ = receiver.recv();
        } else {
            thread::yield_now(); // not full: the producer is still sending
        }
    }
    Ok(most)
}

/// Receives `count` messages from two channels with `select!`, which waits for both at once and takes what comes first:
/// how many came from each. They are sent in turn to the one and to the other.
///
/// # Errors
/// Those of starting a thread.
pub fn from_either(count: u32) -> io::Result<[u32; 2]> {
    let (even_tx, even_rx) = unbounded();
    let (odd_tx, odd_rx) = unbounded();
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, || {
            for n in 0..count {
                let sender = if n % 2 == 0 { &even_tx } else { &odd_tx };
                sender.send(n).expect("the receiver is still there");
            }
        })?;
        let mut received = [0, 0];
        for _ in 0..count {
            select! {
                recv(even_rx) -> _ => received[0] += 1,
                recv(odd_rx) -> _ => received[1] += 1,
            }
        }
        Ok(received)
    })
}

/// Shows three kinds of channel, a sender that is slowed down, and a wait for two channels.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We send 1000 messages into three kinds of channel that nobody receives from,")?;
    writeln!(out, "  until a send would have to wait. Then 100 to a slow receiver, with room for 3.")?;
    writeln!(out, "  Expected: a channel accepts as many messages as it has room for, not one more.")?;
    writeln!(out, "    room for messages    accepted of 1000")?;
    for (room, (sender, _receiver), expected) in
        [("0", bounded(0), 0), ("3", bounded(3), 3), ("unbounded", unbounded(), 1000)]
    {
        let count = accepted(&sender, 1000);
        writeln!(out, "    {room:<20} {count}")?;
        claim(count == expected, format!("a channel with room for {room} accepted {count} messages"))?;
    }
    let most = most_waiting(3, 100)?;
    writeln!(out, "    slow receiver: at most {most} messages were waiting, then the sender waited")?;
    claim(most == 3, format!("{most} messages were waiting in a channel with room for 3"))?;
    let from = from_either(10)?;
    writeln!(out, "    select over two channels: {} messages from one, {} from the other", from[0], from[1])?;
    claim(from == [5, 5], format!("select received {from:?}"))?;
    writeln!(out, "  A full channel that makes its sender wait is back-pressure. An unbounded one,")?;
    writeln!(out, "  such as the queue of Node's postMessage, grows as long as there is memory.")?;
    Ok(())
}
