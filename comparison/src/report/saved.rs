//! A report on disk: its three files, and reading one again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use super::files::{prepare, replace};
use super::schema::{Report, SCHEMA};
use super::{html, markdown, readme};

/// Reads a report.
///
/// # Errors
/// When the file cannot be read, or holds something else; each names the file, the reason, and what to do.
pub fn load(file: &Path) -> anyhow::Result<Report> {
    const REMEDY: &str = "give a report.json that this program wrote";
    let name = file.display();
    let json = fs::read(file).with_context(|| format!("cannot read {name}; {REMEDY}"))?;
    let mut value: Value = serde_json::from_slice(&json).map_err(|error| match error.is_eof() {
        true => anyhow::anyhow!("{name} is truncated, it ends in the middle ({error}); copy it again"),
        false => anyhow::anyhow!("{name} is not JSON ({error}); {REMEDY}"),
    })?;
    match value.get("schema") {
        Some(schema) if schema.as_u64() == Some(SCHEMA.into()) => {}
        Some(other) => bail!("{name} has schema {other}, and this program knows {SCHEMA}; {REMEDY} in this version"),
        None => bail!("{name} has no schema; {REMEDY}"),
    }
    clean(&mut value);
    let report: Report =
        serde_json::from_value(value).with_context(|| format!("{name} is not a whole report; {REMEDY}"))?;
    if let Some(arm) = report.experiments.iter().flat_map(|one| &one.arms).find(|arm| arm.count() == 0) {
        bail!("{name} has an arm without samples ('{}'); {REMEDY}", arm.name);
    }
    Ok(report.recomputed())
}

/// A saved report may come from anybody: no control character of its strings reaches a terminal.
fn clean(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace(char::is_control, "\u{fffd}"),
        Value::Array(values) => values.iter_mut().for_each(clean),
        Value::Object(fields) => fields.values_mut().for_each(clean),
        _ => {}
    }
}

/// Where a report is to be written.
#[derive(Debug)]
pub struct Places {
    /// The folder of its three files.
    pub folder: Option<PathBuf>,
    /// A file whose tables and picture are replaced.
    pub readme: Option<PathBuf>,
}

impl Places {
    /// Tries whether all can be written there: before the minutes of measuring, not after.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self) -> anyhow::Result<()> {
        self.folder.as_deref().map_or(Ok(()), prepare)?;
        self.readme.as_deref().map_or(Ok(()), readme::check)
    }

    /// Writes report.md, report.html, and report.json last: a reader that sees a new one finds the others done. Then the
    /// README.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn save(&self, report: &Report) -> anyhow::Result<()> {
        if let Some(folder) = &self.folder {
            let json = serde_json::to_string_pretty(report)? + "\n";
            replace(&folder.join("report.md"), &markdown::render(report))?;
            replace(&folder.join("report.html"), &html::render(report))?;
            replace(&folder.join("report.json"), &json)?;
        }
        self.readme.as_deref().map_or(Ok(()), |file| readme::update(file, report))
    }
}
