//! A real Chromium at phone size, driven through chromedriver.

mod proxy;

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub use self::proxy::TamperingProxy;
use crate::process::Process;
use crate::stack::{data_folder, free_port, target};
use crate::wait_for;

/// A small phone of today: width, height in CSS pixels, device pixels in one of them.
const PHONE: (u32, u32, u32) = (360, 740, 3);
/// One step of a page on a busy machine; past it, it will not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The key, as the WebDriver standard names it.
const DELETE: char = '\u{E017}';

/// How the browser is set up.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The person's system is dark.
    pub dark: bool,
    /// Everything goes through this proxy, loopback as well.
    pub proxy: Option<u16>,
    /// Width of the screen in CSS pixels where it is no phone: a tablet or a desktop.
    pub width: Option<u32>,
}

/// One browser with a fresh profile.
#[derive(Debug)]
pub struct Browser {
    runtime: Runtime,
    client: Client,
    /// Of the screen, in CSS pixels.
    width: u32,
    // Dropped last: it serves `client`.
    _driver: Process,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Errors
    /// When Chromium or chromedriver isn't there or doesn't start.
    pub fn start(look: &Look) -> Result<Self> {
        let folder = data_folder()?;
        let port = free_port()?;
        let driver = Process::start(
            Path::new("chromedriver"),
            &[&format!("--port={port}")],
            &[],
            &folder,
            &folder.join("chromedriver.log"),
        )?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let address = format!("http://127.0.0.1:{port}");
        wait_for("chromedriver", || {
            Ok(TcpStream::connect(("127.0.0.1", port))
                .is_ok()
                .then_some(()))
        })?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(look, &folder));
        let client = runtime.block_on(builder.connect(&address))?;
        let browser = Self {
            runtime,
            client,
            width: look.width.unwrap_or(PHONE.0),
            _driver: driver,
        };
        if look.dark {
            browser.set_dark(true)?;
        }
        Ok(browser)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// When it can't be loaded.
    pub fn open(&self, url: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.client.goto(url))?)
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When the browser doesn't answer.
    pub fn reload(&self) -> Result<()> {
        Ok(self.runtime.block_on(self.client.refresh())?)
    }

    /// The back button.
    ///
    /// # Errors
    /// When the browser doesn't answer.
    pub fn back(&self) -> Result<()> {
        Ok(self.runtime.block_on(self.client.back())?)
    }

    /// Runs JavaScript in the page; what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub fn run(&self, script: &str) -> Result<Value> {
        Ok(self
            .runtime
            .block_on(self.client.execute(script, Vec::new()))?)
    }

    /// Waits until the script's value is true; shows the page's text when it never is.
    ///
    /// # Errors
    /// When it never is.
    pub fn wait_until(&self, what: &str, condition: &str) -> Result<()> {
        let script = format!("return !!({condition});");
        // While a page is being left, scripts fail: that is a no.
        wait_for(what, || Ok(self.run(&script).is_ok_and(|value| value == true).then_some(()))).map_err(|error| {
            let shown = self.run("return document.body.dataset.page + '/' + document.body.dataset.state + '\\n' + document.body.innerText;");
            error.context(format!("the page shows: {}", shown.unwrap_or_default().as_str().unwrap_or_default()))
        })
    }

    /// Waits for a visible element with this `data-testid`; its text.
    ///
    /// # Errors
    /// When none comes.
    pub fn text(&self, testid: &str) -> Result<String> {
        self.wait_until(
            testid,
            &format!("{} && {0}.checkVisibility()", element(testid)),
        )?;
        let text = self.run(&format!("return {}.innerText;", element(testid)))?;
        Ok(text.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Whether an element with this `data-testid` is shown and can be used.
    ///
    /// # Errors
    /// When the browser doesn't answer.
    pub fn is_usable(&self, testid: &str) -> Result<bool> {
        Ok(self.run(&format!("return {};", usable(testid)))? == true)
    }

    /// Waits until a control can be used, then presses it as a finger does: in the middle of the screen.
    ///
    /// # Errors
    /// When it can't be pressed.
    pub fn press(&self, testid: &str) -> Result<()> {
        self.wait_until(&format!("usable {testid}"), &usable(testid))?;
        let selector = format!("[data-testid=\"{testid}\"]");
        self.runtime.block_on(async {
            let control = self.client.find(Locator::Css(&selector)).await?;
            control.click().await
        })?;
        Ok(())
    }

    /// Gives files to a file input, as choosing them does.
    ///
    /// # Errors
    /// When it takes none.
    pub fn choose_files(&self, testid: &str, files: &[&Path]) -> Result<()> {
        let selector = format!("[data-testid=\"{testid}\"]");
        let paths: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        self.runtime.block_on(async {
            let input = self.client.find(Locator::Css(&selector)).await?;
            // The driver's way to name several files.
            input.send_keys(&paths.join("\n")).await
        })?;
        Ok(())
    }

    /// Types into a field, in place of what stands there: selects it, presses Delete, types. The driver's own way to empty a field
    /// tells the page nothing, and a page that draws itself anew just then puts back what it knows.
    ///
    /// # Errors
    /// When it can't be typed into.
    pub fn fill(&self, testid: &str, text: &str) -> Result<()> {
        self.wait_until(&format!("usable {testid}"), &usable(testid))?;
        let selector = format!("[data-testid=\"{testid}\"]");
        let select = format!(
            "const field = {}; field.focus(); field.select();",
            element(testid)
        );
        self.run(&select)?;
        self.runtime.block_on(async {
            let field = self.client.find(Locator::Css(&selector)).await?;
            field.send_keys(&format!("{DELETE}{text}")).await
        })?;
        Ok(())
    }

    /// Runs JavaScript that hands its result to the callback `arguments[0]`; that result.
    ///
    /// # Errors
    /// When it throws, or never calls back.
    pub fn run_async(&self, script: &str) -> Result<Value> {
        Ok(self
            .runtime
            .block_on(self.client.execute_async(script, Vec::new()))?)
    }

    /// Presses keys in whatever has the focus; names as in the WebDriver standard, for example `\u{E004}` for Tab.
    ///
    /// # Errors
    /// When the browser doesn't answer.
    pub fn keys(&self, keys: &str) -> Result<()> {
        Ok(self
            .runtime
            .block_on(async { self.client.active_element().await?.send_keys(keys).await })?)
    }

    /// Moves the focus with Tab until it is on this control.
    ///
    /// # Errors
    /// When a hundred Tabs don't reach it.
    pub fn tab_to(&self, testid: &str) -> Result<()> {
        self.wait_until(&format!("usable {testid}"), &usable(testid))?;
        for _ in 0..100 {
            self.keys("\u{E004}")?;
            let reached = self.run(&format!(
                "return document.activeElement?.dataset.testid === '{testid}';"
            ))?;
            if reached == true {
                return Ok(());
            }
        }
        Err(anyhow!("Tab doesn't reach {testid}"))
    }

    /// The page's network is gone, or back.
    ///
    /// # Errors
    /// When the browser doesn't take it.
    pub fn set_offline(&self, offline: bool) -> Result<()> {
        self.cdp("Network.enable", json!({}))?;
        let throughput = json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.cdp("Network.emulateNetworkConditions", throughput)
            .map(drop)
    }

    /// The person's system is dark or light.
    ///
    /// # Errors
    /// When the browser doesn't take it.
    pub fn set_dark(&self, dark: bool) -> Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.cdp("Emulation.setEmulatedMedia", features).map(drop)
    }

    /// A command of the Chrome DevTools Protocol.
    ///
    /// # Errors
    /// When the browser refuses it.
    pub fn cdp(&self, command: &str, parameters: Value) -> Result<Value> {
        let body = json!({"cmd": command, "params": parameters});
        Ok(self.runtime.block_on(self.client.issue_cmd(Cdp(body)))?)
    }

    /// Opens another tab and goes there; the handles of all tabs, oldest first.
    ///
    /// # Errors
    /// When the browser doesn't answer.
    pub fn new_tab(&self) -> Result<usize> {
        self.runtime.block_on(async {
            let tab = self.client.new_window(true).await?;
            self.client.switch_to_window(tab.handle).await?;
            Ok(self.client.windows().await?.len() - 1)
        })
    }

    /// Goes to a tab by its number, counted from 0.
    ///
    /// # Errors
    /// When there is no such tab.
    pub fn to_tab(&self, number: usize) -> Result<()> {
        self.runtime.block_on(async {
            let handle = self
                .client
                .windows()
                .await?
                .into_iter()
                .nth(number)
                .context("no such tab")?;
            Ok(self.client.switch_to_window(handle).await?)
        })
    }

    /// The address in the address bar.
    ///
    /// # Errors
    /// When the browser doesn't answer.
    pub fn url(&self) -> Result<String> {
        Ok(self.runtime.block_on(self.client.current_url())?.into())
    }

    /// Keeps what the screen shows as `target/screenshots/<name>.png`.
    ///
    /// # Errors
    /// When it can't be taken or written.
    pub fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let picture = self.runtime.block_on(self.client.screenshot())?;
        let folder = target().join("screenshots");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, picture)?;
        Ok(path)
    }

    /// The screen in light and in dark.
    ///
    /// # Errors
    /// As [`Browser::screenshot`].
    pub fn screenshots(&self, name: &str) -> Result<()> {
        for (dark, suffix) in [(false, "light"), (true, "dark")] {
            self.set_dark(dark)?;
            self.screenshot(&format!("{name}-{suffix}"))?;
        }
        self.set_dark(false)
    }

    /// Nothing is wider than the screen: a phone's page must not scroll sideways.
    ///
    /// # Errors
    /// When it does.
    pub fn expect_no_sideways_scroll(&self) -> Result<()> {
        // A phone makes its window wider for what doesn't fit, so the window is no measure.
        let wide = self.run("return [document.documentElement.scrollWidth, innerWidth];")?;
        let limit = Some(u64::from(self.width));
        ensure!(
            wide[0].as_u64() <= limit && wide[1].as_u64() <= limit,
            "wider than the screen of {} (content, window): {wide}",
            self.width
        );
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its session; killing chromedriver alone would leave it running.
        let _ = self
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, self.client.clone().close()).await });
    }
}

