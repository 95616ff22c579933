//! Tenants at a glance: what each is licensed for, and what is nearly used up.

use super::{Level, Line, PackLine, Tenant, book::Book, catalogue::Catalogues, lines, tenants};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, TENANT_LICENCES, permit_type},
        hierarchy,
    },
    fault::Fault,
    store::{NearFull, ReadTx},
};

/// One tenant.
#[derive(Clone, Debug)]
pub struct TenantOverview {
    pub tenant: Tenant,
    pub sites: u64,
    pub users: u64,
    /// Services that it is licensed for.
    pub licensed: u64,
    /// Packs that were put to it.
    pub packs: u64,
    /// Lines at nine tenths or more, the fullest first.
    pub nearly: Vec<Line>,
    pub nearly_packs: Vec<PackLine>,
}

/// The tenants at a node and below it, by tenant id: a page of them, and how many there are.
pub async fn overview(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    search: Option<&str>,
    skip: u64,
    limit: u64,
) -> Result<(u64, Vec<TenantOverview>), Fault> {
    let (caller, named) = (caller.clone(), hierarchy.map(str::to_owned));
    let search = search.unwrap_or_default().to_owned();
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, named.as_deref())?;
            permit_type(&caller, TENANT_LICENCES, Permission::Read)?;
            let (total, tenants) = tenants::tenants_in(tx, &place, &search, skip, limit)?;
            let mut catalogues = Catalogues::default();
            let all = tenants.into_iter().map(|tenant| one(tx, &mut catalogues, tenant));
            Ok((total, all.collect::<Result<_, Fault>>()?))
        })
        .await
}

/// Limits at a node and below it of which nine tenths or more are taken, the fullest first; at
/// most `limit`, and how many there are.
pub async fn near_full(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    limit: u32,
) -> Result<(u64, Vec<(Tenant, NearFull)>), Fault> {
    let (caller, named) = (caller.clone(), hierarchy.map(str::to_owned));
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, named.as_deref())?;
            if !caller.access.allows(TENANT_LICENCES, Permission::Read) {
                return Ok((0, Vec::new()));
            }
            let (total, rows) = tx.near_full(place.id, limit)?;
            let rows = rows.into_iter().map(|near| {
                let tenant = tenants::tenant_of(tx, near.tenant.clone())?;
                Ok((tenant, near))
            });
            Ok((total, rows.collect::<Result<_, Fault>>()?))
        })
        .await
}

fn one(
    tx: &ReadTx<'_>,
    catalogues: &mut Catalogues,
    tenant: Tenant,
) -> Result<TenantOverview, Fault> {
    let catalogue = catalogues.above(tx, &tenant.node)?;
    let book = Book::load(tx, &tenant.node, &catalogue.packs)?;
    let mut nearly = lines::tenant_lines(&catalogue.services, &book);
    let licensed = nearly.iter().filter(|line| !line.allocated.is_none()).count() as u64;
    nearly.retain(|line| is_near(line.level()));
    nearly.sort_by_key(|line| (line.free().maximum(), line.name.clone()));
    let mut nearly_packs = lines::pack_lines(&catalogue.packs, &book);
    let pack_count = nearly_packs.len() as u64;
    nearly_packs.retain(|pack| is_near(pack.level()));
    Ok(TenantOverview {
        sites: tenants::count_sites(tx, &tenant.node)?,
        users: tenants::users_below(tx, &tenant.node)?,
        licensed,
        packs: pack_count,
        nearly,
        nearly_packs,
        tenant,
    })
}

fn is_near(level: Level) -> bool {
    matches!(level, Level::NearFull | Level::Full | Level::Over)
}
