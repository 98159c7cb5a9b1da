//! Events become deliveries, and editions are cut.
