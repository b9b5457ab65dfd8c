//! A channel moves a value to another thread. What the value owns on the heap stays where it is; only the value itself
//! (of a `Vec`: pointer, length and capacity) is copied to its new owner.
//!
//! Node's `postMessage` copies a value (structured clone), or transfers an `ArrayBuffer`, which is *detached* afterwards:
//! the sender can no longer reach its bytes. In Rust a send moves every value whose type is not `Copy` (numbers are), and
//! a program that uses it afterwards does not compile:
//!
//! ```compile_fail,E0382
//! let (sender, receiver) = std::sync::mpsc::channel();
//! let message = vec![1, 2, 3];
//! sender.send(message).unwrap();
//! println!("{message:?}"); // borrow of moved value: `message`
//! ```

use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;

use crate::cli::claim;

/// What another thread received: the address of the bytes, and their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Where the receiver found the bytes.
    pub address: usize,
    /// The sum of all bytes, as the receiver read them.
    pub sum: u64,
}

/// Sends `message` over a channel to a thread that returns what it received.
///
/// # Errors
/// Those of starting a thread.
pub fn send(message: Vec<u8>) -> io::Result<Received> {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    let thread = thread::Builder::new().spawn(move || {
        let message = receiver.recv().expect("the sender sends before it is dropped");
        let sum = message.iter().map(|&byte| u64::from(byte)).sum();
        Received { address: message.as_ptr() as usize, sum }
    })?;
    sender.send(message).expect("the receiver waits for it");
    Ok(thread.join().expect("the receiver does not panic"))
}

/// Shows that a moved vector stays at its address, and that a clone has another one.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    const SIZE: usize = 1 << 20;
    writeln!(out, "  We send a vector of 1 MiB to another thread over a channel: first a clone of")?;
    writeln!(out, "  it, then the vector itself. The thread adds up all bytes.")?;
    writeln!(out, "  Expected: the clone has another address. The vector has the same address as")?;
    writeln!(out, "  before: only its pointer, length and capacity went through the channel.")?;
    let message = vec![1; SIZE];
    let address = message.as_ptr() as usize;
    let cloned = send(message.clone())?;
    let moved = send(message)?; // `message` cannot be used after this line
    writeln!(out, "    sent         address at the receiver")?;
    for (name, received, expected) in [("a clone", cloned, "another"), ("the vector", moved, "the same")] {
        let place = if received.address == address { "the same" } else { "another" };
        writeln!(out, "    {name:<12} {place}")?;
        claim(received.sum == SIZE as u64, format!("of {name} the thread read a sum of {}", received.sum))?;
        claim(place == expected, format!("{name} arrived at {place} address"))?;
    }
    writeln!(out, "  The same address: no byte was copied. In the document: \"Faster (shared")?;
    writeln!(out, "  context)\". Node's postMessage copies, unless it is told to transfer.")?;
    Ok(())
}
