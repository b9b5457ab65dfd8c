//! Echo round trips: the CPU time that the server uses for one, here and in Node's net module.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Sender};
use std::{fs, thread};

use event_loop::lessons::echo::{LOCAL, echo};
use event_loop::{EventLoop, READ_SIZE};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::unistd::gettid;

use crate::measure::{Bound, Line, pin, placements};
use crate::node::Node;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 100;
const TURNS: usize = 7;

pub(crate) fn beside_node() -> anyhow::Result<()> {
    for (name, cpu, other) in placements()? {
        pin(other)?; // the servers inherit it
        let ours = Server::start(through_the_loop)?;
        let bare = Server::start(without_a_loop)?;
        let mut node = Node::start()?;
        pin(cpu)?;
        let port = node.ask("serve")? as u16;
        let mut at_ours = connect(ours.address)?;
        let mut at_bare = connect(bare.address)?;
        let mut at_node = connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let mut beside_bare = Vec::new();
        let mut beside_node = Vec::new();
        let mut floor = Vec::new();
        for turn in 0..=TURNS {
            let here = spent(&mut at_ours, || ours.cpu())?;
            let least = spent(&mut at_bare, || bare.cpu())?;
            let there = spent(&mut at_node, || node.ask("cpu"))?;
            if turn > 0 {
                beside_bare.push((here, least)); // the first turn warms up
                beside_node.push((here, there));
                floor.push((least, there));
            }
        }
        let what = format!("CPU of an echo / bare, {name}");
        Line { what, turns: beside_bare, bound: Bound::AtMost(1.05) }.print();
        let what = format!("CPU of an echo / Node, {name}");
        Line { what, turns: beside_node, bound: Bound::AtMost(0.5) }.print();
        let what = "  floor: epoll_wait, recv, send".into();
        Line { what, turns: floor, bound: Bound::AtMost(0.5) }.print_as_floor();
    }
    Ok(())
}

/// An echo server on another thread, which ends when its clients have left.
struct Server {
    address: SocketAddr,
    thread: i32,
}

impl Server {
    fn start(serve: fn(Sender<Self>) -> anyhow::Result<()>) -> anyhow::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || serve(sender).expect("the server serves"));
        Ok(receiver.recv()?)
    }

    /// The CPU time that it used so far; of Node it is that of the process.
    fn cpu(&self) -> anyhow::Result<f64> {
        let used = fs::read_to_string(format!("/proc/self/task/{}/schedstat", self.thread))?;
        Ok(used.split(' ').next().unwrap_or_default().parse()?)
    }
}

fn through_the_loop(sender: Sender<Server>) -> anyhow::Result<()> {
    let mut ev = EventLoop::new()?;
    let mut accepted = 0;
    let (_, address) = ev.listen(LOCAL, move |ev, stream| {
        stream.and_then(|stream| echo(ev, stream)).expect("an accepted connection");
        accepted += 1;
        if accepted == CONNECTIONS {
            ev.close_current();
        }
    })?;
    sender.send(Server { address, thread: gettid().as_raw() })?;
    ev.run()?;
    Ok(())
}

/// The system calls that an echo needs in any case.
fn without_a_loop(sender: Sender<Server>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(LOCAL)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    sender.send(Server { address: listener.local_addr()?, thread: gettid().as_raw() })?;
    let mut streams = Vec::new();
    for n in 0..CONNECTIONS {
        streams.push(listener.accept()?.0);
        epoll.add(&streams[n], EpollEvent::new(EpollFlags::EPOLLIN, n as u64))?;
    }
    let mut events = [EpollEvent::empty(); 256];
    let mut buffer = vec![0; READ_SIZE];
    loop {
        let count = epoll.wait(&mut events, EpollTimeout::NONE)?;
        for event in &events[..count] {
            let mut stream = &streams[event.data() as usize];
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                length => stream.write_all(&buffer[..length])?,
            }
        }
    }
}

/// The CPU time of a round trip.
fn spent(clients: &mut [TcpStream], mut cpu: impl FnMut() -> anyhow::Result<f64>) -> anyhow::Result<f64> {
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
