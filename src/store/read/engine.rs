//! What the delivery engine reads: open subjects, fresh and due parcels.

use crate::model::{Class, Fence, LaneId, Millis, ReceiverId, Rev, Seq, Subject};
use crate::store::db::{row, rows};
use crate::store::{Doing as _, Store, StoreError};

/// A subject whose deliveries are all written and some of which may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSubject {
    /// When it was opened.
    pub rev: Rev,
    /// Which.
    pub subject: Subject,
}

/// A delivery that waits for its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParcelRow {
    /// What.
    pub subject: Subject,
    /// Through which lane.
    pub lane: LaneId,
    /// To whom.
    pub receiver: ReceiverId,
    /// Before what else.
    pub class: Class,
    /// What keeps its order: the article.
    pub order_key: Option<i64>,
    /// Attempts so far.
    pub tries: i64,
    /// The fence of its slot when it was read.
    pub fence: Fence,
}

#[derive(sqlx::FromRow)]
struct RawParcel {
    kind: String,
    subject: i64,
    lane: i64,
    receiver: i64,
    class: i64,
    order_key: Option<i64>,
    tries: i64,
    fence: i64,
}

/// The columns of [`RawParcel`], of the delivery `d` in the slot `s`.
macro_rules! parcel_columns {
    () => {
        "d.kind, d.subject, d.lane, d.receiver, d.class, d.order_key, d.tries, s.fence"
    };
}

impl TryFrom<RawParcel> for ParcelRow {
    type Error = StoreError;
    fn try_from(raw: RawParcel) -> Result<Self, StoreError> {
        let unreadable = |why| StoreError::Unreadable { what: "a delivery", why };
        Ok(Self {
            subject: Subject::stored(&raw.kind, Seq(raw.subject)).map_err(unreadable)?,
            lane: LaneId(raw.lane),
            receiver: ReceiverId(raw.receiver),
            class: Class::try_from(raw.class).map_err(unreadable)?,
            order_key: raw.order_key,
            tries: raw.tries,
            fence: Fence(raw.fence),
        })
    }
}

fn read_all(raw: Vec<RawParcel>) -> Result<Vec<ParcelRow>, StoreError> {
    raw.into_iter().map(ParcelRow::try_from).collect()
}

impl Store {
    /// Subjects opened after a revision, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_subjects(&self, after: Rev, limit: i64) -> Result<Vec<OpenSubject>, StoreError> {
        const SQL: &str = "select rev, kind, subject from open_subject where rev > $1 order by rev limit $2";
        let raw = rows!(self, (i64, String, i64), SQL, after.0, limit).doing("read open subjects")?;
        let read = |(rev, kind, subject): (i64, String, i64)| {
            let subject = Subject::stored(&kind, Seq(subject)).map_err(|why| StoreError::Unreadable { what: "an open subject", why })?;
            Ok(OpenSubject { rev: Rev(rev), subject })
        };
        raw.into_iter().map(read).collect()
    }

    /// Fresh deliveries of a subject, behind a place, in the slots of this owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fresh_of_subject(
        &self,
        owner: &str,
        subject: Subject,
        after: (LaneId, ReceiverId),
        limit: i64,
    ) -> Result<Vec<ParcelRow>, StoreError> {
        const SQL: &str = concat!(
            "select ",
            parcel_columns!(),
            " from delivery d join slot s on s.n = d.slot where d.subject = $1 and (d.lane, d.receiver) > ($2, $3) and d.state = 'waiting'",
            " and s.owner = $4 order by d.lane, d.receiver limit $5"
        );
        read_all(rows!(self, RawParcel, SQL, subject.seq().0, after.0.0, after.1.0, owner, limit).doing("read fresh deliveries")?)
    }

    /// Fresh deliveries of one lane among these subjects, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fresh_of_lane(&self, owner: &str, lane: LaneId, subjects: &[Subject], limit: i64) -> Result<Vec<ParcelRow>, StoreError> {
        const SQL: &str = concat!(
            "select ",
            parcel_columns!(),
            " from json_each($1) v join delivery d on d.subject = cast(v.value ->> 's' as bigint) and d.lane = $2 join slot s on s.n = d.slot",
            " where d.state = 'waiting' and s.owner = $3 order by d.class, d.subject, d.receiver limit $4"
        );
        let list: Vec<_> = subjects.iter().map(|subject| serde_json::json!({ "s": subject.seq().0 })).collect();
        let list = serde_json::Value::from(list).to_string();
        read_all(rows!(self, RawParcel, SQL, &list, lane.0, owner, limit).doing("read fresh deliveries of a lane")?)
    }

    /// Parked deliveries of one lane that are due, the first class first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_of_lane(&self, owner: &str, lane: LaneId, now: Millis, limit: i64) -> Result<Vec<ParcelRow>, StoreError> {
        const SQL: &str = concat!(
            "select ",
            parcel_columns!(),
            " from delivery d join slot s on s.n = d.slot where d.state = 'parked' and d.lane = $1 and d.due <= $2 and s.owner = $3",
            " order by d.class, d.due limit $4"
        );
        read_all(rows!(self, RawParcel, SQL, lane.0, now.0, owner, limit).doing("read due deliveries")?)
    }

    /// Whether the receiver of an event has a newer one of the same article already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_overtaken(&self, parcel: &ParcelRow) -> Result<bool, StoreError> {
        const SQL: &str = "select count(*) from event e join delivery d on d.subject = e.seq and d.lane = $3 and d.receiver = $4 \
                           where e.article = $1 and e.seq > $2 and d.state = 'accepted'";
        let Some(article) = parcel.order_key else { return Ok(false) };
        let newer = row!(self, (i64,), SQL, article, parcel.subject.seq().0, parcel.lane.0, parcel.receiver.0);
        Ok(newer.doing("look for newer deliveries")?.is_some_and(|(n,)| n > 0))
    }

    /// When each lane with parked deliveries is due next.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self) -> Result<Vec<(LaneId, Millis)>, StoreError> {
        const SQL: &str = "select lane, min(due) from delivery where state = 'parked' group by lane";
        let raw = rows!(self, (i64, Option<i64>), SQL).doing("look for due deliveries")?;
        Ok(raw.into_iter().filter_map(|(lane, due)| Some((LaneId(lane), Millis(due?)))).collect())
    }

    /// The channels of these lanes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lane_channels(&self, lanes: &[LaneId]) -> Result<Vec<(LaneId, String)>, StoreError> {
        const SQL: &str = "select l.id, l.channel from json_each($1) v join lane l on l.id = cast(v.value ->> 'l' as bigint)";
        if lanes.is_empty() {
            return Ok(Vec::new());
        }
        let list: Vec<_> = lanes.iter().map(|lane| serde_json::json!({ "l": lane.0 })).collect();
        let list = serde_json::Value::from(list).to_string();
        let raw = rows!(self, (i64, String), SQL, &list).doing("read lanes")?;
        Ok(raw.into_iter().map(|(id, channel)| (LaneId(id), channel)).collect())
    }

    /// A letter's sealed payload, and when nobody wants it any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn letter(&self, id: Seq) -> Result<Option<(crate::model::Sealed, Option<Millis>)>, StoreError> {
        const SQL: &str = "select payload, expires_at from letter where id = $1";
        let found = row!(self, (Vec<u8>, Option<i64>), SQL, id.0).doing("read a letter")?;
        Ok(found.map(|(payload, until)| (crate::model::Sealed(payload), until.map(Millis))))
    }
}
