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
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use nix::unistd::gettid;

/// A thread that sends every message back. Dropped, it ends and is joined.
#[derive(Debug)]
pub struct Echo<T> {
    to: Option<SyncSender<T>>,
    from: Receiver<T>,
    thread: Option<JoinHandle<()>>,
    tid: i32,
}

impl<T: Send + 'static> Echo<T> {
    /// Starts the thread.
    ///
    /// # Errors
    /// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
    pub fn start() -> io::Result<Self> {
        let (to, inbox) = mpsc::sync_channel(1);
        let (outbox, from) = mpsc::sync_channel(1);
        let (tell, told) = mpsc::channel();
        let echo = move || {
            let _ = tell.send(gettid().as_raw());
            for message in inbox {
                if outbox.send(message).is_err() {
                    break;
                }
            }
        };
        let thread = thread::Builder::new().name("echo".to_owned()).spawn(echo)?;
        let tid = told.recv().map_err(|_| gone())?;
        Ok(Self { to: Some(to), from, thread: Some(thread), tid })
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
        let to = self.to.as_ref().expect("open until dropped");
        to.send(message).map_err(|_| gone())?;
        self.from.recv().map_err(|_| gone())
    }
}

impl<T> Drop for Echo<T> {
    fn drop(&mut self) {
        self.to = None; // a closed channel ends the thread's loop
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the echo thread is gone")
}

/// Round trips of messages of `bytes`, moved and cloned in turn: the shortest time of each.
///
/// # Errors
/// Those of [`Echo`].
pub fn move_against_clone(bytes: usize) -> io::Result<(Duration, Duration)> {
    let echo = Echo::start()?;
    let mut message = vec![7_u8; bytes];
    let (mut moved, mut cloned) = (Duration::MAX, Duration::MAX);
    for _ in 0..20 {
        let start = Instant::now();
        message = echo.round_trip(message)?;
        moved = moved.min(start.elapsed());
        let start = Instant::now();
        echo.round_trip(message.clone())?;
        cloned = cloned.min(start.elapsed());
    }
    Ok((moved, cloned))
}

/// Shows that a moved megabyte stays at its address and a clone does not, and what each costs.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    const MIB: usize = 1 << 20;
    let echo = Echo::start().context("the echo thread")?;
    let message = vec![7_u8; MIB];
    let here = message.as_ptr() as usize;
    let copy = echo.round_trip(message.clone())?;
    let moved = echo.round_trip(message)?;
    let (cloned_to, moved_to) = (copy.as_ptr() as usize, moved.as_ptr() as usize);
    writeln!(out, "  1 MiB to a thread and back     at address")?;
    writeln!(out, "  before it was sent             {here:#x}")?;
    writeln!(out, "  moved there and back           {moved_to:#x}")?;
    writeln!(out, "  a clone, sent instead          {cloned_to:#x}")?;
    ensure!(moved_to == here, "a moved vector changed its address");
    ensure!(cloned_to != here && copy == moved, "a clone is the same bytes elsewhere");

    let us = |time: Duration| time.as_secs_f64() * 1e6;
    writeln!(out, "  best of 20     moved        cloned")?;
    let (small, large) = (move_against_clone(MIB / 16)?, move_against_clone(16 * MIB)?);
    for (size, (moved, cloned)) in [("64 KiB", small), ("16 MiB", large)] {
        writeln!(out, "  {size:<9} {:8.1} µs {:10.1} µs", us(moved), us(cloned))?;
    }
    let growth = |small: Duration, large: Duration| us(large) / us(small);
    let (moved, cloned) = (growth(small.0, large.0), growth(small.1, large.1));
    ensure!(cloned > 3.0 * moved, "for 256 times the bytes a move took {moved:.1} ×, a clone {cloned:.1} ×");
    writeln!(out, "  256 times the bytes: a move takes {moved:.1} times as long, a")?;
    writeln!(out, "  clone {cloned:.0} times. The move sent pointer, length, capacity.")?;
    Ok(())
}
