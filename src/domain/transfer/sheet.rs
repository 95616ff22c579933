//! Workbooks. A raw sheet has the keys in its first row and the instances below. A formatted one
//! is for people: what it is about, headings, titles, the keys in a hidden row, then the instances;
//! the sheet to be filled in is the same without them.

use std::fs::File;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format,
    FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{
    cell::Cell,
    columns::{Column, Field, Form},
    file,
    rows::Sink,
};
use crate::{
    fault::{Fault, FaultKind, FieldError},
    model::Model,
    store::ListRow,
};

/// Rows of a sheet.
pub const MOST_ROWS: u32 = 1_048_576;
/// Columns of a sheet.
pub const MOST_COLUMNS: usize = 16_384;
/// Characters of a cell, as spreadsheets count them: in units of UTF-16.
pub const LONGEST: usize = 32_767;

/// Rows of a formatted sheet, from 0.
pub const TITLES: u32 = 2;
pub const KEYS: u32 = 3;
const FIRST: u32 = 4;

/// How a formatted sheet's first cells begin.
pub const ENTITY: &str = "entity:";
pub const HIERARCHY: &str = "hierarchy:";

/// How hard a sheet is compressed: beyond this it takes much longer to become little smaller.
const COMPRESSION: u8 = 3;

/// What an inline list of choices may take, commas included.
const INLINE_CHOICES: usize = 255;

/// How a text ends that a cell doesn't hold.
const CUT: &str = "… (cut off: the json export has all of it)";

const INSTRUCTIONS: &str = "One row for each instance. Action: add, modify or delete; left empty, \
    a row with a pkid or a known key is modified and any other is added. An empty cell keeps what \
    is stored, <clear> empties it. White titles are optional, red ones mandatory. Tabs whose name \
    begins with # aren't loaded.";

/// A workbook that is being written.
pub struct Book<'c, 'm> {
    model: &'m Model,
    columns: &'c [Column<'m>],
    workbook: Workbook,
    sheet: Worksheet,
    looks: Looks,
    formatted: bool,
    next: u32,
}

struct Looks {
    text: Format,
    whole: Format,
    error: Format,
    wrong: Format,
}

