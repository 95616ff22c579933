//! One call of the description, put together from its summary, what it takes and what it answers.

use serde_json::{Map, Value, json};

/// The envelope that refusals have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    /// `{success, http_code, code, message, errors}`
    Model,
    /// `{errors: [{code, error_code, message, details}]}`
    Provisioning,
}

impl Faults {
    /// The name of a refusal among the components.
    pub fn name(self, status: u16) -> String {
        match self {
            Self::Model => format!("Fault{status}"),
            Self::Provisioning => format!("Error{status}"),
        }
    }
}

/// A call as it is described.
pub struct Call {
    summary: String,
    description: String,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
    faults: Faults,
    open: bool,
    write: bool,
}

/// A reference into the components.
pub fn component(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// A reference to a schema.
pub fn schema(name: &str) -> Value {
    component("schemas", name)
}

impl Call {
    fn new(summary: &str, faults: Faults) -> Self {
        Self {
            summary: summary.to_owned(),
            description: String::new(),
            parameters: Vec::new(),
            body: None,
            answers: Map::new(),
            faults,
            open: false,
            write: false,
        }
        .refuses(&[500, 503])
    }

    /// One that changes nothing.
    pub fn read(summary: &str, faults: Faults) -> Self {
        Self::new(summary, faults).refuses(&[400, 401, 403, 404, 429])
    }

    /// One that changes something, and takes a body or could.
    pub fn write(summary: &str, faults: Faults) -> Self {
        let mut call = Self::read(summary, faults).refuses(&[413, 415]);
        call.write = true;
        if faults == Faults::Model { call.refuses(&[409, 412]) } else { call.refuses(&[416]) }
    }

    /// One that asks for no log-in.
    pub fn open(summary: &str) -> Self {
        let mut call = Self::new(summary, Faults::Model);
        call.open = true;
        call
    }

    pub fn told(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Parameters by their names among the components.
    pub fn takes(mut self, names: &[&str]) -> Self {
        self.parameters.extend(names.iter().map(|name| component("parameters", name)));
        self
    }

    /// A parameter that only this call has.
    pub fn takes_own(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// A JSON body.
    pub fn body(mut self, schema: Value) -> Self {
        self.body = Some(json!({
            "required": true,
            "content": { "application/json": { "schema": schema } },
        }));
        self
    }

    /// A JSON body that may be left out.
    pub fn optional_body(mut self, schema: Value) -> Self {
        self.body = Some(json!({ "content": { "application/json": { "schema": schema } } }));
        self
    }

    /// A form with a file.
    pub fn form(mut self, schema: Value) -> Self {
        self.body = Some(json!({
            "required": true,
            "content": { "multipart/form-data": { "schema": schema } },
        }));
        self
    }

    /// An answer in JSON.
    pub fn answers(self, status: u16, description: &str, schema: Value) -> Self {
        self.answers_as(status, description, "application/json", schema)
    }

    /// An answer of another type; a status may have several.
    pub fn answers_as(
        mut self,
        status: u16,
        description: &str,
        content_type: &str,
        schema: Value,
    ) -> Self {
        let answer = self.answers.entry(status.to_string()).or_insert_with(|| bare(description));
        // In place of the refusal that others of its kind have.
        if answer.get("$ref").is_some() {
            *answer = bare(description);
        }
        answer["content"][content_type] = json!({ "schema": schema });
        self
    }

    /// An answer without a body.
    pub fn answers_empty(mut self, status: u16, description: &str) -> Self {
        self.answers.insert(status.to_string(), bare(description));
        self
    }

    /// A header of an answer, by its name among the components.
    pub fn with_header(mut self, status: u16, header: &str, component_name: &str) -> Self {
        if let Some(answer) = self.answers.get_mut(&status.to_string()) {
            answer["headers"][header] = component("headers", component_name);
        }
        self
    }

    /// Refusals with these statuses.
    pub fn refuses(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            let refusal = component("responses", &self.faults.name(*status));
            self.answers.insert(status.to_string(), refusal);
        }
        self
    }

    /// Takes back refusals that the others of its kind have.
    pub fn never(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            self.answers.shift_remove(&status.to_string());
        }
        self
    }

    /// The operation, at `path`, among those of `tag`.
    pub fn finish(mut self, method: &str, path: &str, tag: &str) -> Value {
        let mut parameters: Vec<Value> =
            parts(path).map(|part| component("parameters", part)).collect();
        parameters.append(&mut self.parameters);
        let mut operation = json!({
            "operationId": operation_id(method, path),
            "tags": [tag],
            "summary": self.summary,
        });
        if !self.description.is_empty() {
            operation["description"] = self.description.into();
        }
        if self.open {
            operation["security"] = json!([]);
        } else if self.write {
            operation["security"] =
                json!([{ "basic": [] }, { "bearer": [] }, { "session": [], "csrf": [] }]);
        }
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        let mut answers: Vec<(String, Value)> = self.answers.into_iter().collect();
        answers.sort_by(|a, b| a.0.cmp(&b.0));
        operation["responses"] = answers.into_iter().collect::<Map<_, _>>().into();
        operation
    }
}

fn bare(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "X-Request-Id": component("headers", "RequestId") },
    })
}

/// The placeholders of a path, by name.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// `get_api_data_User_pkid_help`: letters, digits and underscores, one for each method and path.
fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_lowercase();
    for part in path.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        if !part.is_empty() {
            id.push('_');
            id.push_str(part);
        }
    }
    id
}
