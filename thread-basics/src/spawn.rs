//! Starting a thread: what it may borrow, what it returns, and when it cannot be started.

use std::io::{self, Write};
use std::thread;

use crate::cli::claim;

/// Starts a thread that does nothing, and joins it.
///
/// # Errors
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
pub fn start_and_join() -> io::Result<()> {
    let thread = thread::Builder::new().spawn(|| ())?;
    thread.join().expect("an empty thread does not panic");
    Ok(())
}

/// Tries to start a thread whose stack is larger than the address space, 1 PiB.
///
/// # Errors
/// The error that pthread_create(3) returned.
pub fn with_impossible_stack() -> io::Result<()> {
    let thread = thread::Builder::new().stack_size(1 << 50).spawn(|| ())?;
    thread.join().expect("an empty thread does not panic");
    Ok(())
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

/// Shows a thread that borrows, and a thread that cannot be started.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We have a vector of the numbers 1 to 100 and start a thread that borrows its")?;
    writeln!(out, "  second half and adds it up. Then we start a thread with a stack of 1 PiB.")?;
    writeln!(out, "  Expected: the two sums give 5050 together. The last thread cannot start: its")?;
    writeln!(out, "  stack is larger than the address space, and we get an error.")?;
    let numbers: Vec<u64> = (1..=100).collect();
    let [here, in_thread] = sum_in_scope(&numbers)?;
    let sum = here + in_thread;
    writeln!(out, "    1 to 50, here             {here}")?;
    writeln!(out, "    51 to 100, in the thread  {in_thread}")?;
    writeln!(out, "    together                  {sum}")?;
    claim(sum == 5050, format!("the sum is {sum}"))?;
    let too_large = with_impossible_stack();
    let answer = if let Err(error) = &too_large { error.to_string() } else { "started".to_owned() };
    writeln!(out, "    stack of 1 PiB            {answer}")?;
    claim(too_large.is_err(), "a thread with a stack of 1 PiB was started")?;
    writeln!(out, "  A scope joins its threads before it ends, so they may borrow. Every system has")?;
    writeln!(out, "  a limit: thread::Builder then returns an error, where thread::spawn panics.")?;
    Ok(())
}
