//! Every kind of bad input, and what wins over what.

use std::path::Path;

use super::*;

/// A folder with a configuration in it.
pub(super) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub(super) fn with(text: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("postrider.toml", text);
        desk
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn load(&self, environment: &[(&str, &str)], sets: &[&str]) -> Result<Config, ConfigErrors> {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        Config::load(Some(&self.path("postrider.toml")), environment, &sets)
    }

    /// The problems, a line each, without the folder.
    pub(super) fn problems(&self) -> Vec<String> {
        self.told(&self.load(&[], &[]).expect_err("there is a problem"))
    }

    pub(super) fn told(&self, errors: &ConfigErrors) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        errors.to_string().lines().map(|line| line.replace(&folder, "")).collect()
    }
}

pub(super) fn problems(text: &str) -> Vec<String> {
    Desk::with(text).problems()
}

#[test]
fn an_unknown_key_is_refused_with_file_line_and_the_nearest_known_key() {
    assert_eq!(problems("[site]\n\ntitel = \"x\"\n"), ["postrider.toml:3: unknown key \"titel\" in [site]; did you mean \"title\"?"]);
    assert_eq!(problems("[sitte]\n"), ["postrider.toml:1: unknown key \"sitte\" in the file; did you mean \"site\"?"]);
    assert_eq!(problems("[site]\nqqq = 1\n"), ["postrider.toml:2: unknown key \"qqq\" in [site]"]);
    assert_eq!(
        problems("[[mail.server]]\nurl = \"folder:x\"\npasword_file = \"x\"\n"),
        ["postrider.toml:3: unknown key \"pasword_file\" in [[mail.server]]; did you mean \"password_file\"?"]
    );
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let told = problems(
        "[http]\nlisten = \"here\"\n[site]\ntitel = 1\nbase_url = \"ftp://x\"\ntimezone = \"Asia/Shangai\"\n[limits]\nin_flight = 0\n",
    );
    let starts = [
        "postrider.toml:2: http.listen: \"here\" is no IP address",
        "postrider.toml:4: unknown key \"titel\"",
        "postrider.toml:5: site.base_url: is no absolute http or https address",
        "postrider.toml:6: site.timezone: \"Asia/Shangai\" is no IANA time zone; did you mean \"Asia/Shanghai\"?",
        "postrider.toml:8: limits.in_flight: is 0",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (line, start) in told.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn what_is_no_toml_does_not_hide_the_rest() {
    let told = problems("[site]\ntitle =\n[http]\nlisten = 1\n");
    assert!(told[0].starts_with("postrider.toml:2: not TOML"), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("postrider.toml:4: http.listen: is a whole number")), "{told:?}");
}

#[test]
fn a_file_that_is_not_there_is_a_problem() {
    let error = Config::load(Some(Path::new("/nowhere/postrider.toml")), [], &[]).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/postrider.toml: cannot read the configuration"), "{error}");
}

#[test]
fn a_later_layer_wins_and_arrays_of_tables_are_appended() {
    let desk = Desk::with("[site]\ntitle = \"file\"\nphone = \"1\"\n[[section]]\nslug = \"a\"\ntitle = \"A\"\n");
    desk.write("conf.d/20.toml", "[site]\ntitle = \"twenty\"\nicp = \"2\"\n[[section]]\nslug = \"c\"\ntitle = \"C\"\n");
    desk.write("conf.d/10.toml", "[site]\ntitle = \"ten\"\naddress = \"3\"\n[[section]]\nslug = \"b\"\ntitle = \"B\"\n");
    desk.write("conf.d/notes.txt", "no TOML at all");
    let config = desk.load(&[], &[]).unwrap();
    assert_eq!(config.site.title, "twenty");
    assert_eq!(config.sections.iter().map(|section| section.slug.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(
        (config.site.phone.as_deref(), config.site.address.as_deref(), config.site.icp.as_deref()),
        (Some("1"), Some("3"), Some("2"))
    );

    let environment =
        [("POSTRIDER_SITE__TITLE", "environment"), ("POSTRIDER_LIMITS__IN_FLIGHT", "7"), ("POSTRIDER_SECTION__1__ENDED", "true")];
    let config = desk.load(&environment, &[]).unwrap();
    assert_eq!((config.site.title.as_str(), config.limits.in_flight, config.sections[1].ended), ("environment", 7, true));
    let config = desk.load(&environment, &["site.title=flag", "outbound.allow=127.0.0.0/8, ::1"]).unwrap();
    assert_eq!((config.site.title.as_str(), config.outbound.allow.len()), ("flag", 2));
}

#[test]
fn variables_of_others_are_left_alone_and_ours_are_checked() {
    let desk = Desk::with("");
    desk.load(&[("POSTRIDER_CONFIG", "x"), ("POSTRIDER_PORT_8080_TCP", "x"), ("PATH", "x")], &[]).unwrap();
    let environment = [("POSTRIDER_SITE__TITEL", "x"), ("POSTRIDER_LIMITS__IN_FLIGHT", "many"), ("POSTRIDER_SITE__TITLE__X", "x")];
    let told = desk.told(&desk.load(&environment, &["nothing", "site.base_url=x", "section.3.slug=x"]).unwrap_err());
    assert_eq!(
        told,
        [
            "$POSTRIDER_LIMITS__IN_FLIGHT: limits.in_flight: \"many\" is no whole number from 0 up",
            "$POSTRIDER_SITE__TITEL: unknown key \"titel\" in [site]; did you mean \"title\"?",
            "$POSTRIDER_SITE__TITLE__X: site.title: is a table, wanted a text in quotes",
            "--set nothing: wanted key=value, such as site.title=\"宜城新闻\"",
            "--set section.3.slug: there are 0 of [[section]], counted from 0",
            "--set site.base_url: site.base_url: is no absolute http or https address: relative URL without a base",
        ]
    );
}

#[test]
fn relative_paths_lie_below_the_files_folder() {
    let desk = Desk::with("[[source]]\nkind = \"folder\"\nname = \"desk\"\npath = \"in\"\n[[mail.server]]\nurl = \"folder:out\"\n");
    let config = desk.load(&[], &[]).unwrap();
    assert_eq!(config.store.url.expose(), format!("sqlite:{}", desk.path("data/postrider.db").display()));
    assert_eq!(config.keys.file, desk.path("data/keys"));
    assert_eq!(config.sources[0].place, Place::Folder { path: desk.path("in") });
    assert_eq!(config.mail.servers[0].to, MailTo::Folder(desk.path("out")));
    assert_eq!(Config::load(None, [], &[]).unwrap().keys.file, Path::new("data/keys"));
}

/// Checks that each text has one problem, which begins as told.
fn each_is_told(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, told) in cases {
        let all = problems(text);
        if all.len() != 1 || !all[0].starts_with(told) {
            wrong.push(format!("{text}told {all:#?}\nwant {told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn each_bad_value_is_told() {
    each_is_told(&[
        ("[site]\nbase_url = \"https://a.cn/?x\"\n", "postrider.toml:2: site.base_url: has a query"),
        ("[site]\nbase_url = \"https://me:x@a.cn/\"\n", "postrider.toml:2: site.base_url: holds a user or password"),
        ("[site]\ntag_authority = \"a.cn\"\n", "postrider.toml:2: site.tag_authority: \"a.cn\" is no host and year"),
        ("[site]\nlanguage = \"fr\"\n", "postrider.toml:2: site.language: \"fr\" is none of them"),
        ("[site]\narticle_page = \"ful\"\n", "postrider.toml:2: site.article_page: \"ful\" is none of them; did you mean \"full\"?"),
        ("[site]\norigins = [\"https://a.cn/x\"]\n", "postrider.toml:2: site.origins: is a whole address"),
        ("[site]\nauto_sections = \"yes\"\n", "postrider.toml:2: site.auto_sections: is a text, wanted true or false"),
        ("[site]\ntitle = \"a\\nb\"\n", "postrider.toml:2: site.title: holds a control character"),
        ("[site]\ntitle = \" \"\n", "postrider.toml:2: site.title: is empty"),
        ("[site]\ntimezone = \"a\\nb\"\n", "postrider.toml:2: site.timezone: \"a\\nb\" is no IANA time zone"),
        ("[site]\n\"a\\nb\" = 1\n", "postrider.toml:2: unknown key \"a\\nb\" in [site]"),
        ("[[section]]\nslug = \"a\"\ntitle = \"\"\n", "postrider.toml:3: section.0.title: is empty"),
        ("site = 1\n", "postrider.toml:1: site: is one table, written [site]"),
        ("[section]\n", "postrider.toml:1: section: is written [[section]]"),
        ("[store]\nurl = \"mysql://a/b\"\n", "postrider.toml:2: store.url: is no store"),
        ("[http]\nprivate_listen = \"127.0.0.1:8080\"\n", "postrider.toml:2: http.private_listen: is the public listener's own"),
        ("[http]\ntrusted_proxies = [\"10.0.0.1/8\"]\n", "postrider.toml:2: http.trusted_proxies: \"10.0.0.1/8\" is an address within"),
        ("[[section]]\nslug = \"News\"\ntitle = \"x\"\n", "postrider.toml:2: section.0.slug: each part"),
        ("\n[[section]]\nslug = \"news\"\n", "postrider.toml:2: [[section]] has no \"title\""),
    ]);
}

#[test]
fn each_bad_value_of_a_source_a_server_or_a_receiver_is_told() {
    each_is_told(&[
        ("[[source]]\nname = \"a\"\n", "postrider.toml:1: [[source]] has no \"kind\""),
        ("[[source]]\nname = \"a\"\nkind = \"sight\"\n", "postrider.toml:3: source.0.kind: \"sight\" is none of them; write one of"),
        ("[[source]]\nname = \"a\"\nkind = \"site\"\n", "postrider.toml:1: [[source]] has no \"listing\""),
        ("[[source]]\nname = \"a\"\nkind = \"site\"\nlisting = []\n", "postrider.toml:4: source.0.listing: is empty"),
        ("[[source]]\nname = \"a\"\nkind = \"feed\"\n", "postrider.toml:1: [[source]] has no \"url\""),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nurl = \"http://a/\"\n", "postrider.toml:4: source.0.url: belongs to kind = \"feed\""),
        ("[[source]]\nname = \"a/b\"\nkind = \"push\"\n", "postrider.toml:2: source.0.name: \"a/b\" is no name"),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nevery = \"15\"\n", "postrider.toml:4: source.0.every: \"15\" is no duration"),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nevery = \"5ms\"\n", "postrider.toml:4: source.0.every: is shorter"),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nconnect = \"cms\"\n", "postrider.toml:4: source.0.connect: \"cms\" is no IP address"),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nca_file = \"none\"\n", "postrider.toml:4: source.0.ca_file: none cannot be read"),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nids = \"keep\"\n", "postrider.toml:4: source.0.ids: belongs to kind = \"feed\""),
        (
            "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"http://a/\"\nfull_text = \"some\"\n",
            "postrider.toml:5: source.0.full_text: is none of true, false and \"auto\"",
        ),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nbreaking = [\"\"]\n", "postrider.toml:4: source.0.breaking: holds an empty word"),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\nuser_agent = \"驿使\"\n", "postrider.toml:4: source.0.user_agent: is no header value"),
        (
            "[[source]]\nname = \"a\"\nkind = \"push\"\nevery = true\n",
            "postrider.toml:4: source.0.every: is true or false, wanted \"auto\" or",
        ),
        (
            "[[source]]\nname = \"a\"\nkind = \"site\"\nlisting = [\"http://a/\"]\n[source.override]\ntitle = \"div[\"\n",
            "postrider.toml:6: source.0.override.title: \"div[\" is no CSS selector",
        ),
        (
            "[[source]]\nname = \"a\"\nkind = \"push\"\n[[source.test]]\nurl = \"http://a/1\"\ndate = \"31/12\"\n",
            "postrider.toml:6: source.0.test.0.date: \"31/12\" is no day",
        ),
        ("[[source]]\nname = \"a\"\nkind = \"push\"\n[[source.test]]\ntitle = \"x\"\n", "postrider.toml:4: [[source.test]] has no \"url\""),
        ("[mail]\nfrom = \"nobody\"\n", "postrider.toml:2: mail.from: not a mail address"),
        ("[mail]\nserver = []\n", "postrider.toml:2: mail.server: is empty"),
        ("[[mail.server]]\nurl = \"mail.a.cn\"\n", "postrider.toml:2: mail.server.0.url: is no mail server"),
        ("[[mail.server]]\nurl = \"folder:x\"\nuser = \"x\"\n", "postrider.toml:3: mail.server.0.user: stands without a password"),
        ("[[mail.server]]\nurl = \"folder:x\"\nper_second = 0\n", "postrider.toml:3: mail.server.0.per_second: is not above 0"),
        ("[[mail.server]]\nurl = \"smtp://mail.a.cn\"\n", "postrider.toml:1: [mail] has no \"from\""),
        ("[[digest]]\nname = \"d\"\ntitle = \"D\"\ncron = \"0 0 8 * * *\"\n", "postrider.toml:4: digest.0.cron: has 6 fields"),
        (
            "[[digest]]\nname = \"d\"\ntitle = \"D\"\ncron = \"0 8 1 * 1\"\n",
            "postrider.toml:4: digest.0.cron: names a day of the month and",
        ),
        (
            "[[digest]]\nname = \"d\"\ntitle = \"D\"\ncron = \"0 8 * * *\"\nmax_articles = 201\n",
            "postrider.toml:5: digest.0.max_articles: is 201, wanted at most 200",
        ),
        ("[[digest]]\nname = \"d\"\ntitle = \"D\"\ncron = \"0 8 30 2 *\"\n", "postrider.toml:4: digest.0.cron: never comes"),
        ("[[endpoint]]\nname = \"e\"\n", "postrider.toml:1: [[endpoint]] has no \"url\""),
        ("[[endpoint]]\nname = \"e\"\nurl = \"e.cn\"\n", "postrider.toml:3: endpoint.0.url: is no absolute http or https"),
        (
            "[[endpoint]]\nname = \"e\"\nurl = \"http://e\"\nevents = [\"published\"]\n",
            "postrider.toml:4: endpoint.0.events: \"published\" is none",
        ),
        ("[hold]\nwords = [\"\"]\n", "postrider.toml:2: hold.words: holds an empty word"),
        ("[outbound]\nallow = [\"ten\"]\n", "postrider.toml:2: outbound.allow: \"ten\" is no network"),
        ("[outbound]\nports = [0]\n", "postrider.toml:2: outbound.ports: holds port 0"),
        ("[outbound]\nproxy = \"socks5://a\"\n", "postrider.toml:2: outbound.proxy: is no http or https address"),
        ("[limits]\nrequest_bytes = 5\n", "postrider.toml:2: limits.request_bytes: is below 1024"),
        ("[limits]\nwindow_age = 1979-05-27\n", "postrider.toml:2: limits.window_age: is a date"),
    ]);
}

