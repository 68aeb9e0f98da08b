//! GOST R 34.10-2012 signatures over the curves in use, with their key forms.

#![forbid(unsafe_code)]
