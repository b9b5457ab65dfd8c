//! Folders that are gone when the grader ends, also by Ctrl-C.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process, thread};

use nix::sys::signal::{SigSet, Signal};

static ROOT: OnceLock<PathBuf> = OnceLock::new();

/// Makes the folder that holds all others. From now on Ctrl-C removes it. Call this before the first thread starts.
pub(crate) fn prepare() -> io::Result<()> {
    let root = env::temp_dir().join(format!("grade-{}", process::id()));
    let _ = fs::remove_dir_all(&root); // an earlier process had our pid
    open_folder(&root)?;
    ROOT.get_or_init(|| root);
    let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
    signals.thread_block()?;
    thread::spawn(move || {
        if let Ok(signal) = signals.wait() {
            remove();
            process::exit(128 + signal as i32);
        }
    });
    Ok(())
}

/// Makes a folder that everybody can enter, whatever the umask: a submission has another uid.
fn open_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o755))
}

/// Removes what [`prepare`] has made.
pub(crate) fn remove() {
    if let Some(root) = ROOT.get() {
        let _ = fs::remove_dir_all(root);
    }
}

/// A new folder, removed when this is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let root = ROOT.get().ok_or_else(|| io::Error::other("no folder was prepared"))?;
        let folder = root.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        open_folder(&folder)?;
        Ok(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Processes that run a program from one of the folders, or in one of them.
pub(crate) fn processes_inside() -> io::Result<Vec<u32>> {
    let Some(root) = ROOT.get() else { return Ok(vec![]) };
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        let Some(pid) = path.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
        let links = ["cwd", "exe"].map(|link| fs::read_link(path.join(link)));
        if links.iter().flatten().any(|target| target.starts_with(root)) {
            found.push(pid);
        }
    }
    Ok(found)
}
