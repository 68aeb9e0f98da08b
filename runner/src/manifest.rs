//! Reads `spin.toml`, manifest version 2, as Spin 4 does.
//!
//! A key that this runner does not implement is refused by its full name, so
//! that nothing in the manifest is silently without effect.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::outbound::AllowedHost;
use crate::template::{self, Template, Values, VariableError};

/// Why a manifest is refused. Every message starts with the place.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML at all.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A key that Spin may know and this runner does not.
    #[error("{0} is not implemented by this runner")]
    NotImplemented(String),
    /// A key with a value that does not fit, or a missing key.
    #[error("{place}: {reason}")]
    Invalid {
        /// Full name of the table or key.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A required variable without a value.
    #[error("variable \"{name}\" is required: set {environment}")]
    Required {
        /// The application variable.
        name: String,
        /// The environment variable that sets it.
        environment: String,
    },
}

/// A manifest that this runner can serve in full.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// `[application]`.
    pub application: Application,
    /// `[variables]` by name.
    pub variables: BTreeMap<String, Variable>,
    /// `[[trigger.http]]` in the order of the file.
    pub triggers: Vec<Trigger>,
    /// `[component.<id>]` by id.
    pub components: BTreeMap<String, Component>,
}

/// `[application]`: who the application is.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Application {
    /// Name.
    pub name: String,
    /// Version.
    #[serde(default)]
    pub version: String,
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Authors.
    #[serde(default)]
    pub authors: Vec<String>,
}

/// An application variable: has a default or is required, never both.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Variable {
    /// Value when the environment sets none.
    pub default: Option<String>,
    /// The environment must set it.
    #[serde(default)]
    pub required: bool,
    /// Never to be shown.
    #[serde(default)]
    pub secret: bool,
}

/// `[[trigger.http]]`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// Pattern such as `/api/...`; none for a private component.
    pub route: Option<String>,
    /// Id of the component that answers.
    pub component: String,
}

/// `[component.<id>]`.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Component {
    /// Path of the Wasm file, relative to the manifest.
    pub source: String,
    /// What it may reach; templates allowed.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// Its own variables; templates over the application's.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Environment of the guest.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files that it may read.
    #[serde(default)]
    pub files: Vec<Files>,
    /// Glob patterns to leave out of `files`.
    #[serde(default)]
    pub exclude_files: Vec<String>,
    /// Databases that it may open.
    #[serde(default)]
    pub sqlite_databases: BTreeSet<String>,
}

/// One entry of `files`.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Files {
    /// A glob pattern or a path, mounted under its own name.
    Pattern(String),
    /// A directory or file, mounted somewhere else.
    Placement {
        /// Path relative to the manifest.
        source: String,
        /// Absolute path in the guest.
        destination: String,
    },
}

impl Manifest {
    /// Parses the text of a manifest.
    ///
    /// # Errors
    /// [`ManifestError`] that names the key; nothing is ignored.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let root: Table = text.parse()?;
        only_keys(
            "",
            &root,
            &[
                "spin_manifest_version",
                "application",
                "variables",
                "trigger",
                "component",
            ],
        )?;
        if root.get("spin_manifest_version") != Some(&Value::Integer(2)) {
            return Err(invalid("spin_manifest_version", "must be 2"));
        }
        let manifest = Self {
            application: application(&root)?,
            variables: variables(&root)?,
            triggers: triggers(&root)?,
            components: components(&root)?,
        };
        manifest.check()?;
        Ok(manifest)
    }

    /// Values of the application's variables: `environment(SPIN_VARIABLE_<NAME>)`,
    /// else the default.
    ///
    /// # Errors
    /// [`ManifestError::Required`] for the first variable that has neither.
    pub fn values(
        &self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Values, ManifestError> {
        let resolve = |(name, variable): (&String, &Variable)| {
            let key = format!("SPIN_VARIABLE_{}", name.to_uppercase());
            match environment(&key).or_else(|| variable.default.clone()) {
                Some(value) => Ok((name.clone(), value)),
                None => Err(ManifestError::Required {
                    name: name.clone(),
                    environment: key,
                }),
            }
        };
        self.variables.iter().map(resolve).collect()
    }

    /// What the parts say about each other.
    fn check(&self) -> Result<(), ManifestError> {
        let mut routes = BTreeSet::new();
        for trigger in &self.triggers {
            if !self.components.contains_key(&trigger.component) {
                let reason = format!("no component \"{}\"", trigger.component);
                return Err(invalid("trigger.http.component", reason));
            }
            if let Some(route) = &trigger.route
                && !routes.insert(route)
            {
                return Err(invalid(
                    "trigger.http.route",
                    format!("\"{route}\" is used twice"),
                ));
            }
        }
        for (id, component) in &self.components {
            for (name, template) in &component.variables {
                let place = format!("component.{id}.variables.{name}");
                template::check_name(name).map_err(|e| invalid(&place, e))?;
                self.check_template(template)
                    .map_err(|e| invalid(&place, e))?;
            }
            for host in &component.allowed_outbound_hosts {
                let place = format!("component.{id}.allowed_outbound_hosts");
                let template = self.check_template(host).map_err(|e| invalid(&place, e))?;
                if template.is_literal() {
                    AllowedHost::parse(host).map_err(|e| invalid(&place, e))?;
                }
            }
        }
        Ok(())
    }

    fn check_template(&self, text: &str) -> Result<Template, VariableError> {
        let template = Template::parse(text)?;
        let unknown = template
            .names()
            .find(|name| !self.variables.contains_key(*name));
        match unknown.map(str::to_owned) {
            Some(unknown) => Err(VariableError::Unknown(unknown)),
            None => Ok(template),
        }
    }
}

