//! Which instances a bulk call means: those it names, or all that match a filter, as long as they
//! are as many as the caller was shown.

use serde_json::{Map, Value};

use crate::{
    domain::{Caller, lists, resources::href},
    fault::{Fault, FaultKind, FieldError},
    list_query::ListQuery,
    model::Model,
    store::ReadTx,
};

/// The instances of a bulk call.
#[derive(Clone, Debug)]
pub enum Selection {
    /// Named one by one.
    Hrefs(Vec<String>),
    /// All that match, if they are that many; without a number, however many they are.
    Matching { query: Box<ListQuery>, expected_total: Option<u64> },
}

impl Selection {
    /// Takes the selection out of a body: `hrefs`, or `filter` with `expected_total`.
    pub fn take(body: &mut Map<String, Value>) -> Result<Self, Fault> {
        let hrefs = body.shift_remove("hrefs");
        let filter = body.shift_remove("filter");
        let expected = body.shift_remove("expected_total");
        match (hrefs, filter) {
            (Some(_), Some(_)) => Err(Fault::field(
                "/filter",
                "ambiguous",
                "Give either hrefs or a filter, not both; nothing was done.",
            )),
            (None, Some(filter)) => Self::matching(&filter, expected.as_ref()),
            (hrefs, None) => Self::read(hrefs.as_ref()),
        }
    }

    fn read(hrefs: Option<&Value>) -> Result<Self, Fault> {
        let wrong = || {
            Fault::field(
                "/hrefs",
                "wrong_type",
                "hrefs must be a list of instance paths, such as \
                 \"/api/relation/SparkCustomer/[pkid]\".",
            )
        };
        let list = hrefs.and_then(Value::as_array).ok_or_else(wrong)?;
        let hrefs: Vec<String> = list
            .iter()
            .map(|href| href.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()?;
        Self::named(hrefs)
    }

    /// Instances that are named one by one; naming none is refused.
    pub fn named(hrefs: Vec<String>) -> Result<Self, Fault> {
        if hrefs.is_empty() {
            return Err(Fault::field(
                "/hrefs",
                "required",
                "Name at least one instance in hrefs; nothing was done.",
            ));
        }
        Ok(Self::Hrefs(hrefs))
    }

    fn matching(filter: &Value, expected: Option<&Value>) -> Result<Self, Fault> {
        let Some(filter) = filter.as_object() else {
            return Err(Fault::field(
                "/filter",
                "wrong_type",
                "filter must be an object with the list's parameters, such as \
                 {\"search\":\"north\"}.",
            ));
        };
        let Some(expected_total) = expected.and_then(Value::as_u64) else {
            return Err(Fault::field(
                "/expected_total",
                "required",
                "expected_total must say how many instances you expect the filter to match.",
            ));
        };
        let mut pairs = Vec::new();
        for (name, value) in filter {
            // A parameter that stands in a query string several times is a list here.
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for value in values {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(_) | Value::Bool(_) => value.to_string(),
                    _ => {
                        return Err(Fault::field(
                            format!("/filter/{name}"),
                            "wrong_type",
                            format!("{name} must be a text, or a list of texts."),
                        ));
                    }
                };
                pairs.push((name.clone(), text));
            }
        }
        Self::matching_pairs(&pairs, Some(expected_total))
    }

    /// All that match the parameters of a list.
    pub fn matching_pairs(
        pairs: &[(String, String)],
        expected_total: Option<u64>,
    ) -> Result<Self, Fault> {
        let query = ListQuery::parse(pairs).map_err(|errors| {
            let named = |e: FieldError| FieldError { field: format!("/filter/{}", e.field), ..e };
            Fault::invalid(errors.into_iter().map(named).collect())
        })?;
        Ok(Self::Matching { query: Box::new(query), expected_total })
    }

    /// A filter that names no node means the node of the call.
    #[must_use]
    pub fn at(mut self, hierarchy: Option<&str>) -> Self {
        if let Self::Matching { query, .. } = &mut self
            && query.hierarchy.is_none()
        {
            query.hierarchy = hierarchy.map(str::to_owned);
        }
        self
    }

    /// The hrefs it means now.
    pub fn resolve(
        self,
        tx: &ReadTx<'_>,
        caller: &Caller,
        model: &Model,
    ) -> Result<Vec<String>, Fault> {
        let (mut query, expected_total) = match self {
            Self::Hrefs(hrefs) => return Ok(hrefs),
            Self::Matching { query, expected_total } => (query, expected_total),
        };
        let place = crate::domain::hierarchy::resolve(tx, caller, query.hierarchy.as_deref())?;
        let spec = lists::spec(model, caller, &place, &mut query)?;
        let pkids = tx.pkids(&spec)?;
        if let Some(expected_total) = expected_total
            && pkids.len() as u64 != expected_total
        {
            let message = format!(
                "{} {} match now, not {expected_total}; nothing was done. Look at the list again \
                 and repeat the call with the count it shows.",
                pkids.len(),
                model.title_plural,
            );
            return Err(Fault::new(FaultKind::Conflict, "count_changed", message.clone())
                .with_errors(vec![FieldError::new("/expected_total", "count_changed", message)]));
        }
        if pkids.is_empty() {
            return Err(Fault::field(
                "/filter",
                "matches_nothing",
                format!("The filter matches no {}; nothing was done.", model.title_plural),
            ));
        }
        Ok(pkids.into_iter().map(|pkid| href(&model.model_type, &pkid)).collect())
    }
}
