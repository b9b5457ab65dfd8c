//! Slow lookups hold up no file, since they may hold at most half of the threads. And what happens without that limit.

use std::fs;
use std::io::Write;
use std::time::Duration;

use crossbeam_channel::bounded;

use crate::cli::claim;
use crate::executor::WorkKind;
use crate::pool::Pool;
use crate::work::OWN_PROGRAM;

/// How long we wait for the file where it cannot be done.
const GIVE_UP: Duration = Duration::from_millis(100);

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We submit 8 lookups whose name server does not answer, then a job that asks")?;
    writeln!(out, "  for a file's status, to 4 threads: first with the lookups marked as slow I/O,")?;
    writeln!(out, "  as libuv does, then as ordinary jobs, where we give up after 100 ms.")?;
    writeln!(out, "  Expected: lookups marked as slow I/O hold at most 2 threads, and the file is")?;
    writeln!(out, "  done on another; ordinary lookups hold all 4, and the file waits for them.")?;
    let cases = [("slow I/O", WorkKind::SlowIo, super::TIMEOUT, true), ("ordinary", WorkKind::Fast, GIVE_UP, false)];
    for (name, kind, patience, expected) in cases {
        let done = file_is_done_behind_lookups(kind, patience)?;
        let answer = if done { "is done while they wait" } else { "waits, not done" };
        writeln!(out, "    lookups as {name}:  the file's job {answer}")?;
        claim(done == expected, format!("behind {name} lookups the file's job {answer}"))?;
    }
    writeln!(out, "  So in Node a slow name server does not hold up files. (dns.lookup uses the")?;
    writeln!(out, "  pool, by getaddrinfo; dns.resolve does not.)")?;
    Ok(())
}

fn file_is_done_behind_lookups(kind: WorkKind, patience: Duration) -> anyhow::Result<bool> {
    let pool = Pool::new(4);
    let submitter = pool.submitter();
    let (name_server, answer) = bounded::<()>(0);
    for _ in 0..8 {
        let answer = answer.clone();
        submitter.submit_as(kind, move || answer.recv().is_ok(), |_| ())?;
    }
    let (done_tx, done_rx) = bounded(1);
    submitter.submit(move || done_tx.send(fs::metadata(OWN_PROGRAM).is_ok()), |_| ())?;
    let done = done_rx.recv_timeout(patience).is_ok();
    drop(name_server); // ends the lookups
    submitter.run_until_idle();
    Ok(done)
}
