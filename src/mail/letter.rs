//! Letters: written to one person.

use serde::Serialize;

use super::edition_view::Footer;
use super::template::Name;
use super::wire::Wrapping;
use super::{Composer, MailError, Message, clean};
use crate::model::{EmailAddress, Language, LetterKind, Millis};
use crate::phrases::{MailPhrases, Phrases};
use crate::urls::{Holder, LinkAct};

/// To whom a letter goes.
#[derive(Debug, Clone, Copy)]
pub struct Addressee<'a> {
    /// Where.
    pub address: &'a EmailAddress,
    /// In which language.
    pub language: Language,
    /// Whom its link speaks of; its subject is the letter. For a letter to an address that is no subscriber, the reader is the letter's own receiver.
    pub holder: Holder,
    /// The receiver's keyed hash, as [`super::Reader::key`].
    pub key: &'a str,
    /// What people call what was asked for: titles of sections and digests, looked up by whoever has the store. Confirmations only.
    pub topics: &'a [String],
}

/// What the letter's template sees.
#[derive(Serialize)]
struct LetterView<'a> {
    tag: &'static str,
    subject: &'a str,
    newsroom: &'a str,
    home: String,
    paragraphs: Vec<String>,
    topics_label: &'static str,
    topics: Vec<String>,
    button: &'static str,
    link: String,
    copy_link: &'static str,
    after: Vec<String>,
    footer: Vec<String>,
}

impl Composer {
    /// A letter, dated `at`.
    ///
    /// # Errors
    /// When its kind is no mail, an address does not fit into a header, or the template fails.
    pub fn compose_letter(&self, kind: &LetterKind, to: Addressee<'_>, at: Millis) -> Result<Message, MailError> {
        let mail = &Phrases::of(to.language).mail;
        let phrases = &mail.letters;
        let title = self.newsroom.title.as_str();
        let Footer { lines, .. } = self.footer(mail);
        let blank = LetterView {
            tag: to.language.tag(),
            subject: "",
            newsroom: title,
            home: self.urls.home(),
            paragraphs: Vec::new(),
            topics_label: phrases.confirm_topics,
            topics: Vec::new(),
            button: "",
            link: String::new(),
            copy_link: phrases.copy_link,
            after: Vec::new(),
            footer: lines,
        };
        let (subject, view) = match kind {
            LetterKind::Confirmation { .. } => (
                (phrases.confirm_subject)(title),
                LetterView {
                    paragraphs: vec![(phrases.confirm_lead)(title)],
                    topics: to.topics.iter().map(|topic| clean::line(topic)).collect(),
                    button: phrases.confirm_button,
                    link: self.urls.link(LinkAct::Confirm, to.holder),
                    after: vec![phrases.confirm_ignore.to_owned()],
                    ..blank
                },
            ),
            LetterKind::Preferences => (
                (phrases.preferences_subject)(title),
                LetterView {
                    paragraphs: vec![phrases.preferences_lead.to_owned()],
                    button: phrases.preferences_button,
                    link: self.urls.link(LinkAct::Preferences, to.holder),
                    after: vec![phrases.preferences_ignore.to_owned()],
                    ..blank
                },
            ),
            LetterKind::MailTest { .. } => {
                let moment = (mail.moment)(at.in_zone(self.newsroom.zone));
                ((phrases.test_subject)(title), LetterView { paragraphs: vec![(phrases.test_lead)(&moment)], ..blank })
            }
            LetterKind::ArticleHeld { title: headline, because, .. } => {
                let headline = clean::line(headline);
                let paragraphs = vec![phrases.held_lead.to_owned(), headline.clone(), reason(mail, because)];
                let (button, link) = (phrases.held_button, self.urls.at("console/"));
                ((phrases.held_subject)(&headline), LetterView { paragraphs, button, link, ..blank })
            }
            LetterKind::SourceDrifts { source, because, .. } => {
                let paragraphs = vec![phrases.drift_lead.to_owned(), reason(mail, because)];
                let (button, link) = (phrases.held_button, self.urls.at("console/"));
                ((phrases.drift_subject)(&clean::line(source)), LetterView { paragraphs, button, link, ..blank })
            }
            LetterKind::EndpointTest => return Err(MailError::NoMail),
        };
        let subject = clean::subject(&subject);
        let view = LetterView { subject: &subject, ..view };
        let html = self.press.print(Name::Letter, &view)?;
        let text = text_of(&view, mail.colon);
        let message_id = self.message_id(to.holder.subject, to.key);
        self.wrap(Wrapping { to: to.address, subject: &subject, message_id, at, extra: Vec::new() }, &text, &html)
    }
}

