//! The exercises: found in the chapters' folders, so that one is added by adding its files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The chapters, in reading order.
pub(crate) const CHAPTERS: [&str; 6] =
    ["process-basics", "thread-basics", "event-loop", "thread-pool", "cluster", "comparison"];

/// One exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exercise {
    pub(crate) chapter: String,
    pub(crate) name: String,
    /// Its first sentence, with the minutes it takes.
    pub(crate) about: String,
    /// The names of its checks, as the source of the checks says them: each must report.
    pub(crate) checks: Vec<String>,
    /// The file that a student edits.
    pub(crate) starter: PathBuf,
}

impl Exercise {
    /// `process-basics reap_all`.
    pub(crate) fn id(&self) -> String {
        format!("{} {}", self.chapter, self.name)
    }

    /// Where the answer lies within its chapter.
    pub(crate) fn file(&self) -> String {
        format!("exercises/{}.rs", self.name)
    }

    /// The folder of the answers that come with the exercise: `right.rs` and the wrong ones.
    pub(crate) fn answers(&self) -> PathBuf {
        self.starter.with_file_name("answers").join(&self.name)
    }

    /// Whether the student's file holds a body that was not written yet. No verdict: only a reason not to build it.
    pub(crate) fn has_todo(&self) -> bool {
        let text = fs::read_to_string(&self.starter).unwrap_or_default();
        text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("todo!"))
    }
}

/// What a folder holds, in order.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// All exercises of the workspace, chapter by chapter, in the order of the chapter's manifest.
pub(crate) fn all(workspace: &Path) -> Result<Vec<Exercise>> {
    let mut found = Vec::new();
    for chapter in CHAPTERS {
        let folder = workspace.join(chapter);
        let manifest =
            fs::read_to_string(folder.join("Cargo.toml")).with_context(|| format!("{chapter}/Cargo.toml"))?;
        let paths = manifest.lines().filter_map(|line| line.strip_prefix("path = \"exercises/checks/"));
        for name in paths.filter_map(|rest| rest.strip_suffix(".rs\"")) {
            let starter = folder.join("exercises").join(format!("{name}.rs"));
            let brief = fs::read_to_string(&starter).with_context(|| starter.display().to_string())?;
            let checks = folder.join("exercises/checks").join(format!("{name}.rs"));
            let checks = fs::read_to_string(&checks).with_context(|| checks.display().to_string())?;
            found.push(Exercise {
                chapter: chapter.to_owned(),
                name: name.to_owned(),
                about: brief.strip_prefix("//! ").and_then(|brief| brief.lines().next()).unwrap_or_default().to_owned(),
                checks: check_names(&checks),
                starter,
            });
        }
    }
    Ok(found)
}

fn check_names(source: &str) -> Vec<String> {
    let values = source.lines().filter_map(|line| line.trim().strip_prefix("name: \"")?.strip_suffix("\","));
    values.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::check_names;

    #[test]
    fn the_names_of_the_checks_are_read_from_their_source() {
        let source = "    Check {\n        name: \"it sleeps\",\n        hint: \"a name: \\\"x\\\"\",\n    },\n";
        assert_eq!(check_names(source), ["it sleeps"]);
    }
}
