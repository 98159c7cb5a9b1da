//! Lines of pages in other languages than Chinese that belong to the page and not to the article: the same parts as in
//! [`super::furniture`], in the words of some twenty languages.

use std::cell::LazyCell;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::furniture::Reach;
use super::words::{is_han, is_kana_or_hangul, len, pattern};

/// A rule: its name, the longest line it may judge (characters), its reach, its pattern.
struct Rule {
    name: &'static str,
    longest: usize,
    reach: Reach,
    text: String,
    pattern: Regex,
}

impl Rule {
    /// Whether it looks for something within a line; the others look at its beginning.
    fn is_within(&self) -> bool {
        WITHIN.contains(&self.name)
    }
}

/// Rules whose patterns may begin anywhere in a line.
const WITHIN: &[&str] = &["caption", "contributors", "imprint", "consent", "invitation"];

/// All rules that look at the beginning of a line in one pattern: it refuses most lines after a few characters, where each rule alone
/// would be asked.
static BEGINNING: LazyLock<Regex> = LazyLock::new(|| joined(|rule| !rule.is_within()));

/// The same of the rules that may match anywhere, but for the one whose pattern holds nearly everywhere.
static WITHIN_IT: LazyLock<Regex> = LazyLock::new(|| joined(|rule| rule.is_within() && rule.name != "caption"));

/// Holds wherever one of the rules does, and somewhere else too: the ends of words are left out, which no automaton can tell beside letters
/// that are not ASCII.
fn joined(of: impl Fn(&Rule) -> bool) -> Regex {
    let parts: Vec<String> = RULES.iter().filter(|rule| of(rule)).map(|rule| format!("(?:{})", rule.text.replace(r"\b", ""))).collect();
    RegexBuilder::new(&parts.join("|")).size_limit(COMPILED).dfa_size_limit(CACHED).build().expect("a pattern of the program compiles")
}

/// The joined pattern, compiled, is smaller (bytes): it holds some thousand words in both cases.
const COMPILED: usize = 64 << 20;

/// What a thread keeps of the joined pattern's automaton (bytes): with less it would be built anew again and again.
const CACHED: usize = 8 << 20;

/// Names of other articles' lists. Alone on a line they begin one; with a colon and a headline behind them they are one entry.
const RELATED: &str = "related(?: topics?| stories| articles| content| coverage| news| posts?| links?)?|recommended(?: for you| stories| reading)?|more (?:great |from )?[\\p{L} ]{2,30} stories|don[’']?t miss|also read|read also|read next|\
    read more(?: here| on this)?|see also|more on this(?: story| topic)?|more stories|more news|most (?:read|popular|viewed|shared)(?: in .{1,30})?|trending(?: now)?|top stories|latest (?:news|stories)|popular (?:now|stories|posts)|\
    you (?:may|might) also (?:like|be interested in)|what to read next|further reading|in case you missed it|keep reading|up next|\
    (?:lesen sie |mehr )zum thema.{0,40}|mehr zum thema.{0,40}|mehr dazu|mehr (?:aus|über|von) .{1,40}|(?:lesen sie|lies) (?:auch|mehr|hier|dazu|weiter).{0,40}|auch interessant|das könnte (?:sie|dich|ihnen|dir) (?:auch )?(?:interessieren|gefallen)|\
    zum thema|weitere (?:\\p{L}+ )?(?:artikel|nachrichten|themen|beiträge|news|meldungen)|meistgelesen.{0,20}|häufig gelesen|passend dazu|verwandte (?:themen|artikel)|news & schlagzeilen|neueste nachrichten|\
    à lire (?:aussi|également)|(?:à )?lire (?:aussi|également)|sur le même (?:sujet|thème)|voir aussi|(?:articles? )?les plus lus|articles? (?:liés|similaires|associés)|pour aller plus loin|nos derniers articles|\
    leggi (?:anche|tutto|di più)|potrebbe interessarti(?: anche)?|(?:gli articoli )?(?:i )?più letti|articoli correlati|\
    lea? también|te puede interesar|le puede interesar|más (?:información|noticias|leídas?|leídos?)|(?:lo )?más (?:leído|visto)|noticias relacionadas|relacionad[oa]s?|artículos relacionados|temas relacionados|\
    leia (?:também|mais)|veja (?:também|mais)|saiba mais|(?:as )?mais (?:lidas|vistas)|notícias relacionadas|relacionadas|\
    lees (?:ook|meer|verder)|meer (?:over|nieuws).{0,30}|gerelateerde? .{1,20}|meest gelezen|læs (?:også|mere)|les (?:også|mer)|läs (?:också|även|mer|vidare)|mest (?:læste?|leste?|lästa)|lue (?:myös|lisää)|luetuimmat|\
    czytaj (?:też|także|więcej|również|dalej)|zobacz (?:też|także|również|więcej)|przeczytaj (?:też|także|również)|polecamy|najczęściej czytane|čtěte také|přečtěte si (?:také|též|i)|čítajte (?:aj|tiež)|související(?: články)?|olvass[ao] (?:el|még|tovább).{0,20}|kapcsolódó.{0,20}|\
    читайте (?:также|ещё|еще|теж|також)|смотрите также|по теме|материалы по теме|похожие .{1,20}|новости по теме|(?:ilgili|İLGİLİ) haber(?:ler)?|benzer haberler|bunlar da ilginizi çekebilir|(?:en )?çok okunanlar|ayrıca (?:bkz|okuyun)|\
    citește și|citeşte şi|διαβάστε (?:επίσης|ακόμη|ακόμα)|σχετικά.{0,12}|اقرأ أيض[اًا]+|مواضيع ذات صلة|أخبار ذات صلة|קראו גם|بیشتر بخوانید|관련\\s?(?:기사|뉴스)|많이 본 (?:기사|뉴스)|関連(?:記事|ニュース|リンク|キーワード)|あわせて読みたい|おすすめ(?:記事)?|アクセスランキング|baca juga|berita terkait|xem thêm|tin liên quan|đọc thêm";

