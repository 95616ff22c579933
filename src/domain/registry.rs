//! The models that are loaded: those in the program, and those of a folder that is named at start.

use std::{collections::HashMap, path::Path, sync::Arc};

use include_dir::{Dir, include_dir};

use super::webex::Act;
use crate::model::{
    Model,
    load::{LoadError, load_all},
};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/models");

/// Every model, by type and in the order of their types.
pub struct Registry {
    models: Vec<Arc<Model>>,
    by_type: HashMap<String, Arc<Model>>,
}

/// A model file that can't be used, or a folder that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error("{0}")]
    Model(LoadError),
    #[error("{model}: there is no workflow {name:?} to start")]
    Action { model: String, name: String },
    #[error("{path}: {source}")]
    Unreadable { path: String, source: std::io::Error },
}

impl Registry {
    /// Loads the shipped models and every `.json` file below `extra`. The first malformed one is
    /// the error.
    pub fn load(extra: Option<&Path>) -> Result<Self, RegistryError> {
        let mut files = Vec::new();
        collect_shipped(&SHIPPED, &mut files);
        if let Some(folder) = extra {
            collect_folder(folder, &mut files)?;
        }
        files.sort();
        let models: Vec<Arc<Model>> =
            load_all(files).map_err(RegistryError::Model)?.into_iter().map(Arc::new).collect();
        for model in &models {
            for action in &model.actions {
                if Act::of(&model.model_type, &action.name).is_none() {
                    let (model, name) = (model.model_type.clone(), action.name.clone());
                    return Err(RegistryError::Action { model, name });
                }
            }
        }
        let by_type = models.iter().map(|m| (m.model_type.clone(), Arc::clone(m))).collect();
        Ok(Self { models, by_type })
    }

    pub fn get(&self, model_type: &str) -> Option<Arc<Model>> {
        self.by_type.get(model_type).cloned()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.models.iter()
    }

    /// The models by value, as the store wants them for its indexes.
    pub fn to_vec(&self) -> Vec<Model> {
        self.models.iter().map(|m| (**m).clone()).collect()
    }
}

fn collect_shipped(dir: &Dir<'_>, files: &mut Vec<(String, String)>) {
    for file in dir.files().filter(|f| f.path().extension().is_some_and(|e| e == "json")) {
        let text = String::from_utf8_lossy(file.contents()).into_owned();
        files.push((format!("src/models/{}", file.path().display()), text));
    }
    for dir in dir.dirs() {
        collect_shipped(dir, files);
    }
}

fn collect_folder(folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), RegistryError> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |source| RegistryError::Unreadable { path, source }
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.is_dir() {
            collect_folder(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(())
}
