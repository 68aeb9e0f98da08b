//! ESIA's stand-in without the product.

use std::path::Path;

use anyhow::Result;

use super::launch::{self, Place};
use super::{Esia, data_folder, free_port};
use crate::process::Process;

/// A running simulator of ESIA, for clients that aren't ours.
#[derive(Debug)]
pub struct Simulator {
    url: String,
    place: Place,
    _process: Process,
}

impl Simulator {
    /// Starts one in a folder of its own.
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn start(esia: &Esia) -> Result<Self> {
        let folder = data_folder()?;
        launch::keys(&folder)?;
        let place = Place {
            folder,
            port: 0,
            esia_port: free_port()?,
            signer: None,
        };
        Ok(Self {
            url: format!("http://localhost:{}", place.esia_port),
            _process: place.simulator(esia)?,
            place,
        })
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its folder; the keys of both sides are in `keys`.
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }
}
