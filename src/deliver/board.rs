//! The lanes in memory: what waits in each, what is in flight, who is next. Everything here can be lost; the store has it all.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use crate::model::{LaneId, Millis, Outcome, ReceiverId, Rev, Seq, Subject};
use crate::store::{OpenSubject, ParcelRow};

use super::pace::Breaker;

/// Parcels that one lane holds in memory; the rest stays in the store until these are gone.
const LANE_HOLDS: usize = 64;
/// A lane that is behind reads on when so few are left.
const LANE_LOW: usize = 16;
/// Parcels that all lanes hold together: reading pauses above it, so that ten thousand dead receivers cost a known memory.
const BOARD_HOLDS: usize = 40_000;

/// When a parcel that was let go of is looked for again.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// How a lane is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    /// One exchange a parcel.
    Webhook,
    /// A connection takes one parcel after another.
    Mail,
}

/// Exchanges with one endpoint at once: they hide its round trip; order is kept by article.
pub(super) const ENDPOINT_WIDTH: usize = 8;

impl Channel {
    /// The channel of a lane; mail lanes are as wide as the server has connections.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "webhook" => Some(Self::Webhook),
            "mail" => Some(Self::Mail),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Lane {
    channel: Channel,
    /// Hands that may work it at once.
    width: usize,
    queue: VecDeque<ParcelRow>,
    /// What is queued or in flight.
    held: HashSet<(Seq, ReceiverId)>,
    in_flight: usize,
    /// Articles in flight: their next event waits.
    keys_in_flight: HashSet<i64>,
    /// Subjects of which more waits in the store.
    behind: BTreeMap<Seq, Subject>,
    breaker: Breaker,
    in_turn: bool,
}

#[derive(Debug)]
struct Open {
    rev: Rev,
    read: bool,
    held: usize,
    behind: usize,
}

/// All lanes.
#[derive(Debug, Default)]
pub(super) struct Board {
    lanes: HashMap<LaneId, Lane>,
    turn: VecDeque<LaneId>,
    wake: BTreeSet<(Millis, LaneId)>,
    open: HashMap<Subject, Open>,
    closing: Vec<OpenSubject>,
    /// Lanes that are behind, so that nobody searches ten thousand for them after every settlement.
    behind: BTreeSet<LaneId>,
    held: usize,
    /// What was settled since the reading under way began: its rows may show what stood before.
    lately: Option<HashSet<(Seq, ReceiverId)>>,
}

impl Board {
    pub(super) fn is_full(&self) -> bool {
        self.held >= BOARD_HOLDS
    }

    pub(super) fn knows(&self, lane: LaneId) -> bool {
        self.lanes.contains_key(&lane)
    }

    pub(super) fn add_lane(&mut self, id: LaneId, channel: Channel, width: usize) {
        self.lanes.entry(id).or_insert_with(|| Lane {
            channel,
            width,
            queue: VecDeque::new(),
            held: HashSet::new(),
            in_flight: 0,
            keys_in_flight: HashSet::new(),
            behind: BTreeMap::new(),
            breaker: Breaker::default(),
            in_turn: false,
        });
    }

    /// The store is about to be read: until [`Board::reading_ended`] no row is taken that was settled in the meantime.
    pub(super) fn reading_began(&mut self) {
        self.lately = Some(HashSet::new());
    }

    /// What was read has been offered.
    pub(super) fn reading_ended(&mut self) {
        self.lately = None;
    }

    fn is_settled_lately(&self, parcel: &ParcelRow) -> bool {
        self.lately.as_ref().is_some_and(|lately| lately.contains(&(parcel.subject.seq(), parcel.receiver)))
    }

    /// A subject is being read.
    pub(super) fn opened(&mut self, open: OpenSubject) {
        let entry = self.open.entry(open.subject).or_insert(Open { rev: open.rev, read: false, held: 0, behind: 0 });
        entry.rev = entry.rev.max(open.rev);
        entry.read = false;
    }

    /// All fresh rows of a subject were offered.
    pub(super) fn read_through(&mut self, subject: Subject) {
        if let Some(open) = self.open.get_mut(&subject) {
            open.read = true;
        }
        self.maybe_close(subject);
    }

