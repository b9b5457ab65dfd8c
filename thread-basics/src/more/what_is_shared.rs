//! What a thread changes for its whole process. The file of the same name in `process-basics` asks the same about a
//! child process.

use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use nix::sys::signal::Signal;

use super::process_wide;
use crate::cli::claim;
use crate::support::deadline::{self, DEADLINE, unexpected};
use crate::support::own_program::{OWN_PROGRAM, command};

/// Six properties of a process, and the value to which the thread changes each.
pub const CHANGES: [(&str, &str); 6] = [
    ("working directory", "/proc"),
    ("umask", "0070"),
    ("environment", "set"),
    ("signal handlers", "caught"),
    ("address space", "1"),
    ("offset of an open file", "100"),
];

const VARIABLE: &str = "WHAT_IS_SHARED";

/// The value of each property now, as the calling thread sees it.
fn look(file: &File, memory: &AtomicU64) -> io::Result<[String; 6]> {
    let status = fs::read_to_string("/proc/thread-self/status")?;
    let caught = u64::from_str_radix(field(&status, "SigCgt:\t"), 16).unwrap_or(0);
    let sigusr1_caught = caught >> (Signal::SIGUSR1 as u32 - 1) & 1 == 1;
    Ok([
        fs::read_link("/proc/thread-self/cwd")?.display().to_string(),
        field(&status, "Umask:\t").to_owned(),
        env::var(VARIABLE).unwrap_or_default(),
        if sigusr1_caught { "caught" } else { "default" }.to_owned(),
        memory.load(SeqCst).to_string(),
        { file }.stream_position()?.to_string(),
    ])
}

/// The rest of the line that begins with `name`.
fn field<'a>(status: &'a str, name: &str) -> &'a str {
    status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown")
}

fn change(mut file: &File, memory: &AtomicU64) -> io::Result<()> {
    env::set_current_dir("/proc")?;
    process_wide::set_umask(0o070);
    process_wide::set_variable(VARIABLE, "set");
    process_wide::catch_sigusr1()?;
    memory.store(1, SeqCst);
    file.seek(SeekFrom::Start(100))?;
    Ok(())
}

/// Starts a process in which a thread makes all [`CHANGES`]: for each, whether the thread's starter sees the new value,
/// and did not see it before. `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when the changes were not made; `TimedOut` when it does not end within
/// [`DEADLINE`].
pub fn after_thread(program: &Path) -> io::Result<Vec<bool>> {
    let mut child = command(program, "what-is-shared");
    let (printed, status) = deadline::run(child.env_remove(VARIABLE).current_dir("/"), DEADLINE)?;
    let seen: Vec<bool> = printed.lines().map(|line| line == "true").collect();
    if status.success() && seen.len() == CHANGES.len() { Ok(seen) } else { Err(unexpected(&printed, status)) }
}

/// The child: a thread makes the changes, and its starter prints one line for each.
pub(crate) fn host() -> io::Result<()> {
    process_wide::set_umask(0o022);
    let file = File::open("/proc/self/exe")?;
    let memory = AtomicU64::new(0);
    let before = look(&file, &memory)?;
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, || change(&file, &memory))?;
        thread.join().expect("a change does not panic")
    })?;
    let after = look(&file, &memory)?;
    for ((before, after), (_, value)) in before.iter().zip(&after).zip(CHANGES) {
        println!("{}", before != value && after == value);
    }
    Ok(())
}

/// Shows the six.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  In another process, a thread changes six properties of its process. (Address")?;
    writeln!(out, "  space: it stores 1 in a variable.) Then the thread that started it reads them.")?;
    writeln!(out, "  Expected: the starter sees every change.")?;
    writeln!(out, "    changed                  to       seen by the starter")?;
    for ((what, value), seen) in CHANGES.into_iter().zip(after_thread(Path::new(OWN_PROGRAM))?) {
        writeln!(out, "    {what:<24} {value:<8} {}", if seen { "yes" } else { "no" })?;
        claim(seen, format!("the starter did not see that its thread changed the {what}"))?;
    }
    writeln!(out, "  A library that changes the working directory or the environment in a thread")?;
    writeln!(out, "  changes it for all. Node forbids process.chdir() in a Worker for that reason.")?;
    Ok(())
}
