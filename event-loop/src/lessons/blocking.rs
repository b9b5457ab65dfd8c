//! Lesson: one callback blocks, and a client that has nothing to do with it waits.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::echo::LOCAL;
use crate::cli::claim;
use crate::puzzle::keep_busy;
use crate::{EventLoop, Listener, Stream};

const LIMIT: Duration = Duration::from_secs(8);

/// Serves two clients. The first one's request is computed for `block` in its callback; the other's is answered at
/// once. Both requests are there before the loop runs, the first before the other. How long it took until the second
/// client was answered, and the longest delay of a timer that is due each millisecond.
///
/// # Errors
/// Those of the loop and of sockets on 127.0.0.1.
pub fn disturb(block: Duration) -> io::Result<(Duration, Duration)> {
    let mut ev = EventLoop::new()?;
    let latency = Rc::new(Cell::new(Duration::ZERO));
    let waited = Rc::clone(&latency);
    let start = Instant::now();
    let mut connections = 0;
    let listener = Listener::bind(&mut ev, LOCAL, move |ev, stream| {
        connections += 1;
        let is_first = connections == 1;
        if !is_first {
            ev.close_current();
        }
        let waited = Rc::clone(&waited);
        let answer = move |ev: &mut EventLoop, stream: Stream, _: io::Result<&[u8]>| {
            keep_busy(if is_first { block } else { Duration::ZERO });
            let _ = stream.write(ev, b"!"); // after an error its client gets no answer
            waited.set(start.elapsed());
            ev.close(stream);
        };
        let _ = stream.and_then(|stream| stream.on_data(ev, answer));
    })?;
    let address = listener.local_addr(&ev)?;
    let delay = ev.monitor_delay(Duration::from_millis(1));
    let mut clients = [TcpStream::connect(address)?, TcpStream::connect(address)?];
    for client in &mut clients {
        client.write_all(b"?")?;
    }
    ev.run_within(LIMIT)?;
    clients[1].read_exact(&mut [0])?;
    Ok((latency.get(), delay.get()))
}

/// Shows the second client, with and without a callback that blocks.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Two clients of one loop: the callback of client 1 computes for 0 or 100 ms.")?;
    writeln!(out, "  Expected: client 2 waits as long, although its answer needs no computing.")?;
    writeln!(out, "    client 1 computes   client 2 waits   worst delay of a timer")?;
    for ms in [0, 100] {
        let block = Duration::from_millis(ms);
        let (latency, delay) = disturb(block)?;
        let [waits, late] = [latency, delay].map(|time| time.as_secs_f64() * 1e3);
        writeln!(out, "    {ms:>3} ms              {waits:>5.1} ms         {late:>5.1} ms")?;
        claim(latency >= block, format_args!("client 2 waited only {latency:?}"))?;
    }
    writeln!(out, "  The loop has one thread, so computing belongs elsewhere. The document:")?;
    writeln!(out, "  \"CPU-intensive operations: worker_threads\".")?;
    Ok(())
}
