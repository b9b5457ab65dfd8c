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
    /// `process-basics reap_all`.
    pub(crate) id: String,
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
    /// Where the answer lies within the workspace.
    pub(crate) fn file(&self) -> String {
        format!("{}/exercises/{}.rs", self.chapter, self.name)
    }

    /// Where a student's answer lies in what a class has handed in: `CHAPTER/NAME.rs`.
    pub(crate) fn handed_in(&self) -> String {
        format!("{}/{}.rs", self.chapter, self.name)
    }

    /// The folder of the answers that come with the exercise: `right.rs` and the wrong ones.
    pub(crate) fn answers(&self) -> PathBuf {
        self.starter.with_file_name("answers").join(&self.name)
    }

    /// How long it takes, as its first sentence says: `(10 minutes)`.
    fn minutes(&self) -> Option<u32> {
        self.about.rsplit_once('(')?.1.split(' ').next()?.parse().ok()
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

/// All exercises of the workspace, chapter by chapter.
pub(crate) fn all(workspace: &Path) -> Result<Vec<Exercise>> {
    let mut found = Vec::new();
    for chapter in CHAPTERS {
        let folder = workspace.join(chapter).join("exercises");
        let begin = found.len();
        let mut sources = entries(&folder.join("checks"))?;
        sources.retain(|path| path.is_file());
        for source in sources {
            let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let starter = folder.join(format!("{name}.rs"));
            let brief = fs::read_to_string(&starter).unwrap_or("//! Its file is missing: git restores it.".to_owned());
            let about = brief.lines().next().unwrap_or_default().trim_start_matches("//! ").to_owned();
            let checks = check_names(&fs::read_to_string(&source)?);
            let id = format!("{chapter} {name}");
            found.push(Exercise { id, chapter: chapter.to_owned(), name, about, checks, starter });
        }
        found[begin..].sort_by_key(Exercise::minutes); // the quickest comes first
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
