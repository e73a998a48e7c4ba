//! A file of posts as spreadsheets write it: which columns there are, and what stands in each row.

use crate::{ServiceError, ServiceResult};

/// More than a month of posts has, in bytes.
const LARGEST: usize = 2_000_000;
/// More than a month has, in posts.
const MOST_ROWS: usize = 500;
/// What makes a spreadsheet read a cell as a formula.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The columns, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Date,
    Time,
    Accounts,
    Caption,
    Tags,
    Notes,
    Media,
    /// Where it stands: written, and not read.
    Status,
    /// Where it can be seen: written, and not read.
    Address,
}

impl Column {
    pub(super) const ALL: [Self; 9] = [
        Self::Date,
        Self::Time,
        Self::Accounts,
        Self::Caption,
        Self::Tags,
        Self::Notes,
        Self::Media,
        Self::Status,
        Self::Address,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::Accounts => "accounts",
            Self::Caption => "caption",
            Self::Tags => "tags",
            Self::Notes => "notes",
            Self::Media => "media",
            Self::Status => "status",
            Self::Address => "address",
        }
    }

    /// The column of this name, also where it is in the singular.
    fn called(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|column| column.name() == name || column.name().strip_suffix('s') == Some(&*name))
    }
}

/// A row, cell by cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The line of the file that it begins on.
    pub line: u64,
    pub date: String,
    pub time: String,
    pub accounts: String,
    pub caption: String,
    pub tags: String,
    pub notes: String,
    pub media: String,
    /// Whether it has more cells than there are columns.
    pub is_too_long: bool,
}

/// What stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub rows: Vec<Row>,
    /// What is to be known about the whole, a sentence each.
    pub told: Vec<String>,
}

impl Sheet {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not such a file: then no row of it can be told about.
    pub(super) fn read(text: &str) -> ServiceResult<Self> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return refused("There is nothing in it yet. Choose a file, or paste its rows.");
        }
        if text.len() > LARGEST {
            return refused("This file is larger than 2 MB. Import it in parts.");
        }
        if text.contains(['\u{fffd}', '\0']) {
            return refused(
                "This file is not UTF-8, so letters in it would be lost. Save it as “CSV UTF-8” and choose it again.",
            );
        }
        // The reader counts lines by their last character, and a row would begin on the line of the one before.
        let text = &*text.replace("\r\n", "\n");
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter_of(text))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let head = match records.next() {
            Some(Ok(head)) => head,
            _ => return refused("The first line cannot be read. It names the columns."),
        };
        let mut told = Vec::new();
        let columns = columns_of(&head, &mut told)?;
        let mut rows = Vec::new();
        for record in records {
            let record = record.map_err(|error| {
                ServiceError::Invalid(format!("The file cannot be read to its end: {error}."))
            })?;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if rows.len() == MOST_ROWS {
                return refused("There are more than 500 posts in this file. Import it in parts.");
            }
            rows.push(row_of(&columns, &record));
        }
        if rows.is_empty() {
            return refused("There is no post in this file, only the names of the columns.");
        }
        if text.matches('"').count() % 2 == 1 {
            told.push(
                "A quotation mark is opened and never closed. Look whether the last rows are what you meant."
                    .to_owned(),
            );
        }
        Ok(Self { rows, told })
    }
}

fn refused<T>(sentence: &str) -> ServiceResult<T> {
    Err(ServiceError::Invalid(sentence.to_owned()))
}

/// What parts the cells: spreadsheets use semicolons where commas are in numbers, and tabs when they copy.
fn delimiter_of(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |of: char| head.matches(of).count();
    [(b';', count(';')), (b'\t', count('\t')), (b',', count(','))]
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| delimiter)
}

fn columns_of(
    head: &csv::StringRecord,
    told: &mut Vec<String>,
) -> ServiceResult<Vec<Option<Column>>> {
    let columns: Vec<Option<Column>> = head.iter().map(Column::called).collect();
    for (name, column) in head.iter().zip(&columns) {
        if column.is_none() && !name.trim().is_empty() {
            told.push(format!(
                "The column “{}” is not known, and is left out.",
                name.trim()
            ));
        }
    }
    for column in Column::ALL {
        let times = columns.iter().filter(|one| **one == Some(column)).count();
        let is_needed = matches!(column, Column::Date | Column::Time | Column::Caption);
        if times > 1 {
            return refused(&format!(
                "The column “{}” is there twice. Keep one.",
                column.name()
            ));
        }
        if times == 0 && is_needed {
            return refused(&format!(
                "There is no column “{}”. The first line names the columns: date, time, accounts, caption, tags, notes, media.",
                column.name()
            ));
        }
    }
    Ok(columns)
}

