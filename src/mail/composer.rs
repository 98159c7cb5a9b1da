//! Composes editions.

use super::composed::Gap;
use super::edition_view::{EditionView, Footer, Words, text_of};
use super::story::{Story, StoryView, shows};
use super::template::{BODY_SLOT, Name, Press};
use super::{Composed, ListName, MailError, Newsroom, Segments, Templates, clean};
use crate::model::{Article, EditionKind, Language, Millis, Slug};
use crate::phrases::{MailPhrases, Phrases};
use crate::urls::Urls;

/// Gmail hides what lies behind 102 KB of HTML, the unsubscribe link first (bytes, with room for the links).
const LONGEST_HTML: usize = 98_000;

/// What a digest is called, and for which span.
#[derive(Debug, Clone, Copy)]
pub struct Digest<'a> {
    /// Its list.
    pub list: &'a ListName,
    /// What people call it.
    pub title: &'a str,
    /// From and to, as it is printed.
    pub window: (Millis, Millis),
    /// Articles that belong to it beside those that are handed over: they are told of by their number.
    pub left_out: usize,
    /// Where they are read: the page of the one section that it gathers; `None`: the home page.
    pub section: Option<&'a Slug>,
}

/// Composes mails for one newsroom. Cheap to share; holds no state.
#[derive(Debug, Clone)]
pub struct Composer {
    pub(super) urls: Urls,
    pub(super) newsroom: Newsroom,
    pub(super) press: Press,
}

impl Composer {
    /// A composer for a newsroom.
    ///
    /// # Errors
    /// When a template does not parse.
    pub fn new(urls: Urls, mut newsroom: Newsroom, templates: Templates) -> Result<Self, MailError> {
        for text in [
            &mut newsroom.title,
            &mut newsroom.organisation,
            &mut newsroom.address,
            &mut newsroom.phone,
            &mut newsroom.contact,
            &mut newsroom.icp,
            &mut newsroom.police,
        ] {
            *text = clean::line(text);
        }
        newsroom.from.name = clean::name(&newsroom.from.name);
        Ok(Self { urls, newsroom, press: Press::new(templates)? })
    }