/// The first element with this `data-testid`, as JavaScript.
fn element(testid: &str) -> String {
    format!("document.querySelector('[data-testid=\"{testid}\"]')")
}

fn usable(testid: &str) -> String {
    let element = element(testid);
    format!(
        "{element} && {element}.checkVisibility() && !{element}.disabled && {element}.ariaDisabled !== 'true'"
    )
}

fn capabilities(look: &Look, folder: &Path) -> Capabilities {
    let (width, height, density) = look.width.map_or(PHONE, |width| (width, 900, 1));
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        format!("--user-data-dir={}", folder.join("profile").display()),
    ];
    if let Some(port) = look.proxy {
        arguments.push(format!("--proxy-server=http://127.0.0.1:{port}"));
        arguments.push("--proxy-bypass-list=<-loopback>".to_owned());
    }
    let options = json!({
        "binary": "/usr/bin/chromium",
        "args": arguments,
        "mobileEmulation": {
            "deviceMetrics": {"width": width, "height": height, "pixelRatio": density, "mobile": look.width.is_none(), "touch": true},
        },
    });
    let mut capabilities = Capabilities::new();
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities.insert("pageLoadStrategy".to_owned(), json!("eager"));
    capabilities
}

/// `POST /session/{id}/goog/cdp/execute`, chromedriver's way to DevTools.
#[derive(Debug)]
struct Cdp(Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}
