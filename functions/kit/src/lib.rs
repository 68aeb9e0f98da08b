//! Podpis.
