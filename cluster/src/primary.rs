//! The primary: claims the port, starts workers, deals connections, replaces the dead. One thread, one wait.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::channel::Message;
use crate::dealer::Dealer;
use crate::life::{Life, State};
use crate::poller::{Interest, Poller};
use crate::port::Port;
use crate::respawn::{MAX_FAILED_STARTS, Respawn};
use crate::settings::Settings;

const SIGNALS: u64 = 0;
const LISTENER: u64 = 1;
/// Told that a connection waits, the primary is told of no other until it has found that none does: while there are
/// more than workers can take, they wait in the kernel without waking anybody.
const ONCE: Interest = Interest::EPOLLIN.union(Interest::EPOLLONESHOT);
// Any other token is the pid of a worker. Init has the pid 1.

/// How often the primary looks what is due, while something may be.
const TICK: Duration = Duration::from_millis(10);

pub(crate) struct Primary<'a> {
    pub(crate) settings: &'a Settings,
    /// Where it says that it listens, until it has.
    out: Option<&'a mut dyn Write>,
    log: &'a mut dyn Write,
    pub(crate) port: Port,
    poller: Poller,
    pub(crate) signals: SignalFd,
    /// By their pids.
    pub(crate) workers: BTreeMap<u32, Life>,
    pub(crate) dealer: Dealer<TcpStream>,
    pub(crate) respawn: Respawn,
    /// The newest worker of a rolling restart.
    pub(crate) rolling: Option<u32>,
    /// Once the port is shut: when the workers are told.
    pub(crate) ending: Option<Instant>,
    /// Connections may wait in the kernel: one has come since it last said that there is none.
    pub(crate) someone_waits: bool,
    failure: Option<io::Error>,
}