    /// The language of mails to nobody in particular.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.newsroom.language
    }

    /// One article, at once.
    ///
    /// # Errors
    /// When the template fails on it.
    pub fn compose_alert(&self, story: Story<'_>, list: &ListName, language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let view = StoryView::of(story, &self.urls, &self.newsroom, phrases);
        let subject = if view.breaking { labelled(phrases.breaking, &view.title, phrases) } else { view.title.clone() };
        self.single(EditionKind::Alert, &subject, ("", ""), view, story.article, list, language)
    }

    /// An admitted error, to those who got it: the note, then the article as it now stands.
    ///
    /// # Errors
    /// When the template fails on it.
    pub fn compose_correction(&self, story: Story<'_>, list: &ListName, language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let view = StoryView::of(story, &self.urls, &self.newsroom, phrases);
        let subject = labelled(phrases.correction, &view.title, phrases);
        let heading = (phrases.correction, phrases.correction_lead);
        self.single(EditionKind::Correction, &subject, heading, view, story.article, list, language)
    }

    /// A withdrawal, to those who were told: headline and reason, never the body.
    ///
    /// # Errors
    /// When the article stands, or the template fails on it.
    pub fn compose_withdrawal(&self, story: Story<'_>, list: &ListName, language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let view = StoryView::withdrawn(story, &self.urls).ok_or(MailError::NotWithdrawn)?;
        let subject = labelled(phrases.withdrawn, &view.title, phrases);
        let heading = (phrases.withdrawn, phrases.withdrawal_lead);
        self.single(EditionKind::Withdrawal, &subject, heading, view, story.article, list, language)
    }

    /// Several articles, by the clock, in the order given. What finds no room is counted at the end, with the link to where it is read.
    ///
    /// # Errors
    /// When the template fails on them.
    pub fn compose_digest(&self, digest: Digest<'_>, stories: &[Story<'_>], language: Language) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let title = clean::line(digest.title);
        let (from, to) = (digest.window.0.in_zone(self.newsroom.zone), digest.window.1.in_zone(self.newsroom.zone));
        let (first, last) = ((phrases.day)(from), (phrases.day)(to));
        let days = if first == last { last.clone() } else { format!("{first} – {last}") };
        let subject = clean::subject(&match stories.first() {
            Some(story) => format!("{title}{}{}", phrases.colon, clean::line(&story.article.title)),
            None => title.clone(),
        });
        let lead = format!("{days} · {}", (phrases.stories)(stories.len() + digest.left_out));
        let mut views: Vec<StoryView> =
            stories.iter().map(|story| StoryView { whole: false, ..StoryView::of(*story, &self.urls, &self.newsroom, phrases) }).collect();
        loop {
            let left_out = digest.left_out + stories.len() - views.len();
            let more = if left_out == 0 { String::new() } else { (phrases.more)(left_out) };
            let preview = views.iter().map(|view| view.title.as_str()).take(4).collect::<Vec<_>>().join(" · ");
            let view = EditionView {
                preview,
                heading: title.clone(),
                lead: lead.clone(),
                browser: Gap::Browser.mark().to_string(),
                more,
                more_link: digest.section.map_or_else(|| self.urls.home(), |slug| self.urls.section(slug)),
                ..self.view(EditionKind::Digest, &subject, &views, language)
            };
            let html = self.press.print(Name::Edition, &view)?;
            if html.len() <= LONGEST_HTML || views.len() <= 1 {
                let text = text_of(&view, None, phrases);
                let kind = EditionKind::Digest;
                let (html, text) = (Segments::split(&html), Segments::split(&text));
                return Ok(Composed { kind, subject: subject.clone(), html, text, list: digest.list.clone() });
            }
            // Every article costs about the same, so this ends after a round or two.
            let fits = views.len() * LONGEST_HTML / html.len();
            views.truncate(fits.clamp(1, views.len() - 1));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where the three single-article editions meet")]
    fn single(
        &self,
        kind: EditionKind,
        subject: &str,
        (heading, lead): (&str, &str),
        mut story: StoryView,
        article: &Article,
        list: &ListName,
        language: Language,
    ) -> Result<Composed, MailError> {
        let phrases = &Phrases::of(language).mail;
        let subject = clean::subject(subject);
        let body = if story.whole { clean::html(article.body.as_str()) } else { String::new() };
        story.image = story.image.filter(|image| !shows(&body, image));
        let stories = [story];
        let view = EditionView {
            preview: if lead.is_empty() { stories[0].summary.clone() } else { lead.to_owned() },
            heading: heading.to_owned(),
            lead: lead.to_owned(),
            ..self.view(kind, &subject, &stories, language)
        };
        let html = self.press.print(Name::Edition, &view)?.replace(BODY_SLOT, &body);
        let text = text_of(&view, stories[0].whole.then(|| article.body.text()).as_deref(), phrases);
        Ok(Composed { kind, subject: subject.clone(), html: Segments::split(&html), text: Segments::split(&text), list: list.clone() })
    }

    fn view<'a>(&'a self, kind: EditionKind, subject: &'a str, stories: &'a [StoryView], language: Language) -> EditionView<'a> {
        let phrases = &Phrases::of(language).mail;
        EditionView {
            tag: language.tag(),
            subject,
            preview: String::new(),
            newsroom: &self.newsroom.title,
            home: self.urls.home(),
            heading: String::new(),
            lead: String::new(),
            single: kind != EditionKind::Digest,
            correction: kind == EditionKind::Correction,
            withdrawn: kind == EditionKind::Withdrawal,
            stories,
            body_slot: BODY_SLOT,
            more: String::new(),
            more_link: String::new(),
            browser: String::new(),
            words: Words {
                breaking: phrases.breaking,
                reason: phrases.reason,
                colon: phrases.colon,
                read_on: match kind {
                    _ if stories.iter().any(|story| story.whole) => phrases.read_on_site,
                    EditionKind::Correction => phrases.read_corrected,
                    EditionKind::Alert | EditionKind::Digest | EditionKind::Withdrawal => phrases.read_on,
                },
                browser: phrases.browser,
                unsubscribe: phrases.unsubscribe,
                preferences: phrases.preferences,
            },
            footer: self.footer(phrases),
        }
    }

    pub(super) fn footer(&self, phrases: &MailPhrases) -> Footer {
        let room = &self.newsroom;
        let labelled = |label: &str, text: &str| if text.is_empty() { String::new() } else { format!("{label}{}{text}", phrases.colon) };
        let lines = [
            room.organisation.clone(),
            labelled(phrases.address, &room.address),
            [labelled(phrases.phone, &room.phone), labelled(phrases.contact, &room.contact)]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            [room.icp.clone(), room.police.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        ];
        Footer {
            because: (phrases.because)(&room.title),
            lines: lines.into_iter().filter(|line| !line.is_empty()).collect(),
            unsubscribe: Gap::Unsubscribe.mark().to_string(),
            preferences: Gap::Preferences.mark().to_string(),
        }
    }
}

