//! System calls that nix offers only with features that the chapters do not need (nix would be compiled twice).

use std::ffi::{CStr, c_char};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{io, ptr};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{SigHandler, Signal};
use nix::unistd::Pid;

/// Forks a child that does this, and ends with its result. Only the supervisor calls this, which has a single thread.
pub(crate) fn fork(child: impl FnOnce() -> i32) -> nix::Result<Pid> {
    // SAFETY: the supervisor has one thread, so the child finds no lock held by a thread that it does not have.
    let pid = Errno::result(unsafe { libc::fork() })?;
    if pid == 0 {
        // SAFETY: _exit ends the process; it touches no memory.
        unsafe { libc::_exit(child()) };
    }
    Ok(Pid::from_raw(pid))
}

/// Closes every descriptor above 2.
pub(crate) fn close_from_3() -> nix::Result<()> {
    // SAFETY: the supervisor calls this first of all, before it owns a descriptor above 2.
    Errno::result(unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0) }).map(drop)
}

/// Gives every signal its default effect: an ignored one would stay so in the program.
pub(crate) fn reset_signals() {
    for signal in Signal::iterator() {
        // SAFETY: a default disposition runs no code of ours. SIGKILL and SIGSTOP are refused, which is no harm.
        let _ = unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) };
    }
}

/// Lets the child of a command do this before it becomes the program. Only for a process with a single thread.
pub(crate) fn before_exec(command: &mut Command, act: impl FnMut() -> io::Result<()> + Send + Sync + 'static) {
    // SAFETY: this process has one thread, so the child finds no lock held by a thread that it does not have.
    unsafe { command.pre_exec(act) };
}

/// Mounts a file system of this kind, or with an empty kind changes how `target` is shared.
pub(crate) fn mount(kind: &CStr, target: &CStr, flags: u64, data: &CStr) -> nix::Result<()> {
    let kind_and_source: *const c_char = if kind.is_empty() { ptr::null() } else { kind.as_ptr() };
    // SAFETY: each pointer is null or a string that outlives the call.
    let done = unsafe { libc::mount(kind_and_source, target.as_ptr(), kind_and_source, flags, data.as_ptr().cast()) };
    Errno::result(done).map(drop)
}

/// Switches the loopback interface on, which is off in a new network namespace.
pub(crate) fn loopback_up() -> io::Result<()> {
    let socket = std::net::UdpSocket::bind(("0.0.0.0", 0))?;
    let mut name = [0; libc::IFNAMSIZ];
    name[0] = b'l' as c_char;
    name[1] = b'o' as c_char;
    let flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
    let request = libc::ifreq { ifr_name: name, ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: flags } };
    // SAFETY: SIOCSIFFLAGS reads an ifreq, which outlives the call.
    Errno::result(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &request) })?;
    Ok(())
}

/// The largest resident set of any ended child, in bytes.
pub(crate) fn largest_child() -> u64 {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN);
    usage.map_or(0, |usage| usage.max_rss() as u64 * 1024)
}
