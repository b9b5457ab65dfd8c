//! The row "Event Loop": which thread runs the callbacks, and what waiting costs.

use super::{always, count, of_parts, trials};
use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, time, times};
use crate::verdict::{Compared, Missing, arm, compare, find, noise, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Event Loop",
    document: &["Single-threaded, handles async callbacks"],
    rule: "Supported when callbacks of every kind ran on one thread in every trial, and waits one after another take \
        clearly more time than the same waits on the loop; contradicted when neither holds; depends when one does; \
        unresolved when the times are unclear.",
    evidence: &["architecture.callbacks", "architecture.waits", "node.architecture"],
    judge,
};

const KINDS: &str = "kinds of callback";
const THREADS: &str = "threads that ran them";

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let (callbacks, waits) = (find(report, "architecture.callbacks")?, find(report, "architecture.waits")?);
    let overlap = ratio(waits, ["ten waits one after another", "ten waits on one loop"])?;
    let single = always(callbacks, THREADS, 1.0)?;
    let compared = compare(overlap, noise(waits));
    let verdict = match compared {
        Compared::Unclear => Verdict::Unresolved,
        compared => of_parts([single, compared == Compared::More]),
    };
    let (kinds, on) = (count(callbacks, KINDS)?, count(callbacks, THREADS)?);
    let median = |name| arm(waits, name).map(|arm| time(arm.median));
    let (on_loop, in_turn) = (median("ten waits on one loop")?, median("ten waits one after another")?);
    let threads = if on == 1.0 { "one thread" } else { &format!("{on} threads") };
    let saving = match compared {
        Compared::More => format!("ten waits took {on_loop} on it instead of {in_turn}"),
        Compared::Unclear => "whether waits overlap on it is within the noise".to_owned(),
        _ => format!("ten waits took no less on it ({on_loop}) than one after another"),
    };
    let node = find(report, "node.architecture");
    let node = node
        .and_then(|node| Ok(format!("{} kinds of callback, threads: {}", count(node, KINDS)?, count(node, THREADS)?)));
    Ok(Judged {
        answer: format!("All {kinds} kinds of callback ran on {threads}, and {saving}."),
        node: node.into_iter().collect(),
        measured: vec![format!("{kinds} kinds of callback on {threads}; ten waits of 5 ms done in {on_loop}")],
        verdict,
        why: format!(
            "In {} trials; the same ten waits one after another take {} as long.",
            trials(callbacks),
            times(overlap)
        ),
    })
}
