//! The primary: claims the port, starts workers, deals connections, replaces the dead, drains. One thread, one wait.

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
use crate::port::{BACKLOG, Port};
use crate::respawn::{MAX_FAILED_STARTS, Respawn};
use crate::serve::Settings;

/// How long the workers may take to finish what they have begun, once the service is told to end.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(5);

const SIGNALS: u64 = 0;
const LISTENER: u64 = 1;
const FIRST_WORKER: u64 = 2;

pub(crate) struct Primary<'a> {
    settings: &'a Settings,
    out: &'a mut dyn Write,
    log: &'a mut dyn Write,
    poller: Poller,
    signals: SignalFd,
    /// `None` once the service drains.
    port: Option<Port>,
    workers: BTreeMap<u64, Life>,
    next: u64,
    dealer: Dealer<TcpStream>,
    respawn: Respawn,
    announced: bool,
    /// Of the draining: when the workers that are left are killed.
    deadline: Option<Instant>,
    failure: Option<io::Error>,
}

impl<'a> Primary<'a> {
    /// Blocks SIGINT and SIGTERM in this thread, and by inheritance in the workers: from here on they are read from
    /// a descriptor, or stay pending.
    pub(crate) fn new(settings: &'a Settings, out: &'a mut dyn Write, log: &'a mut dyn Write) -> io::Result<Self> {
        let port = Port::claim(settings.port, settings.schedule)?;
        let mask = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
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
            announced: false,
            deadline: None,
            failure: None,
        })
    }

    pub(crate) fn run(mut self) -> io::Result<()> {
        for nth in 1..=self.settings.workers {
            self.start_worker().map_err(|error| {
                let why = format!("cannot start worker {nth}: {error}; fewer --workers or a higher limit may help");
                io::Error::new(error.kind(), why)
            })?;
        }
        while self.port.is_some() || !self.workers.is_empty() {
            for token in self.poller.wait(self.timeout())? {
                match token {
                    SIGNALS => self.read_signals()?,
                    LISTENER => self.accept(),
                    id => self.listen_to(id)?,
                }
            }
            self.do_what_is_due()?;
            if let Some(port) = &mut self.port {
                port.watch(&self.poller, LISTENER, self.dealer.has_free())?;
            }
        }
        self.failure.map_or(Ok(()), Err)
    }

    fn start_worker(&mut self) -> io::Result<()> {
        let worker = Life::start(&self.settings.program)?;
        let id = self.next;
        self.next += 1;
        self.poller.watch(&worker, id, Interest::EPOLLIN)?;
        self.workers.insert(id, worker);
        Ok(())
    }

    /// Hears all that the worker said, and then of its end, if it has ended.
    fn listen_to(&mut self, id: u64) -> io::Result<()> {
        while let Some(worker) = self.workers.get_mut(&id) {
            match worker.hear() {
                Received::Nothing => break,
                Received::Closed => self.bury(id)?,
                Received::Message(message, _) => match worker.state.after(message) {
                    Some(state) => {
                        worker.state = state;
                        self.answer(id, message, state)?;
                    }
                    None => worker.kill(), // it talks nonsense
                },
            }
        }
        self.deal();
        Ok(())
    }

    fn answer(&mut self, id: u64, message: Message, state: State) -> io::Result<()> {
        match (message, state) {
            (Message::Online, State::Online) => {
                if let (Some(port), Some(worker)) = (&self.port, self.workers.get_mut(&id)) {
                    match port.for_worker() {
                        Ok(socket) => worker.tell(Message::Listen, socket.as_ref().map(AsFd::as_fd)),
                        Err(_) => worker.kill(), // no descriptor left: perhaps there is when it is replaced
                    }
                }
            }
            (Message::Listening, State::Listening) => {
                self.dealer.freed(id);
                self.announce()?;
            }
            (Message::Taken, _) => self.dealer.freed(id),
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

    /// Round-robin: accepts while somebody is free to serve.
    fn accept(&mut self) {
        while self.dealer.has_free()
            && let Some(stream) = self.port.as_mut().and_then(Port::accept)
        {
            self.dealer.arrived(stream);
            self.deal();
        }
    }

    fn deal(&mut self) {
        while let Some((id, stream)) = self.dealer.deal() {
            if let Some(worker) = self.workers.get_mut(&id) {
                worker.tell(Message::Connection, Some(stream.as_fd()));
            }
        }
    }

    /// A worker has ended: what it had not acknowledged goes to another, and another takes its place.
    fn bury(&mut self, id: u64) -> io::Result<()> {
        let Some(worker) = self.workers.remove(&id) else { return Ok(()) };
        self.dealer.died(id);
        let (pid, age, state) = (worker.pid(), worker.age(), worker.state);
        let end = worker.reap()?;
        if self.port.is_some() {
            self.replace(format!("worker {pid} ended, {end}"), age, state == State::Listening)?;
        }
        Ok(())
    }

    fn replace(&mut self, what: String, age: Duration, listened: bool) -> io::Result<()> {
        match self.respawn.after_death(Instant::now(), age, listened) {
            Some(pause) => self.note(format_args!("{what}; another starts in {} ms", pause.as_millis())),
            None => {
                let row = format!("{MAX_FAILED_STARTS} workers in a row ended before they listened; the last: {what}");
                self.failure = Some(io::Error::other(row));
                self.drain()?;
            }
        }
        Ok(())
    }

    /// A first signal drains the service, a second one ends it at once.
    fn read_signals(&mut self) -> io::Result<()> {
        while self.signals.read_signal()?.is_some() {
            match self.port {
                Some(_) => self.drain()?,
                None => self.deadline = Some(Instant::now()),
            }
        }
        Ok(())
    }

    /// Takes what the kernel has already connected to this port, then closes it. The workers are told once all that
    /// waits has been dealt.
    fn drain(&mut self) -> io::Result<()> {
        let Some(mut port) = self.port.take() else { return Ok(()) };
        self.deadline = Some(Instant::now() + DRAIN_DEADLINE);
        self.respawn.cancel();
        port.watch(&self.poller, LISTENER, false)?;
        (0..BACKLOG).map_while(|_| port.accept()).for_each(|stream| self.dealer.arrived(stream));
        self.deal();
        Ok(())
    }

    fn do_what_is_due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        for _ in 0..self.respawn.take_due(now) {
            if let Err(error) = self.start_worker() {
                self.replace(format!("a worker could not be started, {error}"), Duration::ZERO, false)?;
            }
        }
        if self.port.is_none() && !self.dealer.has_waiting() {
            for worker in self.workers.values_mut().filter(|worker| worker.state != State::Draining) {
                worker.state = State::Draining;
                worker.tell(Message::Drain, None);
            }
        }
        if self.deadline.take_if(|deadline| *deadline <= now).is_some() && !self.workers.is_empty() {
            self.note(format_args!("workers killed because they had not finished: {}", self.workers.len()));
            self.workers.values_mut().for_each(Life::kill);
        }
        Ok(())
    }

    fn timeout(&self) -> Option<Duration> {
        let accept_again = self.port.as_ref().and_then(|port| port.accept_again);
        let next = [self.respawn.next(), accept_again, self.deadline].into_iter().flatten().min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    /// A line for whoever looks after the service; it does not depend on being read.
    fn note(&mut self, message: std::fmt::Arguments) {
        let _ = writeln!(self.log, "cluster: {message}");
    }
}
