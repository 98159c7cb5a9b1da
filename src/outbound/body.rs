//! Reading an answer's body under its caps: so much off the wire, so much in memory, and no bomb between the two.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use zstd::stream::{raw, zio};

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
    /// The plain writer of zstd, for the ready-made one does not notice a frame that is cut off.
    Zstd(Box<zio::Writer<Kept, raw::Decoder<'static>>>),
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
                let mut decoder = raw::Decoder::new().map_err(|_| BodyError::Encoding)?;
                decoder.set_parameter(raw::DParameter::WindowLogMax(ZSTD_WINDOW_LOG)).map_err(|_| BodyError::Encoding)?;
                Ok(Self::Zstd(Box::new(zio::Writer::new(kept, decoder))))
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
            Self::Zstd(writer) => writer.writer_mut(),
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
            Self::Zstd(writer) => writer.write_all(bytes),
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
            Self::Zstd(mut writer) => writer.finish().map(|()| writer.into_inner().0),
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
            Self::Zstd(writer) => writer.into_inner().0,
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

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    const CAP: usize = 16 * 1024 * 1024;

    fn headers(encoding: &str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_ENCODING, encoding.parse().unwrap())])
    }

    fn take(encoding: &str, wire: &[u8], piece: usize) -> Result<Vec<u8>, BodyError> {
        let mut taker = Taker::new(&headers(encoding), true, CAP, CAP)?;
        wire.chunks(piece).try_for_each(|piece| taker.take(piece))?;
        taker.finish()
    }

    fn packed(plain: &[u8]) -> [(&'static str, Vec<u8>); 4] {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(plain).unwrap();
        zlib.write_all(plain).unwrap();
        bare.write_all(plain).unwrap();
        [
            ("gzip", gzip.finish().unwrap()),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", bare.finish().unwrap()),
            ("zstd", zstd::encode_all(plain, 3).unwrap()),
        ]
    }

    /// About as compressible as a page.
    fn page() -> Vec<u8> {
        (0..20_000_u32).flat_map(|n| format!("<p>宜城 {}</p>\n", n.wrapping_mul(2_654_435_761)).into_bytes()).collect()
    }

    #[test]
    fn every_encoding_that_is_asked_for_is_undone_in_pieces_of_any_size() {
        for (encoding, wire) in packed(&page()) {
            for piece in [1, 7, 4_096, wire.len()] {
                assert!(take(encoding, &wire, piece) == Ok(page()), "{encoding} in pieces of {piece}");
            }
        }
        assert_eq!(take("identity", b"plain", 2), Ok(b"plain".to_vec()));
        assert_eq!(take("GZIP", b"", 1), Ok(Vec::new()));
    }

    #[test]
    fn a_bomb_of_any_make_is_defused_long_before_it_is_whole() {
        for (encoding, wire) in packed(&vec![0; 2 * CAP]) {
            let mut taker = Taker::new(&headers(encoding), true, CAP, CAP).unwrap();
            let result = wire.chunks(512).try_for_each(|piece| taker.take(piece));
            assert_eq!(result, Err(BodyError::Bomb), "{encoding}");
            assert!(taker.cut().len() <= RATIO_FLOOR.max(wire.len() * RATIO), "{encoding}");
        }
    }

    #[test]
    fn caps_hold_on_the_wire_and_in_memory() {
        for (encoding, wire) in packed(&page()) {
            let mut small = Taker::new(&headers(encoding), true, CAP, 1_000).unwrap();
            assert_eq!(small.take(&wire), Err(BodyError::TooLarge), "{encoding}");
            assert_eq!(small.cut(), page()[..1_000], "{encoding}");
            let mut short = Taker::new(&headers(encoding), true, 1_000, CAP).unwrap();
            assert_eq!(short.take(&wire), Err(BodyError::TooLarge), "{encoding}");
        }
        let mut plain = Taker::new(&HeaderMap::new(), false, 10, 10).unwrap();
        assert_eq!((plain.take(b"0123456789"), plain.take(b"x")), (Ok(()), Err(BodyError::TooLarge)));
        assert_eq!(plain.cut(), b"0123456789");
    }

    #[test]
    fn damage_and_strange_encodings_are_refused() {
        for (encoding, wire) in packed(&page()) {
            assert!(take(encoding, &wire[..wire.len() / 2], 4_096) == Err(BodyError::Damaged), "{encoding} cut off");
        }
        assert_eq!(take("gzip", b"<html>not gzip at all</html>", 4_096), Err(BodyError::Damaged));
        for encoding in ["br", "gzip, gzip", "compress"] {
            assert!(matches!(Taker::new(&headers(encoding), true, CAP, CAP), Err(BodyError::Encoding)), "{encoding}");
        }
        let mut twice = headers("gzip");
        twice.append(CONTENT_ENCODING, "gzip".parse().unwrap());
        assert!(matches!(Taker::new(&twice, true, CAP, CAP), Err(BodyError::Encoding)));
    }
}
