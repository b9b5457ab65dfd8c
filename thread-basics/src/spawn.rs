//! Starting a thread: what it may borrow, what it returns, what it is called, and when it cannot be started.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::thread;

use anyhow::{bail, ensure};
use nix::unistd::gettid;

/// Starts a thread that does nothing, and joins it.
///
/// # Errors
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
pub fn start_and_join() -> io::Result<()> {
    start_and_join_as(thread::Builder::new())
}

fn start_and_join_as(builder: thread::Builder) -> io::Result<()> {
    builder.spawn(|| ())?.join().map_err(|_| io::Error::other("an empty thread panicked"))
}

/// The name that the kernel has for a thread that was started as `name`: its first 15 bytes (proc(5)).
///
/// # Errors
/// Those of starting a thread and of reading `/proc`.
///
/// # Panics
/// When the name contains a zero byte.
pub fn name_in_kernel(name: &str) -> io::Result<String> {
    let own = || fs::read_to_string(format!("/proc/self/task/{}/comm", gettid()));
    let thread = thread::Builder::new().name(name.to_owned()).spawn(own)?;
    let comm = thread.join().map_err(|_| io::Error::other("the named thread panicked"))??;
    Ok(comm.trim_end().to_owned())
}

/// Adds up both halves of borrowed numbers, one of them on another thread, which the scope joins before it ends: so it
/// may borrow what its starter owns.
///
/// # Errors
/// Those of starting a thread.
pub fn sum_in_scope(numbers: &[u64]) -> io::Result<u64> {
    let (one, other) = numbers.split_at(numbers.len() / 2);
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, || other.iter().sum::<u64>())?;
        Ok(one.iter().sum::<u64>() + thread.join().expect("an addition does not panic"))
    })
}

/// Starts a thread with a stack of `bytes`.
///
/// # Errors
/// `WouldBlock`, `OutOfMemory` or `InvalidInput` when there is no address space for it.
pub fn with_stack(bytes: usize) -> io::Result<()> {
    start_and_join_as(thread::Builder::new().stack_size(bytes))
}

/// Shows a result, a loan, a name, and a thread that cannot be started.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let numbers: Vec<u64> = (1..=100).collect();
    let sum = sum_in_scope(&numbers)?;
    writeln!(out, "  a scoped thread borrows 50 of 100 numbers: sum {sum}")?;
    ensure!(sum == 5050 && numbers.len() == 100, "1 + 2 + ... + 100 gave {sum}");

    let name = name_in_kernel("a-rather-long-name")?;
    writeln!(out, "  a thread named a-rather-long-name is, to ps, {name}")?;
    ensure!(name == "a-rather-long-n", "the kernel calls it {name}");

    with_stack(64 << 10)?;
    writeln!(out, "  a stack of 64 KiB: started and joined")?;
    match with_stack(1 << 50) {
        Err(error) => writeln!(out, "  a stack of 1 PiB:  {error}")?,
        Ok(()) => bail!("a thread with a stack of 1 PiB was started"),
    }
    writeln!(out, "  Builder gives an error at a limit; thread::spawn panics.")?;
    Ok(())
}
