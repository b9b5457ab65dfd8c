//! How big an idle connection is, how many are held, and how often a loop that has nothing to do wakes up.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, ensure};
use event_loop::lessons::echo::{LOCAL, echo};
use event_loop::{EventLoop, Waker};
use nix::libc::mallinfo2;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

const WANTED: u64 = 10_000;
/// Descriptors for everything else.
const SPARE: u64 = 64;
const QUIET: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let args: Vec<_> = env::args().collect();
    let end = match &args[1..] {
        [role, address, count] if role == "clients" => clients(address, count),
        _ => server(),
    };
    if let Err(error) = &end {
        eprintln!("memory: {error:#}");
    }
    if end.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many connections the limit of descriptors permits, once it is raised as far as it may be.
fn permitted() -> anyhow::Result<u64> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(WANTED + SPARE), hard)?;
    Ok(hard.saturating_sub(SPARE).min(WANTED))
}

fn server() -> anyhow::Result<()> {
    let count = permitted()?;
    if count < WANTED {
        println!("the limit of descriptors permits {count} connections, not {WANTED}: see `ulimit -Hn`");
    }
    let mut ev = EventLoop::new()?;
    let held = Rc::new(Cell::new(0));
    let (_, address) = ev.listen(LOCAL, {
        let held = Rc::clone(&held);
        move |ev, stream| {
            if stream.and_then(|stream| echo(ev, stream)).is_ok() {
                held.set(held.get() + 1);
                if held.get() == count {
                    ev.stop();
                }
            }
        }
    })?;
    let before = allocated();
    // The clients have a process of their own: the limit is each process's.
    let mut command = Command::new("/proc/self/exe");
    command.args(["clients", &address.to_string(), &count.to_string()]);
    let mut clients = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    ev.run_within(Duration::from_secs(30))?;
    let each = (allocated() - before) as f64 / count as f64;
    let verdict = if each <= 2048.0 { "ok" } else { "missed" };
    println!("an idle connection, in bytes of user memory     {each:>8.0}   <= 2048 {verdict}");

    let iterations = Rc::new(Cell::new(0));
    let began = Instant::now();
    let counting = Rc::clone(&iterations);
    ev.set_timeout(QUIET, move |ev| {
        counting.set(ev.position().iteration);
        ev.stop();
    });
    ev.run()?;
    let wakeups = iterations.get();
    let verdict = if iterations.get() <= 3 { "ok" } else { "missed" };
    println!("wake-ups beside them in {:?} (one timer)        {wakeups:>8}   <= 3 {verdict}", round(began.elapsed()));

    // All of them still answer.
    let mut ask = clients.stdin.take().context("the clients have an input")?;
    let mut answer = io::BufReader::new(clients.stdout.take().context("the clients have an output")?);
    let done = Waker::new(&mut ev, EventLoop::stop)?;
    let waiting = thread::spawn(move || -> anyhow::Result<u64> {
        writeln!(ask, "speak")?;
        let mut line = String::new();
        answer.read_line(&mut line)?;
        done.wake();
        Ok(line.trim().parse()?)
    });
    ev.run_within(Duration::from_secs(30))?;
    let answered = waiting.join().expect("the thread does not panic")?;
    drop(ev);
    ensure!(clients.wait()?.success(), "the clients failed");
    let verdict = if answered == WANTED { "ok" } else { "missed" };
    println!("connections held, each of which still answers   {answered:>8}   >= {WANTED} {verdict}");
    Ok(())
}

fn round(time: Duration) -> Duration {
    Duration::from_millis(time.as_millis() as u64)
}

/// What the allocator has given out, its own headers included.
fn allocated() -> usize {
    // SAFETY: it takes no argument, and reads the allocator's own counters.
    let info = unsafe { mallinfo2() };
    info.uordblks + info.hblkhd
}

/// Connects, keeps silent until a line comes, and then has each connection say something. Ends with its input.
fn clients(address: &str, count: &str) -> anyhow::Result<()> {
    permitted()?;
    let address: SocketAddr = address.parse()?;
    let count: usize = count.parse()?;
    let mut streams = Vec::new();
    for n in 0..count {
        streams.push(TcpStream::connect(address)?);
        if n % 100 == 0 {
            answers(&mut streams[n..])?; // so the server has accepted all so far, and its backlog is empty
        }
    }
    if io::stdin().lock().read_line(&mut String::new())? == 0 {
        return Ok(()); // the server is gone
    }
    println!("{}", answers(&mut streams)?);
    Ok(())
}

fn answers(streams: &mut [TcpStream]) -> io::Result<usize> {
    let mut answered = 0;
    for stream in streams {
        stream.write_all(b"?")?;
        answered += stream.read(&mut [0])?;
    }
    Ok(answered)
}
