//! An archive on its way to the caller: entries go out as they are added, the list of them last.

mod zip;

use axum::BoxError;
use bytes::Bytes;
use futures::SinkExt as _;
use futures::channel::mpsc;
use podpis_kit::{Failure, Result};
use podpis_shared::Timestamp;
use podpis_shared::hash::hex;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zip::Zip;

/// Where the bytes go; an error cuts the answer.
pub(crate) type Sender = mpsc::Sender<Result<Bytes, BoxError>>;

/// An archive being sent.
pub(crate) struct Archive {
    zip: Zip,
    to: Sender,
    files: Vec<File>,
    missing: Vec<Missing>,
}

/// A file of the archive, as the manifest names it.
#[derive(Serialize)]
pub(crate) struct File {
    path: String,
    size: u64,
    sha256: String,
}

/// A file that could not be given.
#[derive(Serialize)]
pub(crate) struct Missing {
    path: String,
    code: &'static str,
}

impl Archive {
    pub(crate) fn new(at: Timestamp, to: Sender) -> Self {
        Self {
            zip: Zip::new(at),
            to,
            files: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Sends a file.
    ///
    /// # Errors
    /// As [`Zip::entry`].
    pub(crate) async fn add(&mut self, path: String, chunks: Vec<Bytes>) -> Result<()> {
        let (mut crc, mut sha, mut size) = (crc32fast::Hasher::new(), Sha256::new(), 0);
        for chunk in &chunks {
            crc.update(chunk);
            sha.update(chunk);
            size += chunk.len() as u64;
        }
        let header = self.zip.entry(&path, size, crc.finalize())?;
        send(&mut self.to, header.into()).await?;
        for chunk in chunks {
            send(&mut self.to, chunk).await?;
        }
        self.files.push(File {
            path,
            size,
            sha256: hex(&sha.finalize()),
        });
        Ok(())
    }

    /// Notes that a file can't be given, and why: nothing is left out silently.
    pub(crate) fn miss(&mut self, path: String, code: &'static str) {
        self.missing.push(Missing { path, code });
    }

    /// What was sent so far, and what could not be.
    pub(crate) fn listed(&self) -> (&[File], &[Missing]) {
        (&self.files, &self.missing)
    }

    /// Sends the directory that ends the archive.
    ///
    /// # Errors
    /// As [`Zip::entry`].
    pub(crate) async fn finish(self) -> Result<()> {
        let Self { zip, mut to, .. } = self;
        send(&mut to, zip.finish()?.into()).await
    }
}

async fn send(to: &mut Sender, bytes: Bytes) -> Result<()> {
    let sent = to.send(Ok(bytes)).await;
    sent.map_err(|_| Failure::internal("archive", "nobody takes the archive any more"))
}
