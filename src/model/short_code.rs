//! The codes of short links: Crockford's base32 in upper case, which a QR symbol packs tightly and a person can read aloud.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

/// Random bytes in a code: 40 bits make eight letters without padding, and too many to walk through.
pub const CODE_BYTES: usize = 5;

/// Letters in a code.
const LETTERS: usize = CODE_BYTES * 8 / 5;

/// Crockford's alphabet leaves out I, L, O and U; what a person types instead of them is read as what was meant.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.encoding().expect("32 different ASCII symbols")
});

/// The code of these random bytes: eight letters.
#[must_use]
pub fn short_code(random: [u8; CODE_BYTES]) -> String {
    CROCKFORD.encode(&random)
}

/// A code as somebody typed it, in its one spelling; `None` when it cannot be one.
#[must_use]
pub fn parse_code(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .map(|letter| match letter.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect();
    (code.len() == LETTERS && CROCKFORD.decode(code.as_bytes()).is_ok()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_bits_in_crockfords_letters() {
        // 00000 00001 00010 00011 00100 00101 00110 00111 are the letters 0 to 7.
        assert_eq!(short_code([0x00, 0x44, 0x32, 0x14, 0xC7]), "01234567");
        assert_eq!(short_code([0xFF; 5]), "ZZZZZZZZ");
    }

    #[test]
    fn a_mistyped_letter_is_read_as_it_was_meant() {
        assert_eq!(parse_code("o1il2abz").as_deref(), Some("01112ABZ"));
        assert_eq!(parse_code("ABCDEFGU"), None, "U is no letter of the alphabet");
        assert_eq!(parse_code("ABC"), None);
        assert_eq!(parse_code("宜城宜城"), None);
    }
}
