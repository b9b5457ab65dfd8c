//! Slow lookups hold up no file: they hold at most half of the threads. And what happens without that cap.

use std::fs;
use std::io::Write;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::cli::claim;
use crate::executor::WorkKind;
use crate::observe::timeline::{ended_before, most_at_once, ms, record};
use crate::observe::trace::Task;
use crate::pool::Pool;
use crate::work::OWN_PROGRAM;

const THREADS: usize = 4;
const LOOKUPS: usize = 8;
/// How long the name server takes to answer; a sleep stands for it.
const DELAY: Duration = Duration::from_millis(40);

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We submit 8 lookups that wait 40 ms for a name server, then ask for a file's")?;
    writeln!(out, "  status, on 4 threads: once as slow I/O (as libuv does), once as ordinary jobs.")?;
    writeln!(out, "  Expected: slow I/O holds at most 2 threads, and the file finds one at once;")?;
    writeln!(out, "  ordinary jobs hold all 4, and the file waits for at least 5 of them.")?;
    let (capped, waited) = shown(out, "slow I/O", WorkKind::SlowIo)?;
    let (uncapped, waited_for_all) = shown(out, "ordinary", WorkKind::Fast)?;
    claim(capped <= THREADS / 2, format!("{capped} lookups ran at once, with the cap"))?;
    claim(uncapped <= THREADS, format!("{uncapped} lookups ran at once on {THREADS} threads"))?;
    let needed = LOOKUPS + 1 - THREADS;
    claim(waited_for_all >= needed, format!("without the cap the file waited for {waited_for_all} lookups only"))?;
    claim(waited < needed, format!("with the cap the file waited for {waited} lookups"))?;
    writeln!(out, "  In Node a slow name server leaves threads for files, but dns.lookup still")?;
    writeln!(out, "  shares the pool; dns.resolve does not use it.")?;
    Ok(())
}

/// How many lookups ran at once, at most, and how many had ended when the file's job began.
fn shown(out: &mut dyn Write, name: &str, kind: WorkKind) -> anyhow::Result<(usize, usize)> {
    let pool = Pool::new(THREADS);
    pool.start()?;
    let mut jobs: Vec<(WorkKind, Task<()>)> = Vec::new();
    for _ in 0..LOOKUPS {
        jobs.push((kind, Box::new(|| thread::sleep(DELAY))));
    }
    jobs.push((WorkKind::Fast, Box::new(|| drop(fs::metadata(OWN_PROGRAM)))));
    let spans = record(&pool, jobs)?;
    let (file, lookups) = spans.split_last().context("no job left a record")?;
    let (at_once, ended) = (most_at_once(lookups), ended_before(lookups, file));
    writeln!(out, "    {name}  {at_once} lookups at once; the file began after {ended} of 8, at {}", ms(file.start))?;
    Ok((at_once, ended))
}