fn reason(mail: &MailPhrases, because: &str) -> String {
    format!("{}{}{}", mail.reason, mail.colon, clean::line(because))
}

fn text_of(view: &LetterView<'_>, colon: &str) -> String {
    let mut blocks = vec![view.newsroom.to_owned()];
    blocks.extend(view.paragraphs.iter().cloned());
    if !view.topics.is_empty() {
        let topics: Vec<String> = view.topics.iter().map(|topic| format!("* {topic}")).collect();
        blocks.push(format!("{}{colon}\n{}", view.topics_label, topics.join("\n")));
    }
    blocks.extend((!view.link.is_empty()).then(|| format!("{}{colon}\n{}", view.button, view.link)));
    blocks.extend(view.after.iter().cloned());
    let footer = view.footer.join("\n");
    blocks.extend((!footer.is_empty()).then(|| format!("-- \n{footer}")));
    blocks.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{composer, opened};
    use super::*;
    use crate::model::{ReceiverId, Seq};

    fn letter(kind: &LetterKind, language: Language) -> (String, String, String) {
        let address = EmailAddress::parse("li.hua@example.cn").unwrap();
        let holder = Holder { reader: ReceiverId(7), epoch: 1, subject: Seq(9) };
        let topics = ["宜城新闻".to_owned()];
        let to = Addressee { address: &address, language, holder, key: "abc", topics: &topics };
        opened(&composer().compose_letter(kind, to, Millis(1_600_000_000_000)).unwrap().bytes)
    }

    #[test]
    fn a_confirmation_holds_its_link_and_cannot_be_unsubscribed_from() {
        for (language, subject) in
            [(Language::Chinese, "请确认订阅荆山新闻网"), (Language::English, "Please confirm your subscription to 荆山新闻网")]
        {
            let (headers, text, html) =
                letter(&LetterKind::Confirmation { targets: vec!["section:news".to_owned()], cadences: Vec::new() }, language);
            assert!(html.contains(&format!("<title>{subject}</title>")), "{html}");
            assert!(!headers.contains("List-") && headers.contains("Message-ID: <9.abc@news.example.cn>"), "{headers}");
            for part in [&text, &html] {
                assert!(part.contains("https://www.example.cn/confirm/7.1.9.") && part.contains("宜城新闻") && !part.contains("li.hua"));
            }
        }
    }

    #[test]
    fn each_kind_says_what_it_is_for() {
        assert!(letter(&LetterKind::Preferences, Language::English).1.contains("https://www.example.cn/preferences/7.1.9."));
        let test = letter(&LetterKind::MailTest { to: String::new() }, Language::Chinese);
        assert!(test.1.contains("2020年9月13日 20:26"), "{}", test.1);
        let held = LetterKind::ArticleHeld {
            to: String::new(),
            article: "k".to_owned(),
            title: "春茶\r\nBcc: x@example.cn".to_owned(),
            because: "no title".to_owned(),
        };
        let (headers, text, _) = letter(&held, Language::English);
        let drifts = LetterKind::SourceDrifts { to: String::new(), source: "cms".to_owned(), because: "no links".to_owned() };
        let drifts = letter(&drifts, Language::English).1;
        assert!(drifts.contains("Reason: no links") && drifts.contains("/console/"), "{drifts}");
        assert!(text.contains("Reason: no title") && text.contains("春茶 Bcc:") && !headers.contains("\nBcc"), "{text}");
    }

    #[test]
    fn a_test_of_an_endpoint_is_no_mail() {
        let address = EmailAddress::parse("li.hua@example.cn").unwrap();
        let holder = Holder { reader: ReceiverId(7), epoch: 1, subject: Seq(9) };
        let to = Addressee { address: &address, language: Language::English, holder, key: "abc", topics: &[] };
        assert!(matches!(composer().compose_letter(&LetterKind::EndpointTest, to, Millis(0)), Err(MailError::NoMail)));
    }
}
