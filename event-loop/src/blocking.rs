//! Lesson: one callback blocks, and an innocent client waits.

use std::hint;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::echo::{LOCAL, echo};
use crate::trace::Trace;
use crate::{DelayMonitor, EventLoop, Listener, Utilization};

/// How long the lesson's callback blocks.
pub const BLOCK: Duration = Duration::from_millis(100);

/// Controls: other programs may delay one or the other.
const CONTROLS: usize = 3;
const LIMIT: Duration = Duration::from_secs(8);

/// What a blocking callback did to others.
#[derive(Debug, Clone)]
pub struct Disturbance {
    /// How long the innocent client waited for its answer.
    pub latency: Duration,
    /// The longest delay of the loop.
    pub delay: Duration,
    /// How the loop spent its time.
    pub utilization: Utilization,
    /// Everything that ran.
    pub trace: Trace,
}

/// Serves two clients. The first one's request is computed for `block` in its callback; the other's is a mere echo.
/// Both requests are there before the loop runs, the first before the other: nothing is left to chance.
///
/// # Errors
/// Those of the loop and of sockets on 127.0.0.1.
pub fn disturb(block: Duration) -> io::Result<Disturbance> {
    let (mut ev, mut connections) = (EventLoop::new()?, 0);
    let listener = Listener::bind(&mut ev, LOCAL, move |ev, stream| {
        connections += 1;
        // After an error no answer comes, and the innocent misses it.
        let _ = stream.and_then(|stream| match connections {
            1 => stream.on_data(ev, move |ev, stream, _| {
                compute(block);
                ev.close(stream);
            }),
            _ => {
                ev.close_current();
                echo(ev, stream)
            }
        });
    })?;
    let address = listener.local_addr(&ev)?;
    let monitor = DelayMonitor::start(&mut ev, Duration::from_millis(1));
    let (mut guilty, mut innocent) = (TcpStream::connect(address)?, TcpStream::connect(address)?);
    guilty.write_all(b"?")?;
    innocent.write_all(b"?")?;
    innocent.set_read_timeout(Some(LIMIT))?;
    let start = Instant::now();
    let waiting = thread::Builder::new().spawn(move || {
        let answer = innocent.read_exact(&mut [0]);
        let latency = start.elapsed();
        innocent.shutdown(Shutdown::Both).and(answer).map(|()| latency)
    })?;
    ev.record();
    ev.run_within(LIMIT)?;
    let latency = waiting.join().map_err(|_| io::Error::other("the client panicked"))??;
    let trace = ev.recorded().ok_or_else(|| io::Error::other("nothing was recorded"))?;
    let delay = monitor.max().unwrap_or_default();
    Ok(Disturbance { latency, delay, utilization: ev.utilization(), trace })
}

/// Keeps the thread busy, as computing does.
pub(crate) fn compute(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        hint::spin_loop();
    }
}

/// Shows the innocent client, with and without a blocker.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let controls = (0..CONTROLS).map(|_| disturb(Duration::ZERO)).collect::<io::Result<Vec<_>>>()?;
    let control = controls.into_iter().min_by_key(|seen| seen.latency).context("there was no control")?;
    let blocked = disturb(BLOCK)?;
    writeln!(out, "  another's callback   innocent client   delay      active")?;
    for (what, seen) in [("returns at once", &control), ("computes 100 ms", &blocked)] {
        let [latency, delay] = [seen.latency, seen.delay].map(|time| format!("{:.1}", time.as_secs_f64() * 1e3));
        let active = format!("{:.0} %", seen.utilization.share() * 100.0);
        writeln!(out, "  {what:<20} {latency:>8} ms {delay:>11} ms   {active:>6}")?;
    }
    write!(out, "{}", blocked.trace)?;
    ensure!(blocked.latency >= BLOCK, "the innocent client waited only {:?}", blocked.latency);
    ensure!(blocked.utilization.active >= BLOCK, "the loop counts {:?} as active", blocked.utilization.active);
    ensure!(control.latency < BLOCK / 2, "without a blocker the client waited {:?}", control.latency);
    writeln!(out, "  The innocent client waited for a callback that is not its")?;
    writeln!(out, "  own: the loop has one thread, and it was busy.")?;
    Ok(())
}
