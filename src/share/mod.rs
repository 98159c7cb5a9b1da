//! Share links, short codes, QR pictures. Pure.
