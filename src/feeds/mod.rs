//! Feeds from articles: RSS 2.0, Atom, JSON Feed. Pure.
