//! What a model is, once read: its schema as a tree of properties, and what the file says about
//! its screens and its place in the hierarchy. The same types serve the server and the browser.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The role of a node in the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeType {
    Sys,
    Provider,
    Reseller,
    Customer,
    Site,
    Intermediate,
}

/// What can be done with the instances of a model; a model file names those it offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    List,
    Get,
    Add,
    Update,
    Remove,
    Help,
    Move,
    Export,
    BulkUpdate,
    ExportBulkloadTemplate,
    ConfigurationTemplate,
    FieldDisplayPolicy,
}

/// A model: one JSON file below `src/models/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Model {
    /// `relation/SparkCustomer`. The last segment starts with a capital, those before it don't.
    pub model_type: String,
    /// Of one instance: "Webex customer".
    pub title: String,
    /// Of many: "Webex customers".
    pub title_plural: String,
    pub description: String,
    /// The side bar's heading it stands under; empty keeps it out of the side bar.
    pub section: String,
    /// The attributes of the list, in order. `hierarchy_friendly_name` is the instance's place.
    pub summary_attrs: Vec<String>,
    /// Order of a list that asks for none: attribute and whether it descends.
    pub order_by: String,
    pub descending: bool,
    /// Attributes whose values together may occur once among the instances at one node.
    /// An instance that lacks one of them is not held to it.
    pub unique_at_node: Vec<String>,
    /// Attributes that may occur once in the whole hierarchy, each by itself.
    pub unique: Vec<String>,
    /// Attributes outside the list whose equality filters are looked up in an index.
    pub indexed: Vec<String>,
    /// Whether its instances hold for all below their node, where they are seen, too.
    pub inherited: bool,
    /// Node types at which instances may be added; empty is anywhere.
    pub allowed_at: Vec<NodeType>,
    pub operations: Vec<Operation>,
    /// Headings of the form, with their fields. Fields that no group names come last.
    pub groups: Vec<Group>,
    /// Fields that the server fills and no form edits, though the schema calls them writable.
    pub managed: Vec<String>,
    /// Fields that can't be changed once the instance exists.
    pub immutable: Vec<String>,
    /// Workflows that are started on one instance, by `POST …/[pkid]/+[name]`.
    pub actions: Vec<Action>,
    /// `schema_version` of the schema.
    pub schema_version: String,
    /// The root object, compiled.
    pub root: Property,
    /// The bare schema as the file has it: what `/schema/` answers.
    pub schema: Value,
    /// The whole file: what `Serialize` writes, and from which the browser reads the model again.
    pub source: Value,
}

/// A heading of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub title: String,
    pub fields: Vec<String>,
}

/// A workflow of a model's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// `RefreshAccessToken`: letters only, as it stands in paths.
    pub name: String,
    pub title: String,
}

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Any,
    String,
    Integer,
    Number,
    Boolean,
    Object,
    Array,
}

/// A named form of strings, checked beyond what the dialect's keywords can say.
/// A model file assigns them under `formats`, by field name, so that the schema itself stays
/// that of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `http(s)://[user:password@]host:port`, user and password percent-encoded.
    ProxyUrl,
    /// One mailbox.
    Email,
    /// A DNS name.
    DomainName,
    /// A Webex organisation: its UUID, or the base64 organisation id.
    WebexOrganization,
    /// An http(s) URL or a path on this server.
    Link,
    /// An RFC 3339 time.
    DateTime,
    /// Text of several lines.
    Multiline,
}

/// One choice of a string or an integer property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Of an integer its decimal text, as forms post it.
    pub value: String,
    pub title: String,
}

/// One node of a schema.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "one flag each for the dialect's flags")]
pub struct Property {
    pub kind: Kind,
    pub title: String,
    pub description: String,
    pub required: bool,
    pub default: Option<Value>,
    /// `choices` of the dialect, or `enum`, whose values are then their own titles.
    pub choices: Vec<Choice>,
    pub format: Option<Format>,
    pub is_password: bool,
    pub store_encrypted: bool,
    pub readonly: bool,
    /// Shown in forms and details; true when the schema doesn't say.
    pub displayable: bool,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    /// `pattern` or `valid_re`, unanchored as in JSON Schema.
    pub pattern: Option<String>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
    pub unique_items: bool,
    pub items: Option<Box<Property>>,
    /// In the order of the file.
    pub properties: Vec<(String, Property)>,
    /// Whether an object takes properties it doesn't name; false when the schema doesn't say
    /// and names some, true when it names none.
    pub additional_properties: bool,
    /// Whether a form draws only those of an object's properties that are set, and offers to add
    /// the others.
    pub sparse: bool,
    /// `target`, `target_attr`, `target_model_type`, `target_filter`: the instances a value is
    /// picked from.
    pub target: Option<Target>,
}

