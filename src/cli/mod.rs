//! A file per subcommand; stdout is data, stderr is talk.