fn row_of(columns: &[Option<Column>], record: &csv::StringRecord) -> Row {
    let mut row = Row {
        line: record.position().map_or(0, csv::Position::line),
        is_too_long: record
            .iter()
            .skip(columns.len())
            .any(|cell| !cell.trim().is_empty()),
        ..Row::default()
    };
    for (column, cell) in columns.iter().zip(record) {
        let cell = unguarded(cell).replace("\r\n", "\n");
        match column {
            Some(Column::Date) => row.date = cell,
            Some(Column::Time) => row.time = cell,
            Some(Column::Accounts) => row.accounts = cell,
            Some(Column::Caption) => row.caption = cell,
            Some(Column::Tags) => row.tags = cell,
            Some(Column::Notes) => row.notes = cell,
            Some(Column::Media) => row.media = cell,
            Some(Column::Status | Column::Address) | None => {}
        }
    }
    row
}

/// A line of a file.
pub(super) fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| guarded(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no spreadsheet reads as a formula: captions say what anybody typed.
fn guarded(cell: &str) -> String {
    let is_formula = cell.trim_start().starts_with(FORMULA) || cell.starts_with(['\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// What stood in the cell before it was guarded.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start().starts_with(FORMULA) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::{Sheet, guarded, line, unguarded};

    #[test]
    fn commas_semicolons_tabs_and_a_mark_at_the_beginning_are_read_alike() {
        for text in [
            "date,time,caption\n2026-11-02,09:00,Hello\n",
            "\u{feff}Date;Time;Caption\r\n2026-11-02;09:00;Hello\r\n",
            "DATE\ttime\tcaption\n2026-11-02\t09:00\tHello",
        ] {
            let sheet = Sheet::read(text).expect("a sheet");
            let row = &sheet.rows[0];
            assert_eq!(
                (&*row.date, &*row.time, &*row.caption, row.line),
                ("2026-11-02", "09:00", "Hello", 2),
                "{text:?}"
            );
            assert_eq!(sheet.told, Vec::<String>::new());
        }
    }

    #[test]
    fn a_caption_in_quotes_has_lines_and_every_row_knows_where_it_begins() {
        let text = "date,time,caption,mood\n2026-11-02,09:00,\"One, \"\"two\"\"\r\nthree\",x\n,,,\n2026-11-03,09:00,Next\n";
        let sheet = Sheet::read(text).expect("a sheet");
        assert_eq!(sheet.rows[0].caption, "One, \"two\"\nthree");
        assert_eq!(sheet.rows[1].line, 5);
        assert_eq!(sheet.rows.len(), 2, "an empty row is none");
        assert_eq!(
            sheet.told,
            ["The column “mood” is not known, and is left out."]
        );
    }

    #[test]
    fn what_cannot_be_a_file_of_posts_is_refused_in_one_sentence() {
        for (text, why) in [
            (" \n ", "nothing in it"),
            ("date,time,caption\n", "no post in this file"),
            ("date,caption\n2026-11-02,Hello\n", "no column “time”"),
            ("date,time,caption,caption\na,b,c,d\n", "there twice"),
            ("date,time,caption\n2026-11-02,09:00,Gr\u{fffd}n\n", "UTF-8"),
        ] {
            let refused = Sheet::read(text).expect_err("refused").to_string();
            assert!(refused.contains(why), "{refused}");
        }
        let many = format!("date,time,caption\n{}", "2026-11-02,09:00,x\n".repeat(501));
        let refused = Sheet::read(&many).expect_err("refused").to_string();
        assert!(refused.contains("more than 500"), "{refused}");
    }

    #[test]
    fn a_row_with_too_many_cells_and_an_open_quotation_mark_are_noticed() {
        let text = "date,time,caption\n2026-11-02,09:00,Hello, you\n2026-11-03,09:00,\"Next\n";
        let sheet = Sheet::read(text).expect("a sheet");
        assert!(sheet.rows[0].is_too_long);
        assert!(sheet.told[0].contains("never closed"), "{:?}", sheet.told);
    }

    #[test]
    fn what_a_spreadsheet_would_compute_is_guarded_and_comes_back_as_it_was() {
        for (cell, expected) in [
            ("Zoë", "\"Zoë\""),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("=1+1", "\"'=1+1\""),
            (" @SUM(A1)", "\"' @SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("2026-10-14", "\"2026-10-14\""),
        ] {
            assert_eq!(guarded(cell), expected);
        }
        for cell in ["=1+1", "@kestrel opens", "'tis the season", "plain"] {
            let text = format!("{}{}", "date,time,caption\r\n", line(&["d", "t", cell]));
            assert_eq!(Sheet::read(&text).expect("a sheet").rows[0].caption, cell);
        }
        assert_eq!(unguarded("'tis"), "'tis");
    }
}
