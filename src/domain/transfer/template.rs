//! The sheet to be filled in and loaded: gzip around a workbook without instances.

use std::{
    io::{self, BufWriter},
    sync::Arc,
};

use flate2::{Compression, write::GzEncoder};

use super::{
    columns,
    file::{self, Attachment, GZIP, failed, stem},
    sheet::{Book, MOST_COLUMNS},
};
use crate::{
    domain::{
        App, Caller,
        access::{offered, permit},
        hierarchy,
        policies::{self, Wanted},
    },
    fault::Fault,
    model::{Model, Operation},
};

/// `relation_SparkCustomer_bulkloadsheet.xlsx.gz`, for instances at the node `place`, laid out by
/// the policy that applies.
pub async fn bulk_load_template(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    place: Option<&str>,
    policy: Wanted,
) -> Result<Attachment, Fault> {
    offered(model, Operation::ExportBulkloadTemplate)?;
    let (model, caller, place) = (Arc::clone(model), caller.clone(), place.map(str::to_owned));
    let now = app.env.clock.now();
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, place.as_deref())?;
            permit(&caller, &model, Operation::ExportBulkloadTemplate)?;
            let shown = policies::shown_at(tx, &place, &model, &policy)?;
            let columns = columns::template(&shown);
            columns::check_width(&columns, MOST_COLUMNS)?;
            let book = Book::formatted(&shown, &columns, &place.path, now)?;
            let mut workbook = Attachment::new(String::new(), "", book.finish()?)?.file;
            let mut gzip =
                GzEncoder::new(BufWriter::new(file::temporary()?), Compression::default());
            io::copy(&mut workbook, &mut gzip).map_err(failed)?;
            let buffer = gzip.finish().map_err(failed)?;
            let file = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
            Attachment::new(format!("{}_bulkloadsheet.xlsx.gz", stem(&model)), GZIP, file)
        })
        .await
}
