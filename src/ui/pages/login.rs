//! The log-in page: a plain form post, with or without WebAssembly.

use leptos::prelude::*;

use crate::{
    server_fns::{Ask, views::LoginPage},
    ui::{
        components::{Icon, IconName, PageHeading, icon::Mark},
        navigation::use_query_pairs,
        reading::{page, reading},
        theme::AppearanceMenu,
    },
};

#[component]
pub fn LoginView() -> impl IntoView {
    let query = use_query_pairs();
    let what = move || {
        let next =
            query.with(|q| q.iter().find(|(name, _)| name == "next").map(|(_, v)| v.clone()));
        Some(Ask::Login { next })
    };
    let draw = page(|page: LoginPage, _| view! { <LoginForm page/> }.into_any());
    view! {
        <div class="login">
            <div class="login-bar">
                <AppearanceMenu/>
            </div>
            {reading(what, RwSignal::new(false), draw)}
        </div>
    }
}

#[component]
fn LoginForm(page: LoginPage) -> impl IntoView {
    let LoginPage { notice, username, next, draft } = page;
    let known = !username.is_empty();
    let described = notice.is_some().then_some("login-notice");
    let notice = notice.map(|text| {
        view! {
            <div class="notice is-warning" id="login-notice" role="alert">
                <Icon name=IconName::Warning/>
                <p>{text}</p>
            </div>
        }
    });
    let draft = draft.map(|draft| view! { <input type="hidden" name="draft" value=draft/> });
    view! {
        <div class="login-card card">
            <div class="login-head">
                <Mark/>
                <PageHeading text="Log in to Tenantry" title="Log in"/>
            </div>
            {notice}
            <form class="stack" method="post" action="/login" aria-describedby=described>
                <input type="hidden" name="next" value=next/>
                {draft}
                <div class="field">
                    <label class="field-label" for="username">"User name"</label>
                    <input
                        id="username"
                        class="input"
                        type="text"
                        name="username"
                        value=username
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        autofocus=!known
                    />
                </div>
                <div class="field">
                    <label class="field-label" for="password">"Password"</label>
                    <input
                        id="password"
                        class="input"
                        type="password"
                        name="password"
                        autocomplete="current-password"
                        required
                        autofocus=known
                    />
                </div>
                <button type="submit" class="btn btn-primary btn-wide">"Log in"</button>
            </form>
        </div>
    }
}
