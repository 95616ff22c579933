//! The JSON export: a zip with one file, `<type>_<Model>.json`, written row by row.

use std::{
    fs::File,
    io::{BufWriter, Write},
};

use serde_json::{Map, Value, json};
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{
    file::{self, failed, stem},
    rows::{Sink, exported},
};
use crate::{fault::Fault, model::Model, store::ListRow};

/// A zip that is being written.
pub struct JsonZip<'m> {
    model: &'m Model,
    zip: ZipWriter<BufWriter<File>>,
    written: u64,
}

impl<'m> JsonZip<'m> {
    /// Begins one. `exported` is the time, `place` the dot path of the node it was asked at.
    pub fn begin(model: &'m Model, exported: &str, place: &str) -> Result<Self, Fault> {
        let mut zip = ZipWriter::new(BufWriter::new(file::temporary()?));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(true);
        zip.start_file(format!("{}.json", stem(model)), options).map_err(zip_failed)?;
        let meta = json!({
            "model_type": model.model_type,
            "schema_version": model.schema_version,
            "exported": exported,
            "hierarchy": place,
        });
        write!(zip, "{{\"meta\":{meta},\"resources\":[").map_err(failed)?;
        Ok(Self { model, zip, written: 0 })
    }

    pub fn finish(mut self) -> Result<File, Fault> {
        self.zip.write_all(b"\n]}\n").map_err(failed)?;
        let buffer = self.zip.finish().map_err(zip_failed)?;
        buffer.into_inner().map_err(|error| failed(error.into_error()))
    }
}

impl Sink for JsonZip<'_> {
    fn row(&mut self, row: &ListRow, data: Map<String, Value>) -> Result<(), Fault> {
        let comma = if self.written > 0 { "," } else { "" };
        let meta = json!({ "pkid": row.pkid, "hierarchy": row.node_path });
        let data = Value::Object(exported(self.model, data));
        write!(self.zip, "{comma}\n{{\"meta\":{meta},\"data\":{data}}}").map_err(failed)?;
        self.written += 1;
        Ok(())
    }
}

fn zip_failed(error: ZipError) -> Fault {
    failed(error.into())
}
