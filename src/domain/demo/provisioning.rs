//! The provisioning side of the sample: what the provider offers, people at the sites, and tenants
//! that are licensed amply, nearly used up, full, and without a limit.

use serde_json::{Value, json};

use super::{CUSTOMERS, Filler};
use crate::{
    domain::licences::{
        self, Family, Limit, Quantity, SERVICE_PACK, USER, USER_SERVICE, UserRef, Wanted,
    },
    fault::Fault,
};

/// Users at each site.
const PEOPLE: usize = 5;

const FIRST: [&str; 19] = [
    "Ada", "Bruno", "Chiara", "Daan", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Katja",
    "Luca", "Mira", "Noah", "Olga", "Piotr", "Rosa", "Sven", "Tilda",
];

const LAST: [&str; 17] = [
    "Albers",
    "Brandt",
    "Castelli",
    "Dijkstra",
    "Engel",
    "Ferrand",
    "Gruber",
    "Holm",
    "Iversen",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petit",
    "Rossi",
];

/// What every desk phone user has.
const BASIC: [&str; 8] = [
    "Basic Call Logs",
    "Call Transfer",
    "Call Waiting",
    "Calling Name Delivery",
    "Calling Number Delivery",
    "Do Not Disturb",
    "Last Number Redial",
    "Three-Way Call",
];

/// What the Webex packs have beside it.
const WEBEX: [&str; 7] = [
    "BroadWorks Anywhere",
    "Call Forwarding Always",
    "Call Forwarding Busy",
    "Call Forwarding No Answer",
    "Shared Call Appearance 5",
    "Simultaneous Ring Personal",
    "Voice Messaging User",
];

/// And the greater of them.
const PREMIUM: [&str; 5] = [
    "BroadWorks Mobility",
    "Directed Call Pickup with Barge-in",
    "Enhanced Call Logs",
    "Integrated IMP",
    "Selective Call Rejection",
];

fn content(parts: &[&[&str]]) -> Value {
    let services: Vec<Value> =
        parts.iter().flat_map(|part| part.iter()).map(|name| json!({ "name": name })).collect();
    json!({ "services": services })
}

fn options(names: &[&str]) -> Value {
    names.iter().map(|name| json!({ "name": name })).collect()
}

fn packs() -> Vec<Value> {
    let devices = ["Business Communicator - Mobile", "Business Communicator - PC"];
    vec![
        json!({
            "technical_name": "Essential",
            "display_name": "Essential",
            "authorization": 2,
            "description": "A desk phone and nothing to install.",
            "content": content(&[&BASIC]),
            "options": options(&["Voicemail", "Reception", "Legacy_Desktop"]),
        }),
        json!({
            "technical_name": "Webex_Standard",
            "display_name": "Webex Standard",
            "authorization": 2,
            "description": "Desk phone and the Webex app, with voice mail.",
            "content": content(&[&BASIC, &WEBEX]),
            "integrated_client": {
                "device_types": devices,
                "extra_phone_ids": [4, 6],
                "active_statuses": [true, false],
                "with_credentials": true,
                "mode": "webex",
                "package": "standard",
                "package_level": 1,
            },
            "exclusive": ["Legacy_Desktop"],
            "options": options(&["Recording", "Reception"]),
        }),
        json!({
            "technical_name": "Webex_Premium",
            "display_name": "Webex Premium",
            "authorization": 2,
            "description": "Everything of Webex Standard, with meetings and mobility.",
            "content": content(&[&BASIC, &WEBEX, &PREMIUM]),
            "integrated_client": {
                "device_types": devices,
                "mode": "webex",
                "package": "premium",
                "package_level": 2,
            },
            "exclusive": ["Legacy_Desktop"],
            "options": [
                { "name": "Recording", "price": "2.50" },
                { "name": "Reception", "price": "4.00" },
            ],
            "add_data": { "offer": "2026 spring" },
        }),
        json!({
            "technical_name": "Voicemail",
            "display_name": "Voice mail",
            "authorization": 1,
            "description": "Messages and faxes, by phone and by e-mail.",
            "content": content(&[&["Fax Messaging", "Voice Messaging User"]]),
        }),
        json!({
            "technical_name": "Recording",
            "display_name": "Call recording",
            "authorization": 1,
            "description": "For teams that must keep their calls.",
            "content": content(&[&["Call Recording"]]),
        }),
        json!({
            "technical_name": "Reception",
            "display_name": "Reception desk",
            "authorization": 1,
            "description": "Watches and distributes the calls of an office.",
            "content": content(&[&["Busy Lamp Field", "BroadWorks Receptionist - Office"]]),
            "integrated_client": { "mode": "btbc", "with_credentials": false },
        }),
        json!({
            "technical_name": "Legacy_Desktop",
            "display_name": "Desktop client (old)",
            "authorization": 1,
            "description": "Stays with those who have it; the Webex packs replace it.",
            "no_more_assignable": true,
            "content": content(&[&["BroadTouch Business Communicator Desktop"]]),
            "integrated_client": { "mode": "btbc", "package": "desktop", "package_level": 0 },
            "exclusive": ["Webex_Standard", "Webex_Premium"],
        }),
        json!({
            "technical_name": "Contact_Centre_Trial",
            "display_name": "Contact centre trial",
            "authorization": 0,
            "description": "Not offered before the trial is over.",
            "content": content(&[&["BroadWorks Agent", "Call Center - Basic"]]),
        }),
    ]
}

