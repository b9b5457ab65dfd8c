//! What a thread changes, and whether its starter notices. The twin of this file asks the same of a child process.

use std::array;
use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use anyhow::ensure;
use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};

use crate::child;

/// Six things that a process has, and what a thread makes of each.
pub const CHANGES: [(&str, &str); 6] = [
    ("working directory", "/proc"),
    ("umask", "0070"),
    ("environment", "set"),
    ("signal handlers", "caught"),
    ("address space", "1"),
    ("offset of an open file", "100"),
];

const VARIABLE: &str = "WHAT_IS_SHARED";

struct State {
    file: File,
    memory: AtomicU64,
}

impl State {
    /// The present value of each, as the kernel or the process itself tells it.
    fn look(&self) -> io::Result<[String; 6]> {
        let status = fs::read_to_string("/proc/thread-self/status")?;
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
            line.unwrap_or("unknown").to_owned()
        };
        let caught = u64::from_str_radix(&line("SigCgt"), 16).unwrap_or(0) >> (Signal::SIGUSR1 as u32 - 1) & 1;
        Ok([
            fs::read_link("/proc/thread-self/cwd")?.display().to_string(),
            line("Umask"),
            env::var(VARIABLE).unwrap_or_else(|_| "unset".to_owned()),
            if caught == 1 { "caught" } else { "default" }.to_owned(),
            self.memory.load(SeqCst).to_string(),
            (&self.file).stream_position()?.to_string(),
        ])
    }

    /// Makes the changes, and looks whether they were made.
    fn change(&self) -> io::Result<()> {
        extern "C" fn caught(_: libc::c_int) {}
        let before = self.look()?;
        env::set_current_dir("/proc")?;
        // SAFETY: umask takes any number and cannot fail. This one is nobody's default.
        unsafe { libc::umask(0o70) };
        // SAFETY: the only other thread waits to join this one.
        unsafe { env::set_var(VARIABLE, "set") };
        // SAFETY: the handler does nothing, so it may run at any moment.
        unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(caught)) }?;
        self.memory.store(1, SeqCst);
        (&self.file).seek(SeekFrom::Start(100))?;
        let made = self.look()?;
        if made != CHANGES.map(|(_, made)| made) || before.iter().zip(&made).any(|(before, made)| before == made) {
            return Err(io::Error::other(format!("the thread made {made:?} of {before:?}")));
        }
        Ok(())
    }

    /// Which of the changes were made to what we have.
    fn noticed(&self) -> io::Result<[bool; 6]> {
        let now = self.look()?;
        Ok(array::from_fn(|thing| now[thing] == CHANGES[thing].1))
    }
}

/// Has a thread make all [`CHANGES`], in a process of its own, since ours would be changed, too; for each whether the
/// thread's starter notices. `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when it did not report as it should.
pub fn after_thread(program: &Path) -> io::Result<Vec<bool>> {
    let output = child::command(program, "changing").stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let noticed: Vec<bool> =
        output.stdout.split_inclusive(|&byte| byte == b'\n').map(|line| line == b"yes\n").collect();
    if !output.status.success() || noticed.len() != CHANGES.len() {
        let why = format!("the process whose thread changes everything ({}) reported {noticed:?}", output.status);
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    Ok(noticed)
}

/// The changing side: a line for each thing.
pub(crate) fn changing() -> ExitCode {
    let noticed = || -> io::Result<[bool; 6]> {
        let state = State { file: File::open("/proc/self/exe")?, memory: AtomicU64::new(0) };
        thread::scope(|scope| scope.spawn(|| state.change()).join().expect("a change does not panic"))?;
        state.noticed()
    };
    let Ok(noticed) = noticed() else { return ExitCode::FAILURE };
    noticed.iter().for_each(|&noticed| println!("{}", yes_no(noticed)));
    ExitCode::SUCCESS
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Shows the six.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  the thread changes its     to        does its starter notice?")?;
    for ((what, made), noticed) in CHANGES.into_iter().zip(after_thread(program)?) {
        writeln!(out, "  {what:<26} {made:<9} {}", yes_no(noticed))?;
        ensure!(noticed, "the starter did not notice that its thread changed the {what}");
    }
    writeln!(out, "  All of it belongs to the process, and to each of its threads.")?;
    Ok(())
}
