//! The structure of pages and files: what must be the same whatever is written.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::{Cursor, Read},
};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

use crate::stand::Answer;

/// The tags of a page with the names of their attributes, and addresses that lead elsewhere.
#[derive(Default)]
pub struct Tags {
    all: RefCell<BTreeMap<String, usize>>,
    away: RefCell<BTreeSet<String>>,
    drawings: RefCell<usize>,
}

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        let name = tag.name.to_string();
        if name == "svg" {
            let mut drawings = self.drawings.borrow_mut();
            *drawings = if tag.kind == TagKind::StartTag { *drawings + 1 } else { 0 };
        }
        if tag.kind == TagKind::EndTag {
            *self.all.borrow_mut().entry(format!("/{name}")).or_default() += 1;
            return TokenSinkResult::Continue;
        }
        let mut line = name.clone();
        let mut names: Vec<_> = tag.attrs.iter().map(|one| one.name.local.to_string()).collect();
        names.sort();
        let _ = write!(line, " {}", names.join(" "));
        *self.all.borrow_mut().entry(line).or_default() += 1;
        for attribute in &tag.attrs {
            let is_address = matches!(
                &*attribute.name.local,
                "href" | "src" | "action" | "formaction" | "poster" | "http-equiv"
            );
            if is_address && !attribute.value.starts_with(['/', '#']) {
                self.away.borrow_mut().insert(attribute.value.to_string());
            }
        }
        match name.as_str() {
            _ if *self.drawings.borrow() > 0 => TokenSinkResult::Continue,
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            "style" | "noscript" => TokenSinkResult::RawData(RawKind::Rawtext),
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            _ => TokenSinkResult::Continue,
        }
    }
}

/// The tags of a page, and where it leads away.
pub fn tags(html: &str) -> (BTreeMap<String, usize>, BTreeSet<String>) {
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let Tags { all, away, .. } = tokenizer.sink;
    (all.into_inner(), away.into_inner())
}

/// The rows and cells of a file of comma-separated values; none begins a formula.
pub fn rows(text: &str) -> Vec<usize> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.expect("a row"));
    records
        .map(|record| {
            for cell in &record {
                assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{cell}");
            }
            record.len()
        })
        .collect()
}

/// The tags of a workbook's sheets.
pub fn sheets(bytes: &[u8]) -> BTreeMap<String, usize> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    let mut all = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let name = file.name().expect("a name").into_owned();
        let mut text = String::new();
        if file.read_to_string(&mut text).is_ok()
            && std::path::Path::new(&name).extension().is_some_and(|end| end == "xml")
        {
            assert!(!text.contains("<f>"), "{name} holds a formula");
            for tag in text.split('<').skip(1) {
                let tag = tag.split([' ', '>', '/']).next().unwrap_or_default();
                *all.entry(format!("{name} {tag}")).or_default() += 1;
            }
        }
    }
    all
}

/// The keys of JSON with the kinds of their values.
pub fn kinds(value: &serde_json::Value, path: &str, all: &mut BTreeMap<String, usize>) {
    match value {
        serde_json::Value::Array(items) => {
            for item in items {
                kinds(item, &format!("{path}[]"), all);
            }
        }
        serde_json::Value::Object(fields) => {
            for (key, field) in fields {
                kinds(field, &format!("{path}.{key}"), all);
            }
        }
        // How many rows there are goes by what was looked at before.
        _ => {
            all.insert(path.to_owned(), 1);
        }
    }
}

/// What must be the same of an answer, whatever is written.
pub fn structure(address: &str, answer: &Answer) -> (BTreeMap<String, usize>, BTreeSet<String>) {
    let kind = answer.header("content-type").to_owned();
    if kind.starts_with("text/html") {
        tags(&answer.text())
    } else if kind.starts_with("text/csv") {
        let rows = rows(&answer.text());
        (
            rows.iter().enumerate().map(|(at, cells)| (at.to_string(), *cells)).collect(),
            BTreeSet::new(),
        )
    } else if kind.contains("spreadsheet") {
        (sheets(&answer.body), BTreeSet::new())
    } else {
        let mut all = BTreeMap::new();
        let value = serde_json::from_slice(&answer.body);
        kinds(&value.unwrap_or_else(|_| panic!("{address}: {kind}")), "", &mut all);
        (all, BTreeSet::new())
    }
}

/// What is different, in words.
pub fn differences(plain: &BTreeMap<String, usize>, hostile: &BTreeMap<String, usize>) -> String {
    let names: BTreeSet<_> = plain.keys().chain(hostile.keys()).collect();
    let mut text = String::new();
    for name in names {
        let (before, after) = (plain.get(name).unwrap_or(&0), hostile.get(name).unwrap_or(&0));
        if before != after {
            let _ = writeln!(text, "  <{name}>: {before}, with markup in the texts {after}");
        }
    }
    text
}

/// The text of a workbook or any other answer, to look for marks in.
pub fn readable(answer: &Answer) -> String {
    if !answer.body.starts_with(b"PK") {
        return answer.text();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(&answer.body)).expect("a workbook");
    let mut text = String::new();
    for at in 0..archive.len() {
        let _ = archive.by_index(at).expect("a file").read_to_string(&mut text);
    }
    text
}
