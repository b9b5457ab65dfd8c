//! The primary: claims the port, starts workers, assigns connections, replaces the dead. One thread, one wait.

mod dispatch; // connections accepted and assigned
mod dispatcher; // round-robin, and what is not acknowledged
pub mod ending; // in good order, within a deadline
mod log; // reports that never make it wait
pub mod respawn; // when a dead worker is replaced
mod rolling; // all workers replaced, one at a time
mod signals; // what the operator wants
pub mod worker_handle; // a worker as its primary sees it

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem;
use std::net::TcpStream;
use std::process;
use std::time::{Duration, Instant};

use crate::settings::Settings;
use crate::wire::channel::Message;
use crate::wire::poller::{Interest, Poller};
use crate::wire::port::Port;
use dispatcher::Dispatcher;
use log::Log;
use respawn::{MAX_FAILED_STARTS, Respawn};
use signals::Signals;
use worker_handle::{State, WorkerHandle};

const SIGNALS: u64 = 0;
const LISTENER: u64 = 1;
// Any other token is the pid of a worker. Init has the pid 1.

/// How often the primary looks what is due, while something may be.
const TICK: Duration = Duration::from_millis(10);

struct Primary<'a> {
    settings: &'a Settings,
    /// Where it reports that it listens, until it has.
    out: Option<&'a mut dyn Write>,
    log: Log,
    port: Port,
    poller: Poller,
    signals: Signals,
    /// By their pids.
    workers: BTreeMap<u32, WorkerHandle>,
    dispatcher: Dispatcher<TcpStream>,
    respawn: Respawn,
    /// The newest worker of a rolling restart.
    rolling: Option<u32>,
    /// Since when the service ends.
    ending: Option<Instant>,
    /// Connections may wait in the kernel: one has come since the last accept found none.
    accept_pending: bool,
    failure: Option<io::Error>,
}

/// Serves until SIGINT or SIGTERM, then drains: finishes requests that have begun, within
/// [`DRAIN_DEADLINE`](crate::primary::ending::DRAIN_DEADLINE). SIGHUP replaces the workers one by one, unless it comes
/// from a terminal that is closed. Writes `listening on ADDRESS` to `out` once all workers listen, and each worker's
/// changes of state to `log`, without waiting for a reader of that.
///
/// It blocks these signals in the calling thread, for good: call it in a process of its own, from its only thread.
///
/// # Errors
/// `AddrInUse` or `PermissionDenied` for the port; those of starting the first workers; those of writing to `out`;
/// `Other` when no worker serves and new ones end again and again before they listen.
pub fn serve(settings: &Settings, out: &mut dyn Write, log: impl Write + Send + 'static) -> io::Result<()> {
    let port = Port::claim(settings)?;
    let signals = Signals::block()?;
    let poller = Poller::new()?;
    poller.watch(&signals, SIGNALS, Interest::EPOLLIN)?;
    if let Some(listener) = port.for_primary() {
        poller.watch(listener, LISTENER, dispatch::ONCE)?;
    }
    let primary = Primary {
        settings,
        out: Some(out),
        log: Log::new(log)?,
        port,
        poller,
        signals,
        workers: BTreeMap::new(),
        dispatcher: Dispatcher::new(),
        respawn: Respawn::default(),
        rolling: None,
        ending: None,
        accept_pending: false,
        failure: None,
    };
    primary.run()
}

