//! The report: its JSON, and what is drawn from it. The document's words and the verdicts come first everywhere.

pub mod class; // many machines' reports as one
pub mod explain; // why a row has its verdict
pub mod html; // one page
pub mod markdown; // report.md, and the tables of a README
pub mod predict; // the reader's guess beside the measurement
pub mod saved; // a report on disk
pub mod schema; // what is written
pub mod terminal; // the default output

mod files; // files that are written as a whole
mod plots; // ratios as pictures
mod readme; // the tables in somebody's README
mod text; // wrapping, tallies, what all have in common
