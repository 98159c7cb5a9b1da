//! Reading an answer's body under its caps: so much off the wire, so much in memory, and no bomb between the two.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// What we ask for where answers are decoded.
pub(super) const ACCEPT_ENCODING: &str = "gzip, deflate, zstd";

/// How much larger than its wire form a body may grow. Text shrinks to a tenth, a page of nothing but markup to a hundredth.
const RATIO: usize = 200;

/// Below this many decoded bytes the ratio is not asked: a tiny page may be all repetition.
const RATIO_FLOOR: usize = 256 * 1024;

/// The largest zstd window, as a power of two: 8 MiB, what RFC 9659 lets a sender of content use.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyError {
    /// More bytes than the cap.
    #[error("the answer is larger than allowed")]
    TooLarge,
    /// A bomb.
    #[error("the answer is compressed beyond belief")]
    Bomb,
    /// Not what its header says, or cut off.
    #[error("the compressed answer is damaged")]
    Damaged,
    /// Something we never asked for.
    #[error("the answer comes in an encoding that was not asked for")]
    Encoding,
}

/// Takes a body piece by piece.
pub(super) struct Taker {
    coding: Coding,
    wire: usize,
    wire_cap: usize,
}

enum Coding {
    Plain(Kept),
    Gzip(MultiGzDecoder<Kept>),
    /// Undecided until the first two bytes are here: `deflate` should be zlib (RFC 9110, 8.4.1.2), and some send it bare.
    Deflate {
        first: Vec<u8>,
        kept: Kept,
    },
    Zlib(ZlibDecoder<Kept>),
    Bare(DeflateDecoder<Kept>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Kept>>),
    /// Between two states; never seen from outside.
    Gone,
}

/// What is kept of the body, and how far it may grow at this moment.
struct Kept {
    bytes: Vec<u8>,
    cap: usize,
    limit: usize,
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.limit.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() <= room {
            return Ok(bytes.len());
        }
        Err(io::Error::other(if self.limit < self.cap { BodyError::Bomb } else { BodyError::TooLarge }))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Taker {
    /// `decode` undoes what the header names; without it the bytes are taken as they come.
    pub(super) fn new(headers: &HeaderMap, decode: bool, wire_cap: usize, read_cap: usize) -> Result<Self, BodyError> {
        let kept = Kept { bytes: Vec::new(), cap: read_cap, limit: read_cap };
        let coding = if decode { Coding::named(headers, kept)? } else { Coding::Plain(kept) };
        Ok(Self { coding, wire: 0, wire_cap })
    }

    /// Takes the next piece off the wire. After an error the body is over; [`Taker::cut`] gives what was kept.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<(), BodyError> {
        let room = self.wire_cap.saturating_sub(self.wire);
        let fits = &piece[..piece.len().min(room)];
        self.wire += fits.len();
        self.coding.loosen(self.wire);
        self.coding.write(fits)?;
        if fits.len() < piece.len() { Err(BodyError::TooLarge) } else { Ok(()) }
    }

    /// The whole body, at its end.
    pub(super) fn finish(self) -> Result<Vec<u8>, BodyError> {
        // A HEAD or a 304 names an encoding and has no body.
        if self.wire == 0 { Ok(Vec::new()) } else { self.coding.finish() }
    }

    /// What was kept of a body that was cut at its cap.
    pub(super) fn cut(self) -> Vec<u8> {
        self.coding.into_kept().bytes
    }
}

impl Coding {
    fn named(headers: &HeaderMap, kept: Kept) -> Result<Self, BodyError> {
        let mut names = headers.get_all(CONTENT_ENCODING).iter();
        let (Some(name), None) = (names.next(), names.next()) else {
            return if headers.contains_key(CONTENT_ENCODING) { Err(BodyError::Encoding) } else { Ok(Self::Plain(kept)) };
        };
        match name.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Plain(kept)),
            "gzip" | "x-gzip" => Ok(Self::Gzip(MultiGzDecoder::new(kept))),
            "deflate" => Ok(Self::Deflate { first: Vec::new(), kept }),
            "zstd" => {
                let mut decoder = zstd::stream::write::Decoder::new(kept).map_err(|_| BodyError::Encoding)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(|_| BodyError::Encoding)?;
                Ok(Self::Zstd(Box::new(decoder)))
            }
            _ => Err(BodyError::Encoding),
        }
    }

    /// Lets the kept bytes grow with what came off the wire.
    fn loosen(&mut self, wire: usize) {
        let kept = match self {
            // What is not decoded cannot be a bomb.
            Self::Plain(_) | Self::Gone => return,
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Deflate { kept, .. } => kept,
            Self::Zlib(decoder) => decoder.get_mut(),
            Self::Bare(decoder) => decoder.get_mut(),
            Self::Zstd(decoder) => decoder.get_mut(),
        };
        kept.limit = kept.cap.min(RATIO_FLOOR.max(wire.saturating_mul(RATIO)));
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BodyError> {
        if let Self::Deflate { first, .. } = self {
            first.extend_from_slice(bytes);
            if first.len() < 2 {
                return Ok(());
            }
            let bytes = std::mem::take(first);
            *self = std::mem::replace(self, Self::Gone).decided(&bytes);
            return self.write(&bytes);
        }
        let written = match self {
            Self::Plain(kept) => kept.write_all(bytes),
            Self::Gzip(decoder) => decoder.write_all(bytes),
            Self::Zlib(decoder) => decoder.write_all(bytes),
            Self::Bare(decoder) => decoder.write_all(bytes),
            Self::Zstd(decoder) => decoder.write_all(bytes),
            Self::Deflate { .. } | Self::Gone => Ok(()),
        };
        written.map_err(|error| body_error(&error))
    }

    /// RFC 1950, 2.2: a zlib stream begins with method 8 and two bytes that 31 divides.
    fn decided(self, first: &[u8]) -> Self {
        let kept = self.into_kept();
        let zlib = first[0] & 0x0f == 8 && u16::from_be_bytes([first[0], first[1]]).is_multiple_of(31);
        if zlib { Self::Zlib(ZlibDecoder::new(kept)) } else { Self::Bare(DeflateDecoder::new(kept)) }
    }

    fn finish(self) -> Result<Vec<u8>, BodyError> {
        let kept = match self {
            Self::Plain(kept) => Ok(kept),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Zlib(decoder) => decoder.finish(),
            Self::Bare(decoder) => decoder.finish(),
            Self::Zstd(mut decoder) => decoder.flush().map(|()| decoder.into_inner()),
            Self::Deflate { .. } | Self::Gone => return Err(BodyError::Damaged),
        };
        kept.map(|kept| kept.bytes).map_err(|error| body_error(&error))
    }

    fn into_kept(self) -> Kept {
        match self {
            Self::Plain(kept) | Self::Deflate { kept, .. } => kept,
            Self::Gzip(mut decoder) => decoder.get_mut().take(),
            Self::Zlib(mut decoder) => decoder.get_mut().take(),
            Self::Bare(mut decoder) => decoder.get_mut().take(),
            Self::Zstd(decoder) => decoder.into_inner(),
            Self::Gone => Kept { bytes: Vec::new(), cap: 0, limit: 0 },
        }
    }
}

impl Kept {
    /// Leaves nothing behind, and no room: a decoder that flushes when it is dropped writes into the void.
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self { bytes: Vec::new(), cap: 0, limit: 0 })
    }
}

fn body_error(error: &io::Error) -> BodyError {
    error.get_ref().and_then(|inner| inner.downcast_ref::<BodyError>()).copied().unwrap_or(BodyError::Damaged)
}
