//! The socket for a check's report: this process gets it as standard input.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixDatagram;

use nix::errno::Errno;
use nix::libc;

/// Takes the socket from standard input, which then is empty. A program that is started meanwhile does not inherit it.
pub fn private_socket() -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::from(io::stdin().as_fd().try_clone_to_owned()?);
    let empty = File::open("/dev/null")?;
    // SAFETY: dup2(2) takes two integers. Descriptor 0 is nobody's property: `Stdin` works with whatever is there.
    Errno::result(unsafe { libc::dup2(empty.as_raw_fd(), 0) })?;
    Ok(socket)
}
