//! The three tables in somebody's README, between two markers, below a picture of the same run.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::html::headline;
use super::saved::replace;
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
pub fn check(file: &Path) -> anyhow::Result<()> {
    let (real, ..) = open(file)?;
    let places =
        [real.as_path(), &real.with_file_name(PICTURE)].map(|path| path.parent().unwrap_or(Path::new("/")).to_owned());
    for folder in places.iter().filter(|folder| folder.is_dir()) {
        let cannot = || format!("cannot write for {}; make the folder {} writable", file.display(), folder.display());
        tempfile::tempfile_in(folder).with_context(cannot)?;
    }
    Ok(())
}

/// Replaces what stands between the markers by the picture and the tables of this report. The file is replaced as a whole, or not at
/// all, and keeps its permissions.
///
/// # Errors
/// When it cannot be read or written, or does not have each marker once; each names the file, the reason, and what to
/// do.
pub fn update(file: &Path, report: &Report) -> anyhow::Result<()> {
    let (real, text, place) = open(file)?;
    let (picture, title) = (real.with_file_name(PICTURE), headline(report));
    let shown = format!("\n\n![{title}]({PICTURE})\n{}\n", markdown::tables(report, "###"));
    let text = [&text[..place.start], &shown, &text[place.end..]].concat();
    let cannot =
        || format!("cannot replace {} and its {PICTURE}; make them and their folders writable", file.display());
    fs::create_dir_all(picture.parent().unwrap_or(Path::new("/"))).with_context(cannot)?;
    replace(&picture, &plots::findings(report, &title)).with_context(cannot)?;
    replace(&real, &text).with_context(cannot)
}

/// Where the file is, if a link leads to it; its text; and what lies between its markers.
fn open(file: &Path) -> anyhow::Result<(PathBuf, String, Range<usize>)> {
    let name = file.display();
    let cannot = || format!("cannot read {name}; give --readme a text file");
    let (real, text) = (file.canonicalize().with_context(cannot)?, fs::read_to_string(file).with_context(cannot)?);
    let remedy = format!("put a line {BEGIN} and below it a line {END} where the tables belong, each once");
    let only = |marker| {
        let mut places = text.match_indices(marker).map(|(place, _)| place);
        match (places.next(), places.count()) {
            (Some(place), 0) => Ok(place),
            (None, _) => bail!("{name} has no {marker}; {remedy}"),
            (_, more) => bail!("{name} has {} × {marker}; {remedy}", more + 1),
        }
    };
    let (begin, end) = (only(BEGIN)? + BEGIN.len(), only(END)?);
    if end < begin {
        bail!("{name} has {END} before {BEGIN}; {remedy}");
    }
    Ok((real, text, begin..end))
}
