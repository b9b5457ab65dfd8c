//! Lesson: one callback blocks, and a client that has nothing to do with it waits.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::echo::{LOCAL, echo};
use crate::cli::claim;
use crate::puzzle::busy::keep_busy;
use crate::{DelayMonitor, EventLoop, Listener};

const LIMIT: Duration = Duration::from_secs(8);

/// Serves two clients. The first one's request is computed for `block` in its callback; the other's is a mere echo.
/// Both requests are there before the loop runs, the first before the other. How long the second client waited, and
/// the longest delay of a timer that is due each millisecond.
///
/// # Errors
/// Those of the loop and of sockets on 127.0.0.1.
pub fn disturb(block: Duration) -> io::Result<(Duration, Duration)> {
    let mut ev = EventLoop::new()?;
    let mut connections = 0;
    let listener = Listener::bind(&mut ev, LOCAL, move |ev, stream| {
        connections += 1;
        // After an error no answer comes, and the second client sees none.
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
    let mut first = TcpStream::connect(address)?;
    let mut second = TcpStream::connect(address)?;
    first.write_all(b"?")?;
    second.write_all(b"?")?;
    second.set_read_timeout(Some(LIMIT))?;
    let start = Instant::now();
    let waiting = thread::Builder::new().spawn(move || {
        let answer = second.read_exact(&mut [0]);
        let latency = start.elapsed();
        second.shutdown(Shutdown::Both).and(answer).map(|()| latency)
    })?;
    ev.run_within(LIMIT)?;
    let latency = waiting.join().map_err(|_| io::Error::other("the client panicked"))??;
    Ok((latency, monitor.max().unwrap_or_default()))
}

/// Shows the second client, with and without a callback that blocks.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Two clients of one loop: the callback of client 1 computes for 0 or 100 ms.")?;
    writeln!(out, "  Expected: client 2 waits as long, although it asks for a mere echo.")?;
    writeln!(out, "    client 1 computes   client 2 waits   worst delay of a timer")?;
    for ms in [0, 100] {
        let block = Duration::from_millis(ms);
        let (latency, delay) = disturb(block)?;
        let computes = format!("{ms} ms");
        let waits = format!("{:.1} ms", latency.as_secs_f64() * 1e3);
        writeln!(out, "    {computes:<19} {waits:<16} {:.1} ms", delay.as_secs_f64() * 1e3)?;
        claim(latency >= block, format_args!("client 2 waited only {latency:?}"))?;
    }
    writeln!(out, "  The loop has one thread, so computing belongs elsewhere. The document:")?;
    writeln!(out, "  \"CPU-intensive operations: worker_threads\".")?;
    Ok(())
}