impl Primary<'_> {
    fn run(mut self) -> io::Result<()> {
        let (pid, workers, schedule) = (process::id(), self.settings.workers, self.settings.schedule);
        self.log.note(format_args!("primary {pid}, {workers} workers, {schedule}"));
        for slot in 0..workers {
            self.start_worker(slot)?;
        }
        while self.ending.is_none() || !self.workers.is_empty() {
            for token in self.poller.wait(self.timeout())? {
                match token {
                    SIGNALS => self.read_signals()?,
                    LISTENER => self.accept_pending = true,
                    pid => self.on_worker_readable(pid as u32)?,
                }
            }
            self.dispatch()?;
            self.do_what_is_due()?;
        }
        self.failure.map_or(Ok(()), Err)
    }

    fn start_worker(&mut self, slot: usize) -> io::Result<u32> {
        let started = WorkerHandle::start(self.settings, slot, self.port.for_worker(slot));
        let (pid, worker) = started.map_err(|error| {
            let why = format!("cannot start a worker: {error}; fewer --workers or a higher limit may help");
            io::Error::new(error.kind(), why)
        })?;
        self.poller.watch(&worker.channel, pid.into(), Interest::EPOLLIN)?;
        self.log.note(format_args!("worker {pid} {}", worker.state));
        self.workers.insert(pid, worker);
        Ok(pid)
    }

    /// A worker moves on, and that is reported.
    fn enter(&mut self, pid: u32, state: State) {
        let Some(worker) = self.workers.get_mut(&pid) else { return };
        if mem::replace(&mut worker.state, state) != state {
            worker.deadline.take_if(|_| state == State::Listening); // it has come up
            self.log.note(format_args!("worker {pid} {state}"));
        }
    }

    /// Hears all that the worker has said, or that it has ended.
    fn on_worker_readable(&mut self, pid: u32) -> io::Result<()> {
        while let Some(worker) = self.workers.get_mut(&pid) {
            match worker.next_event() {
                Ok(Some((message, state))) => self.on_message(pid, message, state)?,
                Ok(None) => break,
                Err(error) => self.reap_and_replace(pid, &error)?,
            }
        }
        Ok(())
    }

    fn on_message(&mut self, pid: u32, message: Message, state: State) -> io::Result<()> {
        self.enter(pid, state);
        match message {
            Message::Listening | Message::Taken | Message::Room if state == State::Listening => {
                self.dispatcher.is_idle(pid);
            }
            Message::Taken => self.dispatcher.acknowledge(pid),
            Message::NoRoom => self.dispatcher.take_back(pid),
            _ => {}
        }
        self.announce()
    }

    /// Says where the service is, once all workers listen for the first time.
    fn announce(&mut self) -> io::Result<()> {
        let all_listen = self.listening() == self.settings.workers;
        let Some(out) = self.out.take_if(|_| all_listen) else { return Ok(()) };
        writeln!(out, "listening on {}", self.port.address())?;
        out.flush()
    }

    fn listening(&self) -> usize {
        self.workers.values().filter(|worker| worker.state == State::Listening).count()
    }

    /// A worker has ended: what it had not acknowledged goes to another, and another takes its slot, if none has.
    fn reap_and_replace(&mut self, pid: u32, why: &io::Error) -> io::Result<()> {
        let Some(mut worker) = self.workers.remove(&pid) else { return Ok(()) };
        self.dispatcher.take_back(pid);
        let violation = if why.kind() == io::ErrorKind::UnexpectedEof { String::new() } else { format!(", {why}") };
        let what = format!("worker {pid} {}, {}{violation}", State::Gone, worker.reap()?);
        if self.ending.is_some() || self.is_taken(worker.slot) {
            self.log.note(format_args!("{what}"));
            return Ok(());
        }
        let listened = matches!(worker.state, State::Listening | State::Draining);
        self.replace(&what, worker.slot, worker.started.elapsed(), listened)
    }

    fn is_taken(&self, slot: usize) -> bool {
        self.workers.values().any(|worker| worker.slot == slot && worker.state != State::Draining)
    }

    fn replace(&mut self, what: &str, slot: usize, age: Duration, listened: bool) -> io::Result<()> {
        let pause = self.respawn.after_death(slot, age, listened).as_millis();
        self.log.note(format_args!("{what}; another starts in {pause} ms"));
        if !self.respawn.is_hopeless() || self.listening() > 0 {
            return Ok(());
        }
        let why = format!("no worker serves, and {MAX_FAILED_STARTS} in a row did not come up; the last: {what}");
        self.failure = Some(io::Error::other(why));
        self.drain()
    }

    fn do_what_is_due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        while let Some(slot) = self.respawn.take_due(now) {
            if !self.is_taken(slot)
                && let Err(error) = self.start_worker(slot)
            {
                self.replace(&error.to_string(), slot, Duration::ZERO, false)?;
            }
        }
        self.advance_restart();
        self.end_what_is_due()
    }

    /// Where nothing can become due, it sleeps until something happens.
    fn timeout(&self) -> Option<Duration> {
        let changing = self.ending.is_some() || self.workers.len() < self.settings.workers;
        let deadline = self.workers.values().any(|worker| worker.deadline.is_some());
        (changing || deadline || self.can_accept()).then_some(TICK)
    }
}
