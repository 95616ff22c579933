//! What a model does beyond being stored. Most models have nothing here: their file is enough.

use serde_json::{Map, Value};

use super::{hierarchy, registry::Registry, spark_customer};
use crate::{
    fault::Fault,
    store::{Node, Stored, WriteTx},
};

/// Steps of a write that a model adds to. Each may refuse.
pub trait Workflow: Sync {
    /// Derives and normalises values of a valid instance, before its keys are looked at.
    fn prepare(&self, _data: &mut Map<String, Value>) -> Result<(), Fault> {
        Ok(())
    }

    /// Judges, and completes, what is to be added at `place`.
    fn adding(
        &self,
        _tx: &WriteTx<'_>,
        _place: &Node,
        _data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Follows the instance's insertion.
    fn added(
        &self,
        _tx: &WriteTx<'_>,
        _place: &Node,
        _pkid: &str,
        _data: &Map<String, Value>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Judges, and completes, what is to replace `stored`.
    fn changing(
        &self,
        _tx: &WriteTx<'_>,
        _stored: &Stored,
        _data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Judges whether the instance can go.
    fn removing(
        &self,
        _models: &Registry,
        _tx: &WriteTx<'_>,
        _stored: &Stored,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Follows the instance's deletion.
    fn removed(&self, _tx: &WriteTx<'_>, _stored: &Stored) -> Result<(), Fault> {
        Ok(())
    }
}

struct Plain;

impl Workflow for Plain {}

/// The workflow of a model type.
pub fn of(model_type: &str) -> &'static dyn Workflow {
    match model_type {
        hierarchy::MODEL => &hierarchy::HierarchyNode,
        spark_customer::MODEL => &spark_customer::SparkCustomer,
        _ => &Plain,
    }
}
