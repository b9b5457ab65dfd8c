//! A network of this process's own: the switches of the kernel's TCP can be tried there without harm to the machine's.

use std::io;
use std::os::fd::AsRawFd;

use nix::libc;
use nix::sched::{CloneFlags, unshare};
use socket2::{Domain, Socket, Type};

/// Leaves the machine's network for a new one, with nothing but a loopback of its own, and switches that on.
pub(crate) fn own_network() -> io::Result<()> {
    // An ordinary user may have one inside a user namespace of their own, where the machine permits that.
    unshare(CloneFlags::CLONE_NEWNET).or_else(|_| unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET))?;
    let mut name = [0; libc::IFNAMSIZ];
    name.iter_mut().zip(b"lo").for_each(|(to, from)| *to = *from as libc::c_char);
    let flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    let request = libc::ifreq { ifr_name: name, ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: flags } };
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    // SAFETY: SIOCSIFFLAGS (netdevice(7)) reads one ifreq, and this is one, with its name ended by 0.
    match unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &request) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
