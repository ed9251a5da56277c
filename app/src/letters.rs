//! What mail says: in plain text and as HTML, in the reader's language. Nothing in it is fetched
//! from elsewhere, and nothing tells whether it was read.

use std::fmt::Write;

use kvarten_domain::{
    digest::{Digest, DigestLine, Reason},
    referral::Target,
};

pub use crate::screens::stop_path;
use crate::{
    i18n::Locale,
    parts::{Markup, draw},
    text::{Lang, date, lessons, minutes, tag, tr},
};

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// On one line.
    pub subject: String,
    /// As plain text.
    pub plain: String,
    /// As a page.
    pub html: String,
}

fn intro(l: Locale, line: &DigestLine) -> String {
    match (line.reason, &line.from) {
        (Reason::New, Some(name)) => tr!(l, mail.line_new, name = name.clone()).to_string(),
        (Reason::New, None) => tr!(l, mail.line_new_nobody).to_string(),
        (Reason::Week, _) => tr!(l, mail.line_week).to_string(),
        (Reason::Day, _) => tr!(l, mail.line_day).to_string(),
    }
}

/// How long it takes, and by when it is wished for.
fn facts(l: Locale, line: &DigestLine) -> String {
    let time = minutes(l, line.to.minutes());
    let time = match &line.to {
        Target::Lesson(_) => tr!(l, mail.about_time, time = time).to_string(),
        Target::Program(program) => {
            let lessons = lessons(l, program.lessons);
            tr!(l, mail.program_time, lessons = lessons, time = time).to_string()
        }
    };
    match line.wish {
        Some(on) => format!("{} {time}", tr!(l, mail.wish, date = date(l, on))),
        None => time,
    }
}

/// Whose words follow.
fn note_of(l: Locale, line: &DigestLine) -> Option<String> {
    let by = match &line.from {
        Some(name) => tr!(l, mail.note_by, name = name.clone()).to_string(),
        None => tr!(l, mail.note).to_string(),
    };
    (!line.note.is_empty()).then_some(by)
}

