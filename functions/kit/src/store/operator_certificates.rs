//! Certificates that the operator brings by API, so that no restart is needed: ESIA's, which rotate about yearly, and those of the
//! authorities that clinics sign below.
//!
//! Rows are never deleted: a retired certificate counts for nothing new, but old signatures rest on it.

use crate::db::{Db, DbError, Row};
use podpis_shared::Timestamp;

/// Whose certificates. Each kind has a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorCertificates {
    /// What ESIA signs its tokens with.
    Esia,
    /// Authorities whose certificates clinics sign with.
    Authorities,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the certificate's DER, lower-case hex.
    pub sha256: String,
    /// The certificate: one PEM block.
    pub pem: String,
    /// When the operator added it.
    pub added_at: Timestamp,
    /// Since when it counts for nothing new.
    pub retired_at: Option<Timestamp>,
}

impl OperatorCertificates {
    /// Its table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Esia => "esia_certificates",
            Self::Authorities => "signing_authorities",
        }
    }

    /// All of them, retired ones too, in the order of their adding.
    ///
    /// # Errors
    /// As the database says.
    pub async fn all(self, db: &Db) -> Result<Vec<Stored>, DbError> {
        let sql = format!(
            "SELECT sha256, pem, added_at, retired_at FROM {} ORDER BY added_at, sha256",
            self.name()
        );
        let of = |row: &Row| {
            Ok(Stored {
                sha256: row.text(0)?,
                pem: row.text(1)?,
                added_at: Timestamp::from_unix(row.int(2)?),
                retired_at: row.opt_int(3)?.map(Timestamp::from_unix),
            })
        };
        db.query(&sql, []).await?.iter().map(of).collect()
    }

    /// Those that count, PEM, in the order of their adding.
    ///
    /// # Errors
    /// As the database says.
    pub async fn living(self, db: &Db) -> Result<Vec<String>, DbError> {
        let sql = format!(
            "SELECT pem FROM {} WHERE retired_at IS NULL ORDER BY added_at, sha256",
            self.name()
        );
        let rows = db.query(&sql, []).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Adds one, or takes a retired one back; one that lives is left as it is. Gives whether anything changed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn add(
        self,
        db: &Db,
        sha256: &str,
        pem: &str,
        at: Timestamp,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "INSERT INTO {} (sha256, pem, added_at) VALUES (?1, ?2, ?3) \
             ON CONFLICT (sha256) DO UPDATE SET retired_at = NULL WHERE retired_at IS NOT NULL",
            self.name()
        );
        let params = [sha256.into(), pem.into(), at.unix().into()];
        Ok(db.execute(&sql, params).await? > 0)
    }

    /// Retires one; `false` where there is no such. Repeating it keeps the first moment.
    ///
    /// # Errors
    /// As the database says.
    pub async fn retire(self, db: &Db, sha256: &str, at: Timestamp) -> Result<bool, DbError> {
        let sql = format!(
            "UPDATE {} SET retired_at = coalesce(retired_at, ?2) WHERE sha256 = ?1",
            self.name()
        );
        let params = [sha256.into(), at.unix().into()];
        Ok(db.execute(&sql, params).await? > 0)
    }
}
