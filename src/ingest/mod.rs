//! The one door in: a candidate becomes an article and its event, in one transaction.