/// Where the values of a reference come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The call that lists them, when the schema names one.
    pub href: Option<String>,
    /// The attribute whose value is kept.
    pub attr: Option<String>,
    pub model_type: Option<String>,
    /// Attributes of the instances that are offered, and what they must be.
    pub filter: Vec<(String, String)>,
}

impl Target {
    /// What two fields have in common that are picked from the same; none where nothing can be
    /// listed.
    pub fn key(&self) -> Option<String> {
        let mut key = format!("{} {}", self.model_type.as_ref()?, self.attr.as_ref()?);
        for (name, value) in &self.filter {
            key = key + " " + name + "=" + value;
        }
        Some(key)
    }
}

impl Property {
    /// Whether the value is kept encrypted and never answered.
    pub fn is_secret(&self) -> bool {
        self.is_password || self.store_encrypted
    }

    /// Whether it is one value that a list can show and order by.
    pub fn is_scalar(&self) -> bool {
        !matches!(self.kind, Kind::Any | Kind::Object | Kind::Array)
    }

    /// Its default; of an object that has none, those of its properties.
    pub fn default_value(&self) -> Option<Value> {
        if self.default.is_some() || self.kind != Kind::Object {
            return self.default.clone();
        }
        let defaults = self.defaults();
        (!defaults.is_empty()).then_some(Value::Object(defaults))
    }

    fn defaults(&self) -> Map<String, Value> {
        self.properties
            .iter()
            .filter_map(|(name, p)| p.default_value().map(|value| (name.clone(), value)))
            .collect()
    }

    /// The property of that name directly below this one.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, p)| p)
    }
}

impl Operation {
    /// Every operation, in the order in which the SparkCustomer document lists them.
    pub const ALL: [Self; 12] = [
        Self::Export,
        Self::Help,
        Self::Update,
        Self::BulkUpdate,
        Self::Get,
        Self::Move,
        Self::Remove,
        Self::List,
        Self::ConfigurationTemplate,
        Self::Add,
        Self::ExportBulkloadTemplate,
        Self::FieldDisplayPolicy,
    ];

    /// The name by which answers and model files call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Add => "add",
            Self::Update => "update",
            Self::Remove => "remove",
            Self::Help => "help",
            Self::Move => "move",
            Self::Export => "export",
            Self::BulkUpdate => "bulk_update",
            Self::ExportBulkloadTemplate => "export_bulkload_template",
            Self::ConfigurationTemplate => "configuration_template",
            Self::FieldDisplayPolicy => "field_display_policy",
        }
    }
}

impl Model {
    pub fn offers(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    pub fn allowed_at(&self, node_type: NodeType) -> bool {
        self.allowed_at.is_empty() || self.allowed_at.contains(&node_type)
    }

    /// The instance that an add form starts from: every property that has a default.
    pub fn defaults(&self) -> Map<String, Value> {
        self.root.defaults()
    }

    /// The title of an attribute of the list.
    pub fn attr_title<'a>(&'a self, name: &'a str) -> &'a str {
        if name == "hierarchy_friendly_name" {
            return "Located At";
        }
        self.root.property(name).map_or(name, |p| p.title.as_str())
    }

    /// The instance's name in a sentence: the first summary attribute that is set, else its pkid.
    pub fn label_of<'a>(&self, data: &'a Map<String, Value>, pkid: &'a str) -> &'a str {
        self.summary_attrs
            .iter()
            .find_map(|a| data.get(a).and_then(Value::as_str).filter(|s| !s.is_empty()))
            .unwrap_or(pkid)
    }
}

impl NodeType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sys => "sys",
            Self::Provider => "provider",
            Self::Reseller => "reseller",
            Self::Customer => "customer",
            Self::Site => "site",
            Self::Intermediate => "intermediate",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sys, Self::Provider, Self::Reseller, Self::Customer, Self::Site, Self::Intermediate]
            .into_iter()
            .find(|t| t.as_str() == text)
    }
}
