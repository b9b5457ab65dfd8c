//! File reads: one after another, and on pools of several sizes; from the page cache, and from the disk.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use thread_pool::Pool;
use thread_pool::trace::{Task, run_all};
use thread_pool::work::read_chunk;

use super::pools::started;
use super::{Plan, Samples, Stop, cold};
use crate::bench::{Bench, time};

/// How many threads the pools have.
const POOLS: [usize; 6] = [1, 2, 4, 8, 16, 64];
/// How much is read at a time, bytes: a buffer of this size is soon in the cache, so the file's pages are what costs.
pub(super) const PIECE: usize = 64 << 10;
/// How many parts the experiments read, at least.
pub(super) const PARTS: usize = 64;
/// How long a part of the file is, bytes; each is one job.
pub(super) const PART: usize = 256 << 10;

/// A file without a name, in the page cache since it was just written: whenever we die, it is gone.
pub(super) struct Parts {
    file: File,
    /// How many there are.
    pub(super) count: usize,
}

impl Parts {
    /// Writes `count` parts to the folder for temporary files.
    pub(super) fn new(count: usize) -> io::Result<Self> {
        let cannot = |error| io::Error::other(format!("no temporary file (set TMPDIR to a folder with room): {error}"));
        let mut file = tempfile::tempfile().map_err(cannot)?;
        for part in 0..count {
            file.write_all(&vec![part as u8; PART]).map_err(cannot)?;
        }
        Ok(Self { file, count })
    }

    /// Its path, as the process of that id has it open.
    pub(super) fn path(&self, pid: impl Display) -> PathBuf {
        format!("/proc/{pid}/fd/{}", self.file.as_raw_fd()).into()
    }

    /// A job that reads a part, and gives its length if its bytes are the ones that were written.
    pub(super) fn reader(&self, part: usize) -> impl Fn() -> io::Result<u64> + Send + Sync + Clone + 'static {
        let path = self.path("self");
        move || {
            for piece in 0..PART / PIECE {
                let bytes = read_chunk(&path, (part * PART + piece * PIECE) as u64, PIECE)?;
                if bytes.len() != PIECE || bytes[0] != part as u8 || bytes[PIECE - 1] != part as u8 {
                    return Err(io::Error::other(format!("piece {piece} of part {part} was read wrong")));
                }
            }
            Ok(PART as u64)
        }
    }
}

pub(super) fn read(plan: &Plan, cold: bool) -> Result<Samples, Stop> {
    let file = Parts::new(if cold { PARTS } else { 4 * PARTS })?; // memory is so much faster
    if cold {
        file.file.sync_all()?; // what is not written yet cannot be dropped
        cold::drop_pages(&file.file)?;
        if !cold::is_cold(&file.file)? {
            let why = "the file system of TMPDIR keeps its files in memory: nothing is read from a disk";
            return Err(Stop::CannotHere(why.to_owned()));
        }
    }
    let prepare = || if cold { cold::drop_pages(&file.file) } else { Ok(()) };
    let (pools, left_out) = pools();
    let mut bench = Bench::new(plan, "ns");
    for arm in ["serial", "control: serial, again"] {
        bench.arm(arm, || prepare().and_then(|()| time(|| serial(&file))));
    }
    bench.pair("control: serial, again", "serial");
    for pool in &pools {
        let name = format!("thread: pool of {}", pool.size());
        bench.arm(&name, || prepare().and_then(|()| time(|| pooled(&file, pool))));
        bench.pair("serial", &name);
    }
    let mut samples = bench.run(if cold { plan.rounds(5, 30) } else { plan.rounds(5, 40) })?;
    samples.left_out.extend(left_out);
    Ok(samples)
}

/// The pools, started, as far as this process may have so many threads; why not all.
fn pools() -> (Vec<Pool>, Option<String>) {
    let mut pools = Vec::new();
    for size in POOLS {
        match started(size) {
            Ok(pool) => pools.push(pool),
            Err(why) => return (pools, Some(format!("no pool of {size} or more threads: {why}"))),
        }
    }
    (pools, None)
}

fn serial(file: &Parts) -> io::Result<u64> {
    (0..file.count).map(|part| file.reader(part)()).sum()
}

fn pooled(file: &Parts, pool: &Pool) -> io::Result<u64> {
    let jobs = (0..file.count).map(|part| Box::new(file.reader(part)) as Task<io::Result<u64>>).collect();
    run_all(pool, jobs)?.into_iter().map(|done| done.map_err(io::Error::other)?.value).sum()
}
