//! What one exchange may cost at most: time, bytes on the wire, bytes in memory.

use std::time::Duration;

/// The bounds of one exchange. Times count from the call; sizes are bytes of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The whole exchange, to the last byte of the body: a peer that drips costs this and no more.
    pub total: Duration,
    /// Resolving, connecting and TLS together.
    pub connect: Duration,
    /// The longest silence: before the answer's head, and between two pieces of its body.
    pub idle: Duration,
    /// How much is read off the wire.
    pub wire_cap: usize,
    /// How much is kept, after decoding.
    pub read_cap: usize,
    /// What a longer body means.
    pub beyond: Beyond,
    /// Whether compressed answers are asked for and decoded. Deliveries never do: nobody needs more than a line of what a receiver says.
    pub decode: bool,
}

/// What happens to a body that is longer than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Keep what fits, stop reading, hang up. The answer says `truncated`.
    Stop,
    /// The exchange failed: half a page is worse than none.
    Refuse,
}

impl Limits {
    /// For deliveries. Receivers that work answer in well under 20 s; 64 KB hold any provider's verdict.
    pub const DELIVERY: Self = Self {
        total: Duration::from_secs(20),
        connect: Duration::from_secs(5),
        idle: Duration::from_secs(20),
        wire_cap: 64 * 1024,
        read_cap: 64 * 1024,
        beyond: Beyond::Stop,
        decode: false,
    };

    /// For pages of sources and what hangs on them. The longest article pages stay below 4 MiB; a news site that is busy may take 10 s.
    pub const PAGE: Self = Self {
        total: Duration::from_secs(30),
        connect: Duration::from_secs(10),
        idle: Duration::from_secs(10),
        wire_cap: 8 * 1024 * 1024,
        read_cap: 16 * 1024 * 1024,
        beyond: Beyond::Refuse,
        decode: true,
    };

    /// For feeds, which with full texts and pictures inside grow larger than pages.
    pub const FEED: Self = Self { wire_cap: 20 * 1024 * 1024, read_cap: 20 * 1024 * 1024, ..Self::PAGE };
}
