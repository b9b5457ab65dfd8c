//! Lesson: one callback blocks, and a client that has nothing to do with it waits.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::echo::{LOCAL, echo};
use crate::cli::claim;
use crate::puzzle::busy::keep_busy;
use crate::{DelayMonitor, EventLoop, Listener, Trace, Utilization};

/// How long the lesson's callback blocks.
pub const BLOCK: Duration = Duration::from_millis(100);

/// Controls: other programs may delay one or the other.
const CONTROLS: usize = 3;
const LIMIT: Duration = Duration::from_secs(8);

/// What a blocking callback did to others.
#[derive(Debug)]
pub struct BlockingEffect {
    /// How long the bystander client waited for its answer.
    pub latency: Duration,
    /// The longest delay of the loop.
    pub delay: Duration,
    /// How the loop spent its time.
    pub utilization: Utilization,
    /// Everything that ran.
    pub trace: Rc<Trace>,
}

/// Serves two clients. The first one's request is computed for `block` in its callback; the other's is a mere echo.
/// Both requests are there before the loop runs, the first before the other: nothing is left to chance.
///
/// # Errors
/// Those of the loop and of sockets on 127.0.0.1.
pub fn disturb(block: Duration) -> io::Result<BlockingEffect> {
    let (mut ev, mut connections) = (EventLoop::new()?, 0);
    let listener = Listener::bind(&mut ev, LOCAL, move |ev, stream| {
        connections += 1;
        // After an error no answer comes, and the bystander sees none.
        let _ = stream.and_then(|stream| match connections {
            1 => stream.on_data(ev, move |ev, stream, _| {
                keep_busy(block);
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
    let (mut blocker, mut bystander) = (TcpStream::connect(address)?, TcpStream::connect(address)?);
    blocker.write_all(b"?")?;
    bystander.write_all(b"?")?;
    bystander.set_read_timeout(Some(LIMIT))?;
    let start = Instant::now();
    let waiting = thread::Builder::new().spawn(move || {
        let answer = bystander.read_exact(&mut [0]);
        let latency = start.elapsed();
        bystander.shutdown(Shutdown::Both).and(answer).map(|()| latency)
    })?;
    let trace = ev.record();
    ev.run_within(LIMIT)?;
    let latency = waiting.join().map_err(|_| io::Error::other("the client panicked"))??;
    let delay = monitor.max().unwrap_or_default();
    Ok(BlockingEffect { latency, delay, utilization: ev.utilization(), trace })
}

/// Shows the bystander, with and without a blocker.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let controls = (0..CONTROLS).map(|_| disturb(Duration::ZERO)).collect::<io::Result<Vec<_>>>()?;
    let control = controls.into_iter().min_by_key(|seen| seen.latency).context("there was no control")?;
    let blocked = disturb(BLOCK)?;
    writeln!(out, "  Two clients of one loop: the callback of client 1 computes for 0 or 100 ms.")?;
    writeln!(out, "  Expected: client 2 waits as long, although it asks for a mere echo.")?;
    writeln!(out, "    client 1 computes   client 2 waits   worst timer delay   loop busy")?;
    for (time, seen) in [("0 ms", &control), ("100 ms", &blocked)] {
        let waits = format!("{:.1} ms", seen.latency.as_secs_f64() * 1e3);
        let delay = format!("{:.1} ms", seen.delay.as_secs_f64() * 1e3);
        let busy = format!("{:.0} %", seen.utilization.share() * 100.0);
        writeln!(out, "    {time:<19} {waits:<16} {delay:<19} {busy}")?;
    }
    let longest = blocked.trace.steps().into_iter().max_by_key(|step| step.took).context("nothing ran")?;
    let position = longest.position;
    let took = longest.took.as_secs_f64() * 1e3;
    writeln!(out, "    the longest callback: {} in the {} phase, {took:.1} ms", position.kind, position.phase)?;
    claim(blocked.latency >= BLOCK, format_args!("client 2 waited only {:?}", blocked.latency))?;
    let active = blocked.utilization.active;
    claim(active >= BLOCK, format_args!("the loop counts {active:?} as busy"))?;
    claim(control.latency < BLOCK, format_args!("without a blocker client 2 waited {:?}", control.latency))?;
    writeln!(out, "  The loop has one thread: what computes belongs elsewhere. The document:")?;
    writeln!(out, "  \"CPU-intensive operations: worker_threads\".")?;
    Ok(())
}
