//! Sections from what a site says of them: its menus, and the breadcrumbs of its articles. Pure.

use std::collections::HashMap;

/// What is known of one section before it has its place.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// As the site's navigation prints it.
    pub title: String,
    /// The row that heads its menu, as an index into the rows.
    pub below: Option<usize>,
    /// The paths that its articles print: `["新闻", "宜城新闻"]`.
    pub paths: Vec<Vec<String>>,
}

/// A section in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// What the site calls it.
    pub title: String,
    /// What else it calls it.
    pub aliases: Vec<String>,
    /// The section it lies below, as an index into the nodes.
    pub parent: Option<usize>,
    /// The rows it came from; none: only breadcrumbs name it.
    pub rows: Vec<usize>,
    /// A section that its articles name in its place, as an index: they will stand there.
    pub gathers_from: Option<usize>,
}

/// Deeper nesting is a mistake.
const DEEPEST: usize = 4;

/// Gives every row its place. Breadcrumbs go before menus: it is by them that articles are sorted later.
pub(super) fn build(rows: &[Row]) -> Vec<Node> {
    let mut tree = Tree::default();
    let places: Vec<usize> = rows.iter().enumerate().map(|(at, row)| tree.of_row(at, row)).collect();
    for (row, place) in rows.iter().zip(&places) {
        if let Some(head) = row.below.map(|head| places[head]) {
            tree.put_below(*place, head, false);
        }
    }
    let mut ends: HashMap<&str, usize> = HashMap::new();
    for end in rows.iter().filter(|row| !row.title.is_empty()).filter_map(|row| usual(&row.paths)?.last()) {
        *ends.entry(end).or_default() += 1;
    }
    for (row, place) in rows.iter().zip(&places).filter(|(row, _)| !row.title.is_empty()) {
        let Some(path) = usual(&row.paths) else { continue };
        let Some((last, above)) = path.split_last() else { continue };
        if *last == row.title {
            tree.hang(*place, above);
            continue;
        }
        match tree.called(last).filter(|other| other != place) {
            // Several lists whose articles print one name lie below it.
            other if ends[last.as_str()] > 1 && other.is_none_or(|other| tree.nodes[other].gathers_from.is_none()) => {
                let head = tree.called(last).unwrap_or_else(|| tree.add(last));
                tree.put_below(*place, head, false);
                tree.hang(head, above);
                tree.nodes[*place].gathers_from = Some(head);
            }
            Some(other) if tree.nodes[*place].parent != Some(other) => tree.nodes[*place].gathers_from = Some(other),
            Some(_) => {}
            None => {
                tree.nodes[*place].aliases.push(last.clone());
                tree.hang(*place, above);
            }
        }
    }
    // Names that only articles print, of a list that gathers many.
    for path in rows.iter().filter(|row| row.title.is_empty()).flat_map(|row| &row.paths) {
        if let Some((last, above)) = path.split_last() {
            let place = tree.called(last).unwrap_or_else(|| tree.add(last));
            tree.hang(place, above);
        }
    }
    tree.in_order()
}

/// The path that most articles of a list print.
fn usual(paths: &[Vec<String>]) -> Option<&Vec<String>> {
    let count = |path: &&Vec<String>| paths.iter().filter(|other| other == path).count();
    let best = paths.iter().rev().filter(|path| !path.is_empty()).max_by_key(count)?;
    (count(&best) * 2 >= paths.len()).then_some(best)
}

#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
    /// Nodes whose place a breadcrumb told.
    told: Vec<usize>,
}

impl Tree {
    fn add(&mut self, title: &str) -> usize {
        self.nodes.push(Node { title: title.to_owned(), aliases: Vec::new(), parent: None, rows: Vec::new(), gathers_from: None });
        self.nodes.len() - 1
    }

    /// The node of a row; two lists of one name below one head are one section. A list without a name is none.
    fn of_row(&mut self, at: usize, row: &Row) -> usize {
        if row.title.is_empty() {
            return usize::MAX;
        }
        let place = match self.called(&row.title) {
            Some(place) if row.below.is_none() => place,
            _ => self.add(&row.title),
        };
        self.nodes[place].rows.push(at);
        place
    }

    fn called(&self, name: &str) -> Option<usize> {
        let titled = self.nodes.iter().position(|node| node.title == name);
        titled.or_else(|| self.nodes.iter().position(|node| node.aliases.iter().any(|alias| alias == name)))
    }

