//! Starting a thread: what it may borrow, what it returns, which name it has, and when it cannot be started.

use std::fs;
use std::io::{self, Write};
use std::thread;

use nix::unistd::gettid;

use crate::cli::claim;

/// Starts a thread that does nothing, and joins it.
///
/// # Errors
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
pub fn start_and_join() -> io::Result<()> {
    with_builder(thread::Builder::new())
}

/// Starts a thread that does nothing, with a stack of `bytes`, and joins it.
///
/// # Errors
/// `WouldBlock`, `OutOfMemory` or `InvalidInput` when there is no address space for it.
pub fn with_stack(bytes: usize) -> io::Result<()> {
    with_builder(thread::Builder::new().stack_size(bytes))
}

fn with_builder(builder: thread::Builder) -> io::Result<()> {
    let thread = builder.spawn(|| ())?;
    thread.join().expect("an empty thread does not panic");
    Ok(())
}

/// The name that the kernel has for a thread that was started as `name`: its first 15 bytes (proc(5)).
///
/// # Errors
/// Those of starting a thread and of reading `/proc`.
///
/// # Panics
/// When the name contains a zero byte.
pub fn name_in_kernel(name: &str) -> io::Result<String> {
    let read_name = || fs::read_to_string(format!("/proc/self/task/{}/comm", gettid()));
    let thread = thread::Builder::new().name(name.to_owned()).spawn(read_name)?;
    let name = thread.join().expect("reading a file does not panic")?;
    Ok(name.trim_end().to_owned())
}

/// Adds up each half of `numbers` in one thread. The scope joins its threads before it ends, so they may borrow what
/// their starter owns.
///
/// # Errors
/// Those of starting a thread.
pub fn sum_in_scope(numbers: &[u64]) -> io::Result<[u64; 2]> {
    let (first, second) = numbers.split_at(numbers.len() / 2);
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, || second.iter().sum())?;
        let first_sum = first.iter().sum();
        Ok([first_sum, thread.join().expect("an addition does not panic")])
    })
}

/// Shows a result, a loan, a name, and a thread that cannot be started.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We start threads: one that borrows half of our vector 1, 2, … 100 and adds")?;
    writeln!(out, "  it up, one with a long name, and two with unusual sizes of the stack.")?;
    writeln!(out, "  Expected: the halves give 5050 together, the kernel keeps 15 bytes of the")?;
    writeln!(out, "  name, and a stack larger than the address space is an error.")?;

    let numbers: Vec<u64> = (1..=100).collect();
    let [here, in_thread] = sum_in_scope(&numbers)?;
    let sum = here + in_thread;
    writeln!(out, "    sums               1 to 50 here: {here}, 51 to 100 in the thread: {in_thread}")?;
    claim(sum == 5050, format!("the sum is {sum}"))?;

    let name = name_in_kernel("a-rather-long-name")?;
    writeln!(out, "    a-rather-long-name is {name} in ps")?;
    claim(name == "a-rather-long-n", format!("the kernel calls the thread {name}"))?;

    with_stack(64 << 10)?;
    writeln!(out, "    stack of 64 KiB    started and joined")?;
    let too_large = with_stack(1 << 50);
    let answer = too_large.as_ref().map_or_else(ToString::to_string, |()| "started".to_owned());
    writeln!(out, "    stack of 1 PiB     {answer}")?;
    claim(too_large.is_err(), "a thread with a stack of 1 PiB was started")?;
    writeln!(out, "  A scope lets threads borrow, since it joins them. A limit is reached in every")?;
    writeln!(out, "  system: thread::Builder then returns an error, thread::spawn panics.")?;
    Ok(())
}
