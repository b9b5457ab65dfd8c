//! The page in a real browser: whole, readable on a phone and on paper, in light and dark, and nothing is fetched.

mod headless;
mod synthetic;

use std::path::{Path, PathBuf};

use comparison::render::html;
use comparison::report::Report;
use headless::Browser;
use serde_json::{Value, json};

const SCHEMES: [&str; 2] = ["light", "dark"];

fn page(folder: &Path, name: &str, report: &Report) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, html::render(report)).unwrap();
    file
}

/// Reports of a whole run, of one without Node.js, and of one in which nothing was measured.
fn reports() -> [(&'static str, Report, usize); 3] {
    let mut empty = synthetic::without_node();
    empty.experiments.clear();
    [
        ("all.html", synthetic::report(), 8),
        ("without-node.html", synthetic::without_node(), 8),
        ("empty.html", empty, 0),
    ]
}

/// What the page asked for, and what its console says.
fn addresses_and_complaints(browser: &Browser) -> (Vec<&str>, Vec<&Value>) {
    let of = |method: &'static str| browser.events.iter().filter(move |event| event["method"] == method);
    let requests = of("Network.requestWillBeSent").filter_map(|event| event["params"]["request"]["url"].as_str());
    let complaints = ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"].map(of);
    (requests.collect(), complaints.into_iter().flatten().collect())
}

#[test]
fn the_page_is_whole_and_fetches_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, report, plots) in reports() {
        let file = page(folder.path(), name, &report);
        browser.open(&file, 1280, "light");
        for (what, selector, expected) in [
            ("tables", "table.claims", 3),
            ("rows", "table.claims tbody tr", 14),
            ("findings", ".findings > li", 14),
            ("plots", "figure", plots),
            ("captions", "figure > figcaption", plots),
            ("the main landmark", "body > main", 1),
        ] {
            let count = browser.evaluate(&format!("document.querySelectorAll('{selector}').length"));
            assert_eq!(count, json!(expected), "{name}: {what}");
        }
        // Each answers with what is wrong.
        for check in [
            "[...document.querySelectorAll('figure .panels svg')].filter(svg => svg.getBBox().height < 50).map(svg => svg.outerHTML)",
            "[...document.querySelectorAll('a[href]')].filter(a => !document.querySelector(`[id='${a.hash.slice(1)}']`)).map(a => a.href)",
            "[...document.querySelectorAll('[aria-labelledby]')].flatMap(e => e.getAttribute('aria-labelledby').split(' ')).filter(id => !document.getElementById(id))",
            "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, n, ids) => ids.indexOf(id) !== n)",
            "[...document.querySelectorAll('table')].filter(t => !t.caption || !t.closest('.wide[tabindex=\"0\"]')).map(t => t.innerText)",
            "[...document.querySelectorAll('th')].filter(th => !th.scope).map(th => th.innerText)",
            "[...document.querySelectorAll('svg *')].filter(e => [e.getAttribute('x'), e.getAttribute('cx'), e.getAttribute('points')].join().includes('NaN')).map(e => e.outerHTML)",
        ] {
            assert_eq!(browser.evaluate(check), json!([]), "{name}: {check}");
        }
        let (addresses, complaints) = addresses_and_complaints(&browser);
        assert_eq!(addresses, [format!("file://{}", file.display())], "{name}: only the page itself was asked for");
        assert!(complaints.is_empty(), "{name}: {complaints:?}");
    }
}

#[test]
fn what_is_smuggled_into_the_page_is_refused_by_its_own_policy() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let smuggled = "<img src='http://127.0.0.1:9/image.png'><script>document.title = 'ran'</script></body>";
    let text = html::render(&synthetic::report()).replace("</body>", smuggled);
    let file = folder.path().join("smuggled.html");
    std::fs::write(&file, text).unwrap();
    browser.open(&file, 1280, "light");
    assert_ne!(browser.evaluate("document.title"), json!("ran"));
    let (_, complaints) = addresses_and_complaints(&browser);
    let refused = complaints.iter().filter(|one| one.to_string().contains("Content Security Policy"));
    assert_eq!(refused.count(), 2, "the image and the script, seen as this test sees complaints: {complaints:?}");
}