/// User service, for hunt groups, for call centres, for IVR, for people, and whether it is over.
const USER_SERVICES: [(&str, [bool; 4], bool); 12] = [
    ("Advice Of Charge", [false, false, false, true], false),
    ("Anonymous Call Rejection", [true, true, false, true], false),
    ("Basic Call Logs", [true, false, false, true], false),
    ("Busy Lamp Field", [false, true, false, true], false),
    ("Call Forwarding Always", [true, true, true, true], false),
    ("Call Forwarding Busy", [true, true, false, true], false),
    ("Call Recording", [true, true, true, false], false),
    ("Call Waiting", [false, false, false, true], false),
    ("Do Not Disturb", [false, false, false, true], false),
    ("Music On Hold User", [true, true, true, true], false),
    ("Remote Office", [false, false, false, true], false),
    ("Fax Messaging", [false, false, false, true], true),
];

/// Puts it all in.
pub async fn fill(filler: &Filler<'_>, provider: &str) -> Result<(), Fault> {
    for mut pack in packs() {
        if pack.get("no_more_assignable").is_none() {
            pack["no_more_assignable"] = json!(false);
        }
        filler.add(SERVICE_PACK, provider.to_owned(), pack).await?;
    }
    for (name, [for_hg, for_cc, for_ivr, for_enduser], over) in USER_SERVICES {
        let data = json!({
            "technical_name": name,
            "display_name": name,
            "for_hg": for_hg,
            "for_cc": for_cc,
            "for_ivr": for_ivr,
            "for_enduser": for_enduser,
            "no_more_assignable": over,
        });
        filler.add(USER_SERVICE, provider.to_owned(), data).await?;
    }
    let mut number = 0;
    for (index, (name, reseller, tenant, sites)) in CUSTOMERS.into_iter().enumerate() {
        let above = reseller.map_or_else(|| provider.to_owned(), |r| format!("{provider}.{r}"));
        licence(filler, index, tenant, sites.len()).await?;
        for site in sites {
            let at = format!("{above}.{name}.{site}");
            site_limits(filler, index, tenant, site).await?;
            for desk in 0..PEOPLE {
                let user_id = user(filler, &at, tenant, number).await?;
                hold(filler, index, tenant, site, desk, &user_id).await?;
                number += 1;
            }
        }
    }
    Ok(())
}

/// Adds somebody and answers the user's id.
async fn user(filler: &Filler<'_>, at: &str, tenant: &str, n: usize) -> Result<String, Fault> {
    // As many first names as last ones would pair the same ones up again.
    let (first, last) = (FIRST[n % FIRST.len()], LAST[n % LAST.len()]);
    let user_id = format!("{first}.{last}").to_lowercase();
    let data = json!({
        "user_id": user_id,
        "first_name": first,
        "last_name": last,
        "email": format!("{user_id}@{tenant}.example"),
    });
    filler.add(USER, at.to_owned(), data).await?;
    Ok(user_id)
}

