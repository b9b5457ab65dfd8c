//! Much data to a child: through a pipe it is copied twice; with shared memory, only its descriptor travels.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use ipc_channel::ipc::IpcSharedMemory;

use crate::cli::claim;
use crate::message::Peer;
use crate::support::deadline::read_line;
use crate::support::guard::Guard;
use crate::support::own_program::{self, OWN_PROGRAM};

/// The role of a child that sums what it reads from its standard input.
pub(crate) const SUM_OF_SENT: &str = "sum-of-sent";
/// The role of a child that sums what lies in memory that it gets over a channel.
pub(crate) const SUM_OF_SHARED: &str = "sum-of-shared";

/// A child's sum, and how long it took from the first byte sent to the answer.
pub type TimedSum = (u64, Duration);

/// Sends the bytes to a child through a pipe.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when the child gives no sum.
pub fn send(program: &Path, bytes: &[u8]) -> io::Result<TimedSum> {
    let mut command = own_program::command(program, SUM_OF_SENT);
    let mut child = Guard::from(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
    let mut to = child.stdin.take().expect("is a pipe");
    let mut from = child.stdout.take().expect("is a pipe");
    read_line(&mut from)?; // it is ready
    let start = Instant::now();
    to.write_all(bytes)?;
    drop(to); // the end of the data
    let sum = read_line(&mut from)?;
    let time = start.elapsed();
    let sum = sum.parse().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok((sum, time))
}

/// Gives a child the memory itself.
///
/// # Errors
/// Those of [`Peer`].
pub fn share(program: &Path, memory: &IpcSharedMemory) -> io::Result<TimedSum> {
    let child = Peer::start(program, SUM_OF_SHARED)?;
    let start = Instant::now();
    let sum = child.ask(memory.clone())?;
    Ok((sum, start.elapsed()))
}

/// The sum of one byte in 4096: enough to touch every page.
pub fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().step_by(4096).map(|&byte| u64::from(byte)).sum()
}

/// The child's side of [`send`].
pub(crate) fn sum_of_sent() -> ExitCode {
    println!("ready");
    let mut bytes = Vec::new();
    if io::stdin().read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    println!("{}", sum(&bytes));
    ExitCode::SUCCESS
}

/// The child's side of [`share`].
pub(crate) fn sum_of_shared(memory: IpcSharedMemory) -> u64 {
    sum(&memory)
}

/// Shows both ways, and that the children saw the same.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We give 64 MiB to two children: one is sent the bytes through a pipe, the")?;
    writeln!(out, "  other gets the memory in which they are. Each adds up a byte of every page.")?;
    writeln!(out, "  Expected: the same sum, so both got all of it; only the pipe copies bytes.")?;
    let memory = IpcSharedMemory::from_byte(3, 64 << 20);
    let expected = sum(&memory);
    let program = Path::new(OWN_PROGRAM);
    let (sent, time_sent) = send(program, &memory)?;
    let (shared, time_shared) = share(program, &memory)?;
    writeln!(out, "    sent through a pipe   sum {sent}, after {:6.1} ms", milliseconds(time_sent))?;
    writeln!(out, "    as shared memory      sum {shared}, after {:6.1} ms", milliseconds(time_shared))?;
    claim(sent == expected, format_args!("the sum of what was sent is {sent}, not {expected}"))?;
    claim(shared == expected, format_args!("the sum of what was shared is {shared}, not {expected}"))?;
    writeln!(out, "  \"Separate memory\" is the default, and processes can ask for shared memory.")?;
    writeln!(out, "  Node has it between threads only (SharedArrayBuffer).")?;
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
