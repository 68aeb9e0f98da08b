//! Personal strings that are checked when they are made.

/// Declares a checked personal string: `Debug` prints nothing, the wire form is the text.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident, $error:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Sensitive<String>);

        impl $name {
            /// The value itself.
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or($error)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into_inner()
            }
        }
    };
}

pub(super) use checked_text;