fn subject(l: Locale, digest: &Digest) -> String {
    let subject = match digest.lines.as_slice() {
        [line] => {
            let title = line.to.title().to_owned();
            match line.reason {
                Reason::New => tr!(l, mail.subject_new, title = title).to_string(),
                Reason::Week => tr!(l, mail.subject_week, title = title).to_string(),
                Reason::Day => tr!(l, mail.subject_day, title = title).to_string(),
            }
        }
        lines => tr!(l, mail.subject_many, count = lines.len()).to_string(),
    };
    // One line, whatever is in a title.
    subject.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(l: Locale, digest: &Digest, site: &str) -> String {
    let mut text = format!("{}\n", tr!(l, mail.hello, name = digest.given_name.clone()));
    for line in &digest.lines {
        let _ = write!(
            text,
            "\n{}\n{}\n{}\n{site}{}\n",
            intro(l, line),
            line.to.title(),
            facts(l, line),
            line.to.address()
        );
        if let Some(by) = note_of(l, line) {
            let _ = write!(text, "\n{by}\n{}\n", line.note);
        }
    }
    let _ = write!(
        text,
        "\n-- \n{}\n{}: {site}{}\n",
        tr!(l, mail.foot),
        tr!(l, mail.stop),
        stop_path(&digest.stop)
    );
    text
}

/// The style of a thing, from a few that every reader of mail knows.
const PAGE: &str = "margin:0;padding:24px;background:#f5f3ec;color:#1b2426;\
    font-family:Verdana,Arial,sans-serif;font-size:16px;line-height:1.5";
const BOX: &str = "background:#ffffff;border:1px solid #d8d3c4;border-radius:12px;\
    padding:16px 20px;margin:16px 0";
const BUTTON: &str = "display:inline-block;background:#0b5c63;color:#ffffff;text-decoration:none;\
    font-weight:bold;padding:12px 20px;border-radius:10px";
const NOTE: &str = "margin:12px 0 0;padding-left:12px;border-left:3px solid #d8d3c4";
const SMALL: &str = "font-size:14px;color:#4a5558";

fn html(l: Locale, digest: &Digest, site: &str) -> String {
    let hello = tr!(l, mail.hello, name = digest.given_name.clone()).to_string();
    let mut html = Markup::default();
    draw!(html,
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{}</title></head>\n\
         <body style=\"{PAGE}\"><div style=\"max-width:560px;margin:0 auto\">\n<p>{}</p>\n",
        tag(l), subject(l, digest), hello; PAGE = PAGE);
    for line in &digest.lines {
        draw!(html, "<div style=\"{BOX}\"><p style=\"margin:0\">{}</p>\
             <h2 style=\"margin:4px 0;font-size:20px\"", intro(l, line); BOX = BOX);
        if let Some(lang) = line.to.lang() {
            draw!(html, " lang=\"{}\"", lang);
        }
        draw!(html, ">{}</h2><p style=\"margin:0 0 16px\">{}</p>\
             <a style=\"{BUTTON}\" href=\"{}\">{}</a>",
            line.to.title(),
            facts(l, line),
            format!("{site}{}", line.to.address()),
            tr!(l, mail.open); BUTTON = BUTTON);
        if let Some(by) = note_of(l, line) {
            draw!(html, "<p style=\"{NOTE}\">{}", by; NOTE = NOTE);
            for words in line.note.split('\n') {
                draw!(html, "<br>{}", words);
            }
            html.push("</p>");
        }
        html.push("</div>\n");
    }
    draw!(html, "<p style=\"{SMALL}\">{} <a style=\"color:#0b5c63\" href=\"{}\">{}</a></p>\n\
         </div></body></html>\n",
        tr!(l, mail.foot),
        format!("{site}{}", stop_path(&digest.stop)),
        tr!(l, mail.stop); SMALL = SMALL);
    html.into_html()
}

/// A digest as a letter. `site` is the address of the site, without a slash at its end.
#[must_use]
pub fn digest(locale: kvarten_domain::Locale, digest: &Digest, site: &str) -> Letter {
    let l = Lang::from(locale).0;
    Letter {
        subject: subject(l, digest),
        plain: plain(l, digest, site),
        html: html(l, digest, site),
    }
}

/// A letter that only shows that mail works.
#[must_use]
pub fn trial(locale: kvarten_domain::Locale) -> Letter {
    let l = Lang::from(locale).0;
    let text = tr!(l, mail.test_text);
    let mut html = Markup::default();
    draw!(html, "<!DOCTYPE html>\n<html lang=\"{}\"><body><p>{}</p></body></html>\n", tag(l), text);
    Letter {
        subject: tr!(l, mail.test_subject).to_string(),
        plain: format!("{text}\n"),
        html: html.into_html(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kvarten_domain::{
        Date, Level, Locale,
        lesson::{LessonLink, SystemName},
        program::ProgramLink,
    };

    fn lesson(title: &str) -> Target {
        Target::Lesson(LessonLink {
            slug: "skriv-i-journalen".into(),
            lang: "sv".into(),
            title: title.into(),
            system: SystemName { code: "journalen".into(), name: "Journalen".into() },
            level: Level::ALL[1],
            minutes: 14,
        })
    }

    fn line(reason: Reason, to: Target) -> DigestLine {
        DigestLine {
            reason,
            to,
            from: Some("Torbjörn Berg".into()),
            note: String::new(),
            wish: Some(Date { year: 2026, month: 12, day: 24 }),
        }
    }

    fn digest_of(lines: Vec<DigestLine>) -> Digest {
        Digest { given_name: "Alma".into(), lines, stop: "0a1b".into() }
    }

    const SITE: &str = "https://lara.example";

    #[test]
    fn a_letter_says_who_points_where_and_how_to_stop() {
        let to = Target::Program(ProgramLink {
            code: "ny".into(),
            name: "Ny på Solgläntan".into(),
            lessons: 4,
            minutes: 58,
        });
        let note = "Ta den i lugn och ro.\nHör av dig!".to_owned();
        let lines = vec![
            DigestLine { note, ..line(Reason::New, lesson("Skriv i journalen")) },
            DigestLine { from: None, ..line(Reason::Week, to) },
        ];
        let both = digest_of(lines);
        insta::assert_snapshot!("letter_sv", digest(Locale::Sv, &both, SITE).plain);
        insta::assert_snapshot!("letter_en", digest(Locale::En, &both, SITE).plain);
        insta::assert_snapshot!("letter_sv_html", digest(Locale::Sv, &both, SITE).html);
    }

    #[test]
    fn the_subject_tells_what_it_is_about_on_one_line() {
        for (reason, expected) in [
            (Reason::New, "Till dig: Skriv"),
            (Reason::Week, "Påminnelse: Skriv"),
            (Reason::Day, "I dag: Skriv"),
        ] {
            let one = digest_of(vec![line(reason, lesson("Skriv"))]);
            assert_eq!(digest(Locale::Sv, &one, SITE).subject, expected);
        }
        let injected = digest_of(vec![line(Reason::New, lesson("A\r\nBcc: b@example.org"))]);
        assert_eq!(digest(Locale::En, &injected, SITE).subject, "For you: A Bcc: b@example.org");
    }

    #[test]
    fn what_people_write_is_text_and_nothing_else() {
        let note = "<script>\"&</script>".to_owned();
        let one = digest_of(vec![DigestLine { note, ..line(Reason::New, lesson("<b>")) }]);
        let letter = digest(Locale::Sv, &one, SITE);
        assert!(!letter.html.contains("<script>") && !letter.html.contains("<b>"));
        assert!(letter.html.contains("&lt;script&gt;&quot;&amp;&lt;/script&gt;"));
        assert!(letter.plain.contains("<script>\"&</script>"));
    }
}
