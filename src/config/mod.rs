//! Configuration: loaded, merged, checked and written; one struct a concern.
