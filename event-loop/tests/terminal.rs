//! A terminal on which a puzzle is watched: single keys, and the settings as before at every end.

mod chapter;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;

use chapter::{PROGRAM, command, wait_for};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

/// Reads what the program shows until it waits for a key.
fn read_step(terminal: &mut File) -> String {
    let mut shown = String::new();
    while !shown.ends_with("q: end ") {
        let mut ready = [PollFd::new(terminal.as_fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut ready, PollTimeout::from(30_000_u16)), Ok(1), "only this came: {shown}");
        let mut bytes = [0; 4096];
        let length = terminal.read(&mut bytes).unwrap();
        shown += &String::from_utf8_lossy(&bytes[..length]);
    }
    shown
}

/// Watches a puzzle for two steps, ends the program by a signal or by `q`, and looks at the terminal.
fn terminal_is_restored_after(ending: Option<Signal>) {
    let pty = openpty(None, None).unwrap();
    let before = tcgetattr(&pty.slave).unwrap();
    let mut watching = command(PROGRAM);
    watching.args(["watch", "tick"]).stdin(pty.slave.try_clone().unwrap()).stdout(pty.slave.try_clone().unwrap());
    let child = watching.spawn().unwrap();
    let pid = Pid::from_raw(child.id() as i32);
    let mut terminal = File::from(pty.master);
    assert!(read_step(&mut terminal).contains("step 1 of"));
    terminal.write_all(b" ").unwrap();
    assert!(read_step(&mut terminal).contains("step 2 of"));
    let meanwhile = tcgetattr(&pty.slave).unwrap();
    assert!(!meanwhile.local_flags.intersects(LocalFlags::ECHO | LocalFlags::ICANON));
    match ending {
        Some(signal) => kill(pid, signal).unwrap(),
        None => terminal.write_all(b"q").unwrap(),
    }
    let ended = wait_for(child);
    assert_eq!(ended.status.success(), ending.is_none(), "{ending:?}: {ended:?}");
    assert_eq!(tcgetattr(&pty.slave).unwrap(), before, "{ending:?}");
}

#[test]
fn a_watched_terminal_is_restored_after_q() {
    terminal_is_restored_after(None);
}

#[test]
fn a_watched_terminal_is_restored_after_every_signal_that_ends_the_program() {
    use Signal::*;
    for signal in [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGALRM, SIGUSR1] {
        terminal_is_restored_after(Some(signal));
    }
}
