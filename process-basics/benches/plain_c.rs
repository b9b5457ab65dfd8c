//! The same as the chapter's operations in plain system and library calls: what they are measured against.

use std::ffi::CStr;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr;

use nix::libc;

/// fork(2), _exit(2), waitpid(2).
pub(crate) fn fork_exit_wait() -> io::Result<()> {
    // SAFETY: the benchmark has one thread, and the child calls nothing but _exit.
    let pid = unsafe { libc::fork() };
    match pid {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: _exit takes any code and does not return.
        0 => unsafe { libc::_exit(0) },
        child => wait(child),
    }
}

/// posix_spawn(3) of a program without arguments, its environment and output left as ours, and waitpid(2).
pub(crate) fn spawn_wait(program: &CStr) -> io::Result<()> {
    // SAFETY: the C library has such a variable (environ(7)).
    unsafe extern "C" {
        static environ: *const *mut libc::c_char;
    }
    let mut pid = 0;
    let argv = [program.as_ptr().cast_mut(), ptr::null_mut()];
    // SAFETY: nobody changes the environment of this program.
    let environment = unsafe { environ };
    // SAFETY: both arrays end with a null pointer, and the strings in them outlive the call.
    let failed =
        unsafe { libc::posix_spawn(&mut pid, program.as_ptr(), ptr::null(), ptr::null(), argv.as_ptr(), environment) };
    if failed == 0 { wait(pid) } else { Err(io::Error::from_raw_os_error(failed)) }
}

fn wait(pid: libc::pid_t) -> io::Result<()> {
    let mut status = 0;
    // SAFETY: the status is ours to be written.
    let waited = unsafe { libc::waitpid(pid, &mut status, 0) };
    if waited == pid && status == 0 { Ok(()) } else { Err(io::Error::other(format!("a child ended with {status}"))) }
}

/// A pair of connected sockets that keep messages apart, as ipc-channel uses them (socketpair(2)).
pub(crate) fn socketpair() -> io::Result<[OwnedFd; 2]> {
    let mut fds = [0; 2];
    // SAFETY: the two descriptors are ours to be written.
    let failed = unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0, fds.as_mut_ptr()) };
    if failed != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just made these descriptors for us; nobody else closes them.
    Ok(fds.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }))
}
