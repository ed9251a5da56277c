//! What a manager sees of a unit, as files: CSV and XLSX, with the filter written into them.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    http::{
        HeaderMap, Uri,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use kvarten_app::files::{Sheet, Value, unit_sheet};
use kvarten_domain::{Locale, overview::Filter};
use kvarten_service::{Services, manager::Manager, now};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tower_sessions::Session;

use crate::{
    answers::{Refusal, Trouble, locale_of, signed_in},
    cells::harmless,
    personal_file::warning,
};

type Fields = Query<HashMap<String, String>>;

/// A kind of file.
#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Xlsx,
}

async fn file(
    kind: Kind,
    services: &Services,
    session: &Session,
    asked: &Uri,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response, Trouble> {
    let who = signed_in(services, session).await?;
    let locale = locale_of(&who, headers);
    let filter = Filter::from_query(|name| fields.get(name).map(String::as_str));
    let manager = Manager::enter(services, &who, now()).await?;
    if let Some(warning) = warning(session, asked).await? {
        return Ok(warning);
    }
    let (overview, total) = manager.file(&filter, locale).await?;
    let sheet = unit_sheet(locale, &overview, &filter, total);
    let (mime, name, file) = match kind {
        Kind::Csv => ("text/csv; charset=utf-8", "enhet.csv", as_csv(&sheet, locale)),
        Kind::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "enhet.xlsx",
            as_xlsx(&sheet)?,
        ),
    };
    let kept_as = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, mime.to_owned()), (CONTENT_DISPOSITION, kept_as)];
    Ok((headers, file).into_response())
}

/// `/enhet.csv`: for the spreadsheets of the language, where Swedish ones part values by semicolons.
pub async fn csv(
    State(services): State<Services>,
    session: Session,
    asked: Uri,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refusal> {
    let made = file(Kind::Csv, &services, &session, &asked, &headers, &fields).await;
    made.map_err(Refusal::of(&headers))
}

/// `/enhet.xlsx`.
pub async fn xlsx(
    State(services): State<Services>,
    session: Session,
    asked: Uri,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refusal> {
    let made = file(Kind::Xlsx, &services, &session, &asked, &headers, &fields).await;
    made.map_err(Refusal::of(&headers))
}

fn as_csv(sheet: &Sheet, locale: Locale) -> Vec<u8> {
    let delimiter = if locale == Locale::Sv { b';' } else { b',' };
    // A mark by which spreadsheets know that this is UTF-8.
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let mut write = |record: Vec<String>| {
        // Writing into memory does not fail.
        let _ = writer.write_record(record);
    };
    write(vec![harmless(&sheet.title)]);
    for (name, value) in &sheet.about {
        write(vec![harmless(name), harmless(value)]);
    }
    write(sheet.head.iter().map(|text| harmless(text)).collect());
    for row in &sheet.rows {
        let value = |value: &Value| match value {
            Value::Text(text) => harmless(text),
            Value::Number(number) => number.to_string(),
            Value::Nothing => String::new(),
        };
        write(row.iter().map(value).collect());
    }
    writer.into_inner().unwrap_or_default()
}

fn as_xlsx(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let bold = Format::new().set_bold();
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    page.set_name(&sheet.title)?;
    page.write_string_with_format(0, 0, &sheet.title, &bold)?;
    let mut line = 1;
    for (name, value) in &sheet.about {
        page.write_string(line, 0, name)?;
        page.write_string(line, 1, value)?;
        line += 1;
    }
    line += 1;
    for (column, text) in (0..).zip(&sheet.head) {
        page.write_string_with_format(line, column, text, &bold)?;
    }
    page.set_freeze_panes(line + 1, 1)?;
    for row in &sheet.rows {
        line += 1;
        for (column, value) in (0..).zip(row) {
            match value {
                Value::Text(text) => page.write_string(line, column, text)?,
                Value::Number(number) => page.write_number(line, column, *number)?,
                Value::Nothing => page,
            };
        }
    }
    page.set_column_width(0, 28)?;
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    fn sheet() -> Sheet {
        Sheet {
            title: "Min enhet".into(),
            about: vec![("System".into(), "Journalen".into())],
            head: vec!["Namn".into(), "Nivå".into()],
            rows: vec![
                vec![Value::Text("=cmd|' /C calc'!A0; \"x\"".into()), Value::Number(2)],
                vec![Value::Text("Öberg, Åsa".into()), Value::Nothing],
            ],
        }
    }

    #[test]
    fn the_filter_is_written_into_the_file() {
        let text = String::from_utf8(as_csv(&sheet(), Locale::Sv)).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "\u{feff}Min enhet");
        assert_eq!(lines[1], "System;Journalen");
        assert_eq!(lines[3], "\"'=cmd|' /C calc'!A0; \"\"x\"\"\";2");
        assert_eq!(lines[4], "Öberg, Åsa;");
        let text = String::from_utf8(as_csv(&sheet(), Locale::En)).expect("text");
        assert!(text.contains("\"Öberg, Åsa\","));
    }

    #[test]
    fn a_spreadsheet_is_one() {
        let file = as_xlsx(&sheet()).expect("written");
        assert!(file.starts_with(b"PK"));
    }
}