impl Component {
    /// The component's own variables, filled in.
    ///
    /// # Errors
    /// A template that names an unknown variable.
    pub fn values(&self, application: &Values) -> Result<Values, VariableError> {
        let resolve = |(name, text): (&String, &String)| {
            Ok((name.clone(), Template::parse(text)?.resolve(application)?))
        };
        self.variables.iter().map(resolve).collect()
    }

    /// The permitted destinations, filled in. As in Spin, a template that
    /// comes out empty (an optional address) permits nothing.
    ///
    /// # Errors
    /// A destination that does not parse.
    pub fn hosts(&self, application: &Values) -> Result<Vec<AllowedHost>, ManifestError> {
        let place = "allowed_outbound_hosts";
        let mut hosts = Vec::new();
        for text in &self.allowed_outbound_hosts {
            let template = Template::parse(text).map_err(|e| invalid(place, e))?;
            let resolved = template
                .resolve(application)
                .map_err(|e| invalid(place, e))?;
            let empty = matches!(resolved.as_str(), "" | "http://" | "https://");
            if empty && !template.is_literal() {
                continue;
            }
            // Not the parser's own message: a template may hold a secret.
            let host = AllowedHost::parse(&resolved);
            hosts.push(host.map_err(|_| {
                invalid(place, format!("\"{text}\" gives no scheme://host[:port]"))
            })?);
        }
        Ok(hosts)
    }
}

fn application(root: &Table) -> Result<Application, ManifestError> {
    let place = "application";
    let table = table(root, "", place)?;
    only_keys(place, table, &["name", "version", "description", "authors"])?;
    read(place, Value::Table(table.clone()))
}

fn variables(root: &Table) -> Result<BTreeMap<String, Variable>, ManifestError> {
    let mut variables = BTreeMap::new();
    for (name, value) in optional_table(root, "variables")? {
        let place = format!("variables.{name}");
        template::check_name(name).map_err(|e| invalid("variables", e))?;
        let Value::Table(table) = value else {
            return Err(invalid(&place, "must be a table"));
        };
        only_keys(
            &place,
            table,
            &["description", "default", "required", "secret"],
        )?;
        let variable: Variable = read(&place, value.clone())?;
        if variable.required == variable.default.is_some() {
            return Err(invalid(&place, "must either be required or have a default"));
        }
        variables.insert(name.clone(), variable);
    }
    Ok(variables)
}

fn triggers(root: &Table) -> Result<Vec<Trigger>, ManifestError> {
    let kinds = table(root, "", "trigger")?;
    only_keys("trigger", kinds, &["http"])?;
    let Some(Value::Array(list)) = kinds.get("http") else {
        return Err(invalid("trigger.http", "must be a list of tables"));
    };
    list.iter().map(trigger).collect()
}

fn trigger(value: &Value) -> Result<Trigger, ManifestError> {
    let place = "trigger.http";
    let Value::Table(table) = value else {
        return Err(invalid(place, "must be a list of tables"));
    };
    only_keys(place, table, &["id", "route", "component"])?;
    let component = match table.get("component") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Table(_)) => {
            return Err(ManifestError::NotImplemented(
                "an inline table in trigger.http.component".into(),
            ));
        }
        _ => {
            return Err(invalid(
                "trigger.http.component",
                "must be the id of a component",
            ));
        }
    };
    let route = match table.get("route") {
        Some(Value::String(route)) => Some(checked_route(route)?),
        Some(Value::Table(options))
            if options.len() == 1 && options.get("private") == Some(&Value::Boolean(true)) =>
        {
            None
        }
        _ => {
            return Err(invalid(
                "trigger.http.route",
                "must be a path or { private = true }",
            ));
        }
    };
    Ok(Trigger { route, component })
}