impl<'c, 'm> Book<'c, 'm> {
    /// A raw sheet: the keys, then the instances.
    pub fn raw(
        model: &'m Model,
        columns: &'c [Column<'m>],
        now: OffsetDateTime,
    ) -> Result<Self, Fault> {
        let mut book = Self::begin(model, columns, now, false)?;
        let bold = Format::new().set_bold();
        for (at, column) in (0..).zip(columns) {
            book.sheet.write_string_with_format(0, at, &column.key, &bold).map_err(unwritten)?;
        }
        book.sheet.set_freeze_panes(1, 0).map_err(unwritten)?;
        book.next = 1;
        Ok(book)
    }

    /// A sheet for people, of the instances at the node `place` or below, with the choices as
    /// drop-downs.
    pub fn formatted(
        model: &'m Model,
        columns: &'c [Column<'m>],
        place: &str,
        now: OffsetDateTime,
    ) -> Result<Self, Fault> {
        let mut book = Self::begin(model, columns, now, true)?;
        book.head(place).map_err(unwritten)?;
        book.next = FIRST;
        Ok(book)
    }

    fn begin(
        model: &'m Model,
        columns: &'c [Column<'m>],
        now: OffsetDateTime,
        formatted: bool,
    ) -> Result<Self, Fault> {
        let mut workbook = Workbook::new();
        workbook.set_zip_compression_level(COMPRESSION);
        let created = ExcelDateTime::from_timestamp(now.unix_timestamp()).map_err(unwritten)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let mut sheet = workbook.new_worksheet_with_constant_memory().map_err(unwritten)?;
        let name = model.model_type.rsplit('/').next().unwrap_or_default();
        let name: String = name.chars().take(31).collect();
        sheet.set_name(name).map_err(unwritten)?;
        let looks = Looks {
            text: Format::new().set_num_format("@"),
            whole: Format::new().set_num_format("0"),
            error: Format::new().set_num_format("@").set_text_wrap().set_font_color(0x00B4_2318),
            wrong: Format::new().set_num_format("@").set_background_color(0x00FE_CDCA),
        };
        let mut book = Self { model, columns, workbook, sheet, looks, formatted, next: 0 };
        book.widths().map_err(unwritten)?;
        Ok(book)
    }

    fn widths(&mut self) -> Result<(), XlsxError> {
        for (at, column) in (0..).zip(self.columns) {
            let shown = if self.formatted { &column.title } else { &column.key };
            let least = match column.field {
                Field::Action if self.formatted => self.about(),
                Field::Pkid => 26.0,
                Field::Hierarchy => 34.0,
                Field::Error => 60.0,
                _ if is_text(column) => 22.0,
                _ => 12.0,
            };
            let characters = u32::try_from(shown.chars().count()).unwrap_or(u32::MAX);
            let width = (f64::from(characters) + 2.0).clamp(least, 60.0);
            self.sheet.set_column_width(at, width)?;
            // What is typed into the column later is text as well.
            if is_text(column) {
                self.sheet.set_column_format(at, &self.looks.text)?;
            }
        }
        Ok(())
    }

    /// Characters of the first cell, which says what the sheet is about.
    fn about(&self) -> f64 {
        let length = ENTITY.len() + self.model.model_type.len() + 4;
        f64::from(u32::try_from(length).unwrap_or(u32::MAX)).min(60.0)
    }

    fn head(&mut self, place: &str) -> Result<(), XlsxError> {
        let about = Format::new().set_bold();
        let grey = Format::new().set_font_color(0x0047_5467);
        self.sheet.write_string_with_format(
            0,
            0,
            format!("{ENTITY} {}", self.model.model_type),
            &about,
        )?;
        self.sheet.write_string_with_format(0, 1, format!("{HIERARCHY} {place}"), &about)?;
        self.sheet.write_string_with_format(0, 2, INSTRUCTIONS, &grey)?;

        let heading = Format::new().set_bold().set_background_color(0x00FF_D966);
        let mut last = "";
        for (at, column) in (0..).zip(self.columns) {
            let shown = if column.group == last { "" } else { column.group };
            last = column.group;
            self.sheet.write_string_with_format(1, at, shown, &heading)?;
        }

        let title = Format::new()
            .set_bold()
            .set_background_color(0x001F_2937)
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        let optional = title.clone().set_font_color(Color::White);
        let mandatory = title.set_font_color(0x00FF_6B6B);
        for (at, column) in (0..).zip(self.columns) {
            let look = if column.is_mandatory() { &mandatory } else { &optional };
            self.sheet.write_string_with_format(TITLES, at, &column.title, look)?;
        }
        for (at, column) in (0..).zip(self.columns) {
            let key = column.sign().unwrap_or(&column.key);
            self.sheet.write_string_with_format(KEYS, at, key, &grey)?;
        }
        self.sheet.set_row_hidden(KEYS)?;
        self.sheet.set_freeze_panes(FIRST, 3)?;
        Ok(())
    }

    /// Writes a row of cells that are at hand. Of `wrong`, by position, the cells are marked.
    pub fn cells(&mut self, cells: Vec<Cell>, wrong: &[usize]) -> Result<(), Fault> {
        if self.next >= MOST_ROWS {
            return Err(too_many_rows());
        }
        for (position, cell) in cells.into_iter().enumerate() {
            let Some(column) = self.columns.get(position) else { break };
            let at = u16::try_from(position).unwrap_or(u16::MAX);
            let marked = wrong.contains(&position);
            let look = match column.field {
                Field::Error => &self.looks.error,
                _ if marked => &self.looks.wrong,
                _ => &self.looks.text,
            };
            let written = match cell {
                Cell::Blank if marked => self.sheet.write_blank(self.next, at, look),
                Cell::Blank => continue,
                Cell::Text(text) if text.encode_utf16().count() > LONGEST => {
                    let text = self.fitting(column, &text)?;
                    self.sheet.write_string_with_format(self.next, at, text, look)
                }
                // As the column is. Saying so of each cell is what takes longest of all.
                Cell::Text(text)
                    if !marked && is_text(column) && !matches!(column.field, Field::Error) =>
                {
                    self.sheet.write_string(self.next, at, text)
                }
                Cell::Text(text) => self.sheet.write_string_with_format(self.next, at, text, look),
                Cell::Number(number) if marked => {
                    self.sheet.write_number_with_format(self.next, at, number, look)
                }
                // Without it twelve digits are shown as 1.23457E+11.
                Cell::Number(number) if number.fract() == 0.0 => {
                    self.sheet.write_number_with_format(self.next, at, number, &self.looks.whole)
                }
                Cell::Number(number) => self.sheet.write_number(self.next, at, number),
                Cell::Boolean(on) => self.sheet.write_boolean(self.next, at, on),
            };
            written.map_err(unwritten)?;
        }
        self.next += 1;
        Ok(())
    }

    /// What a cell holds of a text that is too long for it: nothing, where the sheet may be
    /// loaded again; its beginning, where that can't be.
    fn fitting(&self, column: &Column<'_>, text: &str) -> Result<String, Fault> {
        if is_loadable(self.model) {
            return Err(Fault::field(
                "export_format",
                "text_too_long",
                format!(
                    "{} in row {} has {} characters, and a cell holds {LONGEST}. Export as json \
                     instead.",
                    column.title,
                    self.next + 1,
                    text.encode_utf16().count()
                ),
            ));
        }
        let mut left = LONGEST - CUT.encode_utf16().count();
        let fits = |c: &char| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        };
        Ok(text.chars().take_while(fits).chain(CUT.chars()).collect())
    }

    /// Adds what people need beside the instances, and writes the file.
    pub fn finish(mut self) -> Result<File, Fault> {
        if self.formatted {
            self.validations().map_err(unwritten)?;
        }
        self.workbook.worksheets_mut().insert(0, self.sheet);
        let file = file::temporary()?;
        let handle = file.try_clone().map_err(file::failed)?;
        self.workbook.save_to_writer(handle).map_err(unwritten)?;
        Ok(file)
    }

    /// The drop-downs, and the tabs of the choices and of the help.
    fn validations(&mut self) -> Result<(), XlsxError> {
        let mut lists: Vec<(String, Vec<&str>)> = Vec::new();
        for (at, column) in (0..).zip(self.columns) {
            let choices = match &column.field {
                Field::Action => vec!["add", "modify", "delete"],
                Field::Attr(attr) if attr.form == Form::Boolean => vec!["TRUE", "FALSE"],
                Field::Attr(attr) => attr.shown_choices(),
                _ => Vec::new(),
            };
            if choices.is_empty() {
                continue;
            }
            let length: usize = choices.iter().map(|c| c.encode_utf16().count() + 1).sum();
            let inline = length <= INLINE_CHOICES && choices.iter().all(|c| !c.contains(','));
            let rule = if inline {
                DataValidation::new().allow_list_strings(&choices)?
            } else {
                let letters = rust_xlsxwriter::utility::column_number_to_name(
                    u16::try_from(lists.len()).unwrap_or_default(),
                );
                let range = format!("='#choices'!${letters}$2:${letters}${}", choices.len() + 1);
                lists.push((column.title.clone(), choices));
                DataValidation::new().allow_list_formula(Formula::new(range))
            };
            let rule = rule
                // Told, not refused: a cell may say <clear>.
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_title("Not a choice")?
                .set_error_message("Choose one of the list, or <clear> to empty it.")?;
            self.sheet.add_data_validation(FIRST, at, MOST_ROWS - 1, at, &rule)?;
        }
        self.help()?;
        if !lists.is_empty() {
            let tab = self.workbook.add_worksheet();
            tab.set_name("#choices")?;
            for (at, (title, choices)) in (0..).zip(lists) {
                tab.write_string_with_format(0, at, title, &Format::new().set_bold())?;
                for (row, choice) in (1..).zip(choices) {
                    tab.write_string_with_format(row, at, choice, &self.looks.text)?;
                }
            }
        }
        Ok(())
    }

    /// The tab that lists the fields.
    fn help(&mut self) -> Result<(), XlsxError> {
        let tab = self.workbook.add_worksheet();
        tab.set_name("#help")?;
        let bold = Format::new().set_bold();
        let wrapped = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
        let headings = ["Field", "Attribute", "Type", "Mandatory", "Choices", "Help"];
        for ((at, heading), width) in (0..).zip(headings).zip([32.0, 32.0, 14.0, 12.0, 40.0, 80.0])
        {
            tab.write_string_with_format(0, at, heading, &bold)?;
            tab.set_column_width(at, width)?;
        }
        for (row, column) in (1..).zip(self.columns) {
            let cells = help_of(column);
            for (at, text) in (0..).zip(&cells) {
                tab.write_string_with_format(row, at, text, &wrapped)?;
            }
        }
        tab.set_freeze_panes(1, 0)?;
        Ok(())
    }
}

