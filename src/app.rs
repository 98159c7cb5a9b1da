//! `App::start(Config, Parts)`: the only file that knows every room.
