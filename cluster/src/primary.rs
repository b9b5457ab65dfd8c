//! The primary: claims the port, starts workers, deals connections, replaces the dead. One thread, one wait.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::channel::{Message, Received};
use crate::dealer::Dealer;
use crate::life::{Life, State};
use crate::poller::{Interest, Poller};
use crate::port::Port;
use crate::respawn::{MAX_FAILED_STARTS, Respawn};
use crate::rolling::Rolling;
use crate::settings::Settings;

const SIGNALS: u64 = 0;
pub(crate) const LISTENER: u64 = 1;
const FIRST_WORKER: u64 = 2;

pub(crate) struct Primary<'a> {
    pub(crate) settings: &'a Settings,
    out: &'a mut dyn Write,
    log: &'a mut dyn Write,
    pub(crate) poller: Poller,
    pub(crate) signals: SignalFd,
    /// `None` once the service drains.
    pub(crate) port: Option<Port>,
    pub(crate) workers: BTreeMap<u64, Life>,
    next: u64,
    pub(crate) dealer: Dealer<TcpStream>,
    pub(crate) respawn: Respawn,
    pub(crate) rolling: Option<Rolling>,
    announced: bool,
    failure: Option<io::Error>,
}

impl<'a> Primary<'a> {
    /// Blocks SIGINT, SIGTERM and SIGHUP in this thread, and by inheritance in the workers: from here on they are read from
    /// a descriptor, or stay pending.
    pub(crate) fn new(settings: &'a Settings, out: &'a mut dyn Write, log: &'a mut dyn Write) -> io::Result<Self> {
        let port = Port::claim(settings)?;
        let mask = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
        mask.thread_block()?;
        let signals = SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        let poller = Poller::new()?;
        poller.watch(&signals, SIGNALS, Interest::EPOLLIN)?;
        Ok(Self {
            settings,
            out,
            log,
            poller,
            signals,
            port: Some(port),
            workers: BTreeMap::new(),
            next: FIRST_WORKER,
            dealer: Dealer::new(),
            respawn: Respawn::default(),
            rolling: None,
            announced: false,
            failure: None,
        })
    }

    pub(crate) fn run(mut self) -> io::Result<()> {
        for place in 0..self.settings.workers {
            self.start_worker(place).map_err(|error| {
                let nth = place + 1;
                let why = format!("cannot start worker {nth}: {error}; fewer --workers or a higher limit may help");
                io::Error::new(error.kind(), why)
            })?;
        }
        while self.port.is_some() || !self.workers.is_empty() {
            for token in self.poller.wait(self.timeout())? {
                match token {
                    SIGNALS => self.read_signals()?,
                    LISTENER => self.accept()?,
                    id => self.listen_to(id)?,
                }
            }
            self.do_what_is_due()?;
            if let Some(port) = self.port.as_mut().filter(|_| self.dealer.has_free()) {
                port.watch(&self.poller, LISTENER, true)?;
            }
        }
        self.failure.map_or(Ok(()), Err)
    }

    pub(crate) fn start_worker(&mut self, place: usize) -> io::Result<u64> {
        let worker = Life::start(self.settings, place)?;
        let id = self.next;
        self.next += 1;
        self.poller.watch(&worker, id, Interest::EPOLLIN)?;
        self.note(format_args!("worker {} {}", worker.pid(), worker.state));
        self.workers.insert(id, worker);
        Ok(id)
    }

    /// A worker moves on, and that is printed.
    pub(crate) fn enter(&mut self, id: u64, state: State) {
        let Some(worker) = self.workers.get_mut(&id) else { return };
        if mem::replace(&mut worker.state, state) != state {
            let pid = worker.pid();
            self.note(format_args!("worker {pid} {state}"));
        }
    }

    /// Hears the next thing that the worker said, or that it has ended. If it said more, the poller tells.
    fn listen_to(&mut self, id: u64) -> io::Result<()> {
        let Some(worker) = self.workers.get_mut(&id) else { return Ok(()) };
        match worker.hear() {
            Received::Nothing => {}
            Received::Closed => self.bury(id)?,
            Received::Message(message, _) => match worker.state.after(message) {
                Some(state) => {
                    self.enter(id, state);
                    self.answer(id, message, state)?;
                }
                None => worker.kill(), // it talks nonsense
            },
        }
        self.deal();
        // Where connections came faster than workers were free, the next one is there already: no need to be told.
        if self.port.as_ref().is_some_and(|port| !port.watched) { self.accept() } else { Ok(()) }
    }

