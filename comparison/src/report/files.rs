//! Files that are written as a whole, or not at all.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;

/// Makes the folder, and tries whether a file can be written there: one without a name, so that none is left.
pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    let cannot = || format!("cannot write to the folder {}; make it writable, or choose another", folder.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    tempfile::tempfile_in(folder).map(drop).with_context(cannot)
}

/// Writes a file as a whole, or not at all: beside its place first. One that was there keeps its permissions.
pub(super) fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    let write = || {
        let as_any_new_file = Permissions::from_mode(0o666); // less what the umask takes
        let folder = file.parent().unwrap_or(Path::new("."));
        let mut draft = tempfile::Builder::new().permissions(as_any_new_file).tempfile_in(folder)?;
        draft.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(file) {
            draft.as_file().set_permissions(old.permissions())?;
        }
        draft.persist(file).map(drop).map_err(io::Error::from)
    };
    write().with_context(|| format!("cannot write {}; make its folder writable, or choose another", file.display()))
}
