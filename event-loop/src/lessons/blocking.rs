//! Lesson: one callback blocks, and a client that has nothing to do with it waits.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::echo::LOCAL;
use crate::cli::claim;
use crate::puzzle::keep_busy;
use crate::{EventLoop, Stream};

const LIMIT: Duration = Duration::from_secs(8);

/// Serves two clients. The first one's request is computed for `block` in its callback; the other's is answered at
/// once. Both requests are there before the loop runs, the first before the other. How long it took until the second
/// client was answered.
///
/// # Errors
/// Those of the loop and of sockets on 127.0.0.1.
pub fn disturb(block: Duration) -> io::Result<Duration> {
    let mut ev = EventLoop::new()?;
    let mut connections = 0;
    let (_, address) = ev.listen(LOCAL, move |ev, stream| {
        connections += 1;
        let is_first = connections == 1;
        let answer = move |ev: &mut EventLoop, stream: Stream, request: io::Result<&[u8]>| {
            keep_busy(if is_first { block } else { Duration::ZERO });
            let _ = request.and_then(|request| stream.write(ev, request)); // after an error its client gets no answer
            if !is_first {
                ev.stop();
            }
        };
        let _ = stream.and_then(|stream| stream.on_data(ev, answer));
    })?;
    let mut clients = [TcpStream::connect(address)?, TcpStream::connect(address)?];
    let start = Instant::now();
    for client in &mut clients {
        client.write_all(b"?")?;
    }
    ev.run_within(LIMIT)?;
    clients[1].read_exact(&mut [0])?;
    Ok(start.elapsed())
}

/// Shows the second client, with and without a callback that blocks.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Two clients of one loop: the callback of client 1 computes for 0 or 100 ms.")?;
    writeln!(out, "  Expected: client 2 waits as long, although its answer needs no computing.")?;
    writeln!(out, "    client 1 computes   client 2 waits")?;
    for ms in [0, 100] {
        let block = Duration::from_millis(ms);
        let wait = disturb(block)?;
        writeln!(out, "    {ms:>3} ms              {:>5.1} ms", wait.as_secs_f64() * 1e3)?;
        claim(wait >= block, format_args!("client 2 waited only {wait:?}"))?;
    }
    writeln!(out, "  The loop has one thread, so computing belongs elsewhere. The document:")?;
    writeln!(out, "  \"CPU-intensive operations: worker_threads\".")?;
    Ok(())
}
