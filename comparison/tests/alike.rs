//! Files that stand in several chapters, since each chapter can be copied out: every copy is the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const CHAPTERS: [&str; 5] = ["process-basics", "thread-basics", "event-loop", "thread-pool", "cluster"];

/// Files that every chapter has, under the same path.
const IN_EVERY_CHAPTER: [&str; 7] = [
    "src/cli.rs",
    "src/support/inherited.rs",
    "tests/chapter/mod.rs",
    "tests/cli.rs",
    "tests/inherited.rs",
    "tests/interrupted.rs",
    "tests/readme.rs",
];

/// Files that are the same wherever a chapter has one of that name.
const TWINS: [&str; 1] = ["fault.rs"];

fn chapter(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// All files in `folder` and the folders in it that are called `name`.
fn find(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a chapter's folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(find(&path, name));
        } else if path.file_name().is_some_and(|other| other == name) {
            found.push(path);
        }
    }
    found
}

/// The paths of `files` by their content.
fn by_content(files: impl IntoIterator<Item = PathBuf>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in files {
        let content = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        groups.entry(content).or_default().push(path);
    }
    groups
}

#[test]
fn every_chapter_has_the_same_command_line_and_the_same_tests_of_its_form() {
    for file in IN_EVERY_CHAPTER {
        let groups = by_content(CHAPTERS.map(|name| chapter(name).join(file)));
        let copies: Vec<_> = groups.values().collect();
        assert_eq!(copies.len(), 1, "{file} differs: {copies:?}");
    }
}

#[test]
fn twins_are_alike() {
    for name in TWINS {
        let found: Vec<_> = CHAPTERS.iter().flat_map(|one| find(&chapter(one).join("src"), name)).collect();
        assert!(found.len() >= 2, "{name} has no twin: {found:?}");
        let groups = by_content(found);
        let copies: Vec<_> = groups.values().collect();
        assert_eq!(copies.len(), 1, "{name} differs: {copies:?}");
    }
}
