//! Runs the chapter's program, with a deadline on everything it does. The same file in every chapter.

#![allow(dead_code)] // each test program uses a part of it

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, process, thread};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The chapter's executable.
pub(crate) const PROGRAM: &str = env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME")));

/// The chapter's name.
pub(crate) const CHAPTER: &str = env!("CARGO_PKG_NAME");

/// No run may take longer, on however busy a machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// How a program ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the chapter's program to its end.
pub(crate) fn run(args: &[&str]) -> Finished {
    finish(command(PROGRAM).args(args))
}

/// A command whose standard input is empty and whose output is captured. It leads a process group, so that a deadline
/// reaches its children, too.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command
}

/// Runs a command made by [`command`] to its end, and kills its process group at the deadline.
pub(crate) fn finish(command: &mut Command) -> Finished {
    wait_for(command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}")))
}

/// Waits for the end of a child started from [`command`], and of its output. At the deadline its group is killed.
pub(crate) fn wait_for(mut child: Child) -> Finished {
    let group = Pid::from_raw(child.id() as i32);
    let out = read(child.stdout.take());
    let err = read(child.stderr.take());
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send((child.wait(), out.join(), err.join())));
    let Ok((status, out, err)) = ended.recv_timeout(DEADLINE) else {
        let _ = killpg(group, Signal::SIGKILL);
        panic!("process {group} did not end within {DEADLINE:?}");
    };
    Finished { status: status.expect("it can be waited for"), out: out.unwrap(), err: err.unwrap() }
}

fn read(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).expect("the output can be read");
        }
        String::from_utf8(bytes).expect("the program prints UTF-8")
    })
}

/// The names of the chapter's lessons.
pub(crate) fn lessons() -> Vec<String> {
    let listed = run(&["--list"]).out;
    listed.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// An empty folder that goes with this value.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{CHAPTER}-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("the target folder can be written");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
