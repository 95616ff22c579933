//! What is asked of both databases.

use super::seed::Size;
use crate::bench::tenantry::MODEL;

/// The page that has to cost no more than the first.
const DEEP: usize = 10_000;
const PAGE: usize = 25;
/// The attributes of the model's list.
const SUMMARY: [&str; 9] = [
    "name",
    "email",
    "phone",
    "company",
    "city",
    "country",
    "active",
    "vip",
    "hierarchy_friendly_name",
];

type Path = Box<dyn Fn(Size, &str) -> String>;

pub struct Call {
    pub what: String,
    pub by_operator: bool,
    /// From the size of the database and the path of one of its instances.
    pub path: Path,
}

fn call(what: impl Into<String>, path: impl Fn(Size, &str) -> String + 'static) -> Call {
    Call { what: what.into(), by_operator: false, path: Box::new(path) }
}

pub fn all() -> Vec<Call> {
    let mut calls = vec![
        call("one instance", |_, one| one.to_owned()),
        call("page drawn by the server", |_, _| {
            "/models/relation/BenchCustomer?hierarchy=sys.Bench&limit=25".to_owned()
        }),
        call("list at one customer", |_, _| {
            format!(
                "{MODEL}?hierarchy=sys.Bench.R00.C00-00&limit={PAGE}&order_by=name&direction=asc"
            )
        }),
    ];
    for attribute in SUMMARY {
        for direction in ["asc", "desc"] {
            let query = format!("order_by={attribute}&direction={direction}");
            let other = query.clone();
            calls.push(call(format!("by {attribute} {direction}, first page"), move |size, _| {
                list(size, &query, 0)
            }));
            calls.push(call(
                format!("by {attribute} {direction}, page {DEEP} or last"),
                move |size, _| list(size, &other, (DEEP - 1) * PAGE),
            ));
        }
    }
    for (what, field, text) in [
        ("a rare text", "email", ".77@"),
        ("a frequent text", "company", "neumann"),
        ("a text that nothing contains", "name", "qqqqq"),
    ] {
        calls.push(call(format!("{field} contains {what}"), move |size, _| {
            let filter = "filter_condition=contains&filter_field=";
            list(size, &format!("order_by=name&{filter}{field}&filter_text={text}"), 0)
        }));
    }
    calls.push(Call {
        by_operator: true,
        ..call("first page, by who sees one customer", |size, _| {
            list(size, "order_by=name", 0).replace("hierarchy=sys.Bench&", "")
        })
    });
    calls.push(Call {
        by_operator: true,
        ..call("email contains a frequent text, by who sees one customer", |size, _| {
            let query =
                "order_by=name&filter_field=email&filter_condition=contains&filter_text=abel";
            list(size, query, 0).replace("hierarchy=sys.Bench&", "")
        })
    });
    calls
}

/// A page of all instances; the last one when there aren't so many.
pub fn list(size: Size, query: &str, skip: usize) -> String {
    let skip = skip.min(size.rows - PAGE);
    format!("{MODEL}?hierarchy=sys.Bench&limit={PAGE}&skip={skip}&{query}")
}
