//! File reads: one after another, and on the pool.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use thread_pool::work::read_chunk;
use thread_pool::{JobError, Pool};

use super::{Outcome, Plan, Spec};
use crate::bench::{Bench, time};
use crate::report::Boundary;

pub(super) const SPECS: &[Spec] = &[Spec {
    id: "files.read",
    about: "file reads: serial, and on a pool of four",
    takes: [1.0, 4.0],
    deadline: 60,
    run: read,
}];

/// How much is read at a time, bytes: a buffer of this size is soon in the cache, so the file's pages are what costs.
const PIECE: usize = 64 << 10;
/// How many parts the experiments read.
pub(super) const PARTS: usize = 64;
/// How long a part of the file is, bytes; each is one job.
pub(super) const PART: usize = 1 << 20;

/// A file without a name, in the page cache since it was just written: whenever we die, it is gone.
pub(super) struct Warm {
    file: File,
    /// How many parts it has.
    pub(super) parts: usize,
}

impl Warm {
    /// Writes one of `parts` parts to the folder for temporary files.
    pub(super) fn new(parts: usize) -> io::Result<Self> {
        let cannot = |error| io::Error::other(format!("no temporary file (set TMPDIR to a folder with room): {error}"));
        let mut file = tempfile::tempfile().map_err(cannot)?;
        for part in 0..parts {
            file.write_all(&vec![part as u8; PART]).map_err(cannot)?;
        }
        Ok(Self { file, parts })
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

fn read(plan: &Plan) -> io::Result<Outcome> {
    let file = Warm::new(PARTS)?;
    let pool = Pool::new(4);
    let mut bench = Bench::new(plan, "ns");
    bench.arm("serial", Boundary::None, || time(|| serial(&file)));
    bench.arm("control: serial, again", Boundary::None, || time(|| serial(&file)));
    bench.arm("thread: pool of four", Boundary::Thread, || time(|| pooled(&file, &pool)));
    bench.pair("serial", "thread: pool of four");
    bench.pair("control: serial, again", "serial");
    bench.run(plan.rounds(15, 60))
}

fn serial(file: &Warm) -> io::Result<u64> {
    (0..file.parts).map(|part| file.reader(part)()).sum()
}

fn pooled(file: &Warm, pool: &Pool) -> io::Result<u64> {
    let total = std::cell::Cell::new(Ok(0));
    let submitter = pool.submitter();
    for part in 0..file.parts {
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