fn count(n: usize) -> Quantity {
    Quantity::Limited(u32::try_from(n).unwrap_or_default())
}

fn limit(family: Family, name: &str, allocated: Quantity) -> Limit {
    Limit { family, name: name.to_owned(), allocated }
}

/// What a tenant is licensed for. Of three in a row one has enough of everything, one is nearly
/// used up, one has nothing left.
async fn licence(
    filler: &Filler<'_>,
    index: usize,
    tenant: &str,
    sites: usize,
) -> Result<(), Fault> {
    let spare = [20, 1, 0][index % 3];
    let mut packs = vec![
        ("Webex_Standard".to_owned(), count(3 * sites + spare)),
        ("Webex_Premium".to_owned(), count(sites + spare)),
        ("Essential".to_owned(), count(sites + spare)),
        ("Voicemail".to_owned(), count(sites + spare)),
    ];
    if index.is_multiple_of(2) {
        packs.push(("Recording".to_owned(), Quantity::Unlimited));
    }
    licences::put_packs(filler.app, filler.caller, tenant, packs, true).await?;
    let (group, user) = (Family::Group, Family::User);
    let mut limits = vec![
        limit(group, "Hunt Group", count(2 * sites + spare)),
        limit(group, "Auto Attendant", count(sites + spare)),
        limit(group, "Call Park", Quantity::Unlimited),
        limit(group, "Call Pickup", count(10 * sites)),
        limit(group, "Music On Hold", count(sites)),
        limit(user, "Advice Of Charge", Quantity::Unlimited),
        limit(user, "Remote Office", count(2 * sites + spare)),
        limit(user, "Anonymous Call Rejection", count(PEOPLE * sites + spare)),
    ];
    if spare == 0 {
        // Of the packs nothing is left, of what is in them there is.
        let parts = [&BASIC[..], &WEBEX, &PREMIUM].concat();
        limits.extend(parts.iter().map(|name| limit(user, name, count(PEOPLE * sites + 15))));
    }
    licences::set_tenant(filler.app, filler.caller, tenant, limits).await?;
    Ok(())
}

/// What a site is given of them.
async fn site_limits(
    filler: &Filler<'_>,
    index: usize,
    tenant: &str,
    site: &str,
) -> Result<(), Fault> {
    let (group, user) = (Family::Group, Family::User);
    let attendants = usize::from(!index.is_multiple_of(3));
    let limits = vec![
        limit(group, "Hunt Group", count(2)),
        limit(group, "Auto Attendant", count(attendants)),
        limit(group, "Call Park", Quantity::Unlimited),
        limit(group, "Call Pickup", count(4)),
        limit(user, "Advice Of Charge", Quantity::Unlimited),
        limit(user, "Remote Office", count(2)),
        limit(user, "Anonymous Call Rejection", count(PEOPLE)),
    ];
    licences::set_site(filler.app, filler.caller, tenant, site, limits).await?;
    Ok(())
}

/// What the users of a site hold, by desk.
async fn hold(
    filler: &Filler<'_>,
    index: usize,
    tenant: &str,
    site: &str,
    desk: usize,
    user_id: &str,
) -> Result<(), Fault> {
    let (mut packs, services): (Vec<&str>, &[&str]) = match desk {
        0 => (vec!["Webex_Premium"], &["Remote Office"]),
        1 => (vec!["Webex_Standard"], &["Remote Office", "Advice Of Charge"]),
        2 => (vec!["Webex_Standard"], &["Anonymous Call Rejection"]),
        3 => (vec!["Webex_Standard"], &[]),
        _ => (vec!["Essential", "Voicemail"], &["Anonymous Call Rejection"]),
    };
    if desk == 0 && index.is_multiple_of(2) {
        packs.push("Recording");
    }
    let user = UserRef::Named {
        tenant_id: tenant.to_owned(),
        group: site.to_owned(),
        user_id: user_id.to_owned(),
    };
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let wanted = Wanted { packs: owned(&packs), services: owned(services) };
    licences::assign(filler.app, filler.caller, user, wanted).await?;
    Ok(())
}