    /// Subjects of which nothing is left here: their rows in `open_subject` can go.
    pub(super) fn take_closing(&mut self) -> Vec<OpenSubject> {
        std::mem::take(&mut self.closing)
    }

    fn maybe_close(&mut self, subject: Subject) {
        if let Some(open) = self.open.get(&subject)
            && open.read
            && open.held == 0
            && open.behind == 0
        {
            self.closing.push(OpenSubject { rev: open.rev, subject });
            self.open.remove(&subject);
        }
    }

    /// Puts a parcel into its lane; a full lane notes that more of the subject waits in the store, and so does one that is behind, for
    /// what came earlier goes first. The lane must be known.
    pub(super) fn offer(&mut self, parcel: ParcelRow) {
        if self.is_settled_lately(&parcel) {
            return;
        }
        let Some(lane) = self.lanes.get_mut(&parcel.lane) else { return };
        let is_full = lane.queue.len() >= LANE_HOLDS || !lane.behind.is_empty();
        if is_full && !lane.held.contains(&(parcel.subject.seq(), parcel.receiver)) {
            self.behind.insert(parcel.lane);
            if lane.behind.insert(parcel.subject.seq(), parcel.subject).is_none()
                && let Some(open) = self.open.get_mut(&parcel.subject)
            {
                open.behind += 1;
            }
            return;
        }
        self.offer_due(parcel);
    }

    /// Puts a due parcel into its lane, behind a full queue too: it was bounded when it was read.
    pub(super) fn offer_due(&mut self, parcel: ParcelRow) {
        if self.is_settled_lately(&parcel) {
            return;
        }
        let Some(lane) = self.lanes.get_mut(&parcel.lane) else { return };
        if !lane.held.insert((parcel.subject.seq(), parcel.receiver)) {
            return;
        }
        lane.queue.push_back(parcel);
        self.held += 1;
        if let Some(open) = self.open.get_mut(&parcel.subject) {
            open.held += 1;
        }
        self.queue_turn(parcel.lane);
    }

    fn queue_turn(&mut self, id: LaneId) {
        if let Some(lane) = self.lanes.get_mut(&id)
            && !lane.in_turn
            && !lane.queue.is_empty()
        {
            lane.in_turn = true;
            self.turn.push_back(id);
        }
    }

    /// A lane whose queue is low while more waits in the store: the subjects to read it from, and how much it holds already.
    pub(super) fn lane_behind(&self) -> Option<(LaneId, Vec<Subject>, usize)> {
        let mut behind = self.behind.iter().filter_map(|id| Some((id, self.lanes.get(id)?)));
        let (id, lane) = behind.find(|(_, lane)| lane.queue.len() < LANE_LOW)?;
        Some((*id, lane.behind.values().copied().take(LANE_HOLDS).collect(), lane.held.len()))
    }

    /// What a lane that was behind found. Subjects of which everything was found are no longer behind.
    pub(super) fn caught_up(&mut self, id: LaneId, asked: &[Subject], found: Vec<ParcelRow>, complete: bool) {
        if complete && let Some(lane) = self.lanes.get_mut(&id) {
            for subject in asked {
                if lane.behind.remove(&subject.seq()).is_some()
                    && let Some(open) = self.open.get_mut(subject)
                {
                    open.behind -= 1;
                }
            }
            if lane.behind.is_empty() {
                self.behind.remove(&id);
            }
        }
        for parcel in found {
            self.offer_due(parcel);
        }
        for subject in asked {
            self.maybe_close(*subject);
        }
    }

    /// How many parcels one reading of a lane may bring.
    pub(super) const fn reading(held: usize) -> i64 {
        (LANE_HOLDS + held) as i64
    }

    /// The next lane in turn that may work, with its next parcel; lanes that rest are set to wake.
    pub(super) fn next(&mut self, now: Millis) -> Option<(Channel, ParcelRow)> {
        for _ in 0..self.turn.len() {
            let id = self.turn.pop_front()?;
            let Some(lane) = self.lanes.get_mut(&id) else { continue };
            lane.in_turn = false;
            if let Some(until) = lane.breaker.resting(now) {
                self.wake.insert((until, id));
                continue;
            }
            let width = if lane.breaker.is_probing() { 1 } else { lane.width };
            if lane.in_flight >= width {
                continue;
            }
            let channel = lane.channel;
            let Some(parcel) = self.take(id) else { continue };
            self.queue_turn(id);
            return Some((channel, parcel));
        }
        None
    }

