//! The engine that carries deliveries and settles them.

pub mod smtp;
