//! Much data to a child: sent, it is copied twice; in shared memory, only its descriptor travels.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use ipc_channel::ipc::IpcSharedMemory;

use crate::bulk::BulkEcho;
use crate::mapping::PAGE;
use crate::message::Peer;

/// Two children that add up what they are given: one is sent the bytes, the other gets the memory in which they are.
#[derive(Debug)]
pub struct Summers {
    sent: BulkEcho,
    shared: Peer<IpcSharedMemory, u64>,
}

impl Summers {
    /// Starts both.
    ///
    /// # Errors
    /// Those of starting `program`.
    pub fn start(program: &Path) -> io::Result<Self> {
        Ok(Self { sent: BulkEcho::summing(program)?, shared: Peer::start(program, "summer")? })
    }

    /// The children's sums: of the bytes, sent, and of the same memory, shared; and how long each took.
    ///
    /// # Errors
    /// When a child is gone.
    pub fn ask(&self, memory: &IpcSharedMemory) -> io::Result<[(u64, Duration); 2]> {
        let start = Instant::now();
        let answer = self.sent.round_trip(memory)?;
        let sent = start.elapsed();
        let start = Instant::now();
        let sum = self.shared.ask(memory.clone())?;
        Ok([(u64::from_ne_bytes(answer.try_into().expect("a sum")), sent), (sum, start.elapsed())])
    }
}

/// The sum of a byte of every page: enough to touch them all.
pub fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().step_by(PAGE).map(|&byte| u64::from(byte)).sum()
}

/// Shows both ways, and that the children saw the same.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let memory = IpcSharedMemory::from_byte(3, 64 << 20);
    let expected = sum(&memory);
    let summers = Summers::start(program)?;
    let mut best = [Duration::MAX; 2];
    for _ in 0..3 {
        let [sent, shared] = summers.ask(&memory)?;
        ensure!((sent.0, shared.0) == (expected, expected), "of {expected}, sent {}, shared {}", sent.0, shared.0);
        best = [best[0].min(sent.1), best[1].min(shared.1)];
    }
    let [sent, shared] = best.map(|time| time.as_secs_f64() * 1e3);
    writeln!(out, "  64 MiB to a child that looks at every page, best of 3")?;
    writeln!(out, "  sent over a channel     {sent:6.1} ms")?;
    writeln!(out, "  as shared memory        {shared:6.1} ms")?;
    ensure!(shared < sent, "shared memory took {shared} ms, sending {sent} ms");
    writeln!(out, "  Both sums are right; only one way copied the bytes.")?;
    Ok(())
}