fn checked_route(route: &str) -> Result<String, ManifestError> {
    let fixed = route.strip_suffix("/...").unwrap_or(route);
    if !route.starts_with('/') {
        return Err(invalid(
            "trigger.http.route",
            format!("\"{route}\" must start with /"),
        ));
    }
    if fixed.split('/').any(|segment| segment.starts_with(':')) {
        return Err(ManifestError::NotImplemented(format!(
            "a path parameter in trigger.http.route \"{route}\""
        )));
    }
    if fixed.contains('*') || fixed.contains("...") {
        return Err(invalid(
            "trigger.http.route",
            format!("\"{route}\" may have /... at its end only"),
        ));
    }
    Ok(route.to_owned())
}

fn components(root: &Table) -> Result<BTreeMap<String, Component>, ManifestError> {
    let mut components = BTreeMap::new();
    for (id, value) in optional_table(root, "component")? {
        components.insert(id.clone(), component(id, value)?);
    }
    Ok(components)
}

fn component(id: &str, value: &Value) -> Result<Component, ManifestError> {
    let place = format!("component.{id}");
    let kebab = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !id.bytes().all(kebab)
        || !id.starts_with(|c: char| c.is_ascii_lowercase())
        || id.ends_with('-')
    {
        return Err(invalid(&place, "a component id is kebab-case"));
    }
    let Value::Table(table) = value else {
        return Err(invalid(&place, "must be a table"));
    };
    // `build`, `description` and `tool` say nothing about running.
    only_keys(
        &place,
        table,
        &[
            "source",
            "description",
            "allowed_outbound_hosts",
            "variables",
            "environment",
            "files",
            "exclude_files",
            "sqlite_databases",
            "build",
            "tool",
        ],
    )?;
    if let Some(Value::Table(source)) = table.get("source") {
        let key = ["url", "registry"]
            .into_iter()
            .find(|key| source.contains_key(*key))
            .unwrap_or("package");
        return Err(ManifestError::NotImplemented(format!(
            "{place}.source.{key}"
        )));
    }
    if let Some(Value::Array(files)) = table.get("files") {
        for entry in files.iter().filter_map(Value::as_table) {
            only_keys(&format!("{place}.files"), entry, &["source", "destination"])?;
        }
    }
    let component: Component = read(&place, value.clone())?;
    for entry in &component.files {
        if let Files::Placement { destination, .. } = entry
            && !destination.starts_with('/')
        {
            return Err(invalid(
                &format!("{place}.files"),
                format!("destination \"{destination}\" must start with /"),
            ));
        }
    }
    for name in &component.sqlite_databases {
        let label = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if name.is_empty() || !name.bytes().all(label) {
            return Err(invalid(
                &format!("{place}.sqlite_databases"),
                format!("\"{name}\" is not a name"),
            ));
        }
    }
    Ok(component)
}

fn only_keys(place: &str, table: &Table, known: &[&str]) -> Result<(), ManifestError> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) if place.is_empty() => Err(ManifestError::NotImplemented(key.clone())),
        Some(key) => Err(ManifestError::NotImplemented(format!("{place}.{key}"))),
        None => Ok(()),
    }
}

fn table<'a>(parent: &'a Table, place: &str, key: &str) -> Result<&'a Table, ManifestError> {
    let full = if place.is_empty() {
        key.to_owned()
    } else {
        format!("{place}.{key}")
    };
    parent
        .get(key)
        .and_then(Value::as_table)
        .ok_or_else(|| invalid(&full, "must be a table"))
}

fn optional_table<'a>(
    root: &'a Table,
    key: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, ManifestError> {
    let found = match root.get(key) {
        None => None,
        Some(Value::Table(table)) => Some(table),
        Some(_) => return Err(invalid(key, "must be a table")),
    };
    Ok(found.into_iter().flatten())
}

fn read<T: for<'de> Deserialize<'de>>(place: &str, value: Value) -> Result<T, ManifestError> {
    value
        .try_into()
        .map_err(|e: toml::de::Error| invalid(place, e.message()))
}

fn invalid(place: &str, reason: impl ToString) -> ManifestError {
    ManifestError::Invalid {
        place: place.to_owned(),
        reason: reason.to_string(),
    }
}
