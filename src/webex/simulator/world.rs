//! What there is in the simulated Webex.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How the simulator behaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "one switch for each way to answer")]
pub struct Settings {
    pub access_token_seconds: i64,
    pub refresh_token_seconds: i64,
    /// A page of people has no more, whatever is asked for.
    pub largest_page: usize,
    /// Grants these scopes at most.
    pub granted_scope: Option<String>,
    /// A refresh brings another refresh token, and the old one dies.
    pub rotates_refresh_tokens: bool,
    /// A refresh brings no refresh token.
    pub omits_refresh_token: bool,
    /// Answers without `scope` and `token_type`.
    pub omits_scope: bool,
    /// People as the specification has them: flags as texts, ids in one text.
    pub specified_shapes: bool,
    /// One call in so many is answered with 429; 0 is none.
    pub one_in_429: u64,
    /// One call in so many is answered with 500; 0 is none.
    pub one_in_500: u64,
    /// `Retry-After` of a 429; `None` leaves it out.
    pub retry_after: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_seconds: 1_209_599,
            refresh_token_seconds: 7_775_999,
            largest_page: 1000,
            granted_scope: None,
            rotates_refresh_tokens: false,
            omits_refresh_token: false,
            omits_scope: false,
            specified_shapes: false,
            one_in_429: 0,
            one_in_500: 0,
            retry_after: Some("1".to_owned()),
        }
    }
}

/// A customer's organisation.
#[derive(Clone, Debug)]
pub struct Organization {
    pub uuid: String,
    pub name: String,
    /// What its people's addresses end with.
    pub domain: String,
    /// Who may consent for it.
    pub admin: String,
    pub licenses: Vec<License>,
    pub people: Vec<Person>,
}

#[derive(Clone, Debug)]
pub struct License {
    /// What stands behind the organisation in its id.
    pub key: String,
    pub name: String,
    pub total: i64,
    pub users: i64,
    pub workspaces: Option<i64>,
    pub subscription: Option<String>,
    pub site: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Person {
    /// The text of its id.
    pub key: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Indexes of the organisation's licences.
    pub licenses: Vec<usize>,
    /// Indexes of [`ROLES`].
    pub roles: Vec<usize>,
    pub pending: bool,
}

/// Roles, the same in every organisation: key and name.
pub(super) const ROLES: [(&str, &str); 6] = [
    ("id_full_admin", "Full Administrator"),
    ("id_user_admin", "User and Device Administrator"),
    ("id_readonly_admin", "Read-only Administrator"),
    ("id_device_admin", "Device Administrator"),
    ("atlas-portal.partner.helpdesk", "Help Desk Administrator"),
    ("atlas-portal.billing", "Support and Billing"),
];

/// Licences that an organisation may have: key, name, total, workspaces, with a site.
const LICENSES: [(&str, &str, i64, Option<i64>, bool); 6] = [
    ("BCSTD", "Webex Calling - Professional", 100, Some(4), false),
    ("BCWS", "Webex Calling - Workspaces", 25, Some(12), false),
    ("EE", "Webex Meetings Suite", 80, None, true),
    ("MS", "Messaging", 250, None, false),
    ("CF", "Contact Center Agent", 10, None, false),
    ("MSFREE", "Basic Messaging", 100_000, None, false),
];

const FIRST: [&str; 12] = [
    "Ada", "Bram", "Chiara", "Dmitri", "Esra", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Klara",
    "Liam",
];
const LAST: [&str; 37] = [
    "Aldridge",
    "Bergman",
    "Castellan",
    "Dupont",
    "Eriksen",
    "Fontaine",
    "Grünwald",
    "Holloway",
    "Iversen",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quist",
    "Rossi",
    "Sørensen",
    "Takahashi",
    "Ungaro",
    "Visser",
    "Weber",
    "Xenakis",
    "Yilmaz",
    "Zeller",
    "Andersen",
    "Brandt",
    "Costa",
    "Duarte",
    "Egger",
    "Ferrari",
    "Gruber",
    "Haas",
    "Ibsen",
    "Keller",
    "Lange",
];

impl Organization {
    /// One with six licences and so many people, the first of them its administrator.
    pub fn sample(uuid: &str, name: &str, domain: &str, admin: &str, people: usize) -> Self {
        let licenses: Vec<License> = LICENSES
            .iter()
            .map(|(key, name, total, workspaces, site)| License {
                key: (*key).to_owned(),
                name: (*name).to_owned(),
                total: *total,
                users: 0,
                workspaces: *workspaces,
                subscription: (*key != "MSFREE").then(|| format!("Sub-{}", &uuid[..8])),
                site: site.then(|| {
                    format!("{}.webex.example", domain.split('.').next().unwrap_or(domain))
                }),
            })
            .collect();
        let mut organization = Self {
            uuid: uuid.to_owned(),
            name: name.to_owned(),
            domain: domain.to_owned(),
            admin: admin.to_owned(),
            licenses,
            people: Vec::new(),
        };
        organization.hire(people);
        organization
    }