fn labelled(label: &str, title: &str, phrases: &MailPhrases) -> String {
    format!("{label}{}{title}", phrases.colon)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{article, composer, opened};
    use super::super::wire::Reader;
    use super::*;
    use crate::model::{Byline, CanonicalUrl, EmailAddress, Image, ReceiverId, SafeHtml, Seq, Standing, Withdrawal};
    use crate::urls::Holder;

    fn list() -> ListName {
        ListName::of_digest("morning")
    }

    /// Headers, text and HTML as the reader's program sees them.
    fn read(composer: &Composer, edition: &Composed) -> (String, String, String) {
        let address = EmailAddress::parse("li.hua@example.cn").unwrap();
        let holder = Holder { reader: ReceiverId(7), epoch: 1, subject: Seq(9) };
        let message = composer.stamp(edition, &Reader { address: &address, holder, key: "abc" }, Millis(1_600_000_000_000)).unwrap();
        opened(&message.bytes)
    }

    #[test]
    fn an_alert_holds_the_article_in_both_parts() {
        let composer = composer();
        let mut article = article(1, "山里的春茶");
        article.breaking = true;
        article.authors.push(Byline { name: "熊毅".to_owned(), role: Some("通讯员".to_owned()) });
        let story = Story { article: &article, section: "宜城新闻" };
        let edition = composer.compose_alert(story, &ListName::of_section(&article.sections[0]), Language::Chinese).unwrap();
        assert_eq!(edition.subject, "快讯：山里的春茶");
        let (headers, text, html) = read(&composer, &edition);
        assert!(headers.contains("List-ID: <yicheng.news.news.example.cn>\r\n"), "{headers}");
        for part in [&text, &html] {
            for piece in ["山里的春茶", "通讯员 熊毅", "第一段。", "第二段。", "https://www.example.cn/1.html", "荆山县融媒体中心"]
            {
                assert!(part.contains(piece), "{piece} is missing in {part}");
            }
        }
        assert!(html.contains("<p>第二段。</p>") && !text.contains('<'));
        assert!(html.contains("lang=\"zh-CN\"") && html.contains("line-height:1.75"));
        let english = composer.compose_alert(story, &list(), Language::English).unwrap();
        assert_eq!(english.subject, "Breaking: 山里的春茶");
        assert!(read(&composer, &english).1.contains("Unsubscribe: https://"));
    }

    #[test]
    fn a_correction_shows_its_note_and_a_withdrawal_no_copy() {
        let composer = composer();
        let mut article = article(1, "春茶");
        article.correction = Some("产量应为六吨。".to_owned());
        let story = Story { article: &article, section: "" };
        let (_, text, html) = read(&composer, &composer.compose_correction(story, &list(), Language::Chinese).unwrap());
        assert!(text.contains("更正：产量应为六吨。") && html.contains("更正：产量应为六吨。") && text.contains("第一段。"));
        assert!(matches!(composer.compose_withdrawal(story, &list(), Language::Chinese), Err(MailError::NotWithdrawn)));

        article.standing = Standing::Withdrawn(Withdrawal { at: Millis(0), reason: "来源未经核实。".to_owned() });
        article.image = Some(Image::at("https://www.example.cn/lead.jpg".to_owned()));
        let story = Story { article: &article, section: "" };
        let (_, text, html) = read(&composer, &composer.compose_withdrawal(story, &list(), Language::Chinese).unwrap());
        for part in [&text, &html] {
            assert!(part.contains("原因：来源未经核实。") && part.contains("春茶"));
            assert!(!part.contains("第一段") && !part.contains("产量") && !part.contains("lead.jpg"), "{part}");
        }
    }

    #[test]
    fn a_digest_stays_below_the_clip_and_counts_what_it_left_out() {
        let composer = composer();
        let mut articles: Vec<Article> = (0..40).map(|n| article(n, &format!("第{n}条"))).collect();
        let section = Slug::parse("news/yicheng").unwrap();
        let digest =
            Digest { list: &list(), title: "早报", window: (Millis(0), Millis(86_400_000)), left_out: 5, section: Some(&section) };
        let stories = |articles: &[Article]| -> Composed {
            let stories: Vec<Story<'_>> = articles.iter().map(|article| Story { article, section: "新闻" }).collect();
            composer.compose_digest(digest, &stories, Language::Chinese).unwrap()
        };
        let (_, text, html) = read(&composer, &stories(&articles));
        assert!(
            text.contains("40. 第39条") && text.contains("共 45 篇") && text.contains("另有 5 篇") && html.contains("另有 5 篇"),
            "{text}"
        );
        let there = composer.urls.section(&section);
        assert!(text.contains(&format!("请到网站阅读\n{there}")) && html.contains(&format!("href=\"{there}\"")), "{text}");
        assert!(html.contains("/editions/9\""));
        for article in &mut articles {
            article.summary = Some("长".repeat(3000));
            article.url = CanonicalUrl::parse(&format!("https://www.example.cn/{}", "x".repeat(1900))).ok();
        }
        let edition = stories(&articles);
        assert!(edition.html.len() <= LONGEST_HTML, "{}", edition.html.len());
        let (_, text, _) = read(&composer, &edition);
        assert!(text.contains("1. 第0条") && !text.contains("25. 第24条") && !text.contains(&"长".repeat(501)));
        assert_eq!(stories(&[]).subject, "早报");
    }

    #[test]
    fn hostile_copy_breaks_nothing() {
        let composer = composer();
        let hostile =
            "]]> </mj-text><script>x</script> {{ home }} {% if %} \u{fdd0}\u{fdd8} \u{202e}x \u{1f9e8} &lt;b&gt;\r\nBcc: x@example.cn\0\"'";
        let mut article = article(1, hostile);
        article.summary = Some(hostile.to_owned());
        article.body = SafeHtml::clean(&format!("<p>{hostile}</p><img src='https://www.example.cn/a.jpg?x=1&y=2'><br><ul><li>一"), None);
        article.image = Some(Image { alt: Some(hostile.to_owned()), ..Image::at("https://www.example.cn/a.jpg?x=1&y=2".to_owned()) });
        let story = Story { article: &article, section: hostile };
        let digest = Digest { list: &list(), title: hostile, window: (Millis(i64::MIN), Millis(i64::MAX)), left_out: 0, section: None };
        for edition in [
            composer.compose_alert(story, &list(), Language::Chinese).unwrap(),
            composer.compose_digest(digest, &[story], Language::English).unwrap(),
        ] {
            let (headers, text, html) = read(&composer, &edition);
            assert!(!headers.contains("\nBcc"), "{headers}");
            assert!(!html.contains("<script>") && html.contains("{{ home }}"), "{html}");
            // Each of the reader's links stands where it belongs and nowhere else.
            assert_eq!(text.matches("/unsubscribe/").count(), 1);
            assert_eq!(html.matches("/unsubscribe/").count(), 1);
            // The picture is shown once: in the body where there is one.
            assert_eq!(html.matches("src=\"https://www.example.cn/a.jpg").count(), 1);
            assert!(!html.contains(BODY_SLOT) && !text.contains('\0'));
        }
    }
}
