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
use std::fs::File;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::process;
use std::time::{Duration, Instant};

use crate::settings::Settings;
use crate::wire::channel::Message;
use crate::wire::poller::{Interest, Poller};
use crate::wire::port::Port;
use dispatcher::Dispatcher;
use log::Log;
use respawn::{LONGEST_OUTAGE, Respawn};
use signals::Signals;
use worker_handle::{State, WorkerHandle};

const SIGNALS: u64 = 0;
const LISTENER: u64 = 1;
// Any other token is the pid of a worker. Init has the pid 1.

/// How often the primary checks what is due, while something may become due.
const TICK: Duration = Duration::from_millis(10);

struct Primary<'a> {
    settings: &'a Settings,
    log: Log,
    port: Port,
    poller: Poller,
    signals: Signals,
    /// By their pids.
    workers: BTreeMap<u32, WorkerHandle>,
    dispatcher: Dispatcher<TcpStream>,
    respawn: Respawn,
    /// While a rolling restart goes on: the next slot.
    rolling: Option<usize>,
    /// Since when the service ends.
    ending: Option<Instant>,
    /// Connections may wait in the kernel: one has come since the last accept found none.
    accept_pending: bool,
    /// All workers have listened at the same time, and that was announced.
    is_up: bool,
}

/// Serves until SIGINT or SIGTERM, then drains: finishes requests that have begun, within
/// [`DRAIN_DEADLINE`](crate::primary::ending::DRAIN_DEADLINE). SIGHUP replaces the workers one by one, unless it comes
/// from a terminal that is closed. Writes `listening on ADDRESS` to `out` once all workers listen, and each worker's
/// changes of state to standard error, without waiting for a reader of that.
///
/// It blocks these signals in the calling thread, for good: call it in a separate process, from its only thread.
///
/// # Errors
/// `AddrInUse` or `PermissionDenied` for the port; those of writing to `out`; why a worker did not start or listen, before
/// all have listened once, and later when none has served for [`LONGEST_OUTAGE`].
pub fn serve(settings: &Settings, out: &mut dyn Write) -> io::Result<()> {
    let port = Port::claim(settings)?;
    let signals = Signals::block()?;
    let poller = Poller::new()?;
    poller.watch(&signals.descriptor, SIGNALS, Interest::EPOLLIN)?;
    if let Some(listener) = port.for_primary() {
        poller.watch(listener, LISTENER, dispatch::ONCE)?;
    }
    // The descriptor alone, without the lock of `io::stderr`: a writer that is blocked must not block another.
    let stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let primary = Primary {
        settings,
        log: Log::new(stderr)?,
        port,
        poller,
        signals,
        workers: BTreeMap::new(),
        dispatcher: Dispatcher::new(),
        respawn: Respawn::default(),
        rolling: None,
        ending: None,
        accept_pending: false,
        is_up: false,
    };
    primary.run(out)
}

