//! A grammar of county news: headlines and paragraphs that nobody wrote one by one, and of which no two are alike.

/// Draws that are the same for the same seed (`SplitMix64`).
#[derive(Debug, Clone)]
pub(super) struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From nought up to but not `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// One of these.
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// Puts them in another order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }

    /// A name of a village, a street, a bridge: two syllables.
    fn place(&mut self) -> String {
        format!("{}{}{}", self.one(&PLACE_HEADS), self.one(&PLACE_TAILS), self.one(&PLACE_KINDS))
    }

    /// A person's name, of two or three characters.
    pub fn person(&mut self) -> String {
        let first = self.one(&GIVEN);
        let second = if self.below(3) > 0 { self.one(&GIVEN) } else { "" };
        format!("{}{first}{second}", self.one(&SURNAMES))
    }

    /// A sentence with its slots filled: `{p}` a place, `{n}` a person, `{o}` a house, `{t}` the topic, `{k}` a number.
    fn fill(&mut self, pattern: &str, topic: &str) -> String {
        let mut parts = pattern.split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (slot, rest) = part.split_once('}').expect("a slot is closed");
            match slot {
                "p" => text.push_str(&self.place()),
                "n" => text.push_str(&self.person()),
                "o" => text.push_str(self.one(&HOUSES)),
                "t" => text.push_str(topic),
                _ => text.push_str(&(12 + self.below(970)).to_string()),
            }
            text.push_str(rest);
        }
        text
    }
}

/// A headline and its paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prose {
    pub headline: String,
    pub paragraphs: Vec<String>,
}

/// Writes a piece of so many paragraphs.
pub(super) fn write(dice: &mut Dice, paragraphs: usize) -> Prose {
    let topic = dice.one(&TOPICS);
    let pattern = dice.one(&HEADLINES);
    let headline = dice.fill(pattern, topic);
    let mut patterns = SENTENCES;
    dice.shuffle(&mut patterns);
    let mut left = patterns.iter();
    let paragraphs = (0..paragraphs).map(|_| paragraph(dice, topic, &mut left)).collect();
    Prose { headline, paragraphs }
}

/// One more paragraph of its own.
pub(super) fn more(dice: &mut Dice) -> String {
    let mut patterns = SENTENCES;
    dice.shuffle(&mut patterns);
    let topic = dice.one(&TOPICS);
    paragraph(dice, topic, &mut patterns.iter())
}

fn paragraph<'a>(dice: &mut Dice, topic: &str, patterns: &mut impl Iterator<Item = &'a &'static str>) -> String {
    let sentences = 2 + dice.below(2);
    patterns.take(sentences).map(|pattern| dice.fill(pattern, topic)).collect()
}

const PLACE_HEADS: [&str; 24] = [
    "柳", "南", "青", "石", "松", "枣", "白", "芦", "竹", "金", "桃", "沙", "荷", "云", "杨", "丰", "双", "长", "古", "秋", "梅", "银",
    "泉", "槐",
];
const PLACE_TAILS: [&str; 20] =
    ["汊", "垸", "岭", "桥", "河", "店", "湾", "塘", "坪", "冲", "滩", "埠", "坡", "林", "溪", "港", "岗", "圩", "洲", "垭"];
const PLACE_KINDS: [&str; 6] = ["村", "镇", "社区", "街", "村", "小区"];
const SURNAMES: [&str; 20] =
    ["赵", "孙", "周", "程", "罗", "何", "吴", "沈", "韩", "蒋", "郑", "田", "邓", "傅", "彭", "卢", "姚", "邹", "熊", "孟"];
const GIVEN: [&str; 24] = [
    "禾", "渡", "砚", "满", "汀", "桐", "岚", "铎", "萍", "颖", "朗", "蓉", "峤", "芸", "栋", "沁", "亭", "宁", "钧", "薇", "昕", "瑶",
    "恺", "苇",
];
const HOUSES: [&str; 16] = [
    "县农业农村局",
    "县供水公司",
    "县图书馆",
    "县中医院",
    "城关供电所",
    "县公交公司",
    "县气象台",
    "县林场",
    "县职教中心",
    "县文化馆",
    "水利站",
    "县残联",
    "粮食储备库",
    "县体育馆",
    "镇卫生院",
    "县住建局",
];
const TOPICS: [&str; 24] = [
    "晚稻收割",
    "管网改造",
    "早班公交",
    "冬季义诊",
    "乡村书屋",
    "堤防加固",
    "油茶采摘",
    "校园食堂",
    "路灯更换",
    "夜校开班",
    "旧楼加梯",
    "河道清淤",
    "稻虾养殖",
    "广场修缮",
    "防汛演练",
    "菜市改造",
    "护林巡查",
    "藕田开挖",
    "电网检修",
    "健步走",
    "茶园修枝",
    "免费体检",
    "古桥修复",
    "应急广播",
];
const HEADLINES: [&str; 16] = [
    "{p}{t}提前{k}天完成",
    "{t}进了{p},{k}户人家得方便",
    "{o}把{t}办到{p}",
    "{p}:{k}人参加{t}",
    "{t}怎么办 {p}给出新办法",
    "{p}{n}和他的{t}账本",
    "{o}回应{p}{t}进展",
    "{t}一头连着{p} 一头连着{k}户",
    "从{p}到{p} {t}走了{k}里",
    "{p}今天启动{t}",
    "{k}名志愿者投入{p}{t}",
    "{n}:在{p}守着{t}的人",
    "{p}{t}现场见闻",
    "{o}公布{p}{t}安排",
    "{p}试点{t} 首批{k}户受益",
    "{t}之后 {p}变了样",
];
const SENTENCES: [&str; 64] = [
    "天刚亮，{p}的{t}现场就热闹起来，{k}名村民陆续赶到。",
    "{o}负责人{n}介绍，这项工作从去年秋天开始准备，前后跑了{k}趟。",
    "沿着{p}往里走，新铺的砂石路一直通到{p}的晒谷场。",
    "“以前要等大半天，现在一顿饭的工夫就办好了。”家住{p}的{n}说。",
    "按照计划，{p}和{p}将在月底之前接着做，预计惠及{k}户。",
    "今年雨水偏多，{n}带着{k}个人把低处的沟渠先清了一遍。",
    "物料统一由{o}调配，用多少领多少，账目每周张贴一次。",
    "在{p}，老支书{n}搬来一张长桌，谁有疑问当面讲清楚。",
    "有人担心费用，{n}拿出单子一项项算：平均每户只要{k}元。",
    "为了不误农时，{o}把{t}分成三段，先做离水源最近的一段。",
    "孩子们放学后也来帮忙，{n}给他们准备了{k}双手套。",
    "这条渠修于上世纪七十年代，能灌{k}亩地，{p}的老人都记得。",
    "夜里十点，{p}的灯还亮着，{n}正同几位师傅核对图纸。",
    "{o}派出两支小队，一支守{p}，一支往{p}送材料。",
    "一台机器坏了，{n}骑着摩托跑了{k}里路去借配件。",
    "村里把空置的仓库腾出来，添了{k}把椅子，成了临时的会议室。",
    "“不怕慢，就怕站。”{n}把这句话写在工棚的门板上。",
    "经过比较，大家选了本地的石料，运费省下将近{k}元。",
    "{p}有{k}位老人行动不便，{o}安排专人上门登记。",
    "验收那天，{n}拿着卷尺量了七处，只有一处要返工。",
    "气温降得快，{o}提醒各家把露在外面的水管包好。",
    "消息传开后，在外地打工的{n}也汇来了{k}元。",
    "这里原先是一片荒坡，如今种上了{k}株果苗，明年就能挂果。",
    "{n}从部队退伍后回到{p}，手把手教会了{k}个徒弟。",
    "道口增设了两面镜子，从{p}来的大车远远就能看见。",
    "{o}开通了咨询电话，头一天接到{k}个，问得最多的是时间。",
    "午饭是附近三家人轮流做的，萝卜炖肉，每人一大碗。",
    "为了弄清水往哪里流，{n}连着三天守在{p}的闸口。",
    "旧的牌子没有扔，擦干净以后挂进了{p}的陈列室。",
    "参加的人里，年纪最大的七十九岁，最小的才上小学。",
    "“这回是真动手了。”{p}的店主{n}把卷帘门升到顶。",
    "据统计，上半年{p}一带少跑了{k}趟冤枉路。",
    "{o}请来的师傅姓{n}的最多，大家干脆叫他们师傅班。",
    "塘里的水放下去一半，露出{k}年前铺的青砖。",
    "雨停以后，{n}挨个检查接头，把松的重新拧紧。",
    "{p}划出一块空地停车，白天不收费，晚上归居民使用。",
    "订单来得突然，{n}同{o}商量后，把发货改到了清早。",
    "第一批成果送到了{p}，第二批正在路上，共有{k}箱。",
    "大伙儿轮流值守，每班四个钟头，交接都写在本子上。",
    "有了上次的教训，{o}这回多备了{k}套雨具。",
    "{n}算了一笔账，省下的工钱够给{p}再添两盏灯。",
    "从{p}望过去，山脚下那排新房就是最先受益的人家。",
    "为照顾上班的人，{o}把窗口延长到晚上八点。",
    "墙上的地图用红线标了{k}处，每处都写着谁来管、几号完。",
    "“头一次见这么多人来。”守了半辈子渡口的{n}感慨。",
    "施工避开了早晚高峰，{p}的买卖没有受影响。",
    "{o}还把做法编成小册子，印了{k}本，放在各个服务点。",
    "老井重新淘过，水样送到县里检验，{n}守着等结果。",
    "秋风一起，{p}的芦花白了，来拍照的人比往年多出{k}名。",
    "眼下还剩最后一段，{n}估计再有十来天就能收尾。",
    "{p}的做法并不新鲜，难的是年年坚持，一坚持就是{k}个月。",
    "年轻人负责线上登记，{n}负责敲门，两头对得上才算数。",
    "库房里整整齐齐码着{k}袋，最上面一层贴着{p}的字样。",
    "{o}表示，若遇大风天气，活动顺延一周，另行告知。",
    "路窄车多，{n}提议单双日分开走，试了几天，果然顺当。",
    "站在新修的台阶上，{n}数了数，从上到下正好{k}级。",
    "有学校把课堂搬到{p}，学生围着老农问个不停。",
    "村口的黑板报换了内容，粉笔字是{n}一笔一画写的。",
    "{o}同邻县签了约，往后{p}的货可以少转一道手。",
    "说起将来，{n}想把{p}剩下的{k}亩也一起做了。",
    "一位路过的司机停下来搭了把手，走时只说自己是{p}人。",
    "前些年走了弯路，{n}并不避讳，把失败的样品也摆了出来。",
    "入冬之前，{p}还要添{k}米护栏，材料已经运到。",
    "热水、姜汤、干毛巾，{o}在{p}的棚子里样样备齐。",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{DefaultHasher, Hash, Hasher};

    use super::*;

    /// The usual 64-bit simhash over three characters.
    fn simhash(text: &str) -> u64 {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut votes = [0i32; 64];
        for gram in letters.windows(3) {
            let mut hasher = DefaultHasher::new();
            gram.hash(&mut hasher);
            let hash = hasher.finish();
            for (bit, vote) in votes.iter_mut().enumerate() {
                *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
            }
        }
        votes.iter().enumerate().filter(|(_, vote)| **vote > 0).map(|(bit, _)| 1 << bit).sum()
    }

    #[test]
    fn a_seed_writes_the_same_twice_and_another_seed_otherwise() {
        assert_eq!(write(&mut Dice(7), 3), write(&mut Dice(7), 3));
        assert_ne!(write(&mut Dice(7), 3), write(&mut Dice(8), 3));
    }

    #[test]
    fn no_two_articles_are_alike_and_all_can_be_written_in_gb18030() {
        let mut dice = Dice(1);
        let all: Vec<Prose> = (0..60).map(|_| write(&mut dice, 4)).collect();
        let headlines: HashSet<&String> = all.iter().map(|one| &one.headline).collect();
        assert_eq!(headlines.len(), all.len());
        let hashes: Vec<u64> = all.iter().map(|one| simhash(&one.paragraphs.concat())).collect();
        let pairs = || (0..hashes.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        let mut near: Vec<u32> = pairs().map(|(a, b)| (hashes[a] ^ hashes[b]).count_ones()).collect();
        near.sort_unstable();
        // Two strangers agree on half of the bits; a handful of pairs among so many come nearer by chance.
        assert!(near[near.len() / 100] >= 18 && near[0] > 12, "{:?}", &near[..20]);
        for one in &all {
            assert!(!encoding_rs::GB18030.encode(&one.paragraphs.concat()).2 && !one.headline.contains('{'));
            assert!(one.paragraphs.iter().all(|paragraph| paragraph.ends_with(['。', '”', '说'])), "{one:?}");
        }
    }
}
