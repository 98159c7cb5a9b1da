//! Lanes, turns, and what is read twice.

use super::*;
use crate::model::{Class, Fence};

fn parcel(subject: i64, lane: i64, article: i64) -> ParcelRow {
    ParcelRow {
        subject: Subject::Event(Seq(subject)),
        lane: LaneId(lane),
        receiver: ReceiverId(lane),
        class: Class::Alert,
        order_key: Some(article),
        tries: 0,
        fence: Fence(1),
    }
}

fn board(lanes: i64) -> Board {
    let mut board = Board::default();
    (1..=lanes).for_each(|lane| board.add_lane(LaneId(lane), Channel::Webhook, ENDPOINT_WIDTH));
    board
}

#[test]
fn lanes_take_turns_and_an_article_keeps_its_order() {
    let mut board = board(2);
    board.offer(parcel(1, 1, 7));
    board.offer(parcel(2, 1, 7));
    board.offer(parcel(3, 1, 8));
    board.offer(parcel(1, 2, 7));
    let order: Vec<_> = std::iter::from_fn(|| board.next(Millis(0))).map(|(_, p)| (p.lane.0, p.subject.seq().0)).collect();
    assert_eq!(order, [(1, 1), (2, 1), (1, 3)], "the second event of article 7 waits for the first");
    board.settled(&parcel(1, 1, 7), Some(&Outcome::Accepted { carried: 1 }), Strain::None, Millis(0));
    assert_eq!(board.next(Millis(0)).unwrap().1.subject.seq(), Seq(2));
}

#[test]
fn a_full_lane_reads_on_from_the_store_and_its_subject_stays_open() {
    let mut board = board(1);
    let subjects: Vec<Subject> = (1..=100).map(|n| Subject::Event(Seq(n))).collect();
    for subject in &subjects {
        board.opened(OpenSubject { rev: Rev(subject.seq().0), subject: *subject });
        board.offer(parcel(subject.seq().0, 1, subject.seq().0));
        board.read_through(*subject);
    }
    assert!(board.lane_behind().is_none(), "not before its queue is low");
    let mut done = 0;
    loop {
        while let Some((_, parcel)) = board.next(Millis(0)) {
            board.settled(&parcel, Some(&Outcome::Accepted { carried: 1 }), Strain::None, Millis(0));
            done += 1;
        }
        let Some((lane, asked, _)) = board.lane_behind() else { break };
        let found = asked.iter().map(|subject| parcel(subject.seq().0, 1, subject.seq().0)).collect();
        board.caught_up(lane, &asked, found, true);
    }
    assert_eq!((done, board.take_closing().len(), board.held == 0), (100, 100, true));
}

#[test]
fn what_comes_later_waits_behind_what_a_full_lane_left_in_the_store() {
    let mut board = board(1);
    let more = LANE_HOLDS as i64 + 1;
    for n in 1..=more {
        board.opened(OpenSubject { rev: Rev(n), subject: Subject::Event(Seq(n)) });
        board.offer(parcel(n, 1, n));
    }
    let (_, first) = board.next(Millis(0)).unwrap();
    board.settled(&first, Some(&Outcome::Accepted { carried: 1 }), Strain::None, Millis(0));
    // A newer version of the article that was left in the store, when there is room again.
    board.offer(parcel(more + 1, 1, more));
    let mut order = Vec::new();
    loop {
        while let Some((_, parcel)) = board.next(Millis(0)) {
            board.settled(&parcel, Some(&Outcome::Accepted { carried: 1 }), Strain::None, Millis(0));
            order.push(parcel.subject.seq().0);
        }
        let Some((lane, asked, _)) = board.lane_behind() else { break };
        let found = asked.iter().map(|subject| parcel(subject.seq().0, 1, more)).collect();
        board.caught_up(lane, &asked, found, true);
    }
    assert_eq!(order, (2..=more + 1).collect::<Vec<_>>());
}

#[test]
fn what_was_settled_while_the_store_was_read_is_not_sent_again() {
    let mut board = board(1);
    board.offer(parcel(1, 1, 7));
    board.offer(parcel(2, 1, 8));
    let (_, first) = board.next(Millis(0)).unwrap();
    let (_, second) = board.next(Millis(0)).unwrap();
    board.reading_began();
    board.settled(&first, Some(&Outcome::Accepted { carried: 1 }), Strain::None, Millis(0));
    board.settled(&second, None, Strain::Unknown, Millis(0));
    board.offer_due(first);
    board.offer_due(second);
    board.reading_ended();
    assert_eq!(board.next(Millis(0)).unwrap().1, second, "what was let go of is still to be sent");
    assert!(board.next(Millis(0)).is_none());
}

#[test]
fn a_resting_lane_wakes_and_sends_one_probe() {
    let mut board = board(1);
    for n in 1..=12 {
        board.offer(parcel(n, 1, n));
    }
    for n in 1..=5 {
        let (_, taken) = board.next(Millis(0)).unwrap();
        board.settled(&taken, Some(&Outcome::Refused(crate::model::Why::Resolve)), Strain::Failed, Millis(0));
        assert_eq!(taken.subject.seq(), Seq(n));
    }
    assert!(board.next(Millis(0)).is_none());
    assert_eq!(board.next_wake(), Some(Millis(30_000)));
    assert_eq!(board.woken(Millis(30_000)), [LaneId(1)]);
    assert!(board.next(Millis(30_000)).is_some());
    assert!(board.next(Millis(30_000)).is_none(), "one probe at a time");
}
