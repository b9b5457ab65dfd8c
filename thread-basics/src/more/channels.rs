//! Kinds of channel: how many messages fit before a sender has to wait.

use std::io::Write;

use crossbeam_channel::{Sender, bounded, unbounded};

use crate::cli::claim;

/// How many of `tries` messages a channel accepts when nobody receives them.
pub fn accepted(sender: &Sender<u32>, tries: u32) -> u32 {
    let mut accepted = 0;
    while accepted < tries && sender.try_send(accepted).is_ok() {
        accepted += 1;
    }
    accepted
}

/// Shows three kinds of channel.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We send 1000 messages into three kinds of channel that nobody receives from,")?;
    writeln!(out, "  until a send would have to wait for a receiver.")?;
    writeln!(out, "  Expected: a channel accepts as many messages as it has room for, not one more.")?;
    writeln!(out, "  With room 0 a send and a receive have to meet (rendezvous).")?;
    writeln!(out, "    room for messages    accepted of 1000")?;
    for (room, (sender, _receiver), expected) in
        [("0", bounded(0), 0), ("3", bounded(3), 3), ("unbounded", unbounded(), 1000)]
    {
        let count = accepted(&sender, 1000);
        writeln!(out, "    {room:<20} {count}")?;
        claim(count == expected, format!("a channel with room for {room} accepted {count} messages"))?;
    }
    writeln!(out, "  A full channel that makes its sender wait is back-pressure. An unbounded one,")?;
    writeln!(out, "  such as the queue of Node's postMessage, grows as long as there is memory.")?;
    Ok(())
}