/// Serves until SIGINT or SIGTERM, then drains: finishes requests that have begun, within
/// [`DRAIN_DEADLINE`](crate::ending::DRAIN_DEADLINE). SIGHUP replaces the workers one by one. Writes
/// `listening on ADDRESS` to `out` once all workers listen, and each worker's changes of state to `log`.
///
/// It blocks these signals in the calling thread, for good: call it in a process of its own, from its only thread.
///
/// # Errors
/// `AddrInUse` or `PermissionDenied` for the port; those of starting the program; those of writing to `out`; `Other`
/// when workers end again and again before they listen.
pub fn serve(settings: &Settings, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<()> {
    let port = Port::claim(settings)?;
    // The workers inherit this. The signals are read from a descriptor, or stay pending.
    let mask = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
    mask.thread_block()?;
    let signals = SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
    let poller = Poller::new()?;
    poller.watch(&signals, SIGNALS, Interest::EPOLLIN)?;
    if let Some(listener) = port.for_primary() {
        poller.watch(listener, LISTENER, ONCE)?;
    }
    let primary = Primary {
        settings,
        out: Some(out),
        log,
        port,
        poller,
        signals,
        workers: BTreeMap::new(),
        dealer: Dealer::new(),
        respawn: Respawn::default(),
        rolling: None,
        ending: None,
        someone_waits: false,
        failure: None,
    };
    primary.run()
}

impl Primary<'_> {
    fn run(mut self) -> io::Result<()> {
        for place in 0..self.settings.workers {
            self.start_worker(place)?;
        }
        while self.ending.is_none() || !self.workers.is_empty() {
            for token in self.poller.wait(self.timeout())? {
                match token {
                    SIGNALS => self.read_signals()?,
                    LISTENER => self.someone_waits = true,
                    pid => self.listen_to(pid as u32)?,
                }
            }
            self.someone_waits |= self.ending.is_some(); // none may be overlooked
            self.deal()?;
            self.dealer.end_round();
            self.do_what_is_due()?;
        }
        self.failure.map_or(Ok(()), Err)
    }

    pub(crate) fn start_worker(&mut self, place: usize) -> io::Result<u32> {
        let (pid, worker) = Life::start(self.settings, place, self.port.for_worker(place)).map_err(|error| {
            let why = format!("cannot start a worker: {error}; fewer --workers or a higher limit may help");
            io::Error::new(error.kind(), why)
        })?;
        self.poller.watch(&worker.channel, pid.into(), Interest::EPOLLIN)?;
        self.note(format_args!("worker {pid} {}", worker.state));
        self.workers.insert(pid, worker);
        Ok(pid)
    }

    /// A worker moves on, and that is printed.
    pub(crate) fn enter(&mut self, pid: u32, state: State) {
        let Some(worker) = self.workers.get_mut(&pid) else { return };
        if mem::replace(&mut worker.state, state) != state {
            worker.deadline.take_if(|_| state == State::Listening); // it has come up
            self.note(format_args!("worker {pid} {state}"));
        }
    }

    /// Hears the next thing that the worker says, or that it has ended. If it said more, the poller tells.
    fn listen_to(&mut self, pid: u32) -> io::Result<()> {
        let Some(worker) = self.workers.get_mut(&pid) else { return Ok(()) };
        let state = match worker.hear() {
            Ok(Some(state)) => state,
            Ok(None) => return Ok(()),
            Err(_) => return self.bury(pid),
        };
        self.enter(pid, state);
        match state {
            State::Listening => self.dealer.freed(pid),
            _ => self.dealer.taken(pid),
        }
        self.announce()
    }

    /// Says where the service is, once all workers listen for the first time.
    fn announce(&mut self) -> io::Result<()> {
        let listening = || self.workers.values().filter(|worker| worker.state == State::Listening).count();
        let Some(out) = self.out.take_if(|_| listening() == self.settings.workers) else { return Ok(()) };
        writeln!(out, "listening on {}", self.port.address())?;
        out.flush()
    }

    /// Round-robin: deals connections to those who are free to serve, and accepts one ahead for each: who acknowledges
    /// a connection finds the next one ready.
    fn deal(&mut self) -> io::Result<()> {
        loop {
            while let Some((pid, stream)) = self.dealer.deal() {
                if let Some(worker) = self.workers.get_mut(&pid) {
                    worker.tell(Message::Connection, Some(stream.as_fd()));
                }
            }
            if !self.can_accept() {
                return Ok(());
            }
            match self.port.accept() {
                Ok(Some(stream)) => self.dealer.arrived(stream),
                Ok(None) => {
                    self.someone_waits = false;
                    self.port.for_primary().map_or(Ok(()), |listener| self.poller.change(listener, LISTENER, ONCE))?;
                }
                Err(_) => return Ok(()), // until the next tick
            }
        }
    }

    fn can_accept(&self) -> bool {
        self.someone_waits && self.dealer.waiting() < self.settings.workers
    }

    /// A worker has ended: what it had not acknowledged goes to another, and another takes its place, if none has.
    fn bury(&mut self, pid: u32) -> io::Result<()> {
        let Some(mut worker) = self.workers.remove(&pid) else { return Ok(()) };
        self.dealer.died(pid);
        let what = format!("worker {pid} {}, {}", State::Gone, worker.reap()?);
        if self.ending.is_some() || self.is_taken(worker.place) {
            self.note(format_args!("{what}"));
            return Ok(());
        }
        let listened = matches!(worker.state, State::Listening | State::Draining);
        self.replace(&what, worker.place, worker.started.elapsed(), listened)
    }

    fn is_taken(&self, place: usize) -> bool {
        self.workers.values().any(|worker| worker.place == place && worker.state != State::Draining)
    }

    fn replace(&mut self, what: &str, place: usize, age: Duration, listened: bool) -> io::Result<()> {
        match self.respawn.after_death(place, age, listened) {
            Some(pause) => self.note(format_args!("{what}; another starts in {} ms", pause.as_millis())),
            None => {
                let row = format!("{MAX_FAILED_STARTS} workers in a row ended before they listened; the last: {what}");
                self.failure = Some(io::Error::other(row));
                self.drain()?;
            }
        }
        Ok(())
    }

    fn do_what_is_due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        while let Some(place) = self.respawn.take_due(now) {
            if !self.is_taken(place)
                && let Err(error) = self.start_worker(place)
            {
                self.replace(&error.to_string(), place, Duration::ZERO, false)?;
            }
        }
        self.roll_on();
        self.end_what_is_due(now);
        Ok(())
    }

    /// Where nothing can become due, it sleeps until somebody says something.
    fn timeout(&self) -> Option<Duration> {
        let changing = self.ending.is_some() || self.workers.len() < self.settings.workers;
        let deadline = self.workers.values().any(|worker| worker.deadline.is_some());
        (changing || deadline || self.can_accept()).then_some(TICK)
    }

    /// A line for whoever looks after the service; it does not depend on being read.
    pub(crate) fn note(&mut self, message: std::fmt::Arguments) {
        let _ = writeln!(self.log, "cluster: {message}");
    }
}
