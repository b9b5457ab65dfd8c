//! A channel moves a value to another thread: the bytes stay where they are, only their owner changes.
//!
//! Node's `postMessage` copies (structured clone) or transfers an `ArrayBuffer`, which the sender then finds empty. In
//! Rust every send is a transfer, and using the value afterwards does not compile:
//!
//! ```compile_fail,E0382
//! let (sender, receiver) = std::sync::mpsc::channel();
//! let message = vec![1, 2, 3];
//! sender.send(message).unwrap();
//! println!("{message:?}"); // borrow of moved value: `message`
//! ```

use std::io::{self, Write};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::ensure;
use crossbeam_channel::{Receiver, Sender, bounded};
use nix::unistd::gettid;

/// A thread that sends every message back. Dropped, it ends and is joined.
///
/// The channels are rendezvous: who waits for an answer anyway needs no room for a second message.
#[derive(Debug)]
pub struct Echo<T> {
    ends: Option<(Sender<T>, Receiver<T>)>,
    thread: Option<JoinHandle<()>>,
    tid: i32,
}

impl<T: Send + 'static> Echo<T> {
    /// Starts the thread.
    ///
    /// # Errors
    /// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
    pub fn start() -> io::Result<Self> {
        let ((to, inbox), (outbox, from), (tell, told)) = (bounded(0), bounded(0), bounded(1));
        let thread = thread::Builder::new().name("echo".to_owned()).spawn(move || {
            let _ = tell.send(gettid().as_raw());
            for message in inbox {
                if outbox.send(message).is_err() {
                    break;
                }
            }
        })?;
        let tid = told.recv().map_err(|_| gone())?;
        Ok(Self { ends: Some((to, from)), thread: Some(thread), tid })
    }

    /// The thread's id in the kernel (gettid(2)).
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// Sends `message` and waits until it is back: one round trip.
    ///
    /// # Errors
    /// `BrokenPipe` when the thread is gone.
    pub fn round_trip(&self, message: T) -> io::Result<T> {
        let (to, from) = self.ends.as_ref().expect("open until dropped");
        to.send(message).map_err(|_| gone())?;
        from.recv().map_err(|_| gone())
    }
}

impl<T> Drop for Echo<T> {
    fn drop(&mut self) {
        self.ends = None; // a closed channel ends the thread's loop
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the echo thread is gone")
}

/// Round trips of messages of `bytes`, moved and cloned in turn: the shortest time of each.
///
/// # Errors
/// Those of [`Echo`]; `Other` when a moved message came back elsewhere, or a clone at the same place.
pub fn move_against_clone(bytes: usize) -> io::Result<[Duration; 2]> {
    let echo = Echo::start()?;
    let mut message = vec![7_u8; bytes];
    let address = message.as_ptr();
    let (mut moved, mut cloned) = (Duration::MAX, Duration::MAX);
    for _ in 0..20 {
        let start = Instant::now();
        message = echo.round_trip(message)?;
        moved = moved.min(start.elapsed());
        let start = Instant::now();
        let clone = echo.round_trip(message.clone())?;
        cloned = cloned.min(start.elapsed());
        if message.as_ptr() != address || clone.as_ptr() == address {
            return Err(io::Error::other("a moved message was copied, or a clone was not"));
        }
    }
    Ok([moved, cloned])
}

/// Shows that a moved vector stays at its address and a clone does not, and what each costs.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    writeln!(out, "  to a thread and back, best of 20")?;
    writeln!(out, "  bytes         moved        cloned")?;
    let (small, large) = (move_against_clone(64 << 10)?, move_against_clone(16 << 20)?);
    for (size, [moved, cloned]) in [("64 KiB", small), ("16 MiB", large)] {
        writeln!(out, "  {size:<8} {:7.1} µs {:10.1} µs", us(moved), us(cloned))?;
    }
    let [moved, cloned] = [0, 1].map(|way| us(large[way]) / us(small[way]));
    ensure!(cloned > 3.0 * moved, "for 256 times the bytes a move took {moved:.1} ×, a clone {cloned:.1} ×");
    writeln!(out, "  256 times the bytes: a move takes {moved:.1} times as long, a")?;
    writeln!(out, "  clone {cloned:.0} times. What was moved is at its old address, a")?;
    writeln!(out, "  clone is not: a move sends pointer, length and capacity.")?;
    Ok(())
}