#[test]
fn on_a_phone_nothing_is_wider_than_it_and_a_table_is_still_a_table() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, report, _) in reports() {
        let file = page(folder.path(), name, &report);
        for (width, scheme) in [(360, SCHEMES[0]), (360, SCHEMES[1]), (320, SCHEMES[0])] {
            browser.open(&file, width, scheme);
            browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)");
            assert_eq!(browser.evaluate("document.documentElement.scrollWidth"), json!(width), "{name}");
            let wide = "[...document.querySelectorAll('body *')].filter(e => !e.closest('.wide > *, .skip, svg *') && \
                        e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 200))";
            assert_eq!(browser.evaluate(wide), json!([]), "{name} at {width}");
            let claims = "[...document.querySelectorAll('.claims')].filter(t => t.scrollWidth > innerWidth).length";
            assert_eq!(browser.evaluate(claims), json!(0), "the three tables need no scrolling");
        }
    }
    let tree = browser.ask("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    let count = |role: &str| nodes.iter().filter(|node| node["role"]["value"] == role).count();
    assert_eq!((count("table"), count("main"), count("navigation"), count("banner")), (3, 1, 1, 1));
    assert!(count("row") >= 14 && count("rowheader") == 14, "{} rows, {} heads", count("row"), count("rowheader"));
}

#[test]
fn plots_and_scrollers_have_names_and_the_keyboard_reaches_them() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = page(folder.path(), "all.html", &synthetic::report());
    browser.open(&file, 1280, "light");
    let tree = browser.ask("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    for role in ["image", "region", "figure"] {
        let of_role: Vec<_> = nodes.iter().filter(|node| node["role"]["value"] == role).collect();
        assert!(of_role.len() >= 8, "{} of role {role}", of_role.len());
        let nameless = of_role.iter().filter(|node| node["name"]["value"].as_str().is_none_or(str::is_empty));
        assert_eq!(nameless.count(), 0, "a {role} without a name");
    }
    let tab = |browser: &mut Browser| {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            browser.ask("Input.dispatchKeyEvent", key);
        }
    };
    tab(&mut browser);
    let seen = "document.activeElement.className + (document.activeElement.getBoundingClientRect().left >= 0)";
    assert_eq!(browser.evaluate(seen), json!("skiptrue"), "the first stop is the skip link, and it is seen");
    let mut stops = Vec::new();
    for _ in 0..120 {
        tab(&mut browser);
        stops.push(browser.evaluate("document.activeElement.tagName").as_str().unwrap().to_owned());
    }
    for tag in ["A", "DIV", "SUMMARY"] {
        assert!(stops.iter().any(|stop| stop == tag), "the keyboard reaches no {tag}: {stops:?}");
    }
}

/// The contrast of a colour with the page, by the formula of the Web Content Accessibility Guidelines.
const CONTRAST: &str = "(selector, property) => {
    const light = (colour) => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(part => part / 255);
        const [r, g, b] = parts.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const element = document.querySelector(selector);
    if (!element) return 0;
    const [high, low] = [getComputedStyle(element)[property], getComputedStyle(document.body).backgroundColor]
        .map(light).sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
}";

#[test]
fn in_light_and_dark_words_and_lines_stand_out() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = page(folder.path(), "all.html", &synthetic::report());
    let words = ["body", "a", ".small", "dt", ".contradicted", ".depends", ".unresolved", ".supported"];
    for scheme in SCHEMES {
        browser.open(&file, 1280, scheme);
        let words = words.map(|selector| (selector.to_owned(), "color", 4.5));
        let lines = (0..8).map(|hue| (format!("svg .fill.s{hue}"), "fill", 3.0));
        for (selector, property, least) in words.into_iter().chain(lines).chain([("svg text".to_owned(), "fill", 4.5)])
        {
            let contrast = browser.evaluate(&format!("({CONTRAST})('{selector}', '{property}')")).as_f64().unwrap();
            assert!(contrast >= least, "{selector} in {scheme}: {contrast}");
        }
    }
}

#[test]
fn on_paper_nothing_is_cut_off() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = page(folder.path(), "all.html", &synthetic::report());
    for scheme in SCHEMES {
        browser.open(&file, 794, scheme); // A4 at 96 dots an inch
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.ask("Emulation.setEmulatedMedia", json!({ "media": "print", "features": features }));
        assert_eq!(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), json!(true));
        let cut = "[...document.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth + 1).length";
        assert_eq!(browser.evaluate(cut), json!(0), "a scroller does not scroll on paper");
        let paper = browser.evaluate("getComputedStyle(document.body).backgroundColor");
        assert_eq!(paper, json!("rgb(255, 255, 255)"), "paper is white, whatever the screen ({scheme})");
        let pdf = browser.ask("Page.printToPDF", json!({ "paperWidth": 8.27, "paperHeight": 11.69 }));
        assert!(pdf["data"].as_str().unwrap().starts_with("JVBERi0"), "%PDF- in base64");
    }
}
