//! The page cache, asked to forget a file, and whether it has.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::libc;

/// Drops a file's pages from the cache. Pages that are not written yet stay: sync first.
pub(super) fn drop_pages(file: &File) -> io::Result<()> {
    // SAFETY: posix_fadvise(2) takes a descriptor, which is open, and three integers; length 0 is "to the end".
    let code = unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}

/// Whether the file's first byte would have to be waited for (`RWF_NOWAIT`, preadv2(2)). A file system that cannot tell
/// has nothing to wait for.
pub(super) fn is_cold(file: &File) -> io::Result<bool> {
    let mut byte = 0_u8;
    let into = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    // SAFETY: the descriptor is open; there is one vector, and its byte outlives the call.
    let read = unsafe { libc::preadv2(file.as_raw_fd(), &into, 1, 0, libc::RWF_NOWAIT) };
    match Errno::result(read) {
        Err(Errno::EAGAIN) => Ok(true),
        Ok(_) | Err(Errno::EOPNOTSUPP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
