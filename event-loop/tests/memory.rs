//! What an idle connection costs in user memory. The allocator's counters are the whole process's, so this test has a
//! process for itself.

use std::net::{TcpListener, TcpStream};

use event_loop::lessons::echo::{LOCAL, echo};
use event_loop::{EventLoop, Stream};
use nix::libc::mallinfo2;

const CONNECTIONS: usize = 100;

/// What the allocator has given out, its own headers included.
fn allocated() -> usize {
    // SAFETY: it takes no argument, and reads the allocator's own counters.
    let info = unsafe { mallinfo2() };
    info.uordblks + info.hblkhd
}

#[test]
fn an_idle_connection_costs_at_most_2_kib_of_user_memory() {
    let mut ev = EventLoop::new().unwrap();
    let listener = TcpListener::bind(LOCAL).unwrap();
    let connect = |_| (TcpStream::connect(listener.local_addr().unwrap()).unwrap(), listener.accept().unwrap().0);
    let (_clients, servers): (Vec<_>, Vec<_>) = (0..CONNECTIONS).map(connect).unzip();
    let before = allocated();
    for socket in servers {
        let stream = Stream::adopt(&mut ev, socket).unwrap();
        echo(&mut ev, stream).unwrap();
    }
    let each = (allocated() - before) / CONNECTIONS;
    assert!((1..=2048).contains(&each), "{each} bytes");
}
