#![doc = include_str!("../ARCHITECTURE.md")]

// ground
pub mod clock;
pub mod config;
pub mod keys;
pub mod lifecycle;
pub mod model;
pub mod outbound;
pub mod phrases;
pub mod telemetry;
pub mod urls;
// middle
pub mod store;
// in
pub mod ingest;
pub mod source;
// who
pub mod audience;
// what, pure
pub mod feeds;
pub mod mail;
pub mod pages;
pub mod share;
// out
pub mod deliver;
pub mod publish;
pub mod shelf;
// edge
pub mod access;
pub mod app;
pub mod cli;
pub mod demo;
pub mod web;
