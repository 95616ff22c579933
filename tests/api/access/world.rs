//! The hierarchy in which roles are tried, and what each of them gives: in words of the tests' own,
//! not as the program's profiles have it.

use crate::support::{Place, TestApp};

/// `sys > Telco > Reseller > Customer > Site`, each but `sys` with a sibling.
pub struct World {
    pub app: TestApp,
    pub sys: Place,
    pub provider: Place,
    pub reseller: Place,
    pub customer: Place,
    pub site: Place,
    pub other_provider: Place,
    pub other_reseller: Place,
    pub other_customer: Place,
}

impl World {
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        let sys = app.sys().await;
        let provider = app.provider("Telco").await;
        let other_provider = app.provider("Other").await;
        let reseller = app.reseller(&provider, "Reseller").await;
        let other_reseller = app.reseller(&provider, "OtherReseller").await;
        let customer = app.customer(&reseller, "Customer").await;
        let other_customer = app.customer(&reseller, "OtherCustomer").await;
        let site = app.site(&customer, "Site").await;
        Self {
            app,
            sys,
            provider,
            reseller,
            customer,
            site,
            other_provider,
            other_reseller,
            other_customer,
        }
    }

    /// Where a user with the role stands here.
    pub fn home(&self, role: Role) -> Home<'_> {
        match role {
            Role::SystemAdmin => Home::new(&self.sys, &self.provider, None, None),
            Role::ProviderAdmin => Home::new(
                &self.provider,
                &self.customer,
                Some(&self.other_provider),
                Some(&self.sys),
            ),
            Role::ResellerAdmin | Role::ApiClient => Home::new(
                &self.reseller,
                &self.customer,
                Some(&self.other_reseller),
                Some(&self.provider),
            ),
            Role::CustomerAdmin | Role::Operator | Role::Auditor => Home::new(
                &self.customer,
                &self.site,
                Some(&self.other_customer),
                Some(&self.reseller),
            ),
        }
    }
}

/// The places that a role is tried at.
pub struct Home<'w> {
    pub own: &'w Place,
    pub below: &'w Place,
    pub sibling: Option<&'w Place>,
    pub above: Option<&'w Place>,
}

impl<'w> Home<'w> {
    fn new(
        own: &'w Place,
        below: &'w Place,
        sibling: Option<&'w Place>,
        above: Option<&'w Place>,
    ) -> Self {
        Self { own, below, sibling, above }
    }

    /// Each place, with how it is seen from here.
    pub fn places(&self) -> Vec<(Seen, &'w Place)> {
        let more = [(Seen::Beside, self.sibling), (Seen::Above, self.above)];
        let more = more.into_iter().filter_map(|(seen, place)| Some((seen, place?)));
        [(Seen::Within, self.own), (Seen::Within, self.below)].into_iter().chain(more).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The own node, or below it.
    Within,
    Beside,
    Above,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    SystemAdmin,
    ProviderAdmin,
    ResellerAdmin,
    CustomerAdmin,
    Operator,
    Auditor,
    ApiClient,
}

impl Role {
    pub const ALL: [Self; 7] = [
        Self::SystemAdmin,
        Self::ProviderAdmin,
        Self::ResellerAdmin,
        Self::CustomerAdmin,
        Self::Operator,
        Self::Auditor,
        Self::ApiClient,
    ];

    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Whether the role gives an operation, by its name in profiles, on a type.
    pub fn gives(self, type_: &str, operation: &str) -> bool {
        let reads = ["Read", "Export"].contains(&operation);
        let providers = ["data/Service", "data/ServicePack", "data/UserService"].contains(&type_);
        let below_provider = !providers || reads;
        match self {
            Self::SystemAdmin | Self::ProviderAdmin => true,
            Self::ResellerAdmin => below_provider,
            Self::CustomerAdmin => match type_ {
                "relation/SparkCustomer" => !["Create", "Delete", "Move"].contains(&operation),
                "provisioning/TenantLicenses" => reads,
                _ => below_provider,
            },
            Self::Operator => reads,
            Self::Auditor => match type_ {
                "tool/Transaction" => reads,
                "data/HierarchyNode" => operation == "Read",
                _ => false,
            },
            Self::ApiClient => {
                let who = ["data/SystemUser", "data/Role", "data/AccessProfile"].contains(&type_);
                !who && below_provider
            }
        }
    }
}
