//! CMS signatures, X.509 chains and time stamps: made and checked, without IO.
