//! What an access profile can give, by the names under which profiles and messages know it.

use crate::model::Operation;

/// What can be done with the instances of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    Create,
    Read,
    Update,
    Delete,
    Move,
    BulkUpdate,
    Export,
    ExportBulkloadTemplate,
    ConfigurationTemplate,
    FieldDisplayPolicy,
}

/// What belongs to no type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Miscellaneous {
    /// The console.
    Login,
    /// Calls by API.
    ApiRoot,
}

impl Permission {
    pub const ALL: [Self; 10] = [
        Self::Create,
        Self::Read,
        Self::Update,
        Self::Delete,
        Self::Move,
        Self::BulkUpdate,
        Self::Export,
        Self::ExportBulkloadTemplate,
        Self::ConfigurationTemplate,
        Self::FieldDisplayPolicy,
    ];

    /// Its name in a profile.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Read => "Read",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Move => "Move",
            Self::BulkUpdate => "Bulk Update",
            Self::Export => "Export",
            Self::ExportBulkloadTemplate => "Export Bulkload Template",
            Self::ConfigurationTemplate => "Configuration Template",
            Self::FieldDisplayPolicy => "Field Display Policy",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == text)
    }

    /// What an operation of a model asks for.
    pub fn of(operation: Operation) -> Self {
        match operation {
            Operation::List | Operation::Get | Operation::Help => Self::Read,
            Operation::Add => Self::Create,
            Operation::Update => Self::Update,
            Operation::Remove => Self::Delete,
            Operation::Move => Self::Move,
            Operation::Export => Self::Export,
            Operation::BulkUpdate => Self::BulkUpdate,
            Operation::ExportBulkloadTemplate => Self::ExportBulkloadTemplate,
            Operation::ConfigurationTemplate => Self::ConfigurationTemplate,
            Operation::FieldDisplayPolicy => Self::FieldDisplayPolicy,
        }
    }
}

impl Miscellaneous {
    pub const ALL: [Self; 2] = [Self::Login, Self::ApiRoot];

    /// Its name in a profile.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "Login",
            Self::ApiRoot => "Api Root",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }
}
