//! A child that borrows its parent's memory instead of a copy: what vfork(2) makes, and posix_spawn(3) begins with.

use std::io;

use nix::libc::SIGCHLD;
use nix::sched::{CloneFlags, clone};
use nix::sys::wait::{WaitStatus, waitpid};

/// Makes one that ends at once, and waits for it: there is nothing else that it may safely do but become another
/// program.
pub(super) fn vfork() -> io::Result<()> {
    let mut stack = [0; 16 << 10];
    let flags = CloneFlags::CLONE_VM | CloneFlags::CLONE_VFORK;
    // SAFETY: the child has a stack of its own and touches nothing; until it has ended this thread stands still.
    let child = unsafe { clone(Box::new(|| 0), &mut stack, flags, Some(SIGCHLD)) }?;
    match waitpid(child, None)? {
        WaitStatus::Exited(_, 0) => Ok(()),
        other => Err(io::Error::other(format!("a child that should do nothing: {other:?}"))),
    }
}
