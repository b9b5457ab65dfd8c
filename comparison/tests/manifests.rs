//! The manifests: chapters inherit nothing, so that each can be copied out; this keeps what they repeat alike.

use std::fs;
use std::path::PathBuf;

const CHAPTERS: [&str; 5] = ["process-basics", "thread-basics", "event-loop", "thread-pool", "cluster"];

fn manifest(member: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(member).join("Cargo.toml")).expect("each member has a manifest")
}

/// The lines from the one that begins with `start` to the one that is `end`.
fn section(manifest: &str, start: &str, end: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| !line.starts_with(start)).map(str::to_owned);
    let mut section: Vec<String> = Vec::new();
    for line in lines {
        let last = line == end;
        section.push(line);
        if last {
            break;
        }
    }
    assert!(!section.is_empty(), "no line begins with '{start}' in:\n{manifest}");
    section
}

#[test]
fn nix_has_the_same_features_everywhere() {
    let here = section(&manifest("comparison"), "nix = ", "] }");
    for chapter in CHAPTERS {
        assert_eq!(section(&manifest(chapter), "nix = ", "] }"), here, "{chapter}: nix would be compiled twice");
    }
}

#[test]
fn lints_and_edition_are_the_same_everywhere() {
    let here = section(&manifest("comparison"), "[lints.rust]", "");
    let clippy = section(&manifest("comparison"), "[lints.clippy]", "");
    for chapter in CHAPTERS {
        let manifest = manifest(chapter);
        assert_eq!(section(&manifest, "[lints.rust]", ""), here, "{chapter}");
        assert_eq!(section(&manifest, "[lints.clippy]", ""), clippy, "{chapter}");
        for line in ["edition = \"2024\"", "rust-version = \"1.89\"", "publish = false"] {
            assert!(manifest.lines().any(|other| other == line), "{chapter} lacks: {line}");
        }
    }
}

#[test]
fn a_chapter_needs_no_other_member_and_no_workspace() {
    for chapter in CHAPTERS {
        let manifest = manifest(chapter);
        for needless in ["path = \"..", "workspace"] {
            assert!(!manifest.contains(needless), "{chapter} cannot be copied out: its manifest says '{needless}'");
        }
    }
}
