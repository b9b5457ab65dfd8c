//! What other programs may call: a cluster as a value, and which worker answers.

mod common;

use std::io::ErrorKind;
use std::path::Path;

use cluster::client::cluster::Cluster;
use cluster::client::get;
use cluster::lessons::who_answers::who_answers;
use cluster::schedule::Schedule;

use common::{PROGRAM, lives, within_deadline};

fn start(workers: usize, schedule: Schedule) -> Cluster {
    Cluster::start(Path::new(PROGRAM), workers, schedule).unwrap()
}

#[test]
fn round_robin_is_exactly_even_and_under_every_schedule_only_workers_answer() {
    for schedule in Schedule::ALL {
        within_deadline(move || {
            let cluster = start(3, schedule);
            let counts = who_answers(cluster.address(), 30).unwrap();
            let workers = cluster.workers().unwrap();
            assert_eq!(workers.len(), 3);
            assert!(counts.keys().all(|pid| workers.contains(pid)), "{schedule:?}: {counts:?} {workers:?}");
            assert_eq!(counts.values().sum::<u64>(), 30, "{schedule:?}");
            if schedule == Schedule::RoundRobin {
                assert!(counts.values().all(|count| *count == 10) && counts.len() == 3, "{counts:?}");
            }
        });
    }
}

#[test]
fn each_worker_counts_for_itself() {
    within_deadline(|| {
        let cluster = start(2, Schedule::RoundRobin);
        let count = |_| get(cluster.address(), "/count").unwrap().split_whitespace().nth(1).unwrap().to_owned();
        assert_eq!((0..7).map(count).collect::<Vec<_>>(), ["1", "1", "2", "2", "3", "3", "4"]);
    });
}

#[test]
fn a_cluster_leaves_nothing_when_dropped() {
    within_deadline(|| {
        let cluster = start(2, Schedule::Reuseport);
        let mut processes = cluster.workers().unwrap();
        processes.push(cluster.primary());
        drop(cluster);
        assert!(!processes.iter().any(|pid| lives(*pid)), "{processes:?}");
    });
}

#[test]
fn a_cluster_that_cannot_start_is_an_error() {
    within_deadline(|| {
        let error = |program: &str, workers| Cluster::start(Path::new(program), workers, Schedule::Shared).unwrap_err();
        assert_eq!(error("/no/such/program", 1).kind(), ErrorKind::NotFound);
        assert_eq!(error("/bin/false", 1).kind(), ErrorKind::ConnectionAborted);
        let error = error(PROGRAM, 0);
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
        assert!(error.to_string().contains("--workers 0: the number is 1 to 256"), "it says why: {error}");
    });
}
