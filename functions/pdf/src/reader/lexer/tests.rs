//! Objects and where they end.

use super::*;

fn read(text: &str) -> Object {
    Lexer::new(text.as_bytes(), 0).object().unwrap()
}

#[test]
fn reads_every_kind() {
    assert_eq!(read("/Java#53cript"), Object::Name(b"JavaScript".to_vec()));
    assert_eq!(read("(a\\(b(c)\\101)"), Object::string_literal("a(b(c)A"));
    assert_eq!(read("12 0 R"), Object::Reference((12, 0)));
    assert_eq!(read("[12 0 R 1 0 true null]").as_array().unwrap().len(), 5);
    assert_eq!(read("<48 6>").as_str().unwrap(), b"H`");
    assert_eq!(read("<</A<</B -1.5>>/C[]>>").as_dict().unwrap().len(), 2);
}

#[test]
fn hostile_input_ends() {
    let deep = "[".repeat(100_000);
    assert!(matches!(
        Lexer::new(deep.as_bytes(), 0).object(),
        Err(Fault::TooComplex(_))
    ));
    let wide = format!("[{}]", "1 ".repeat(400_000));
    assert!(matches!(
        Lexer::new(wide.as_bytes(), 0).object(),
        Err(Fault::TooComplex(_))
    ));
    for cut in ["<", "<<", "<</A", "(", "[", "/", "1 0", "<</A 1 0 R", ")"] {
        let _ = Lexer::new(cut.as_bytes(), 0).object();
    }
}

#[test]
fn odd_forms_are_told() {
    let odd = |text: &str| {
        let mut lexer = Lexer::new(text.as_bytes(), 0);
        lexer.object().unwrap();
        lexer.odd()
    };
    assert!(!odd("<</A[1 -.5 5. 2 0 R]/B#20C(a\\)(b))/D<48 6>/E null>>"));
    for text in [
        "<</A 1",
        "<</A 1>",
        "<</A>>",
        "<</A 1 2>>",
        "[1)]",
        "[1",
        "<4x>",
        "<4",
        "(a",
        "--5",
        "nul",
        "/A#x",
    ] {
        assert!(odd(text), "{text}");
    }
}

#[test]
fn repeated_keys_are_seen() {
    struct Count(usize, usize);
    impl Watch for Count {
        fn dictionary(&mut self, entries: &[(Vec<u8>, Object)]) {
            self.0 = entries.len();
        }
        fn reference(&mut self, _number: u32) {
            self.1 += 1;
        }
    }
    let mut count = Count(0, 0);
    let text = b"<</S/URI/S/JavaScript/A[1 0 R 2 0 R 3 0]>>";
    Lexer::watched(text, 0, Some(&mut count)).object().unwrap();
    assert_eq!((count.0, count.1), (3, 2));
}
