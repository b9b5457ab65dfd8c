//! The primary: claims the port, starts workers, assigns connections, replaces the dead. One thread does it all, and waits
//! in one place; a second one only writes the log.

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

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};

use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::wire::channel::Message;
use crate::wire::poller::wait;
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
const TICK_MS: u16 = 10;

struct Primary<'a> {
    settings: &'a Settings,
    log: Log,
    port: Port,
    epoll: Epoll,
    signals: Signals,
    /// By their pids.
    workers: BTreeMap<u32, WorkerHandle>,
    dispatcher: Dispatcher<TcpStream>,
    respawn: Respawn,
    /// While a rolling restart goes on: the next slot.
    rolling: Option<usize>,
    /// Since when the service ends.
    ending: Option<Instant>,
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
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(&signals.descriptor, EpollEvent::new(EpollFlags::EPOLLIN, SIGNALS))?;
    if settings.schedule == Schedule::RoundRobin {
        // Edge-triggered: a connection is reported when it comes, and not again while it waits for an idle worker.
        epoll.add(port.listener(0), EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, LISTENER))?;
    }
    // The descriptor alone, without the lock of `io::stderr`: a writer that is blocked must not block another.
    let stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let primary = Primary {
        settings,
        log: Log::new(stderr)?,
        port,
        epoll,
        signals,
        workers: BTreeMap::new(),
        dispatcher: Dispatcher::new(),
        respawn: Respawn::default(),
        rolling: None,
        ending: None,
        is_up: false,
    };
    primary.run(out)
}

impl Primary<'_> {
    fn run(mut self, out: &mut dyn Write) -> io::Result<()> {
        let (pid, workers, schedule) = (process::id(), self.settings.workers, self.settings.schedule.name());
        self.log.note(format_args!("primary {pid}, {workers} workers, {schedule}"));
        (0..workers).for_each(|slot| self.respawn.start_now(slot));
        let mut clients_wait = false;
        while self.ending.is_none() || !self.workers.is_empty() {
            self.start_workers()?;
            let heard = Instant::now();
            // Where nothing can become due, it sleeps until something happens.
            let may_become_due = clients_wait || self.ending.is_some() || !self.is_complete();
            for token in wait(&self.epoll, may_become_due.then_some(TICK_MS))? {
                match token {
                    SIGNALS => self.read_signals()?,
                    LISTENER => {} // `dispatch` accepts
                    pid => self.on_worker_readable(pid as u32)?,
                }
            }
            clients_wait = self.dispatch();
            self.dispatcher.acked.clear(); // closed only now, so that no worker waits for it with its next connection
            self.advance_restart();
            self.advance_end(clients_wait);
            self.kill_late(heard);
            if !self.is_up && self.is_complete() {
                self.is_up = true;
                writeln!(out, "listening on {}", self.port.address)?;
                out.flush()?;
            }
        }
        Ok(())
    }

    /// Every slot has one worker, and that listens.
    fn is_complete(&self) -> bool {
        let listens = |worker: &WorkerHandle| worker.state == State::Listening;
        self.workers.len() == self.settings.workers && self.workers.values().all(listens)
    }

    /// Starts a worker in each slot that is due for one.
    fn start_workers(&mut self) -> io::Result<()> {
        while let Some(slot) = self.respawn.take_due(Instant::now()) {
            if let Err(error) = self.start_worker(slot) {
                let why = format!("cannot start a worker: {error}; fewer --workers or a higher limit may help");
                self.on_loss(slot, &why, Duration::ZERO, false)?;
            }
        }
        Ok(())
    }

    fn start_worker(&mut self, slot: usize) -> io::Result<()> {
        let worker = WorkerHandle::start(self.settings, slot, &self.port, &self.log)?;
        let pid = worker.pid();
        self.epoll.add(&worker.channel.0, EpollEvent::new(EpollFlags::EPOLLIN, pid.into()))?;
        self.log.note(format_args!("worker {pid} starting"));
        self.workers.insert(pid, worker);
        Ok(())
    }

    /// Reads all messages of a worker, and reaps it if it has ended.
    fn on_worker_readable(&mut self, pid: u32) -> io::Result<()> {
        while let Some(worker) = self.workers.get(&pid) {
            match worker.channel.receive() {
                Ok(None) => break,
                Ok(Some((Message::Ready, _))) => self.on_ready(pid),
                Ok(Some((Message::NoRoom, _))) => self.dispatcher.take_back(pid),
                Ok(Some(_)) | Err(_) => self.reap(pid)?,
            }
        }
        Ok(())
    }

    /// A worker listens, or has acknowledged its connection. When it begins to listen, its predecessor may leave.
    fn on_ready(&mut self, pid: u32) {
        let Some(worker) = self.workers.get_mut(&pid) else { return };
        if worker.state == State::Leaving {
            return self.dispatcher.acknowledge(pid); // it said that before it heard that it is to leave
        }
        self.dispatcher.mark_idle(pid);
        if worker.state == State::Starting {
            worker.enter(State::Listening, &mut self.log);
            let slot = worker.slot;
            self.tell_to_leave(|other| other.slot == slot && other.pid() != pid);
        }
    }

    /// A worker has ended, or broke the protocol: what it had not acknowledged goes to another.
    fn reap(&mut self, pid: u32) -> io::Result<()> {
        let Some(mut worker) = self.workers.remove(&pid) else { return Ok(()) };
        self.dispatcher.take_back(pid);
        let what = format!("worker {pid} gone, {}", worker.reap()?);
        self.on_loss(worker.slot, &what, worker.started.elapsed(), worker.state != State::Starting)
    }

    /// A slot has lost a worker, or got none. If it has another one, in a rolling restart, that one goes on. Else the
    /// next one starts after a pause. At the very start the service gives up instead, and also when no worker has served
    /// for long.
    fn on_loss(&mut self, slot: usize, what: &str, age: Duration, has_listened: bool) -> io::Result<()> {
        let has_other = self.workers.values().any(|worker| worker.slot == slot && worker.state != State::Leaving);
        if self.ending.is_some() || has_other {
            self.log.note(format_args!("{what}"));
            if !has_listened {
                self.abort_restart();
            }
            return Ok(());
        }
        if !self.is_up && !has_listened {
            return Err(io::Error::other(format!("a worker did not come up: {what}")));
        }
        let serving = has_listened || self.workers.values().any(|worker| worker.state != State::Starting);
        let Some(pause) = self.respawn.after_death(slot, age, serving, Instant::now()) else {
            return Err(io::Error::other(format!("no worker has served for {LONGEST_OUTAGE:?}; the last: {what}")));
        };
        self.log.note(format_args!("{what}; another starts in {} ms", pause.as_millis()));
        Ok(())
    }
}
