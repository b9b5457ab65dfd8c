//! The pools side by side: this one, `threadpool` and `rayon`; and what the real Node does.
//!
//! `cargo bench -p thread-pool`. Each line has two medians from one run, taken in turns; their ratio, and between what the
//! rounds' own ratios lie but for a tenth at either end; the bound, if there is one, and whether it is kept.

mod empty;
mod keys;
mod stat;
mod table;

fn main() -> std::io::Result<()> {
    table::head();
    empty::run()?;
    keys::run()?;
    stat::run()
}
