//! The stage of `postrider demo`: news sites, a mailbox, a webhook receiver.
