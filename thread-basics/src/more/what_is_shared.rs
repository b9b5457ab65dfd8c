//! What a thread changes for its whole process. The file of the same name in `process-basics` asks the same about a
//! child process.

use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use nix::sys::signal::Signal;

use super::process_wide::{catch_sigusr1, set_umask};
use crate::cli::claim;
use crate::support::deadline::{self, unexpected};
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
    set_umask(0o070);
    // SAFETY: the environment belongs to all threads, so none may read it now. The only other thread waits to join
    // this one.
    unsafe { env::set_var(VARIABLE, "set") };
    catch_sigusr1()?;
    memory.store(1, SeqCst);
    file.seek(SeekFrom::Start(100))?;
    Ok(())
}

/// Starts a process in which a thread makes all [`CHANGES`]: for each, whether the thread's starter sees the new value.
/// `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when the changes were not made; `TimedOut` when it does not end within
/// [`deadline::DEADLINE`].
pub fn after_thread(program: &Path) -> io::Result<Vec<bool>> {
    let (printed, status) = deadline::run(command(program, "what-is-shared").env_remove(VARIABLE).current_dir("/"))?;
    let seen: Vec<bool> = printed.lines().map(|line| line == "yes").collect();
    if status.success() && seen.len() == CHANGES.len() { Ok(seen) } else { Err(unexpected(&printed, status)) }
}

/// The child: a thread makes the changes, and must see each of them itself. Then one line for each.
pub(crate) fn host() -> io::Result<()> {
    set_umask(0o022);
    let file = File::open("/proc/self/exe")?;
    let memory = AtomicU64::new(0);
    let before = look(&file, &memory)?;
    let in_thread = thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, || {
            change(&file, &memory)?;
            look(&file, &memory)
        })?;
        thread.join().expect("a change does not panic")
    })?;
    let after = look(&file, &memory)?;
    for (index, (what, value)) in CHANGES.into_iter().enumerate() {
        if in_thread[index] != value || before[index] == value {
            return Err(io::Error::other(format!("the thread did not change the {what}: {}", in_thread[index])));
        }
        println!("{}", yes_no(after[index] == value));
    }
    Ok(())
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Shows the six.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  In a process that we can lose, a thread changes six things. Then the thread")?;
    writeln!(out, "  that started it reads them.")?;
    writeln!(out, "  Expected: it sees every change.")?;
    writeln!(out, "    changed                  to       seen by the starter")?;
    for ((what, value), seen) in CHANGES.into_iter().zip(after_thread(Path::new(OWN_PROGRAM))?) {
        writeln!(out, "    {what:<24} {value:<8} {}", yes_no(seen))?;
        claim(seen, format!("the starter did not see that its thread changed the {what}"))?;
    }
    writeln!(out, "  A library that changes the working directory or the environment in a thread")?;
    writeln!(out, "  changes it for all. Node forbids process.chdir() in a Worker for that reason.")?;
    Ok(())
}