impl Sink for Book<'_, '_> {
    fn row(&mut self, row: &ListRow, data: Map<String, Value>) -> Result<(), Fault> {
        let titles = self.formatted;
        let cells = self.columns.iter().map(|column| column.cell(row, &data, titles)).collect();
        self.cells(cells, &[])
    }
}

/// Whether what is exported of the model can be loaded again.
fn is_loadable(model: &Model) -> bool {
    use crate::model::Operation;
    model.offers(Operation::Add) || model.offers(Operation::Update)
}

fn is_text(column: &Column<'_>) -> bool {
    column.attr().is_none_or(|attr| matches!(attr.form, Form::Text | Form::Json))
}

fn help_of(column: &Column<'_>) -> [String; 6] {
    let key = column.key.clone();
    let (kind, choices, help) = match &column.field {
        Field::Error => ("text", String::new(), "What was wrong with the row. Not loaded."),
        Field::Action => (
            "choice",
            "add, modify, delete".to_owned(),
            "What becomes of the row. Left empty: modify where the pkid or the key is known, else \
             add.",
        ),
        Field::Pkid => (
            "text",
            String::new(),
            "Names the instance that is modified or deleted. Empty for one that is added.",
        ),
        Field::Hierarchy => (
            "text",
            String::new(),
            "Dot path of the node where the instance stands, or is to be added. Left empty: the \
             node that the sheet is loaded at.",
        ),
        Field::Rest(_) => ("JSON", String::new(), "Attributes that the model doesn't name."),
        Field::Attr(attr) => {
            let kind = match attr.form {
                _ if !attr.property.choices.is_empty() => "choice",
                Form::Text if attr.property.is_secret() => "secret",
                Form::Text => "text",
                Form::Integer => "whole number",
                Form::Number => "number",
                Form::Boolean => "TRUE or FALSE",
                Form::Json => "JSON",
            };
            (kind, attr.shown_choices().join("\n"), attr.property.description.as_str())
        }
    };
    let mandatory = if column.is_mandatory() { "yes" } else { "" };
    let cut = |text: &str| text.chars().take(LONGEST / 2).collect();
    [cut(&column.title), cut(&key), kind.to_owned(), mandatory.to_owned(), cut(&choices), cut(help)]
}

fn too_many_rows() -> Fault {
    let message = "A sheet has 1,048,576 rows, and there are more instances than that. Narrow the \
                   filter, or export as json or csv.";
    Fault::new(FaultKind::BadInput, "too_many_rows", message).with_errors(vec![FieldError::new(
        "export_format",
        "too_many_rows",
        message,
    )])
}

/// A workbook that couldn't be written: the disk, or a slip of ours.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unwritten(error: XlsxError) -> Fault {
    tracing::error!(%error, "a workbook can't be written");
    Fault::internal()
}
