//! What can be wrong with a key or a digest.

/// Why bytes are not a key or a digest. A signature has no error: it verifies or it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GostError {
    /// Bytes of another length than the parameter set asks for.
    #[error("{found} bytes where {expected} are expected")]
    Length {
        /// What the parameter set asks for.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// A coordinate that is not below the field's prime: no second spelling of a point is taken.
    #[error("a coordinate of the public key is not reduced")]
    Coordinate,
    /// A point that does not satisfy the curve's equation.
    #[error("the public key is not on the curve")]
    NotOnCurve,
    /// A point outside of the subgroup of order q, of small order or with such a part.
    #[error("the public key is not in the subgroup of the signature's order")]
    Subgroup,
    /// A secret of zero, or not below q.
    #[error("the secret key is not between 1 and q - 1")]
    SecretRange,
}
