//! The chapter's text is true: its commands work, and the program prints what the text shows. The same file in every
//! chapter.

use std::fs;
use std::os::unix::fs::symlink;

use chapter::{CHAPTER, Finished, PROGRAM, Scratch, command, finish, lessons};

mod chapter;

const README: &str = include_str!("../README.md");

/// A fenced block: its language and its text.
struct Block {
    language: &'static str,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for line in README.lines() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(language) => {
                inside = true;
                blocks.push(Block { language, text: String::new() });
            }
            None if inside => {
                let block = blocks.last_mut().expect("a line inside a block belongs to one");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// A command of this chapter: what is set in its environment, and its arguments. `serve` does not end by itself: it
/// is tested elsewhere.
struct Run {
    variable: Option<(String, String)>,
    arguments: Vec<String>,
}

fn commands(block: &Block) -> Vec<Run> {
    let ours = format!("cargo run -p {CHAPTER}");
    let parse = |line: &str| {
        let (before, after) = line.split('#').next()?.split_once(&ours)?;
        let variable = before.trim().split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let arguments: Vec<String> =
            after.split_whitespace().skip_while(|word| *word == "--").map(str::to_owned).collect();
        Some(Run { variable, arguments })
    };
    let ends = |run: &Run| run.arguments.first().is_none_or(|first| first != "serve");
    if block.language == "sh" { block.text.lines().filter_map(parse).filter(ends).collect() } else { Vec::new() }
}

/// Runs a command where the reader would: above the chapter's folder, whatever that folder is called here.
fn run(run: &Run) -> Finished {
    let above = Scratch::new("readme");
    symlink(env!("CARGO_MANIFEST_DIR"), above.0.join(CHAPTER)).unwrap();
    let mut command = command(PROGRAM);
    command.args(&run.arguments).envs(run.variable.clone()).current_dir(&above.0);
    let ended = finish(&mut command);
    assert!(ended.status.success(), "{:?} ended with {}:\n{}{}", run.arguments, ended.status, ended.out, ended.err);
    ended
}

/// What must be the same in every run: a line without its numbers and units of time, its spacing folded.
fn shape(line: &str) -> String {
    let mut words = Vec::new();
    for word in line.split_whitespace() {
        let mut shape = String::new();
        for letter in word.chars() {
            let number = letter.is_ascii_digit() || (shape.ends_with('#') && letter == '.');
            match number {
                true if shape.ends_with('#') => {}
                true => shape.push('#'),
                false => shape.push(letter),
            }
        }
        let unit = ["ns", "µs", "ms", "s"].contains(&shape.trim_end_matches([',', '.', ';', ')']));
        let after_number = words.last().is_some_and(|before: &String| before.ends_with('#'));
        words.push(if unit && after_number { "time".to_owned() } else { shape });
    }
    words.join(" ")
}

/// Whether the lines of `shown` were printed. A line "…" stands for any number of lines.
fn assert_printed(shown: &str, printed: &str) {
    let mut rest: Vec<String> = printed.lines().map(shape).collect();
    let mut gap = false;
    for line in shown.lines() {
        if line.trim() == "…" {
            gap = true;
            continue;
        }
        let at = rest.iter().position(|other| *other == shape(line));
        let found = if gap { at } else { at.filter(|&at| at == 0) };
        let at =
            found.unwrap_or_else(|| panic!("the README shows a line that was not printed there: {line}\n{printed}"));
        rest.drain(..=at);
        gap = false;
    }
}

#[test]
fn every_command_works_and_prints_what_the_text_shows() {
    let lessons = lessons();
    let mut checked = 0;
    let mut last: Option<Finished> = None; // of a block with a single command
    for block in blocks() {
        let runs = commands(&block);
        let mut ended: Vec<Finished> = runs.iter().map(run).collect();
        let title = block.text.split(':').next().unwrap_or_default().to_owned();
        if block.language == "text" && lessons.contains(&title) {
            let lesson = Run { variable: None, arguments: vec![title] };
            assert_printed(&block.text, &run(&lesson).out);
            checked += 1;
        } else if let (true, Some(ended)) = (block.language == "text", &last) {
            assert_printed(&block.text, &ended.out);
            checked += 1;
        }
        last = if ended.len() == 1 { ended.pop() } else { None };
    }
    assert!(checked > 0, "the README shows nothing that the program prints");
}

#[test]
fn every_script_runs_in_node() {
    let version = std::process::Command::new("node").env_remove("NODE_OPTIONS").arg("-p").arg("1").output();
    if !version.is_ok_and(|output| output.stdout == b"1\n") {
        eprintln!("skipped: no Node.js that works is installed");
        return;
    }
    let folder = Scratch::new("node");
    for (n, block) in blocks().iter().filter(|block| block.language == "js").enumerate() {
        let file = folder.0.join(format!("{n}.js"));
        fs::write(&file, &block.text).unwrap();
        let mut node = command("node");
        let ended = finish(node.arg(&file).env_remove("NODE_OPTIONS").current_dir(&folder.0));
        assert!(ended.status.success(), "{}\nended with {}:\n{}{}", block.text, ended.status, ended.out, ended.err);
    }
}

#[test]
fn its_length_is_that_of_a_chapter() {
    let words = README.split_whitespace().count();
    assert!((600..=1500).contains(&words), "{words} words, code included");
}
