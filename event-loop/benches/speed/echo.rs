//! Echo round trips: the CPU time that the server uses for one, here and in Node's net module.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

use event_loop::echo::{LOCAL, serve};
use event_loop::{EventLoop, Waker};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::measure::{Bound, Line, pin, placements};
use crate::node::Node;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 100;
const TURNS: usize = 7;

pub(crate) fn beside_node() -> anyhow::Result<()> {
    for (name, cpu, other) in placements()? {
        pin(other)?; // the servers inherit it
        let (server, mut node) = (Server::start()?, Node::start()?);
        pin(cpu)?;
        let turns = turns(server, &mut node)?;
        Line { what: format!("CPU of an echo / Node, {name}"), turns, bound: Bound::AtMost(0.5) }.print();
    }
    Ok(())
}

struct Server {
    address: SocketAddr,
    clock: Waker,
    cpu: Receiver<f64>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Server {
    fn start() -> anyhow::Result<Self> {
        let (tell, told) = mpsc::channel();
        let (tell_cpu, cpu) = mpsc::channel();
        // The server has a thread of its own, so its CPU time is that thread's; of Node it is that of the process.
        let thread = thread::spawn(move || -> anyhow::Result<()> {
            let mut ev = EventLoop::new()?;
            let listener = serve(&mut ev, LOCAL)?;
            let clock = Waker::new(&mut ev, move |ev| {
                let used = getrusage(UsageWho::RUSAGE_THREAD); // what Node's process.cpuUsage calls, for a thread
                let used = used.map_or(0, |used| (used.user_time() + used.system_time()).num_nanoseconds());
                if tell_cpu.send(used as f64).is_err() {
                    ev.stop(); // the measurement is over
                }
            })?;
            tell.send((listener.local_addr(&ev)?, clock))?;
            ev.run()?;
            Ok(())
        });
        let (address, clock) = told.recv()?;
        Ok(Self { address, clock, cpu, thread })
    }
}

fn turns(server: Server, node: &mut Node) -> anyhow::Result<Vec<(f64, f64)>> {
    let Server { address, clock, cpu, thread } = server;
    let mut here = || {
        clock.wake();
        Ok(cpu.recv()?)
    };
    let port = node.ask("serve")? as u16;
    let (mut ours, mut theirs) = (connect(address)?, connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?);
    for _ in 0..3 {
        exchange(&mut ours)?;
        exchange(&mut theirs)?;
    }
    let mut turns = Vec::new();
    for _ in 0..TURNS {
        turns.push((spent(&mut ours, &mut here)?, spent(&mut theirs, &mut || node.ask("cpu"))?));
    }
    drop(cpu);
    clock.wake();
    thread.join().expect("the server does not panic")?;
    Ok(turns)
}

/// The CPU time of a round trip, by a server's own clock.
fn spent(clients: &mut [TcpStream], cpu: &mut impl FnMut() -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    let before = cpu()?;
    for _ in 0..ROUNDS {
        exchange(clients)?;
    }
    Ok((cpu()? - before) / (ROUNDS * CONNECTIONS) as f64)
}

fn connect(address: SocketAddr) -> anyhow::Result<Vec<TcpStream>> {
    let connect = |_| {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    (0..CONNECTIONS).map(connect).collect()
}

fn exchange(clients: &mut [TcpStream]) -> anyhow::Result<()> {
    let mut echo = [0; 32];
    for client in &mut *clients {
        client.write_all(&echo)?;
    }
    for client in clients {
        client.read_exact(&mut echo)?;
    }
    Ok(())
}
