//! Temporary folders, named by process, so that the next run removes what a killed one left behind.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Once;

use tempfile::TempDir;

const PREFIX: &str = "postrider-it-";

/// A new folder, which goes when it is dropped. Everybody may enter it: the database server runs as somebody else.
pub(crate) fn folder() -> TempDir {
    static SWEEP: Once = Once::new();
    let tmp = std::env::temp_dir();
    SWEEP.call_once(|| sweep(&tmp));
    let folder = tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir_in(&tmp).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Removes the folders of processes that are no more.
fn sweep(tmp: &Path) {
    for entry in std::fs::read_dir(tmp).unwrap().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|rest| rest.split('-').next());
        let Some(owner) = owner.filter(|pid| pid.parse::<u32>().is_ok()) else { continue };
        if !Path::new("/proc").join(owner).exists() {
            // Another run may be sweeping too; whoever comes second finds nothing.
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}
