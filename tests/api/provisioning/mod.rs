//! `/api/v1/`: configurations, tenants, licences, service packs, and what users are assigned.

mod assignments;
mod catalogue_changes;
mod configs;
mod elsewhere;
mod licences;
mod many;
mod packs;
mod random;
mod refusals;
mod rules;
mod tenants;
