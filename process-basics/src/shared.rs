//! Much data to a child: sent, it is copied twice; in shared memory, only its descriptor travels.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use ipc_channel::ipc::{self, IpcBytesReceiver, IpcBytesSender, IpcReceiver, IpcSender, IpcSharedMemory};

use crate::child::Guard;
use crate::handshake::{self, into_io};
use crate::mapping::PAGE;

/// The child's ends: bytes come in, or memory; a sum goes out for each.
type Ends = (IpcBytesReceiver, IpcReceiver<IpcSharedMemory>, IpcSender<u64>);

/// A child that adds up a byte of every page it is given: enough to touch them all. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Summer {
    _child: Guard,
    bytes: IpcBytesSender,
    memory: IpcSender<IpcSharedMemory>,
    sums: IpcReceiver<u64>,
}

impl Summer {
    /// Starts the child. It takes bytes first, then memory, in turn.
    ///
    /// # Errors
    /// Those of [`handshake::start`].
    pub fn start(program: &Path) -> io::Result<Self> {
        let (bytes, bytes_out) = ipc::bytes_channel()?;
        let (memory, memory_out) = ipc::channel()?;
        let (sums_in, sums) = ipc::channel()?;
        let child = handshake::start::<Ends>(program, "summer", (bytes_out, memory_out, sums_in))?;
        Ok(Self { _child: child, bytes, memory, sums })
    }

    /// Sends the bytes themselves; the child's sum, and how long it took.
    ///
    /// # Errors
    /// When the child is gone.
    pub fn send(&self, bytes: &[u8]) -> io::Result<(u64, Duration)> {
        let start = Instant::now();
        self.bytes.send(bytes)?;
        Ok((self.sums.recv().map_err(into_io)?, start.elapsed()))
    }

    /// Sends a descriptor of the memory in which they are; the child's sum, and how long it took.
    ///
    /// # Errors
    /// When the child is gone.
    pub fn share(&self, memory: &IpcSharedMemory) -> io::Result<(u64, Duration)> {
        let start = Instant::now();
        self.memory.send(memory.clone()).map_err(into_io)?;
        Ok((self.sums.recv().map_err(into_io)?, start.elapsed()))
    }
}

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().step_by(PAGE).map(|&byte| u64::from(byte)).sum()
}

/// The child's side: bytes, then memory, in turn, until the parent is gone.
pub(crate) fn serve((bytes, memory, sums): Ends) -> io::Result<()> {
    while let Ok(sent) = bytes.recv() {
        sums.send(sum(&sent)).map_err(into_io)?;
        let Ok(shared) = memory.recv() else { break };
        sums.send(sum(&shared)).map_err(into_io)?;
    }
    Ok(())
}

/// Shows both, and that the child saw the same.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    const LENGTH: usize = 64 << 20;
    let memory = IpcSharedMemory::from_byte(3, LENGTH);
    let summer = Summer::start(program)?;
    let (mut sent, mut shared) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        let (sum_sent, time_sent) = summer.send(&memory)?;
        let (sum_shared, time_shared) = summer.share(&memory)?;
        ensure!(sum_sent == sum(&memory) && sum_shared == sum_sent, "sums: sent {sum_sent}, shared {sum_shared}");
        (sent, shared) = (sent.min(time_sent), shared.min(time_shared));
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    writeln!(out, "  64 MiB to a child that looks at every page, best of 3")?;
    writeln!(out, "  sent over a channel     {:6.1} ms", ms(sent))?;
    writeln!(out, "  as shared memory        {:6.1} ms", ms(shared))?;
    ensure!(shared < sent, "shared memory took {shared:?}, sending {sent:?}");
    writeln!(out, "  Both sums are right; only one way copied the bytes.")?;
    Ok(())
}
