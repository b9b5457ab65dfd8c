//! A unit goes wrong while its sibling serves: who is answered, and how soon is the unit replaced?
//!
//! A client asks the sibling five times a millisecond. A supervisor keeps the victim running: it holds the reading end
//! of a pipe whose writing end only the victim has, so that its end is seen at once, and asks it now and then, since
//! one that loops for ever does not end. The units are two threads of one process, or two processes.

use std::io::{self, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use process_basics::fork::fork;
use process_basics::mapping::Mapping;
use process_basics::support::fault::Fault;

use super::{Plan, Samples, Stop};

/// A panic, which a thread survives; a crash, which takes its process down; and what never ends.
const FAULTS: [Fault; 3] = [Fault::Panic, Fault::SegmentationFault, Fault::EndlessLoop];

const BEFORE: Duration = Duration::from_millis(10);
const AFTER: Duration = Duration::from_millis(10);
const EACH: Duration = Duration::from_micros(200);
/// Who has not answered by then hangs.
const PATIENCE: Duration = Duration::from_millis(20);
const LIMIT: Duration = Duration::from_secs(5);

const ASK: u8 = b'?';
const FAIL: u8 = b'!';

/// What happened, and when: milliseconds since the beginning of its trial.
type Moment = (&'static str, f64);

/// The sibling, the victim and who keeps it, in a process of their own.
type Play = fn(&Scene) -> io::Result<()>;

const KINDS: [&str; 5] = ["answered", "lost", "fault", "detected", "repaired"];

pub(super) fn timelines(plan: &Plan) -> Result<Samples, Stop> {
    std::panic::set_hook(Box::new(|_| ())); // a fault of ours, not worth a message
    let mut samples = Samples::default();
    for (unit, play) in [("thread", two_threads as Play), ("process", two_processes)] {
        for fault in FAULTS {
            let mut moments: Vec<Moment> = Vec::new();
            for trial in 0..plan.rounds(3, 10) {
                let scene = Scene::new(&format!("{}.{unit}.{fault}.{trial}", process::id()), fault)?;
                moments.extend(scene.play(play)?);
            }
            for kind in KINDS {
                let of_kind: Vec<f64> =
                    moments.iter().filter(|moment| moment.0 == kind).map(|moment| moment.1).collect();
                if !of_kind.is_empty() {
                    samples.arm(&format!("{unit}: {fault}: {kind}"), "ms into a trial", of_kind);
                }
            }
        }
    }
    Ok(samples)
}

/// What the client, the supervisors and the units know.
struct Scene {
    start: Instant,
    fault: Fault,
    sibling: SocketAddr,
    victim: SocketAddr,
    /// When a supervisor saw the fault, and when its unit served again: nanoseconds since the start, in shared memory.
    moments: Mapping,
}

impl Scene {
    /// The addresses are names without a file (unix(7), abstract).
    fn new(name: &str, fault: Fault) -> io::Result<Self> {
        let address = |who: &str| SocketAddr::from_abstract_name(format!("{name}.{who}"));
        let (sibling, victim) = (address("sibling")?, address("victim")?);
        Ok(Self { start: Instant::now(), fault, sibling, victim, moments: Mapping::shared(2)? })
    }

    fn detected(&self) -> &AtomicU64 {
        self.moments.page(0)
    }

    fn repaired(&self) -> &AtomicU64 {
        self.moments.page(1)
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// The client's side, beside supervisors in a process of their own.
    fn play(&self, units: Play) -> io::Result<Vec<Moment>> {
        let supervisor = fork(|| units(self).map_or(1, |()| 0))?;
        let gone_wrong = || io::Result::Ok(supervisor.has_ended()? || self.start.elapsed() > LIMIT);
        while !(answers(&self.sibling) && answers(&self.victim)) {
            if gone_wrong()? {
                let why = "the units did not start to answer (is the limit of processes and threads low, ulimit -u?)";
                return Err(io::Error::other(why));
            }
        }
        let began = self.now();
        let since = |ns: u64| ns.saturating_sub(began) as f64 / 1e6;
        let (mut moments, mut failing) = (Vec::new(), false);
        for turn in 1.. {
            let due = began + turn * EACH.as_nanos() as u64;
            thread::sleep(Duration::from_nanos(due.saturating_sub(self.now())));
            moments.push((if answers(&self.sibling) { "answered" } else { "lost" }, since(due)));
            if !failing && self.now() > began + BEFORE.as_nanos() as u64 {
                failing = true;
                moments.push(("fault", since(self.now())));
                UnixStream::connect_addr(&self.victim)?.write_all(&[FAIL])?;
            }
            let repaired = self.repaired().load(SeqCst);
            if repaired > 0 && self.now() > repaired + AFTER.as_nanos() as u64 {
                break;
            }
            if gone_wrong()? {
                return Err(io::Error::other(format!("after '{}' the victim was not replaced", self.fault)));
            }
        }
        let seen = [("detected", self.detected()), ("repaired", self.repaired())];
        moments.extend(seen.map(|(what, when)| (what, since(when.load(SeqCst)))));
        Ok(moments)
    }

    /// A unit's side: answers whoever asks, until it is told to fail. The pipe is closed when it ends.
    fn serve(&self, address: &SocketAddr, _alive: &PipeWriter) -> io::Result<()> {
        for client in UnixListener::bind_addr(address)?.incoming() {
            let (mut client, mut request) = (client?, [0]);
            client.read_exact(&mut request)?;
            if request == [FAIL] {
                self.fault.commit();
            }
            client.write_all(&request)?;
        }
        Ok(())
    }

    /// A supervisor: starts a unit again whenever it has ended or, if there is whom to ask, does not answer. `end` ends
    /// it, and is told whether it hangs.
    fn keep<U>(
        &self,
        ask: Option<&SocketAddr>,
        start: impl Fn(PipeWriter) -> io::Result<U>,
        end: fn(U, bool),
    ) -> io::Result<()> {
        loop {
            let (alive, held) = io::pipe()?;
            let unit = start(held)?;
            while !answers(&self.victim) {
                thread::yield_now();
            }
            if self.detected().load(SeqCst) > 0 {
                self.repaired().store(self.now(), SeqCst);
            }
            let turn = PollTimeout::try_from(PATIENCE / 4).expect("a few milliseconds");
            let has_ended = || io::Result::Ok(poll(&mut [PollFd::new(alive.as_fd(), PollFlags::POLLIN)], turn)? > 0);
            while !has_ended()? && ask.is_none_or(answers) {}
            let hangs = !has_ended()?; // one that is about to end does not answer, either
            // The first who sees it: a supervisor in the process, or the one of the process.
            let _ = self.detected().compare_exchange(0, self.now(), SeqCst, SeqCst);
            end(unit, hangs);
        }
    }
}

/// Whether one who serves there answers in time.
fn answers(address: &SocketAddr) -> bool {
    let ask = || {
        let (mut server, mut answer) = (UnixStream::connect_addr(address)?, [0]);
        server.set_read_timeout(Some(PATIENCE))?;
        server.write_all(&[ASK])?;
        server.read_exact(&mut answer)?;
        io::Result::Ok(answer == [ASK])
    };
    ask().unwrap_or(false)
}

/// A process is killed, if it still runs.
fn two_processes(scene: &Scene) -> io::Result<()> {
    let start = |address| move |alive: PipeWriter| fork(move || scene.serve(address, &alive).map_or(1, |()| 0));
    let (_watched_by_nobody, held) = io::pipe()?;
    let _sibling = start(&scene.sibling)(held)?;
    scene.keep(Some(&scene.victim), start(&scene.victim), |child, _| drop(child))
}

/// A thread that has panicked is replaced inside its process. One that hangs cannot be ended: its process has to be.
fn two_threads(scene: &Scene) -> io::Result<()> {
    let host = |alive: PipeWriter| -> io::Result<()> {
        thread::scope(|threads| {
            thread::Builder::new().spawn_scoped(threads, || scene.serve(&scene.sibling, &alive))?;
            let start = |alive: PipeWriter| {
                thread::Builder::new().spawn_scoped(threads, move || scene.serve(&scene.victim, &alive))
            };
            let kept = scene.keep(Some(&scene.victim), start, |_, hangs| {
                if hangs {
                    process::exit(1)
                }
            });
            process::exit(kept.map_or(1, |()| 0))
        })
    };
    scene.keep(None, |alive| fork(move || host(alive).map_or(1, |()| 0)), |child, _| drop(child))
}
