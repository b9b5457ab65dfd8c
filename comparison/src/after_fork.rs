//! What a child changes, and whether its parent notices. The thread chapter asks the same of a thread.

use std::array;
use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom};
use std::process;
use std::sync::atomic::Ordering::SeqCst;

use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};
use process_basics::fork::fork;
use process_basics::mapping::Mapping;
use process_basics::spawn::End;

/// Six things that a process has, and that a child changes.
pub(crate) const CHANGES: [&str; 6] =
    ["working directory", "umask", "environment", "signal handlers", "address space", "offset of an open file"];

const VARIABLE: &str = "WHAT_IS_SHARED";

/// The present value of each, according to the kernel or the process itself.
fn look(mut file: &File, memory: &Mapping) -> io::Result<[String; 6]> {
    let status = fs::read_to_string("/proc/self/status")?;
    let field = |name| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown");
    Ok([
        fs::read_link("/proc/self/cwd")?.display().to_string(),
        field("Umask:").to_owned(),
        env::var(VARIABLE).unwrap_or_default(),
        field("SigCgt:").to_owned(), // a bit for each signal that has a handler
        memory.page(0).load(SeqCst).to_string(),
        file.stream_position()?.to_string(),
    ])
}

/// Changes each to another value, whatever was inherited.
fn change(mut file: &File, memory: &Mapping) -> io::Result<()> {
    extern "C" fn caught(_: libc::c_int) {}
    let in_root = env::current_dir()?.parent().is_none();
    env::set_current_dir(if in_root { "/proc" } else { "/" })?;
    // SAFETY: umask takes any number and cannot fail.
    let umask = unsafe { libc::umask(0o027) };
    // SAFETY: as above.
    unsafe { libc::umask(umask ^ 0o070) };
    // SAFETY: this is a forked child, which has one thread.
    unsafe { env::set_var(VARIABLE, process::id().to_string()) };
    // SAFETY: the handler does nothing, so it may run at any moment.
    unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(caught)) }?;
    memory.page(0).store(1, SeqCst);
    file.seek(SeekFrom::Start(100))?;
    Ok(())
}

/// Forks a child that changes all of [`CHANGES`]: for each, whether the parent has another value after that.
///
/// # Errors
/// Those of [`fork`] and of reading `/proc`; `Other` when the child could not make all the changes.
pub(crate) fn after_fork() -> io::Result<[bool; 6]> {
    let file = File::open("/proc/self/exe")?;
    let memory = Mapping::private(1)?;
    let before = look(&file, &memory)?;
    let child = fork(|| {
        let changed = change(&file, &memory).and_then(|()| look(&file, &memory));
        let all_differ = changed.is_ok_and(|after| before.iter().zip(&after).all(|(before, after)| before != after));
        if all_differ { 0 } else { 1 }
    })?;
    let end = child.wait()?;
    if end != End::Exited(0) {
        return Err(io::Error::other(format!("the child could not make its changes: it {end}")));
    }
    let after = look(&file, &memory)?;
    Ok(array::from_fn(|n| before[n] != after[n]))
}
