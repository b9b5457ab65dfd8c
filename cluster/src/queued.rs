//! Under reuseport every listener has a queue of its own. When one is closed, what becomes of those that wait in it?
//!
//! The kernel has a switch for this, `net.ipv4.tcp_migrate_req`. To try both, a child has a network of its own.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::child;
use crate::network::own_network;
use crate::port::{BACKLOG, bind};

/// Where the kernel keeps the switch.
pub const MIGRATE: &str = "/proc/sys/net/ipv4/tcp_migrate_req";

const LISTENERS: usize = 4;
const CLIENTS: usize = 80;

/// `clients` connect to `listeners` that share a port and have accepted nobody; one listener is closed, the others
/// accept all they have. How many clients were cut off.
///
/// # Errors
/// Those of socket(2), bind(2), listen(2) and connect(2).
pub fn cut_off(listeners: usize, clients: usize) -> io::Result<usize> {
    let mut address = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut group: Vec<TcpListener> = Vec::new();
    for _ in 0..listeners {
        let socket = bind(address, true)?;
        socket.listen(BACKLOG)?;
        group.push(socket.into());
        address = group[0].local_addr()?;
    }
    let mut waiting = (0..clients).map(|_| TcpStream::connect(address)).collect::<io::Result<Vec<_>>>()?;
    group.pop();
    for listener in &group {
        while let Ok((mut stream, _)) = listener.accept() {
            stream.write_all(b"!")?;
        }
    }
    let mut lost = 0;
    for stream in &mut waiting {
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        lost += usize::from(stream.read_exact(&mut [0]).is_err());
    }
    Ok(lost)
}

/// The child: tries both positions of the switch in a network of its own, and says what it saw.
pub(crate) fn child() -> io::Result<()> {
    own_network()?;
    for switch in ["0", "1"] {
        fs::write(MIGRATE, switch)?;
        println!("{}", cut_off(LISTENERS, CLIENTS)?);
    }
    Ok(())
}

/// What the child saw with the switch off and on; an error with the reason where this machine does not permit it.
///
/// # Errors
/// Those of starting `program`; `Unsupported` with what the child said instead of two numbers.
pub fn off_and_on(program: &Path) -> io::Result<[usize; 2]> {
    let output = child::command(program, "queued").stdin(Stdio::null()).output()?;
    let counts =
        String::from_utf8_lossy(&output.stdout).lines().map_while(|line| line.parse().ok()).collect::<Vec<_>>();
    let why = || String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
    counts.try_into().map_err(|_| io::Error::new(ErrorKind::Unsupported, why()))
}

/// Shows both positions where that is permitted, and this machine's own where it is not.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  {CLIENTS} connections wait at {LISTENERS} listeners; one is closed:")?;
    let lost = match off_and_on(program) {
        Ok([off, on]) => vec![("0".to_owned(), off), ("1".to_owned(), on)],
        Err(error) => {
            writeln!(out, "  not tried with 0 and 1, no network of its own:")?;
            writeln!(out, "  {error}")?;
            let now = fs::read_to_string(MIGRATE).context("this kernel has no tcp_migrate_req (5.14 has)")?;
            let lost = cut_off(LISTENERS, CLIENTS).context("it needs 200 descriptors (ulimit -n)")?;
            vec![(now.trim_end().to_owned(), lost)]
        }
    };
    for (switch, lost) in lost {
        writeln!(out, "  tcp_migrate_req {switch}   {lost:>2} are reset")?;
        ensure!((lost == 0) == (switch == "1"), "{lost} are reset with tcp_migrate_req at {switch}");
    }
    writeln!(out, "  With 1, the kernel moves them to the other listeners.")?;
    writeln!(out, "  This service does not depend on it: its primary has each")?;
    writeln!(out, "  listener, too, so that a dead worker's queue lives on.")?;
    Ok(())
}
