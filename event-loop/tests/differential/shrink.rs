//! The smallest puzzle that still fails: of all puzzles with one statement less, the first that fails is taken, again
//! and again.

use event_loop::Puzzle;
use event_loop::puzzle::Statement;

/// Shrinks `puzzle`. `fails` says of each of several puzzles whether it fails.
pub(crate) fn shrink(mut puzzle: Puzzle, fails: impl Fn(&[Puzzle]) -> Vec<bool>) -> Puzzle {
    loop {
        let smaller: Vec<_> = without_one(&puzzle.0).into_iter().map(Puzzle).collect();
        let Some(first) = fails(&smaller).into_iter().position(|fails| fails) else { return puzzle };
        puzzle = smaller[first].clone();
    }
}

/// The body without one of its statements, or with one of these replaced by its own body.
fn without_one(body: &[Statement]) -> Vec<Vec<Statement>> {
    let mut all = Vec::new();
    for (at, statement) in body.iter().enumerate() {
        let replaced_by = |middle: &[Statement]| [&body[..at], middle, &body[at + 1..]].concat();
        all.push(replaced_by(&[]));
        if let Statement::Later(when, inside) = statement {
            let inner = without_one(inside).into_iter();
            all.extend(inner.map(|inside| replaced_by(&[Statement::Later(*when, inside)])));
        }
    }
    all
}

#[test]
fn a_puzzle_is_shrunk_to_what_makes_it_fail() {
    let json = r#"[{"log":"A"}, {"stat":[{"log":"B"}, {"nextTick":[{"log":"C"}, {"microtask":[{"log":"D"}]}]}]}]"#;
    let puzzle = Puzzle::parse(json.as_bytes()).unwrap();
    let has_d = |puzzles: &[Puzzle]| puzzles.iter().map(|puzzle| puzzle.js().contains("\"D\"")).collect();
    let smallest = Puzzle::parse(br#"[{"stat":[{"nextTick":[{"microtask":[{"log":"D"}]}]}]}]"#).unwrap();
    assert_eq!(shrink(puzzle, has_d), smallest);
}
