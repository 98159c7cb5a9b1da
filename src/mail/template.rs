//! Templates: minijinja writes MJML, mrml turns it into the tables that mail clients understand.

use minijinja::{AutoEscape, Environment};
use mrml::prelude::render::RenderOptions;
use serde::Serialize;

use super::MailError;
use super::composed::Gap;

/// The sources of the templates. `default()` is what ships; an operator's own may stand in for either.
#[derive(Debug, Clone)]
pub struct Templates {
    /// Alerts, digests, corrections, withdrawals.
    pub edition: String,
    /// Letters.
    pub letter: String,
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            edition: include_str!("../../config/mail/edition.mjml").to_owned(),
            letter: include_str!("../../config/mail/letter.mjml").to_owned(),
        }
    }
}

/// Which template.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    Edition,
    Letter,
}

impl Name {
    const fn file(self) -> &'static str {
        match self {
            Self::Edition => "edition.mjml",
            Self::Letter => "letter.mjml",
        }
    }
}

/// Where an article's body goes once the MJML is rendered: copy never passes through the MJML parser, which is stricter than HTML.
pub(super) const BODY_SLOT: char = '\u{fdd8}';

/// What must come through the MJML renderer as it went in.
const MARKS: [char; 4] = [Gap::Unsubscribe.mark(), Gap::Preferences.mark(), Gap::Browser.mark(), BODY_SLOT];

/// The templates, compiled.
#[derive(Debug, Clone)]
pub(super) struct Press {
    environment: Environment<'static>,
}

impl Press {
    pub(super) fn new(templates: Templates) -> Result<Self, MailError> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(|out, _, value| out.write_str(&escaped(&value.to_string())).map_err(Into::into));
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        for (name, source) in [(Name::Edition, templates.edition), (Name::Letter, templates.letter)] {
            environment.add_template_owned(name.file(), source).map_err(|error| refused(name, &error))?;
        }
        Ok(Self { environment })
    }

    /// HTML of a template filled with `values`.
    pub(super) fn print(&self, name: Name, values: &impl Serialize) -> Result<String, MailError> {
        let template = self.environment.get_template(name.file()).map_err(|error| refused(name, &error))?;
        let mjml = template.render(minijinja::value::Serde(values)).map_err(|error| refused(name, &error))?;
        let bad = |what: String| MailError::Mjml { name: name.file(), what };
        let parsed = mrml::parse(mjml).map_err(|error| bad(error.to_string()))?;
        // No web fonts: a mail fetches nothing but the newsroom's own pictures.
        let options = RenderOptions { disable_comments: true, fonts: std::collections::HashMap::default(), ..RenderOptions::default() };
        let html = parsed.element.render(&options).map_err(|error| bad(error.to_string()))?;
        Ok(MARKS.into_iter().fold(html, |html, mark| html.replace(&reference(mark), &mark.to_string())))
    }
}

/// A text as it may stand in MJML, in an attribute too. mrml writes attributes as Rust would print a string: a backslash doubled, a joiner
/// or a combining mark as `\\u{200d}`. So whatever Rust would not print as it stands goes in as a character reference.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.escape_debug().count() == 1 => safe.push(c),
            c => safe.push_str(&reference(c)),
        }
    }
    safe
}

fn reference(c: char) -> String {
    format!("&#x{:x};", u32::from(c))
}

fn refused(name: Name, error: &minijinja::Error) -> MailError {
    MailError::Template { name: name.file(), what: format!("{error:#}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_template_is_named() {
        let broken = Templates { letter: "{% if".to_owned(), ..Templates::default() };
        assert!(matches!(Press::new(broken), Err(MailError::Template { name: "letter.mjml", .. })));
        let press = Press::new(Templates { letter: "<mjml><mj-body></mjml>".to_owned(), ..Templates::default() }).unwrap();
        assert!(matches!(press.print(Name::Letter, &()), Err(MailError::Mjml { name: "letter.mjml", .. })));
    }

    #[test]
    fn attributes_come_through_the_renderer_unchanged() {
        let letter = "<mjml><mj-body><mj-section><mj-column><mj-image src=\"https://x.example/\" alt=\"{{ alt }}\" /><mj-text><a href=\"{{ alt }}\">{{ alt }}</a></mj-text></mj-column></mj-section></mj-body></mjml>";
        let press = Press::new(Templates { letter: letter.to_owned(), ..Templates::default() }).unwrap();
        let alt = "c:\\\\x \u{1f468}\u{200d}\u{1f469} e\u{301} \"q\" 'r' <b> & /";
        let html = press.print(Name::Letter, &std::collections::HashMap::from([("alt", alt)])).unwrap();
        assert_eq!(
            html.matches("c:&#x5c;&#x5c;x \u{1f468}&#x200d;\u{1f469} e&#x301; &quot;q&quot; &#39;r&#39; &lt;b&gt; &amp; /").count(),
            3,
            "{html}"
        );
    }
}
