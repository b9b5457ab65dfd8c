//! A file in parts, to be read by jobs.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use thread_pool::work::read_chunk;

/// How much is read at a time, bytes: a buffer of this size is soon in the cache, so the file's pages are what costs.
pub(super) const PIECE: usize = 64 << 10;
/// How many parts there are.
pub(super) const PARTS: usize = 64;
/// How long a part of the file is, bytes; each is one job.
pub(super) const PART: usize = 256 << 10;

/// A file without a name, in the page cache since it was just written: whenever we die, it is gone.
pub(super) struct Parts(File);

impl Parts {
    /// Writes the parts to the folder for temporary files.
    pub(crate) fn new() -> io::Result<Self> {
        let cannot = |error| io::Error::other(format!("no temporary file (set TMPDIR to a folder with room): {error}"));
        let mut file = tempfile::tempfile().map_err(cannot)?;
        for part in 0..PARTS {
            file.write_all(&vec![part as u8; PART]).map_err(cannot)?;
        }
        Ok(Self(file))
    }

    /// Its path, as the process of that id has it open.
    pub(crate) fn path(&self, pid: impl Display) -> PathBuf {
        format!("/proc/{pid}/fd/{}", self.0.as_raw_fd()).into()
    }

    /// A job that reads a part, and gives its length if its bytes are the ones that were written.
    pub(crate) fn reader(&self, part: usize) -> impl Fn() -> io::Result<u64> + Send + Sync + Clone + 'static {
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
