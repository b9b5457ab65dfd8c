//! The row "Performance": does a process shield its neighbour, do threads speed work up?

use crate::report::{Experiment, Ratio, Verdict};
use crate::tables::{Claim, Judged, times};
use crate::verdict::{Compared, Missing, compare, find, noise, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Performance",
    document: &["Good for CPU isolation", "Good for parallel execution in same process"],
    rule: "Two claims. Parallel: serial work takes clearly more time than the same work on a thread for each \
        CPU. Isolation: on the same CPU, a busy thread slows a victim down clearly more than a busy process \
        does. Supported when both hold, contradicted when neither, depends when one does; unresolved when one \
        is unclear or was not measured.",
    evidence: &["cpu.speed_up", "cpu.isolation"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let isolation = find(report, "cpu.isolation")?;
    let slower = |name| ratio(isolation, [name, "control: no neighbour"]);
    let (beside_process, beside_thread) = (slower("process: busy, same CPU")?, slower("thread: busy, same CPU")?);
    let boundary = ratio(isolation, ["thread: busy, same CPU", "process: busy, same CPU"])?;
    let shields = compare(boundary, noise(isolation));
    let elsewhere = slower("process: busy, other CPU").ok().map(|ratio: &Ratio| times(ratio));
    let elsewhere = elsewhere.map(|ratio| format!("; {ratio} beside one on another CPU")).unwrap_or_default();
    let process = format!("a victim takes {} beside a busy process{elsewhere}", times(beside_process));

    let (parallel, thread, speed_up) = match find(report, "cpu.speed_up") {
        Ok(experiment) => {
            let threads = ratio(experiment, ["serial", "thread: one per CPU"])?;
            let processes = ratio(experiment, ["serial", "process: one per CPU"])?;
            let why = format!(
                "Serial work takes {} the time of the same on threads, {} of the same in processes.",
                times(threads),
                times(processes)
            );
            (compare(threads, noise(experiment)), format!("speed-up {}", times(threads)), why)
        }
        Err(Missing(why)) => (Compared::Unclear, "speed-up not measured".to_owned(), format!("{why}.")),
    };
    let verdict = match (parallel, shields) {
        (Compared::Unclear, _) | (_, Compared::Unclear) => Verdict::Unresolved,
        (Compared::More, Compared::More) => Verdict::Supported,
        (Compared::More, _) | (_, Compared::More) => Verdict::Depends,
        _ => Verdict::Contradicted,
    };
    let shield = match shields {
        Compared::More => "A process shields its neighbour from work on the same CPU better than a thread does",
        Compared::Same => {
            "A process shields its neighbour no better than a thread: placement isolates, not the boundary"
        }
        Compared::Less => "A thread disturbs its neighbour less than a process does",
        Compared::Unclear => "Whether a process shields its neighbour better is within the noise",
    };
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![process, format!("{thread}; a victim takes {} beside a busy thread", times(beside_thread))],
        verdict,
        why: format!("{speed_up} {shield} (thread to process, {}).", times(boundary)),
    })
}
