//! The three tables in somebody's README, between two markers, below a picture of the same run.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::files::{prepare, replace};
use super::html::headline;
use super::schema::Report;
use super::{markdown, plots};

const BEGIN: &str = "<!-- comparison:begin -->";
/// Where the picture goes, from the README's folder.
const PICTURE: &str = "comparison/findings.svg";
const END: &str = "<!-- comparison:end -->";

/// Tells whether [`update`] will be able to: ask before the minutes of measuring.
///
/// # Errors
/// Those of [`update`].
pub(super) fn check(file: &Path) -> anyhow::Result<()> {
    let (real, ..) = open(file)?;
    let picture = real.with_file_name(PICTURE);
    [&real, &picture].iter().filter_map(|path| path.parent()).try_for_each(prepare)
}

/// Replaces what stands between the markers by the picture and the tables of this report. The file is replaced as a whole, or not at
/// all, and keeps its permissions.
///
/// # Errors
/// When it cannot be read or written, or does not have each marker once; each names the file, the reason, and what to
/// do.
pub(super) fn update(file: &Path, report: &Report) -> anyhow::Result<()> {
    let (real, text, place) = open(file)?;
    let title = headline(report);
    let shown = format!("\n\n![{title}]({PICTURE})\n{}\n", markdown::tables(report, "###"));
    replace(&real.with_file_name(PICTURE), &plots::findings(report, &title))?;
    replace(&real, &[&text[..place.start], &shown, &text[place.end..]].concat())
}

/// Where the file is, if a link leads to it; its text; and what lies between its markers.
fn open(file: &Path) -> anyhow::Result<(PathBuf, String, Range<usize>)> {
    let name = file.display();
    let cannot = || format!("cannot read {name}; give --readme a text file");
    let (real, text) = (file.canonicalize().with_context(cannot)?, fs::read_to_string(file).with_context(cannot)?);
    let remedy = format!("put a line {BEGIN} and below it a line {END} where the tables belong, each once");
    let only = |marker| {
        let places: Vec<usize> = text.match_indices(marker).map(|(place, _)| place).collect();
        match places[..] {
            [place] => Ok(place),
            _ => bail!("{name} has {} × {marker}; {remedy}", places.len()),
        }
    };
    let (begin, end) = (only(BEGIN)? + BEGIN.len(), only(END)?);
    if end < begin {
        bail!("{name} has {END} before {BEGIN}; {remedy}");
    }
    Ok((real, text, begin..end))
}