    /// So many more people.
    pub fn hire(&mut self, people: usize) {
        let domain = self.domain.clone();
        // The last has the highest number.
        let last = self.people.last().and_then(|last| last.key.rsplit('/').next()?.parse().ok());
        let first = last.map_or(0, |last: usize| last + 1);
        for number in first..first + people {
            let person = self.person(number, &domain);
            self.add(person);
        }
    }

    /// Gives itself, its licences and its people this name, each with a number of its own.
    pub fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.name);
        for (number, license) in self.licenses.iter_mut().enumerate() {
            license.name = format!("{name} {number}");
        }
        for (number, person) in self.people.iter_mut().enumerate() {
            person.first_name = format!("{name} {number}");
        }
    }

    /// So many people fewer, the last first; its administrator stays.
    pub fn dismiss(&mut self, people: usize) {
        for _ in 0..people.min(self.people.len().saturating_sub(1)) {
            let Some(person) = self.people.pop() else { return };
            for index in &person.licenses {
                if let Some(license) = self.licenses.get_mut(*index) {
                    license.users -= 1;
                }
            }
        }
    }

    /// A person of a number, not yet in the organisation.
    pub fn person(&self, number: usize, domain: &str) -> Person {
        let (first, last) = (FIRST[number % FIRST.len()], LAST[number % LAST.len()]);
        let email = if number == 0 {
            self.admin.clone()
        } else {
            format!("{}.{number}@{domain}", first.to_lowercase())
        };
        Person {
            key: format!("{}/{number:06}", self.uuid),
            email,
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            licenses: match number % 5 {
                0 => vec![0, 2, 3],
                1 | 2 => vec![2, 3],
                3 => vec![3],
                _ => vec![5],
            },
            roles: match number {
                0 => vec![0],
                number if number % 20 == 7 => vec![1],
                _ => Vec::new(),
            },
            pending: number % 17 == 9,
        }
    }

    /// Adds a person, whose licences are then consumed.
    pub fn add(&mut self, person: Person) {
        for index in &person.licenses {
            if let Some(license) = self.licenses.get_mut(*index) {
                license.users += 1;
            }
        }
        self.people.push(person);
    }

    pub(super) fn id(&self) -> String {
        id("ORGANIZATION", &self.uuid)
    }

    pub(super) fn license_id(&self, license: &License) -> String {
        id("LICENSE", &format!("{}:{}", self.uuid, license.key))
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id(),
            "displayName": self.name,
            "created": "2019-10-18T14:26:16.000Z",
        })
    }

    pub(super) fn license_json(&self, license: &License) -> Value {
        let mut json = json!({
            "id": self.license_id(license),
            "name": license.name,
            "totalUnits": license.total,
            "consumedUnits": license.users + license.workspaces.unwrap_or_default(),
            "consumedByUsers": license.users,
            "consumedByWorkspaces": license.workspaces,
        });
        if let Some(subscription) = &license.subscription {
            json["subscriptionId"] = json!(subscription);
        }
        if let Some(site) = &license.site {
            json["siteUrl"] = json!(site);
            json["siteType"] = json!("Control Hub managed site");
        }
        json
    }

    pub(super) fn person_json(&self, person: &Person, specified: bool) -> Value {
        let licenses: Vec<String> = person
            .licenses
            .iter()
            .filter_map(|index| self.licenses.get(*index))
            .map(|license| self.license_id(license))
            .collect();
        let roles: Vec<String> = person
            .roles
            .iter()
            .filter_map(|i| ROLES.get(*i))
            .map(|(key, _)| role_id(key))
            .collect();
        let list = |ids: Vec<String>| if specified { vec![ids.join(",")] } else { ids };
        let flag = |on: bool| if specified { json!(on.to_string()) } else { json!(on) };
        json!({
            "id": person.id(),
            "emails": [person.email],
            "sipAddresses": [],
            "displayName": format!("{} {}", person.first_name, person.last_name),
            "nickName": person.first_name,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "orgId": self.id(),
            "roles": list(roles),
            "licenses": list(licenses),
            "created": "2020-03-02T09:00:00.000Z",
            "lastModified": "2026-01-05T09:00:00.000Z",
            "status": if person.pending { "pending" } else { "unknown" },
            "invitePending": flag(person.pending),
            "loginEnabled": flag(!person.pending),
            "type": "person",
        })
    }
}

impl Person {
    pub(super) fn id(&self) -> String {
        id("PEOPLE", &self.key)
    }
}

pub(super) fn role_id(key: &str) -> String {
    id("ROLE", key)
}

/// `ciscospark://us/<kind>/<key>`, encoded as Webex does.
fn id(kind: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("ciscospark://us/{kind}/{key}"))
}
