//! What lasts: one `Store` over SQLite or PostgreSQL, one SQL text a question.
