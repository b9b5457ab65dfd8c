//! What other programs may call: a cluster as a value, which worker answers, a kill and the recovery.

mod common;

use std::io::ErrorKind;
use std::path::Path;
use std::process;

use cluster::client::cluster::Cluster;
use cluster::client::who_answers;
use cluster::lessons::killed::kill_and_recover;
use cluster::lessons::no_shared_state::count;
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
            assert!(counts.keys().all(|pid| workers.contains(pid)), "{schedule}: {counts:?} {workers:?}");
            assert_eq!(counts.values().sum::<u64>(), 30, "{schedule}");
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
        let counts = count(cluster.address(), 7).unwrap();
        let mut counts: Vec<u64> = counts.into_values().collect();
        counts.sort_unstable();
        assert_eq!(counts, [3, 4]);
    });
}

#[test]
fn a_killed_worker_is_followed_by_a_new_one() {
    within_deadline(|| {
        let cluster = start(2, Schedule::RoundRobin);
        let victim = cluster.workers().unwrap()[0];
        let recovery = kill_and_recover(&cluster, victim).unwrap();
        assert!(recovery.answered > 0 && recovery.lost == 0, "{recovery:?}");
        let workers = cluster.workers().unwrap();
        assert!(workers.contains(&recovery.successor) && !workers.contains(&victim) && workers.len() == 2);
    });
}

#[test]
fn only_a_worker_of_the_cluster_can_be_killed() {
    within_deadline(|| {
        let cluster = start(1, Schedule::Shared);
        for other in [process::id(), cluster.primary()] {
            assert_eq!(kill_and_recover(&cluster, other).unwrap_err().kind(), ErrorKind::NotFound);
        }
    });
}

#[test]
fn a_cluster_ends_with_code_0_and_leaves_nothing_dropped_or_stopped() {
    for stopped in [false, true] {
        within_deadline(move || {
            let mut cluster = start(2, Schedule::Reuseport);
            let mut processes = cluster.workers().unwrap();
            processes.push(cluster.primary());
            if stopped {
                assert_eq!(cluster.stop().unwrap().code(), Some(0));
            } else {
                drop(cluster);
            }
            assert!(!processes.iter().any(|pid| lives(*pid)), "{processes:?}");
        });
    }
}

#[test]
fn a_cluster_that_cannot_start_is_an_error() {
    within_deadline(|| {
        let error = |program: &str, workers| Cluster::start(Path::new(program), workers, Schedule::Shared).unwrap_err();
        assert_eq!(error("/no/such/program", 1).kind(), ErrorKind::NotFound);
        assert_eq!(error("/bin/false", 1).kind(), ErrorKind::ConnectionAborted);
        assert_eq!(error(PROGRAM, 0).kind(), ErrorKind::ConnectionAborted);
    });
}
