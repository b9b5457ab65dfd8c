//! The three tables in somebody's README, between two markers.

use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, bail};
use tempfile::NamedTempFile;

use super::markdown;
use crate::report::Report;

const BEGIN: &str = "<!-- comparison:begin -->";
const END: &str = "<!-- comparison:end -->";

/// Tells whether [`update`] will be able to: ask before the minutes of measuring.
///
/// # Errors
/// Those of [`update`].
pub fn check(file: &Path) -> anyhow::Result<()> {
    let (text, draft) = open(file)?;
    between(file, &text)?;
    drop(draft);
    Ok(())
}

/// Replaces what stands between the markers by the tables of this report. The file is replaced as a whole, or not at
/// all, and keeps its permissions.
///
/// # Errors
/// When it cannot be read or written, or does not have each marker once; each names the file, the reason, and what to do.
pub fn update(file: &Path, report: &Report) -> anyhow::Result<()> {
    let (text, mut draft) = open(file)?;
    let place = between(file, &text)?;
    let tables = markdown::tables(report, "###");
    let cannot = || format!("cannot replace {}; make it and its folder writable", file.display());
    let real = file.canonicalize().with_context(cannot)?; // a link stays one
    write!(draft, "{}\n{tables}\n{}", &text[..place.start], &text[place.end..]).with_context(cannot)?;
    draft.as_file().set_permissions(fs::metadata(&real).with_context(cannot)?.permissions()).with_context(cannot)?;
    draft.persist(&real).with_context(cannot)?;
    Ok(())
}

/// The file's text, and a draft beside it.
fn open(file: &Path) -> anyhow::Result<(String, NamedTempFile)> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {name}; give --readme a text file"))?;
    let folder = file.canonicalize().ok().and_then(|file| Some(file.parent()?.to_owned())).unwrap_or_default();
    let draft = NamedTempFile::new_in(&folder)
        .with_context(|| format!("cannot write beside {name}; make the folder {} writable", folder.display()))?;
    Ok((text, draft))
}

/// What lies between the markers.
fn between(file: &Path, text: &str) -> anyhow::Result<Range<usize>> {
    let remedy = format!("put a line {BEGIN} and below it a line {END} where the tables belong, each once");
    for marker in [BEGIN, END] {
        match text.matches(marker).count() {
            1 => {}
            0 => bail!("{} has no {marker}; {remedy}", file.display()),
            many => bail!("{} has {many} × {marker}; {remedy}", file.display()),
        }
    }
    let (begin, end) = (text.find(BEGIN).unwrap_or_default() + BEGIN.len(), text.find(END).unwrap_or_default());
    if end < begin {
        bail!("{} has {END} before {BEGIN}; {remedy}", file.display());
    }
    Ok(begin..end)
}
