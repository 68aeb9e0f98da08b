//! Passwords: Argon2id (RFC 9106) with the parameters of OWASP's cheat sheet: 19 MiB, two passes, one lane.

use argon2::password_hash::{self, phc::PasswordHash};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use podpis_kit::{Failure, Result, random};
use podpis_shared::Sensitive;
use podpis_shared::problem::Code;
use podpis_shared::staff::password::{self, Weak};
use zeroize::Zeroizing;

/// Stands in the place of the hash of whoever has none, so that an unknown e-mail costs as much as a known one. Its password is 32
/// random bytes that nobody has kept.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$aUFuVzyj3cZjPxhB1xKOCQ$btBBsoD/QuZ6Z3pc4yEYRLGRWTW8++83MpUC1elP8aQ";

/// Hash of a new password of somebody with this e-mail: a PHC string.
///
/// # Errors
/// `weak_password` with what is wrong with it; 500 where the host gives no randomness.
pub(crate) fn new(password: &Sensitive<String>, email: &str) -> Result<String> {
    password::check(password.expose(), email).map_err(weak)?;
    let salt: [u8; 16] = random::bytes()?;
    let normal = Zeroizing::new(password::normal(password.expose()));
    let hash = Argon2::default().hash_password_with_salt(normal.as_bytes(), &salt);
    let hash = hash.map_err(|e| Failure::internal("argon2", e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password is the one of a hash. With `None` it is not, after as much work.
///
/// # Errors
/// 500 for what is stored and is no hash.
pub(crate) fn is_right(password: &Sensitive<String>, stored: Option<&str>) -> Result<bool> {
    // Longer than any that is taken: no work for a flood of megabytes.
    let text = password.expose();
    let text = text.get(..4 * password::MAX).unwrap_or(text);
    let normal = Zeroizing::new(password::normal(text));
    let hash = PasswordHash::new(stored.unwrap_or(NOBODY))
        .map_err(|e| Failure::internal("argon2", e.to_string()))?;
    match Argon2::default().verify_password(normal.as_bytes(), &hash) {
        Ok(()) => Ok(stored.is_some()),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(e) => Err(Failure::internal("argon2", e.to_string())),
    }
}

/// Nobody has this e-mail with this password; which of the two is wrong is not told.
pub(crate) fn wrong() -> Failure {
    Failure::new(Code::WrongPassword, "Почта или пароль не подходят.")
}

fn weak(why: Weak) -> Failure {
    Failure::new(Code::WeakPassword, why.sentence())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Sensitive<String> {
        Sensitive::new(text.into())
    }

    #[test]
    fn only_the_password_itself() {
        let password = secret("корова съела трактор");
        let hash = new(&password, "i@example.ru").unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(is_right(&password, Some(&hash)).unwrap());
        for wrong in ["корова съела трактор ", "Корова съела трактор", ""]
        {
            assert!(!is_right(&secret(wrong), Some(&hash)).unwrap(), "{wrong}");
        }
        assert_ne!(new(&password, "i@example.ru").unwrap(), hash, "the salt");
    }

    #[test]
    fn nobody_has_no_password_but_its_work() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let made = new(&secret("корова съела трактор"), "i@example.ru").unwrap();
        let made = PasswordHash::new(&made).unwrap();
        assert_eq!(nobody.params, made.params);
        assert_eq!(nobody.algorithm, made.algorithm);
        let length = |hash: &PasswordHash| hash.hash.map(|hash| hash.len());
        assert_eq!(length(&nobody), length(&made));
        assert!(!is_right(&secret("корова съела трактор"), None).unwrap());
    }

    /// Made with libargon2, the reference implementation.
    #[test]
    fn the_form_is_everybodys() {
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$7ic+VI26GzywyKHdUClCqrv/Pd0Kh+zQpnpPy8tKhb8";
        assert!(is_right(&secret("корова съела трактор"), Some(hash)).unwrap());
        assert!(!is_right(&secret("корова съела трактора"), Some(hash)).unwrap());
    }

    #[test]
    fn weak_ones_are_refused() {
        let refused = new(&secret("1234567890"), "i@example.ru").unwrap_err();
        assert_eq!(refused.code(), Some(Code::WeakPassword));
    }
}
