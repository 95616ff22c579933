//! Export: chosen instances as a file. They are read one by one, once to learn how many entries
//! their lists have and once to write them, in one view of the database.

use std::{cell::Cell, fs::File, sync::Arc};

use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::{
    chosen::{Selected, selected},
    columns::{self, Layout, SPARE},
    csv::Csv,
    file::{Attachment, CSV, XLSX, ZIP, sheet_name, zip_name},
    json::JsonZip,
    lengths::Lengths,
    rows::{Sink, data_of},
    sheet::{Book, MOST_COLUMNS},
};
use crate::{
    domain::{
        App, Caller,
        access::{offered, permit},
        audit, hierarchy,
        inherited::Selector,
        policies::{self, Wanted},
        tasks::Selection,
        templates::{self, Template},
    },
    fault::{Fault, FaultKind},
    model::{Model, Operation},
    store::{ListRow, Node, ReadTx},
};

/// Exports at a time: each holds one of the store's readers, and lists need the others.
static AT_A_TIME: Semaphore = Semaphore::const_new(3);

/// What kind of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A zip with one JSON file.
    #[default]
    Json,
    /// A workbook whose columns are the attributes by their keys.
    RawXlsx,
    /// A workbook for people, laid out like the sheet to be filled in.
    Xlsx,
    /// The raw workbook's table as text.
    Csv,
}

impl Format {
    const ALL: [(&str, Self); 4] = [
        ("json", Self::Json),
        ("raw_xlsx", Self::RawXlsx),
        ("xlsx", Self::Xlsx),
        ("csv", Self::Csv),
    ];

    /// What `export_format` may say.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|(name, _)| *name)
    }

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }

    /// Reads `export_format`; JSON when it isn't given.
    pub fn parse(text: Option<&str>) -> Result<Self, Fault> {
        let Some(text) = text else { return Ok(Self::default()) };
        let found = Self::ALL.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, format)| format).ok_or_else(|| {
            let names: Vec<&str> = Self::names().collect();
            let message = format!(
                "There is no export format {:?}; export_format is one of: {}.",
                hierarchy::shortened(text),
                names.join(", ")
            );
            Fault::field("export_format", "not_a_choice", message)
        })
    }
}

/// What is asked of an export.
pub struct Export {
    pub format: Format,
    pub selection: Selection,
    /// The node it is asked at: pkid or dot path, the caller's own when absent.
    pub place: Option<String>,
    /// A configuration template, which is applied to each instance before it is written.
    pub template: Option<Selector>,
    /// How a formatted sheet shows the model.
    pub policy: Wanted,
}

/// Writes the chosen instances to a file.
pub async fn export(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    wanted: Export,
) -> Result<Attachment, Fault> {
    offered(model, Operation::Export)?;
    let _turn = AT_A_TIME.acquire().await.map_err(|_| Fault::internal())?;
    let (app_, caller_, model_) = (app.clone(), caller.clone(), Arc::clone(model));
    let format = wanted.format;
    let (file, count, path) = app
        .store
        .read(move |tx| {
            let (app, caller, model) = (app_, caller_, model_);
            let place = hierarchy::resolve(tx, &caller, wanted.place.as_deref())?;
            let chosen = selected(tx, &caller, &model, &place, wanted.selection);
            let permitted = permit(&caller, &model, Operation::Export);
            let chosen = match chosen {
                // What can't be seen is said before what can't be done, and nothing else.
                Err(fault) if fault.kind == FaultKind::NotFound => return Err(fault),
                chosen => permitted.and(chosen)?,
            };
            let find = |selector: &Selector| templates::find(tx, &place, &model, selector);
            let template = wanted.template.as_ref().map(find).transpose()?;
            let shown = policies::shown_at(tx, &place, &model, &wanted.policy)?;
            let (app, caller, model) = (&app, &caller, &*model);
            let path = place.path.clone();
            let count = Cell::new(0);
            let source =
                Source { app, tx, caller, model, shown: &shown, chosen, place, template, count };
            let file = source.write(wanted.format)?;
            Ok::<_, Fault>((file, source.count.get(), path))
        })
        .await?;
    let what = format!("{} at {path}", format.as_str());
    audit::exported(app, caller, &model.model_type, count, &what).await;
    Ok(file)
}

/// Where the rows come from.
struct Source<'s> {
    app: &'s App,
    tx: &'s ReadTx<'s>,
    caller: &'s Caller,
    model: &'s Model,
    /// The model as a formatted sheet shows it.
    shown: &'s Model,
    chosen: Selected,
    place: Node,
    template: Option<Template>,
    /// Instances that were written.
    count: Cell<u64>,
}

impl Source<'_> {
    fn write(&self, format: Format) -> Result<Attachment, Fault> {
        let now = self.app.env.clock.now();
        let model = self.model;
        match format {
            Format::Json => {
                let time = self.app.env.now_text();
                let mut zip = JsonZip::begin(model, &time, &self.place.path)?;
                self.fill(&mut zip)?;
                Attachment::new(zip_name(now), ZIP, zip.finish()?)
            }
            Format::RawXlsx => {
                let lengths = self.lengths()?;
                let layout = Layout { lengths: &lengths, spare: 0, secrets: false };
                let columns = columns::raw(model, &layout);
                columns::check_width(&columns, MOST_COLUMNS)?;
                let mut book = Book::raw(model, &columns, now)?;
                self.fill(&mut book)?;
                Attachment::new(sheet_name(model, false, "xlsx", now), XLSX, book.finish()?)
            }
            Format::Xlsx => {
                let lengths = self.lengths()?;
                let layout = Layout { lengths: &lengths, spare: SPARE, secrets: false };
                let columns = columns::formatted(self.shown, &layout);
                columns::check_width(&columns, MOST_COLUMNS)?;
                let mut book = Book::formatted(self.shown, &columns, &self.place.path, now)?;
                self.fill(&mut book)?;
                Attachment::new(sheet_name(model, true, "xlsx", now), XLSX, book.finish()?)
            }
            Format::Csv => {
                let lengths = self.lengths()?;
                let layout = Layout { lengths: &lengths, spare: 0, secrets: false };
                let columns = columns::raw(model, &layout);
                let mut csv = Csv::begin(&columns)?;
                self.fill(&mut csv)?;
                let file: File = csv.finish()?;
                Attachment::new(sheet_name(model, false, "csv", now), CSV, file)
            }
        }
    }

    /// Reads the rows into a file.
    fn fill(&self, sink: &mut impl Sink) -> Result<(), Fault> {
        self.each(|row| {
            self.count.set(self.count.get() + 1);
            sink.row(&row, self.data(&row)?)
        })
    }

    fn lengths(&self) -> Result<Lengths, Fault> {
        let mut lengths = Lengths::default();
        if !Lengths::vary(&self.model.root) {
            return Ok(lengths);
        }
        self.each(|row| {
            // Most have no list at all, which is seen without reading their JSON.
            if self.template.is_some() || row.data.contains('[') {
                lengths.see(self.model, &self.data(&row)?);
            }
            Ok(())
        })?;
        Ok(lengths)
    }

    fn each(&self, each: impl FnMut(ListRow) -> Result<(), Fault>) -> Result<(), Fault> {
        self.chosen.each(self.tx, self.caller, self.model, each)
    }

    /// What is written of a row.
    fn data(&self, row: &ListRow) -> Result<Map<String, Value>, Fault> {
        let mut data = data_of(row)?;
        if let Some(template) = &self.template {
            templates::apply(template, &mut data);
        }
        Ok(data)
    }
}