    /// Hangs a node below the path, making what is not there.
    fn hang(&mut self, place: usize, above: &[String]) {
        let mut at = place;
        for name in above.iter().rev().take(DEEPEST) {
            let head = self.called(name).unwrap_or_else(|| self.add(name));
            self.put_below(at, head, true);
            at = head;
        }
    }

    fn put_below(&mut self, place: usize, head: usize, told: bool) {
        let Some(node) = self.nodes.get(place) else { return };
        let circle = self.line(head).any(|above| above == place);
        if circle || node.parent.is_some() && (!told || self.told.contains(&place)) {
            return;
        }
        self.nodes[place].parent = Some(head);
        if told {
            self.told.push(place);
        }
    }

    fn line(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.nodes.get(place).map(|_| place), |at| self.nodes[*at].parent)
    }

    /// Parents before children, else as the site has them.
    fn in_order(self) -> Vec<Node> {
        let mut order: Vec<usize> = Vec::new();
        for at in 0..self.nodes.len() {
            let mut line: Vec<usize> = self.line(at).filter(|above| !order.contains(above)).collect();
            line.reverse();
            order.extend(line);
        }
        let new = |old: usize| order.iter().position(|at| *at == old);
        let moved = |node: Node| Node { parent: node.parent.and_then(new), gathers_from: node.gathers_from.and_then(new), ..node };
        order.iter().map(|at| moved(self.nodes[*at].clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str, below: Option<usize>, paths: &[&str]) -> Row {
        let path = |path: &&str| path.split('/').map(str::to_owned).collect();
        Row { title: title.to_owned(), below, paths: paths.iter().map(path).collect() }
    }

    fn built(rows: &[Row]) -> Vec<String> {
        let nodes = build(rows);
        let mut paths: Vec<String> = Vec::new();
        for node in &nodes {
            let above = node.parent.map(|parent| format!("{}/", paths[parent].split(' ').next().unwrap_or_default())).unwrap_or_default();
            let aliases = node.aliases.iter().map(|alias| format!(" ={alias}")).collect::<Vec<_>>().concat();
            paths.push(format!("{above}{}{aliases}", node.title));
        }
        paths
    }

    #[test]
    fn breadcrumbs_nest_what_the_menu_lays_flat() {
        let rows = [row("云溪新闻", None, &["新闻/云溪新闻", "新闻/云溪新闻"]), row("乡镇动态", None, &["新闻/乡镇动态"])];
        assert_eq!(built(&rows), ["新闻", "新闻/云溪新闻", "新闻/乡镇动态"]);
    }

    #[test]
    fn menus_nest_where_articles_say_nothing() {
        let rows = [row("政务公开", None, &[]), row("公示公告", Some(0), &[]), row("招考录用", Some(0), &[])];
        assert_eq!(built(&rows), ["政务公开", "政务公开/公示公告", "政务公开/招考录用"]);
    }

    #[test]
    fn another_name_in_the_breadcrumb_is_an_alias_unless_it_is_shared() {
        assert_eq!(built(&[row("要闻", None, &["新闻/河口要闻"])]), ["新闻", "新闻/要闻 =河口要闻"]);
        let shared = [row("时政", None, &["新闻"]), row("社会", None, &["新闻"])];
        assert_eq!(built(&shared), ["新闻", "新闻/时政", "新闻/社会"]);
    }

    #[test]
    fn a_list_that_gathers_from_another_section_takes_no_name_from_it() {
        let nodes = build(&[row("头条", None, &["本地"]), row("本地", None, &["本地"]), row("体育", None, &["体育"])]);
        let gathers: Vec<_> =
            nodes.iter().map(|node| (node.title.as_str(), node.gathers_from.map(|at| nodes[at].title.as_str()))).collect();
        // Two lists print 本地, so the one that does not bear the name lies below it.
        assert_eq!(gathers, [("本地", None), ("头条", Some("本地")), ("体育", None)]);
        assert_eq!(nodes[1].parent, Some(0));
    }

    #[test]
    fn circles_and_nameless_lists_end() {
        let rows = [row("甲", Some(1), &["乙/甲"]), row("乙", Some(0), &["甲/乙"])];
        assert_eq!(built(&rows).len(), 2);
        assert_eq!(built(&[row("", None, &["Harbour", "Council", "Harbour"])]), ["Harbour", "Council"]);
    }
}
