//! The pools side by side: this one, `threadpool` and `rayon`; and what the real Node does.
//!
//! `cargo bench -p thread-pool`. Each line has two medians from one run, taken in turns; their ratio, and between what
//! the rounds' own ratios lie but for a tenth at either end; the bound, if there is one, and whether it is kept.

mod empty;
#[path = "../../tests/common/executors.rs"]
mod executors;
mod keys;
mod stat;
mod table;

use std::thread;
use std::time::Instant;

use table::Busy;

fn main() -> std::io::Result<()> {
    let (begun, before) = (Instant::now(), Busy::now()?);
    table::head();
    empty::run()?;
    keys::run()?;
    stat::run()?;
    let others = Busy::now()?.others_since(&before, begun.elapsed());
    println!("Others kept {others:.2} of {} processors busy meanwhile.", thread::available_parallelism()?);
    Ok(())
}
