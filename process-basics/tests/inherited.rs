//! Whatever a parent hands down, the lessons work. The same file in every chapter.

use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use chapter::{PROGRAM, Scratch, command, finish};
use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

mod chapter;

/// Signals that a careless parent may have left ignored.
const IGNORED: [Signal; 8] = [
    Signal::SIGHUP, // by nohup
    Signal::SIGCHLD,
    Signal::SIGPIPE,
    Signal::SIGSEGV,
    Signal::SIGABRT,
    Signal::SIGTERM,
    Signal::SIGINT,
    Signal::SIGUSR1,
];

/// The program with all of it set wrongly: signals ignored and blocked, a hundred descriptors, an umask that forbids
/// everything.
fn handed_down() -> Command {
    let mut command = command(PROGRAM);
    let set_wrongly = || {
        for one in IGNORED {
            // SAFETY: ignoring a signal runs no code.
            unsafe { signal(one, SigHandler::SigIgn) }?;
        }
        SigSet::all().thread_set_mask()?;
        // SAFETY: umask(2) replaces a number in the kernel.
        unsafe { libc::umask(0o777) };
        Ok(())
    };
    // SAFETY: between fork and exec only system calls are made, and no lock is taken.
    unsafe { command.pre_exec(set_wrongly) };
    command
}

/// A hundred descriptors that every child of this test program inherits: unlike an original, a copy is not closed by
/// exec.
fn open_a_hundred_descriptors() -> io::Result<()> {
    let null = fs::File::open("/dev/null")?;
    for _ in 0..100 {
        // SAFETY: dup(2) makes a new descriptor, which nothing owns and which stays open until this program ends.
        Errno::result(unsafe { libc::dup(null.as_raw_fd()) })?;
    }
    Ok(())
}

#[test]
fn every_lesson_works() {
    open_a_hundred_descriptors().unwrap();
    let scratch = Scratch::new("inherited");
    let gone = scratch.0.join("gone");
    fs::create_dir(&gone).unwrap();
    let mut in_deleted_folder = handed_down();
    in_deleted_folder.env_clear().current_dir(&gone);
    let remove_folder = move || fs::remove_dir(&gone);
    // SAFETY: only a system call on a path made before the fork.
    unsafe { in_deleted_folder.pre_exec(remove_folder) };
    let mut in_proc = handed_down();
    in_proc.env("WHAT_IS_SHARED", "set").current_dir("/proc");
    for mut command in [in_deleted_folder, in_proc] {
        let ended = finish(&mut command);
        assert_eq!(ended.status.code(), Some(0), "{command:?}\n{}{}", ended.out, ended.err);
    }
}
