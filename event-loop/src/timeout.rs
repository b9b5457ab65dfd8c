//! How long the poll phase may wait: libuv's `uv_backend_timeout`, as a function of what it looks at.

use nix::sys::epoll::EpollTimeout;

/// What there is to do besides waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outlook {
    pub(crate) stopping: bool,
    /// Some active handle is referenced.
    pub(crate) alive: bool,
    /// Idle hooks, or immediates: Node keeps an idle handle active while it has immediates.
    pub(crate) idle: bool,
    pub(crate) pending: bool,
    pub(crate) closing: bool,
    /// The earliest deadline, in milliseconds of the loop's clock, of referenced timers or not.
    pub(crate) deadline: Option<u64>,
    /// The loop's clock.
    pub(crate) now: u64,
}

/// Not at all when there is something to do, else until the earliest timer, else for ever. What epoll cannot count
/// (24 days and more) is waited for in parts.
pub(crate) fn poll_timeout(outlook: Outlook) -> EpollTimeout {
    let Outlook { stopping, alive, idle, pending, closing, deadline, now } = outlook;
    if stopping || !alive || idle || pending || closing {
        return EpollTimeout::ZERO;
    }
    deadline.map_or(EpollTimeout::NONE, |deadline| {
        EpollTimeout::try_from(deadline.saturating_sub(now)).unwrap_or(EpollTimeout::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITING: Outlook =
        Outlook { stopping: false, alive: true, idle: false, pending: false, closing: false, deadline: None, now: 100 };

    #[test]
    fn the_poll_waits_as_long_as_libuv_would() {
        let (none, zero) = (EpollTimeout::NONE, EpollTimeout::ZERO);
        let table = [
            ("a socket and no timer", WAITING, none),
            ("a timer ahead", Outlook { deadline: Some(130), ..WAITING }, EpollTimeout::from(30_u8)),
            ("a timer due now", Outlook { deadline: Some(100), ..WAITING }, zero),
            ("a timer overdue", Outlook { deadline: Some(1), ..WAITING }, zero),
            ("a timer beyond what epoll counts", Outlook { deadline: Some(u64::MAX), ..WAITING }, EpollTimeout::MAX),
            (
                "the last that epoll counts",
                Outlook { deadline: Some(100 + i32::MAX as u64), ..WAITING },
                EpollTimeout::MAX,
            ),
            ("nothing alive", Outlook { alive: false, ..WAITING }, zero),
            ("nothing alive, an unreferenced timer", Outlook { alive: false, deadline: Some(130), ..WAITING }, zero),
            ("stopping", Outlook { stopping: true, deadline: Some(130), ..WAITING }, zero),
            ("an immediate or an idle hook", Outlook { idle: true, deadline: Some(130), ..WAITING }, zero),
            ("something pending", Outlook { pending: true, deadline: Some(130), ..WAITING }, zero),
            ("something closing", Outlook { closing: true, deadline: Some(130), ..WAITING }, zero),
        ];
        for (case, outlook, expected) in table {
            assert_eq!(poll_timeout(outlook), expected, "{case}");
        }
    }
}