    /// The lane's next parcel whose article has nothing in flight.
    fn take(&mut self, id: LaneId) -> Option<ParcelRow> {
        let lane = self.lanes.get_mut(&id)?;
        let free = |parcel: &ParcelRow| parcel.order_key.is_none_or(|key| !lane.keys_in_flight.contains(&key));
        let at = lane.queue.iter().position(free)?;
        let parcel = lane.queue.remove(at)?;
        lane.in_flight += 1;
        lane.keys_in_flight.extend(parcel.order_key);
        Some(parcel)
    }

    /// The next parcel for a hand that already works a lane; `None` ends the hand.
    pub(super) fn take_more(&mut self, id: LaneId, now: Millis) -> Option<ParcelRow> {
        let resting = self.lanes.get(&id)?.breaker.resting(now).is_some();
        if resting { None } else { self.take(id) }
    }

    /// An attempt was settled, or let go of: the parcel's place is free again.
    pub(super) fn settled(&mut self, parcel: &ParcelRow, outcome: Option<&Outcome>, strain: Strain, now: Millis) {
        let Some(lane) = self.lanes.get_mut(&parcel.lane) else { return };
        lane.in_flight -= 1;
        lane.held.remove(&(parcel.subject.seq(), parcel.receiver));
        if let (Some(lately), Some(_)) = (&mut self.lately, outcome) {
            lately.insert((parcel.subject.seq(), parcel.receiver));
        }
        if let Some(key) = parcel.order_key {
            lane.keys_in_flight.remove(&key);
        }
        match strain {
            Strain::None => lane.breaker.succeeded(),
            Strain::Failed => lane.breaker.failed(now),
            Strain::Wait(until) => lane.breaker.asked_to_wait(until),
            Strain::Unknown => {}
        }
        match outcome {
            Some(Outcome::Retry { at, .. }) => {
                self.wake.insert((*at, parcel.lane));
            }
            Some(_) => {}
            // Nothing was written: the row stands in the store as it was, fresh or due, and is read again.
            None => {
                self.wake.insert((now.plus(READ_AGAIN), parcel.lane));
                self.behind.insert(parcel.lane);
                if lane.behind.insert(parcel.subject.seq(), parcel.subject).is_none()
                    && let Some(open) = self.open.get_mut(&parcel.subject)
                {
                    open.behind += 1;
                }
            }
        }
        self.held -= 1;
        if let Some(open) = self.open.get_mut(&parcel.subject) {
            open.held -= 1;
        }
        self.maybe_close(parcel.subject);
        self.queue_turn(parcel.lane);
    }

    /// When the next lane wakes.
    pub(super) fn next_wake(&self) -> Option<Millis> {
        self.wake.first().map(|(at, _)| *at)
    }

    /// Sets a lane to be looked at.
    pub(super) fn wake_at(&mut self, at: Millis, lane: LaneId) {
        self.wake.insert((at, lane));
    }

    /// Lanes whose time has come: their turn is queued, and their due parcels are to be read.
    pub(super) fn woken(&mut self, now: Millis) -> Vec<LaneId> {
        let later = self.wake.split_off(&(Millis(now.0 + 1), LaneId(i64::MIN)));
        let woken = std::mem::replace(&mut self.wake, later);
        let mut lanes: Vec<LaneId> = woken.into_iter().map(|(_, lane)| lane).collect();
        lanes.sort_unstable();
        lanes.dedup();
        for lane in &lanes {
            self.queue_turn(*lane);
        }
        lanes
    }
}

/// What an attempt says about its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strain {
    /// It is well.
    None,
    /// It failed.
    Failed,
    /// It asked for patience.
    Wait(Millis),
    /// Nothing was learned.
    Unknown,
}

#[cfg(test)]
mod tests;
