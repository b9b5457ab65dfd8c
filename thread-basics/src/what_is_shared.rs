//! What a thread changes, and whether its starter notices. The twin of this file asks the same of a child process.

use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use anyhow::ensure;
use nix::sys::signal::Signal;

use crate::changes::{catch, set_umask};
use crate::child;

/// Something a process has, and whether a thread's change of it was seen by its starter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// What it is.
    pub what: String,
    /// What the starter had before the thread was made.
    pub before: String,
    /// What the thread made of it.
    pub thread: String,
    /// What the starter had afterwards.
    pub after: String,
}

impl Shared {
    /// Whether the starter has what the thread made.
    pub fn is_shared(&self) -> bool {
        self.after != self.before
    }
}

const VARIABLE: &str = "WHAT_IS_SHARED";

/// What is looked at: six things that a process has.
struct State {
    file: File,
    memory: AtomicU64,
}

impl State {
    /// Each thing with its present value, as the kernel or the process itself tells it.
    fn look(&self) -> io::Result<[(&'static str, String); 6]> {
        let status = fs::read_to_string("/proc/thread-self/status")?;
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
            line.unwrap_or("unknown").to_owned()
        };
        let caught = u64::from_str_radix(&line("SigCgt"), 16).unwrap_or(0) >> (Signal::SIGUSR1 as u32 - 1) & 1;
        Ok([
            ("working directory", fs::read_link("/proc/thread-self/cwd")?.display().to_string()),
            ("umask", line("Umask")),
            ("environment", env::var(VARIABLE).unwrap_or_else(|_| "unset".to_owned())),
            ("signal handlers", if caught == 1 { "caught" } else { "default" }.to_owned()),
            ("address space", self.memory.load(SeqCst).to_string()),
            ("offset of an open file", (&self.file).stream_position()?.to_string()),
        ])
    }

    fn change(&self) -> io::Result<()> {
        env::set_current_dir("/proc")?;
        set_umask(0o77);
        // SAFETY: the only other thread waits to join this one.
        unsafe { env::set_var(VARIABLE, "set") };
        catch(Signal::SIGUSR1)?;
        self.memory.store(1, SeqCst);
        (&self.file).seek(SeekFrom::Start(100))?;
        Ok(())
    }
}

/// Has a thread change everything, in a process of its own, since ours would be changed, too; what its starter had
/// before and after. `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when it did not report as it should.
pub fn after_thread(program: &Path) -> io::Result<Vec<Shared>> {
    let output = child::command(program, "changing").stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let report = String::from_utf8_lossy(&output.stdout);
    let things = report.lines().map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
        [what, before, thread, after] => {
            let [what, before, thread, after] = [what, before, thread, after].map(str::to_owned);
            Some(Shared { what, before, thread, after })
        }
        _ => None,
    });
    things.collect::<Option<Vec<_>>>().filter(|_| output.status.success()).ok_or_else(|| {
        let why = format!("the process whose thread changes everything ({}) reported {report:?}", output.status);
        io::Error::new(io::ErrorKind::InvalidData, why)
    })
}

/// The changing side: a line for each thing, its value before, in the thread, after.
pub(crate) fn changing() -> ExitCode {
    let seen = || -> io::Result<()> {
        let state = State { file: File::open("/proc/self/exe")?, memory: AtomicU64::new(0) };
        let before = state.look()?;
        let thread = thread::scope(|scope| scope.spawn(|| state.change().and_then(|()| state.look())).join());
        let thread = thread.map_err(|_| io::Error::other("the thread panicked"))??;
        for (((what, before), (_, thread)), (_, after)) in before.iter().zip(thread).zip(state.look()?) {
            println!("{what}\t{before}\t{thread}\t{after}");
        }
        Ok(())
    };
    if seen().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Shows the six.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let things = after_thread(program)?;
    writeln!(out, "  the thread changes its     to        does its starter notice?")?;
    for thing in &things {
        let notices = if thing.is_shared() { "yes" } else { "no" };
        writeln!(out, "  {:<26} {:<9} {notices}", thing.what, thing.thread)?;
        ensure!(thing.thread != thing.before, "the thread did not change the {}", thing.what);
        ensure!(thing.after == thing.thread, "{}: {thing:?}", thing.what);
    }
    ensure!(things.len() == 6, "only {} things were looked at", things.len());
    writeln!(out, "  All of it belongs to the process, and to each of its threads.")?;
    Ok(())
}