/// The rule for the name of a summary that a machine made: its points follow.
pub(super) const SUMMARY: &str = "summary by a machine";

/// Words that stand before a moment on a line of its own.
const MOMENT: &str = "(?:first )?published|posted|updated|last (?:updated|modified|edited)|created|stand|veröffentlicht|erstellt|aktualisiert|zuletzt aktualisiert|publié|mis à jour|modifié|publicado|actualizado|atualizado|pubblicato|aggiornato|modificato|\
    gepubliceerd|bijgewerkt|publicerad|uppdaterad|publisert|oppdatert|publiceret|opdateret|julkaistu|päivitetty|opublikowano|aktualizacja|publikováno|aktualizováno|frissítve|опубликовано|обновлено|опубліковано|оновлено|güncelleme|yayınlanma|입력|수정|등록|승인|更新|公開|配信";

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |name, longest, reach, text: &str| Rule { name, longest, reach, text: text.to_owned(), pattern: pattern(text) };
    vec![
        rule(
            "byline of a column",
            80,
            Reach::Line,
            r"^(?:(?:Ein(?:e|en)? )?(?:Kolumne|Kommentar|Analyse|Interview|Gastbeitrag|Essay|Rezension|Reportage|Glosse) von|(?:Opinion|Commentary|Analysis|Column|Essay|Review) by|(?:Chronique|Tribune|Entretien|Analyse) (?:de|par)|(?:Opinión|Columna|Análisis|Entrevista) (?:de|por))\s+\p{Lu}[\p{L}.'’-]+(?:\s+\p{L}[\p{L}.'’-]*){1,5}$",
        ),
        rule("related", 60, Reach::Rest, &format!(r"(?i)^[>»•\-–—\s]*(?:{RELATED})\s*[:：>»…!]*$")),
        rule("related", 240, Reach::Line, &format!(r"(?i)^[>»•\-–—\s]*(?:(?:{RELATED})\s*(?:[:：|»>]|[-–—]\s)|more:)\s*\S.*$")),
        rule(
            "author box",
            40,
            Reach::Rest,
            r"(?i)^(?:sobre (?:la firma|el autor|la autora|los autores|o autor|a autora|os autores)|à propos de l[’'](?:auteur|autrice)|(?:l[’']autore|l[’']autrice)|om (?:forfatteren|författaren|skribenten)|over de auteur|o autor(?:ze|ce)|o autorovi|об авторе|про автора|yazar hakkında)\s*:?$",
        ),
        rule(
            SUMMARY,
            60,
            Reach::Rest,
            r"(?i)^(?:(?:ai|a\.i\.|ki)[- ](?:assisted |generated |generierte |powered )?(?:summary|key points|key takeaways|zusammenfassung)|summary (?:by|from) ai|(?:résumé|resumen|resumo|riassunto) (?:généré par (?:l[’'])?ia|(?:generado|gerado|generato) (?:por|con) (?:la )?ia))\s*:?$",
        ),
        rule(
            "address of the writer",
            160,
            Reach::Line,
            r"^(?i:you can (?:reach|contact|email)|reach|contact|e-?mail)\s+(?i:the (?:reporter|writer|author)|\p{Lu}[\p{L}.'’-]+(?:\s+\p{Lu}[\p{L}.'’-]+){0,3})\s+(?i:at|on|via)\s.*(?:@|\d{3}).*$",
        ),
        rule(
            "time line",
            140,
            Reach::Line,
            // An hour in English may end as a sentence does.
            &format!(
                r"(?i)^(?:{MOMENT})\s*:?\s*(?:on )?(?:\p{{L}}{{3,9}},? )?(?:\p{{L}}{{3,9}}\.? \d{{1,2}},?|\d{{1,2}} \p{{L}}{{3,9}}\.?,?) (?:19|20)\d\d\b.{{0,100}}\d\s?[ap]\.m\.$"
            ),
        ),
        rule("invitation", 200, Reach::Line, r"(?i)^privacy notice: newsletters? .*"),
        rule(
            "comments",
            60,
            Reach::End,
            r"(?i)^(?:\d+\s+)?(?:(?:reader |user )?comments?|kommentare?|kommentarer|leserkommentare|commentaires?|comentarios?|comentários|commenti|reacties|reageer|komentarze|komentáře|hozzászólások|комментарии|коментарі|yorumlar|σχόλια|댓글|コメント|تعليقات)\s*(?:\(?\d*\)?)$|^(?:leave|post|add|write) (?:a |your )?(?:comment|reply).{0,12}$|^join the (?:conversation|discussion).{0,20}$|^(?:view|show|read) (?:all )?comments.{0,10}$|^(?:schreib|verfass)\p{L}* .{0,20}kommentar.{0,12}$|^deja (?:un|tu) comentario.{0,12}$|^lascia un commento$|^laisse[rz] un commentaire$|^deixe (?:um|seu) comentário$",
        ),
        rule(
            "comments",
            // Whole house rules for comments stand in one paragraph.
            1_200,
            Reach::Line,
            r"(?i)^(?:please )?(?:keep|note that) (?:your )?comments .*|^bitte achten sie darauf, dass ihre kommentare.*|^aten[çc](?:ão|ión)?:? coment[aá]rios .*|^your email address will not be published.*|^what do you think\?.*(?:comment|let us know).*|^let us know (?:what you think )?in the comments.*",
        ),
        rule(
            "share row",
            80,
            Reach::Line,
            r"(?i)^(?:copy link(?: link)?(?: copied)?!?|link copied!?|share(?: this)?(?: article| story| post| page| on .{1,20}| via .{1,20}| with .{1,20}| to .{1,20})?|share your thoughts with friends\.?|sharing is caring!?|like this story\?.*|tweet(?: this)?|pin(?: it)?|e-?mail(?: this)?|print(?: this)?|save|follow|bookmark|(?:artikel |beitrag )?(?:teilen|drucken|merken|anhören|versenden)(?: auf .{1,20})?|partage[rz](?: (?:sur|cet|l[’']).*)?|compartir(?: en .{1,20}| noticia)?|condividi(?: su .{1,20})?|compartilh(?:e|ar)(?: no .{1,20})?|delen(?: via .{1,20})?|del (?:artikel\p{L}*|på .{1,20})|dela(?: på .{1,20}| artikeln)?|jaa(?: artikkeli)?|udostępnij|sdílet|megosztás|поделиться.{0,20}|поділитися.{0,20}|paylaş|κοινοποίηση|공유(?:하기)?|シェア(?:する)?|ツイート|スクラップは会員限定です|メモ入力|完了しました|chia sẻ)[.:!]?$|^(?:(?:facebook|twitter|x|whats ?app|linked ?in|telegram|pint(?:erest)?|e-?mail|reddit|copy link|messenger|viber|vk|instagram|print|share|save|line|threads|bluesky|tumblr|flipboard|pocket|xing|baixar)(?:[\s|,·•/]+|$)){2,}$",
        ),
        rule(
            "advertisement",
            40,
            Reach::Line,
            r"(?i)^[\[(]?(?:advert(?:isement|ising|orial)?|ads?|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|reklam[aey]?|annons|annonse|annonce|mainos|реклама|reklám|hirdetés|διαφήμιση|إعلان|広告|pr|광고|sponsored(?: content| by .{1,20})?|promoted(?: content)?|placeholder image-\d+|continue reading(?: below)?|(?:story|article) continues (?:below|after).{0,20}|image|caption|close)[\])]?$",
        ),
        rule(
            "invitation",
            300,
            Reach::Line,
            r"(?i)^(?:sign up|subscribe|get (?:the|our|your|daily|all|breaking|more|[A-Z]\S+)|join (?:our|us|the)|follow (?:us|@|our|\p{L}+ on)|want (?:more|to)|never miss|stay (?:up|in|informed|ahead)|download (?:our|the)|start your day|receive|by (?:signing|providing|clicking|submitting|subscribing|entering)|enter your e-?mail|click here|make \S+ my homepage|email .{2,30} at|have a tip\?|got a (?:tip|story)|to (?:comment|contact|subscribe)|let our news|if you (?:have|would like|want)|there's plenty more)\b.*(?:news ?letters?|e-?mail|inbox|\bapps?\b|notifications?|terms|privacy policy|twitter|facebook|instagram|youtube|channel|telegram|whatsapp|forum|homepage|alerts?|tips?\b|subscri\p{L}+|click(?:ing)? here).*$|^(?:abonnieren|bestellen|melden|folgen|erhalten|jetzt|mit dem|unser|der tägliche) .*(?:newsletter|whatsapp|kanal|push)\b.*$|^(?:inscrive|abonne|receve|suive|retrouve|télécharge)z?\b.*(?:newsletter|lettre|notification|whatsapp|application|réseaux).*$|^(?:suscr|regístr|recib|sígue|sigue|apúnta|únete|descarga)\p{L}* .*(?:newsletter|bolet|correo|whatsapp|telegram|canal|redes|twitter|facebook|app).*$|^(?:iscriv|segui|ricev|scarica)\p{L}* .*(?:newsletter|canale|whatsapp|telegram|notizie|app).*$|^(?:inscreva|assine|receba|siga|participe|clique|acompanhe|baixe)\p{L}* .*(?:newsletter|canal|whatsapp|grupo|instagram|notícias|app).*$|^(?:breaking news emails?|join our whatsapp.*|follow us on google news.*)$",
        ),
        rule(
            "invitation",
            300,
            Reach::Line,
            r"(?i)\?.*\b(?:tell us your story|e-?mail us at|write to us at|mail (?:ons|de redactie)|schreiben sie uns|écrivez-nous|escríbenos|scrivici)\b.*$|^dapatkan (?:update|berita)\b.*$",
        ),
        rule(
            "imprint",
            200,
            Reach::Line,
            r"(?i)свидетельство о регистрации|^(?:главный редактор|головний редактор|ansvarig utgivare|ansvarlig redaktør|responsable de la publication|directeur de la publication|direttore responsabile|verantwortlich(?: im sinne.{0,30})?|yazı işleri müdürü|redaktor naczelny)\s*:\s*\S.*$",
        ),
        rule("tools", 500, Reach::Line, r"(?i)^ad ?block(?:er)? users?:.*"),
        rule("filed under", 400, Reach::Line, r"^This entry was posted (?:on|in) .*"),
        rule(
            "paywall",
            240,
            Reach::Line,
            r"(?i)^(?:this (?:article|story|content) is (?:for|available to|reserved for|only) .*(?:subscriber|member).*|already (?:a |have an? )?(?:subscriber|subscribed|member|account)\b.{0,60}|(?:please )?log ?in (?:or|to) .{1,60}|(?:sie sind )?(?:bereits|schon) (?:abonnent|registriert|mitglied|kunde|ein abo)\p{L}*.{0,60}|dies(?:er|e|es) (?:artikel|inhalt|text) ist .{0,30}(?:abonnent|plus|kostenpflichtig).*|jetzt (?:weiterlesen|abonnieren|testen|anmelden|registrieren).{0,60}|(?:cet )?article réservé (?:à|aux).*|contenu réservé.*|il (?:vous )?reste .{1,12}% de cet article à lire.*|déjà abonné.{0,60}|contenido exclusivo.*|(?:contenuto|articolo) riservato.*|alleen voor abonnees.*|この記事は.{0,20}会員.*|残り[:：]?\s?\d+文字.*|-?最大\d+文字まで)$",
        ),
        rule(
            "picture credit",
            200,
            Reach::Line,
            r"(?i)^[(\[]?\s*(?:(?:image|photo|picture|file photo|foto|fotos|bild|bilder|bildrechte|bildquelle|bildnachweis|titelbild|symbolbild|archivbild|crédits?(?: photo)?|credits?|photos?|pictures?|images?|illustration|grafik|graphic|afbeelding|beeld|kuva|zdjęcie|fot|фото|φωτο(?:γραφία)?|fotoğraf|ảnh|写真|画像|사진|imagen|ljósmynd|legende|legend)(?: credits?| copyright| courtesy| source| rights| by| via)*\s*(?:\[\p{L}\])?\s*[:：©/]\s*\S.*|(?:photos?|images?|pictures?|illustrations?|video|graphics?) (?:by|courtesy|via|copyright) .{2,}|image \d+ of\s*/?\s*\d+|©\s*\S.{1,80}|\W*riproduzione riservata\W*)$",
        ),
        rule(
            "caption",
            600,
            Reach::Line,
            r"(?i)\s(?:[|–—-]|\(|\[)?\s*(?:foto|photo|image|picture|bild|bildquelle|ljósmynd|fot\.|фото|写真|사진|pic|photograph)s?(?: credit| by| courtesy(?: of)?)?\s*[:/©]\s*[^.!?]{2,60}[)\].]*$|\((?:ap|afp|reuters|getty|epa|dpa|ansa|efe)[ /](?:photo|images?|foto|via|/)[^)]{0,60}\)$|[/|]\s*(?:getty images|afp|reuters|epa|shutterstock|imago\S*|picture alliance|anadolu|ap photo)\)?$",
        ),
        rule(
            "source line",
            80,
            Reach::Line,
            r"(?i)^\(?(?:sources?|quellen?|bron|fuentes?|fontes?|fonti|kilder?|källor|källa|źródł[oa]|zdroje?|forrás|источники?|джерело|kaynak(?:lar)?|πηγή|المصدر|出典|출처|nguồn|sumber)\s*[:：]\s*\S.{0,70}$",
        ),
        rule(
            "contributors",
            260,
            Reach::Line,
            r"(?i)\scontributed to this (?:report|story|article|post).{0,60}$|^\(?(?:reporting|writing|additional reporting) by .{3,240}$|^with (?:reporting|files|additional reporting|material|inputs?) (?:by|from) .{3,100}$|^(?:the )?associated press (?:writers?|reporters?) .{3,160}$|^(?:übersetzung|aus dem (?:englischen|französischen|russischen)|traducción|traduit de|translated (?:by|from)|redaktion|schlussredaktion)\b\s*:?\s*(?:von )?.{2,160}$",
        ),
        rule(
            "time line",
            140,
            Reach::Line,
            &format!(r"(?i)^[|•\s]*(?:{MOMENT})\b\s*(?:on |at |am |le |el |il |em |op |den |der )?[:：]?\s*.*\d.*[^.!?]$"),
        ),
        rule(
            "tools",
            120,
            Reach::Line,
            r"(?i)^(?:media playback is (?:not |un)supported.*|your browser does not support.*|please (?:enable|turn on) javascript.*|externen inhalt (?:an)?zeigen|(?:empfohlener )?(?:redaktioneller|externer) inhalt|(?:personen-?|info-?)?box (?:auf|zu)klappen.*|lesezeit:?\s*(?:ca\.? )?\d+ min.{0,8}|\d+ ?[-–]?\s?(?:min|minutes?|minuten|mins?)\.? (?:read|lesezeit|de lecture|di lettura|de lectura|de leitura|leestijd)|reading time:?.{0,20}|tempo di lettura:?.{0,20}|temps de lecture:?.{0,20}|\d{1,2}:\d\d\s*/\s*\d{1,2}:\d\d|listen to (?:this )?(?:article|story).{0,20}|(?:artikel )?(?:vor)?lesen lassen|fehler (?:auf \S+ )?(?:entdeckt|gefunden|melden)\??|inhaltliches feedback\??|about the authors?|about the writer|(?:über )?(?:den|die|der) autor(?:in|en)?|(?:to )?top|back to top|nach oben|zur startseite|zurück|add (?:us )?as (?:a )?preferred source.*|seguici su.*|음성으로 듣기|글자 ?크기.*|기사 ?(?:스크랩|공유).*)$",
        ),
        rule("consent", 240, Reach::Line, r"(?i)\bearns? (?:an? )?affiliate commissions?\b|^.{0,12}contains? affiliate links"),
        rule(
            "consent",
            500,
            Reach::Line,
            r"(?i)^(?:an dieser stelle finden sie .*(?:externen?|redaktion).*|ich bin damit einverstanden, dass mir .*|(?:we use|this (?:site|website) uses|wir verwenden|ce site utilise|utilizamos|questo sito utilizza|deze (?:site|website) gebruikt) cookies?.*|wir freuen uns über eine mail.*|this (?:post|article|story) (?:may )?contains? affiliate.*|some of the links.{0,80}affiliate.*|this document is subject to copyright.*|citation: .*retrieved.*|diese audioversion wurde .*|this audio (?:version )?(?:was|is) (?:auto|ai|generated).*|(?:무단\s?전재|ⓒ|저작권자).{0,80})$",
        ),
    ]
});

