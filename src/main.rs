//! Arguments, command, exit code.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Reading a page is many thousand small allocations: the C library spends an eighth of the time on them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    postrider::cli::main()
}
