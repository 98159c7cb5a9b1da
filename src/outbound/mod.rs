//! The guard, resolving, dialling, deadlines, caps: the only HTTP client and the only dialler.