/// The longest line that a rule about its beginning may judge (characters).
const BEGUN: usize = 1_200;

/// The rule that says that a line is no copy.
pub(super) fn judge(text: &str) -> Option<(&'static str, Reach)> {
    if text.chars().any(is_han) && !text.chars().any(is_kana_or_hangul) {
        return None;
    }
    let count = len(text);
    // The one pattern that has no beginning to fail at is asked where it can hold.
    let credited = text.contains(['/', '©', ':', '(', '|']);
    let begins = count <= BEGUN && BEGINNING.is_match(text);
    let within = LazyCell::new(|| WITHIN_IT.is_match(text));
    let may = |rule: &&Rule| {
        let asked = match rule.name {
            "caption" => credited,
            _ if rule.is_within() => *within,
            _ => begins,
        };
        asked && count <= rule.longest
    };
    RULES.iter().filter(may).find(|rule| rule.pattern.is_match(text)).map(|rule| (rule.name, rule.reach))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furniture_is_named_in_many_languages() {
        for (text, name) in [
            ("Mehr zum Thema", "related"),
            ("Lire aussi : Le vieux bac repart", "related"),
            ("Lea también", "related"),
            ("Читайте также", "related"),
            ("3 Kommentare", "comments"),
            ("Share on WhatsApp", "share row"),
            ("Whatsapp Facebook Pinterest", "share row"),
            ("Anzeige", "advertisement"),
            ("Sign up for our free newsletter and never miss a story", "invitation"),
            ("Bildrechte: Flussblatt/A. Weber", "picture credit"),
            ("The landing, seen from the bridge. Photo: Ann Lee", "caption"),
            ("Quelle: flussblatt.example, aw/dpa", "source line"),
            ("Ann Lee contributed to this report.", "contributors"),
            ("Stand: 08.07.2026 05:00 Uhr", "time line"),
            ("Lesezeit: 2 min", "tools"),
            ("Published May 3, 2021 at 5:00 a.m. PDT | Updated May 3, 2021 at 7:31 p.m.", "time line"),
            ("More: When will the ferry be back?", "related"),
            ("Sobre la firma", "author box"),
            ("AI-assisted summary", SUMMARY),
            ("Reach Ann Lee at 555-0100 or lee@river.example.", "address of the writer"),
        ] {
            assert_eq!(judge(text).map(|(name, _)| name), Some(name), "{text}");
        }
    }

    #[test]
    fn the_joined_pattern_asks_for_every_rule() {
        assert!(RULES.iter().all(|rule| rule.is_within() || rule.longest <= BEGUN));
        for text in ["Mehr zum Thema", "Facebook Pinterest", "Lesezeit: 2 min", "This entry was posted in River.", "Opinion by Ann Lee"] {
            assert!(BEGINNING.is_match(text) && judge(text).is_some(), "{text}");
        }
        assert!(!BEGINNING.is_match("The boats go every half hour from six in the morning."));
    }

    #[test]
    fn sentences_are_copy() {
        for text in [
            "Published in 1954, the novel tells of a ferryman and his three sons.",
            "Image is everything on the river, she said.",
            "More than 300 people came to see the first boat.",
            "Share prices rose.",
            "Get your boat out of the water, the harbour master told them.",
            "Comments by the mayor caused a stir.",
            "Die Kommentare des Bürgermeisters sorgten für Unruhe.",
            "She said the photo was taken in May.",
            "Follow the river and you will find the landing.",
            "Updated rules for the ferry take effect at 5 p.m.",
            "Reach for the rope on Monday, she told him.",
            "More boats came: the river was full of them.",
        ] {
            assert_eq!(judge(text), None, "{text}");
        }
    }
}