#[test]
fn names_are_alone_and_sections_exist() {
    let text = "
[[section]]
slug = \"news\"
title = \"News\"
[[section]]
slug = \"news\"
title = \"Again\"
was = [\"old\", \"news\"]
[[section]]
slug = \"sport\"
title = \"Sport\"
was = [\"old\"]
[[source]]
kind = \"push\"
name = \"api\"
sections = [\"nws\"]
[[source]]
kind = \"push\"
name = \"api\"
[[digest]]
name = \"d\"
title = \"D\"
cron = \"@daily\"
sections = [\"weather\"]
[[endpoint]]
name = \"e\"
url = \"https://e.cn/\"
sections = [\"sports\"]
";
    assert_eq!(
        problems(text),
        [
            "postrider.toml:6: section.1.slug: \"news\" stands already at postrider.toml:3",
            "postrider.toml:8: section.1.was: \"news\" is a section now",
            "postrider.toml:12: section.2.was: \"old\" leads to \"news\" already",
            "postrider.toml:16: source.0.sections: there is no section \"nws\"; did you mean \"news\"?",
            "postrider.toml:19: source.1.name: \"api\" stands already at postrider.toml:15",
            "postrider.toml:24: digest.0.sections: there is no section \"weather\"; add [[section]] slug = \"weather\"",
            "postrider.toml:28: endpoint.0.sections: there is no section \"sports\"; did you mean \"sport\"?",
        ]
    );
}

#[test]
fn a_variable_with_one_underscore_too_few_is_pointed_out() {
    let config = Desk::with("").load(&[("POSTRIDER_SITE_TITLE", "x"), ("POSTRIDER_PORT", "x")], &[]).unwrap();
    let warnings: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["$POSTRIDER_SITE_TITLE: sets nothing; did you mean POSTRIDER_SITE__TITLE?"]);
}

/// Lines that are near to TOML: noise, headings, keys with broken values.
const LINE: &str = "[ -~\n]{0,20}|\\[+[a-z.]{1,8}\\]*|\
    (title|url|server|name|section|source) = [\\[{\"'a-z0-9=, ]{0,12}";

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]

    /// Whatever stands in the file, there is an answer, and every problem fits on a line.
    #[test]
    fn no_text_breaks_the_reader(lines in proptest::collection::vec(LINE, 0..8)) {
        if let Err(errors) = Desk::with(&lines.join("\n")).load(&[], &[]) {
            proptest::prop_assert_eq!(errors.to_string().lines().count(), errors.problems.len());
        }
    }
}

#[test]
fn a_deep_nest_is_refused_and_breaks_nothing() {
    let deep = 20_000;
    for text in [format!("a = {}", "[".repeat(deep)), format!("a = {}", "{a=".repeat(deep)), format!("{}a = 1", "a.".repeat(deep))] {
        let told = problems(&text);
        assert!(told[0].starts_with("postrider.toml:1: "), "{}", told[0]);
    }
}