impl Primary<'_> {
    fn run(mut self, out: &mut dyn Write) -> io::Result<()> {
        let (pid, workers, schedule) = (process::id(), self.settings.workers, self.settings.schedule.name());
        self.log.note(format_args!("primary {pid}, {workers} workers, {schedule}"));
        for slot in 0..workers {
            self.start_worker(slot)?;
        }
        while self.ending.is_none() || !self.workers.is_empty() {
            let heard = Instant::now();
            for token in self.poller.wait(self.timeout())? {
                match token {
                    SIGNALS => self.read_signals()?,
                    LISTENER => self.accept_pending = true,
                    pid => self.on_worker_readable(pid as u32)?,
                }
            }
            self.dispatch()?;
            self.do_what_is_due(heard)?;
            if !self.is_up && self.is_complete() {
                self.is_up = true;
                writeln!(out, "listening on {}", self.port.address)?;
                out.flush()?;
            }
        }
        Ok(())
    }

    /// Looks for what no event reports. All that was said before `heard` has been heard.
    fn do_what_is_due(&mut self, heard: Instant) -> io::Result<()> {
        while let Some(slot) = self.respawn.take_due(heard) {
            if let Err(error) = self.start_worker(slot) {
                self.replace(slot, &error.to_string(), Duration::ZERO, false)?;
            }
        }
        self.advance_restart();
        self.advance_end();
        self.kill_late(heard);
        Ok(())
    }

    fn start_worker(&mut self, slot: usize) -> io::Result<()> {
        let explain = |error| format!("cannot start a worker: {error}; fewer --workers or a higher limit may help");
        let worker = WorkerHandle::start(self.settings, slot, self.port.for_worker(slot), &self.log)
            .map_err(|error| io::Error::new(error.kind(), explain(error)))?;
        let pid = worker.pid();
        self.poller.watch(&worker.channel, pid.into(), Interest::EPOLLIN)?;
        self.log.note(format_args!("worker {pid} starting"));
        self.workers.insert(pid, worker);
        Ok(())
    }

    /// Hears all that the worker has said, or that it has ended.
    fn on_worker_readable(&mut self, pid: u32) -> io::Result<()> {
        while let Some(worker) = self.workers.get(&pid) {
            match worker.channel.receive() {
                Ok(Some((message, _))) => self.on_message(pid, message, worker.state.after(message)),
                Ok(None) => break,
                Err(_) => self.reap_and_replace(pid)?,
            }
        }
        Ok(())
    }

    fn on_message(&mut self, pid: u32, message: Message, state: State) {
        self.enter(pid, state);
        match message {
            Message::Ready if state == State::Listening => self.dispatcher.is_idle(pid),
            Message::Ready => self.dispatcher.acknowledge(pid),
            Message::NoRoom => self.dispatcher.take_back(pid),
            _ => {}
        }
    }

    /// A worker moves on, and that is reported. When it begins to listen, its predecessor may leave.
    fn enter(&mut self, pid: u32, state: State) {
        let Some(worker) = self.workers.get_mut(&pid).filter(|worker| worker.state != state) else { return };
        worker.state = state;
        worker.since = Instant::now();
        let slot = worker.slot;
        self.log.note(format_args!("worker {pid} {}", format!("{state:?}").to_lowercase()));
        if state == State::Listening {
            self.staying(slot).into_iter().filter(|other| *other != pid).for_each(|old| self.dismiss(old));
        }
    }

    /// The workers of a slot that are not told to leave: one, none, or a new one, too.
    fn staying(&self, slot: usize) -> Vec<u32> {
        let stays = |worker: &WorkerHandle| worker.slot == slot && worker.state != State::Draining;
        self.workers.iter().filter(|(_, worker)| stays(worker)).map(|(pid, _)| *pid).collect()
    }

    /// Every slot has one worker, and that listens.
    fn is_complete(&self) -> bool {
        let listens = |worker: &WorkerHandle| worker.state == State::Listening;
        self.workers.len() == self.settings.workers && self.workers.values().all(listens)
    }

    /// A worker has ended, or says what no worker says: what it had not acknowledged goes to another, and another takes
    /// its slot, if none has.
    fn reap_and_replace(&mut self, pid: u32) -> io::Result<()> {
        let Some(mut worker) = self.workers.remove(&pid) else { return Ok(()) };
        self.dispatcher.take_back(pid);
        let what = format!("worker {pid} gone, {}", worker.reap()?);
        let has_listened = worker.state.has_listened();
        if self.ending.is_none() && self.staying(worker.slot).is_empty() {
            return self.replace(worker.slot, &what, worker.started.elapsed(), has_listened);
        }
        self.log.note(format_args!("{what}"));
        if !has_listened {
            self.abort_restart("the new worker did not come up");
        }
        Ok(())
    }

    /// A worker is to start in an empty slot after a pause. At the very start the service gives up instead, and also
    /// when no worker has served for long.
    fn replace(&mut self, slot: usize, what: &str, age: Duration, has_listened: bool) -> io::Result<()> {
        if !self.is_up && !has_listened {
            return Err(io::Error::other(format!("a worker did not come up: {what}")));
        }
        let serving = has_listened || self.workers.values().any(|worker| worker.state.has_listened());
        let Some(pause) = self.respawn.after_death(slot, age, serving, Instant::now()) else {
            return Err(io::Error::other(format!("no worker has served for {LONGEST_OUTAGE:?}; the last: {what}")));
        };
        self.log.note(format_args!("{what}; another starts in {} ms", pause.as_millis()));
        Ok(())
    }

    /// Where nothing can become due, it sleeps until something happens.
    fn timeout(&self) -> Option<Duration> {
        let changing = self.ending.is_some() || !self.is_complete();
        (changing || self.can_accept()).then_some(TICK)
    }
}
