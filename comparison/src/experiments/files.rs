//! File reads: one after another, and on pools of several sizes; from the page cache, and from the disk.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use nix::sys::resource::{Resource, getrlimit};
use thread_pool::work::read_chunk;
use thread_pool::{JobError, Pool};

use super::{Outcome, Plan, Spec, cold};
use crate::bench::{Bench, time};
use crate::report::Boundary;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "files.read.warm",
        about: "file reads from the page cache: serial, on pools",
        takes: [0.4, 2.3],
        deadline: 60,
        run: |plan| read(plan, false),
    },
    Spec {
        id: "files.read.cold",
        about: "file reads from the disk: serial, on pools",
        takes: [0.6, 3.6],
        deadline: 60,
        run: |plan| read(plan, true),
    },
];

/// How many threads the pools have.
const POOLS: [usize; 6] = [1, 2, 4, 8, 16, 64];
/// How much is read at a time, bytes: a buffer of this size is soon in the cache, so the file's pages are what costs.
const PIECE: usize = 64 << 10;
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

    /// A job that reads a part, and gives its length if its bytes are the ones that were written.
    pub(super) fn reader(&self, part: usize) -> impl Fn() -> io::Result<u64> + Send + Sync + Clone + 'static {
        let path = PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()));
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

fn read(plan: &Plan, cold: bool) -> io::Result<Outcome> {
    let file = Parts::new(if cold { PARTS } else { 4 * PARTS })?; // memory is so much faster
    if cold {
        file.file.sync_all()?; // what is not written yet cannot be dropped
        cold::drop_pages(&file.file)?;
        if !cold::is_cold(&file.file)? {
            let why = "the file system of TMPDIR keeps its files in memory: nothing is read from a disk";
            return Ok(Outcome::Skipped(why.to_owned()));
        }
    }
    let prepare = || if cold { cold::drop_pages(&file.file) } else { Ok(()) };
    let (pools, left_out) = pools()?;
    let mut bench = Bench::new(plan, "ns");
    for arm in ["serial", "control: serial, again"] {
        bench.arm(arm, Boundary::None, || prepare().and_then(|()| time(|| serial(&file))));
    }
    bench.pair("control: serial, again", "serial");
    for pool in &pools {
        let name = format!("thread: pool of {}", pool.size());
        bench.arm(&name, Boundary::Thread, || prepare().and_then(|()| time(|| pooled(&file, pool))));
        bench.pair("serial", name);
    }
    let rounds = if cold { plan.rounds(4, 30) } else { plan.rounds(5, 40) };
    Ok(bench.run(rounds)?.without(left_out))
}

/// The pools, started, as far as this process may have so many threads, and a descriptor for each; why not all.
fn pools() -> io::Result<(Vec<Pool>, Option<String>)> {
    const OWN: usize = 16; // descriptors of the process itself
    let (descriptors, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let mut pools = Vec::new();
    for size in POOLS {
        let pool = Pool::new(size);
        let started = match usize::try_from(descriptors) {
            Ok(limit) if limit < size + OWN => Err(format!("only {limit} descriptors (ulimit -n)")),
            _ => pool.start().map_err(|error| error.to_string()).and_then(|()| {
                pool.shortage().map_or(Ok(()), |shortage| Err(shortage.to_string())) // it would work on, with fewer
            }),
        };
        if let Err(why) = started {
            return Ok((pools, Some(format!("no pool of {size} or more threads: {why}"))));
        }
        pools.push(pool);
    }
    Ok((pools, None))
}

fn serial(file: &Parts) -> io::Result<u64> {
    (0..file.count).map(|part| file.reader(part)()).sum()
}

fn pooled(file: &Parts, pool: &Pool) -> io::Result<u64> {
    let total = std::cell::Cell::new(Ok(0));
    let submitter = pool.submitter();
    for part in 0..file.count {
        let done = |outcome: Result<io::Result<u64>, JobError>| {
            let read = outcome.unwrap_or_else(|error| Err(io::Error::other(error)));
            total.set(total.replace(Ok(0)).and_then(|before: u64| Ok(before + read?)));
        };
        submitter.submit(file.reader(part), done)?;
    }
    submitter.run_until_idle();
    drop(submitter);
    total.into_inner()
}
