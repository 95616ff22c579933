//! The hashes of what a model keeps as such: users' passwords. Making one is costly on purpose, and
//! there is one writer for all: they are made before a write, which only puts them in their place.
//! Making them has to be waited for, which a write can't.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::{
    App,
    accounts::passwords::{self, Hash},
    secrets::{self, SecretChange, SecretEdit},
    workflow,
};
use crate::{fault::Fault, model::Model};

/// Those of what somebody sent, each beside what it was made of.
#[derive(Clone, Default)]
pub struct Hashes {
    made: Vec<(SecretString, Hash)>,
    trial: bool,
}

/// Behind how many others a hash waits.
#[derive(Clone, Copy)]
enum Wait {
    InTurn,
    Bounded,
}

impl Hashes {
    /// In the place of all that a trial would need: it is undone, and nobody logs in with them.
    pub fn trial() -> Self {
        Self { trial: true, ..Self::default() }
    }

    /// Whether instances of the model have any.
    pub fn has(model: &Model) -> bool {
        !workflow::of(&model.model_type).hashed().is_empty()
    }

    /// Makes those that a write of `data` needs, in their turn: for work that was let in already, such
    /// as a task.
    pub async fn of(app: &App, model: &Model, data: &Map<String, Value>) -> Result<Self, Fault> {
        Self::of_data(app, model, data, Wait::InTurn).await
    }

    /// The same for a call that waits for its answer: it is refused where too many wait. Nobody comes
    /// here who may not make the write.
    pub async fn asked(app: &App, model: &Model, data: &Map<String, Value>) -> Result<Self, Fault> {
        Self::of_data(app, model, data, Wait::Bounded).await
    }

    /// [`Self::asked`], of changes.
    pub async fn asked_edits(
        app: &App,
        model: &Model,
        edits: &[SecretEdit],
    ) -> Result<Self, Fault> {
        Self::of_edits(app, model, edits, Wait::Bounded).await
    }

    async fn of_data(
        app: &App,
        model: &Model,
        data: &Map<String, Value>,
        wait: Wait,
    ) -> Result<Self, Fault> {
        if !Self::has(model) {
            return Ok(Self::default());
        }
        let edits = secrets::take(&model.root, &mut data.clone(), None);
        Self::of_edits(app, model, &edits, wait).await
    }

    async fn of_edits(
        app: &App,
        model: &Model,
        edits: &[SecretEdit],
        wait: Wait,
    ) -> Result<Self, Fault> {
        let mut made = Vec::new();
        for edit in edits.iter().filter(|edit| is_hashed(model, edit)) {
            // What the write will refuse anyhow isn't worth the work.
            if let SecretChange::Set(plain) = &edit.change
                && passwords::judge_length(plain.expose_secret()).is_ok()
            {
                let password = plain.expose_secret().to_owned();
                let hash = match wait {
                    Wait::InTurn => passwords::hash_in_turn(app, password).await?,
                    Wait::Bounded => passwords::hash(app, password).await?,
                };
                made.push((plain.clone(), hash));
            }
        }
        Ok(Self { made, trial: false })
    }

    /// Puts them into the changes that a write makes.
    pub fn put(&self, model: &Model, edits: &mut [SecretEdit]) -> Result<(), Fault> {
        for edit in edits.iter_mut().filter(|edit| is_hashed(model, edit)) {
            if let SecretChange::Set(plain) = &edit.change {
                edit.change = SecretChange::Hashed(self.find(plain)?);
            }
        }
        Ok(())
    }

    fn find(&self, plain: &SecretString) -> Result<Hash, Fault> {
        if self.trial {
            return Ok(Hash::none());
        }
        let made = self.made.iter().find(|(of, _)| of.expose_secret() == plain.expose_secret());
        made.map(|(_, hash)| hash.clone()).ok_or_else(|| {
            tracing::error!("a write came without the hash of what it sets");
            Fault::internal()
        })
    }
}

fn is_hashed(model: &Model, edit: &SecretEdit) -> bool {
    let name = edit.field.strip_prefix('/');
    name.is_some_and(|name| workflow::of(&model.model_type).hashed().contains(&name))
}
