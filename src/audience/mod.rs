//! Who receives: subscribers with their consent, and endpoints.
