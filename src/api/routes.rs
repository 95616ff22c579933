//! The routes of the program as data. A [`Routes`] is a router that remembers what it was given: the
//! description of the interface and the table of who may do what are made from its list, so that no
//! route can be in one and not in the other.

use std::sync::Arc;

use axum::{
    Extension, Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on},
};

use tower::ServiceBuilder;

use super::{hrefs::ModelIs, model::prepared::Answers, router};
use crate::{domain::App, model::Model};

/// One method at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub method: Method,
    /// As the router matches it, without a trailing slash: `/api/data/User/{pkid}`.
    pub path: String,
    pub surface: Surface,
    /// Of what belongs to one model, such as `data/User`.
    pub model_type: Option<String>,
    /// A model's route may be there to say that the model doesn't offer the call: 405 for everyone.
    pub offered: bool,
}

/// For whom a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// Without credentials: health, log-in, the description.
    Open,
    /// Below `/api/<type>/<Model>`, and the tools beside it.
    Model,
    /// Below `/api/v1`.
    Provisioning,
    /// One's own account, below `/api/v01/auth`: for whoever is known by anything but an API token.
    Account,
    /// Pages and what they post. Not part of the API.
    Console,
}

/// Every route of the program. What answers at all other paths alike, that there is nothing, isn't
/// one; nor are those of Webex' simulator, which is a service of its own.
pub fn all(app: &App) -> Vec<Route> {
    let (quick, long) = router::routes(app);
    quick.list.into_iter().chain(long.list).collect()
}

/// What answers at each path, together with the list of the routes. The paths are whole before a router is
/// made of them: one within another would take a request's path apart, and box what is around its routes
/// once more.
#[must_use]
pub struct Routes {
    methods: Vec<(String, MethodRouter<App>)>,
    list: Vec<Route>,
    surface: Surface,
}

impl Routes {
    /// None yet, all for the same surface.
    pub fn of(surface: Surface) -> Self {
        Self { methods: Vec::new(), list: Vec::new(), surface }
    }

    pub fn get<H: Handler<T, App>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.route(Method::GET, path, handler)
    }

    pub fn post<H: Handler<T, App>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.route(Method::POST, path, handler)
    }

    pub fn put<H: Handler<T, App>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.route(Method::PUT, path, handler)
    }

    pub fn delete<H: Handler<T, App>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.route(Method::DELETE, path, handler)
    }

    /// Another spelling of the last path, with its method. It isn't listed again.
    pub fn spelt<H: Handler<T, App>, T: 'static>(mut self, path: &str, handler: H) -> Self {
        let filter =
            self.list.last().and_then(|route| MethodFilter::try_from(route.method.clone()).ok());
        if let Some(filter) = filter {
            self.methods.push((path.to_owned(), on(filter, handler)));
        }
        self
    }

    /// A method that the model doesn't offer at a path which others have.
    pub fn refused<H: Handler<T, App>, T: 'static>(
        self,
        method: Method,
        path: &str,
        refusal: H,
    ) -> Self {
        let mut routes = self.route(method, path, refusal);
        if let Some(route) = routes.list.last_mut() {
            route.offered = false;
        }
        routes
    }

    fn route<H: Handler<T, App>, T: 'static>(
        mut self,
        method: Method,
        path: &str,
        handler: H,
    ) -> Self {
        // Only methods that this type has functions for come here, and all of these have a filter.
        let Ok(filter) = MethodFilter::try_from(method.clone()) else { return self };
        self.methods.push((path.to_owned(), on(filter, handler)));
        self.list.push(Route {
            method,
            path: path.to_owned(),
            surface: self.surface,
            model_type: None,
            offered: true,
        });
        self
    }

    /// The same below a path.
    pub fn below(mut self, base: &str) -> Self {
        let paths = self.methods.iter_mut().map(|(path, _)| path);
        for path in paths.chain(self.list.iter_mut().map(|route| &mut route.path)) {
            let rest = if path == "/" { "" } else { path.as_str() };
            *path = format!("{base}{rest}");
        }
        self
    }

    /// These and those.
    pub fn and(mut self, other: Self) -> Self {
        self.methods.extend(other.methods);
        self.list.extend(other.list);
        self
    }

    /// Tells the handlers which model they are about.
    pub fn for_model(mut self, model: &Arc<Model>) -> Self {
        for route in &mut self.list {
            route.model_type = Some(model.model_type.clone());
        }
        let model = Extension(ModelIs(Arc::clone(model)));
        let told = ServiceBuilder::new().layer(model).layer(Extension(Answers::default()));
        self.around(|methods| methods.layer(told.clone()))
    }

    /// Puts layers around the routes so far; no routes may be added in it.
    pub fn around(mut self, layers: impl Fn(MethodRouter<App>) -> MethodRouter<App>) -> Self {
        let methods = self.methods.into_iter();
        self.methods = methods.map(|(path, methods)| (path, layers(methods))).collect();
        self
    }

    /// The router, for requests.
    pub fn into_router(self) -> Router<App> {
        let none = Router::new();
        self.methods.into_iter().fold(none, |router, (path, methods)| router.route(&path, methods))
    }
}
