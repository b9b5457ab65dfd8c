//! A report on disk: its three files, and reading one again.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use super::schema::{Report, SCHEMA};
use super::{html, markdown};

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

/// Makes the folder, and tries whether a file can be written there: one without a name, so that none is left.
///
/// # Errors
/// When it cannot.
pub fn prepare(out: &Path) -> anyhow::Result<()> {
    let cannot = || format!("cannot write to the folder {}; choose another with --out", out.display());
    fs::create_dir_all(out).with_context(cannot)?;
    tempfile::tempfile_in(out).map(drop).with_context(cannot)
}

/// Writes report.md, report.html, and report.json last: a reader that sees a new one finds the others done.
///
/// # Errors
/// When one cannot be written.
pub fn save(report: &Report, out: &Path) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    let files = [("report.md", markdown::render(report)), ("report.html", html::render(report)), ("report.json", json)];
    for (name, text) in files {
        let file = out.join(name);
        replace(&file, &text)
            .with_context(|| format!("cannot write {}; choose another place with --out", file.display()))?;
    }
    Ok(())
}

/// Writes a file as a whole, or not at all: beside its place first. One that was there keeps its permissions.
pub(crate) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let as_any_new_file = Permissions::from_mode(0o666); // less what the umask takes
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut draft = tempfile::Builder::new().permissions(as_any_new_file).tempfile_in(folder)?;
    draft.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(file) {
        draft.as_file().set_permissions(old.permissions())?;
    }
    draft.persist(file)?;
    Ok(())
}
