//! The journal as a Merkle tree (RFC 6962) with signed checkpoints (C2SP tlog-checkpoint), without IO.