    fn answer(&mut self, id: u64, message: Message, state: State) -> io::Result<()> {
        match (message, state) {
            (Message::Online, State::Online) => {
                if let (Some(port), Some(worker)) = (&self.port, self.workers.get_mut(&id)) {
                    match port.for_worker(worker.place) {
                        Ok(socket) => worker.tell(Message::Listen, socket.as_ref().map(AsFd::as_fd)),
                        Err(_) => worker.kill(), // no descriptor left: perhaps there is when it is replaced
                    }
                }
            }
            (Message::Listening, State::Listening) => {
                self.dealer.freed(id);
                self.announce()?;
                self.roll_on(id);
            }
            (Message::Taken, State::Listening) => self.dealer.freed(id),
            (Message::Taken, _) => self.dealer.taken(id),
            _ => {}
        }
        Ok(())
    }

    /// Says where the service is, once all workers listen for the first time.
    fn announce(&mut self) -> io::Result<()> {
        let listening = self.workers.values().filter(|worker| worker.state == State::Listening).count();
        let Some(port) = self.port.as_ref().filter(|_| listening == self.settings.workers) else { return Ok(()) };
        if !mem::replace(&mut self.announced, true) {
            writeln!(self.out, "listening on {}", port.address())?;
            self.out.flush()?;
        }
        Ok(())
    }

    /// Round-robin: accepts while somebody is free to serve, then lets them wait in the kernel.
    fn accept(&mut self) -> io::Result<()> {
        let Some(port) = &mut self.port else { return Ok(()) };
        if !self.dealer.has_free() {
            return port.watch(&self.poller, LISTENER, false);
        }
        while self.dealer.has_free()
            && let Some(stream) = self.port.as_mut().and_then(Port::accept)
        {
            self.dealer.arrived(stream);
            self.deal();
        }
        Ok(())
    }

    pub(crate) fn deal(&mut self) {
        while let Some((id, stream)) = self.dealer.deal() {
            if let Some(worker) = self.workers.get_mut(&id) {
                worker.tell(Message::Connection, Some(stream.as_fd()));
            }
        }
    }

    /// A worker has ended: what it had not acknowledged goes to another, and another takes its place, if none has.
    fn bury(&mut self, id: u64) -> io::Result<()> {
        let Some(worker) = self.workers.remove(&id) else { return Ok(()) };
        self.dealer.died(id);
        let (pid, age, state, place) = (worker.pid(), worker.age(), worker.state, worker.place);
        let end = worker.reap()?;
        let what = format!("worker {pid} {}, {end}", State::Gone);
        let taken = self.workers.values().any(|other| other.place == place && other.state != State::Draining);
        if self.port.is_none() || taken {
            self.note(format_args!("{what}"));
        } else {
            self.replace(what, place, age, matches!(state, State::Listening | State::Draining))?;
        }
        self.roll_after(id);
        Ok(())
    }

    fn replace(&mut self, what: String, place: usize, age: Duration, listened: bool) -> io::Result<()> {
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
            if let Err(error) = self.start_worker(place) {
                self.replace(format!("a worker could not be started, {error}"), place, Duration::ZERO, false)?;
            }
        }
        self.end_what_is_due(now);
        Ok(())
    }

    fn timeout(&self) -> Option<Duration> {
        let accept_again = self.port.as_ref().filter(|_| self.dealer.has_free()).and_then(|port| port.accept_again);
        let leave_by = self.workers.values().filter_map(|worker| worker.leave_by).min();
        let next = [self.respawn.next(), accept_again, leave_by].into_iter().flatten().min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    /// A line for whoever looks after the service; it does not depend on being read.
    pub(crate) fn note(&mut self, message: std::fmt::Arguments) {
        let _ = writeln!(self.log, "cluster: {message}");
    }
}
