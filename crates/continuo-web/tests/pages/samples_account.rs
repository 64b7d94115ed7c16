//! Signing in, own actions, help and problem pages, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::frame::{FrameView, Theme};
use continuo_ui::toast::RecentView;
use continuo_web::pages::{account, help, problem};

use super::parts::{frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let out = FrameView { user: None, nav: Vec::new(), ..at("/sign-in") };
    vec![
        (
            s("sign-in"),
            account::sign_in::render(
                &out,
                &account::sign_in::View {
                    kept: account::Kept::default(),
                    step: account::sign_in::Step::Password,
                    account: String::new(),
                    error: String::new(),
                    back: s("/"),
                    single_sign_on: None,
                    demo: vec![
                        account::sign_in::DemoRole {
                            account: s("mortiz"),
                            name: s("Maria Ortiz"),
                            role: s("Care coordinator"),
                            sees: s("A morning's worklist: 32 people"),
                        },
                        account::sign_in::DemoRole {
                            account: s("kyoung"),
                            name: s("Kim Young"),
                            role: s("Nurse"),
                            sees: s("Calls after discharge, red flags"),
                        },
                        account::sign_in::DemoRole {
                            account: s("tbell"),
                            name: s("Tasha Bell"),
                            role: s("Supervisor"),
                            sees: s("What nobody has, oversight"),
                        },
                        account::sign_in::DemoRole {
                            account: s("admin"),
                            name: s("Sam Lind"),
                            role: s("Administrator"),
                            sees: s("People, policies, audit"),
                        },
                    ],
                },
            ),
        ),
        (
            s("sign-in-error"),
            account::sign_in::render(
                &out,
                &account::sign_in::View {
                    kept: account::Kept::default(),
                    step: account::sign_in::Step::Password,
                    account: String::new(),
                    error: s("The name, password or code is not right."),
                    back: s("/"),
                    single_sign_on: None,
                    demo: Vec::new(),
                },
            ),
        ),
        (
            s("locked"),
            account::sign_in::render(
                &out,
                &account::sign_in::View {
                    kept: account::Kept::default(),
                    step: account::sign_in::Step::Locked(account::sign_in::LockedView {
                        name: s("Maria Ortiz"),
                        password: true,
                    }),
                    account: String::new(),
                    error: String::new(),
                    back: s("/worklist"),
                    single_sign_on: Some((s("Use single sign-on"), s("/oidc"))),
                    demo: Vec::new(),
                },
            ),
        ),
        (
            s("recent"),
            account::recent::render(
                &at("/recent"),
                &account::recent::View {
                    actions: vec![
                        RecentView {
                            at: s("9:04 am"),
                            text: s("Visit confirmed: LEE, Sung-min 07/30/1955"),
                            href: s("/patients/3"),
                            undo: Some(s("c1")),
                            why_not: String::new(),
                        },
                        RecentView {
                            at: s("8:51 am"),
                            text: s("Call logged, no answer: REYES, Ana Maria 02/12/1960"),
                            href: String::new(),
                            undo: None,
                            why_not: s("changed since by K. Young"),
                        },
                    ],
                },
            ),
        ),
        (s("recent-empty"), account::recent::render(&at("/recent"), &account::recent::View { actions: Vec::new() })),
        (s("help"), help::render_help(&at("/help"), "Call the help desk at 555-0100.")),
        (s("keys"), help::render_keys(&at("/help/keys"))),
        (
            s("problem"),
            problem::render(
                &at("/x"),
                &problem::View {
                    status: 404,
                    sentence: s("This page is not here, or its record is not open to you."),
                    reference: String::new(),
                    actions: Vec::new(),
                },
            ),
        ),
        (
            s("problem-500"),
            problem::render(
                &at("/x"),
                &problem::View {
                    status: 500,
                    sentence: s("The page could not be made."),
                    reference: s("0190f3"),
                    actions: Vec::new(),
                },
            ),
        ),
    ]
}
