//! Random operations of a clinic and two people, with repeats and crashes, against a model of documents and codes.
//!
//! The model knows what may be true; after every step the product's own word is held against it. A failure prints the seed
//! and the steps so far.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use podpis_shared::{Method, Status};
use podpis_tests::client::Reply;
use podpis_tests::{Account, Clinic, Person, Right, Settings, Stack, Upload};
use serde_json::json;

use super::{clinic_with_agreement, registered};

/// Seeds of the walks; a new one is a new test.
const SEEDS: [u64; 2] = [20_261_128, 63_152_323];

/// Steps of a walk.
const STEPS: usize = 70;

/// Wrong codes after which a code is over.
const TRIES: u32 = 5;

/// A code as the model knows it.
struct Code {
    id: String,
    text: String,
    wrong: u32,
}

/// A document as the model knows it.
struct Document {
    owner: usize,
    status: Status,
    code: Option<Code>,
    /// Its code has been typed right by its owner.
    earned: bool,
}

struct World {
    stack: Stack,
    clinic: Clinic,
    people: Vec<(Account, String)>,
    documents: BTreeMap<String, Document>,
    random: u64,
    steps: Vec<String>,
}

#[test]
fn documents_and_codes_hold_their_invariants_whatever_comes() -> Result<()> {
    for seed in SEEDS {
        let Some(stack) = Stack::alone(Settings::default())? else {
            return Ok(());
        };
        let clinic = clinic_with_agreement(&stack)?;
        let mut people = Vec::new();
        for _ in 0..2 {
            let phone = Upload::small().phone;
            // Both are the same name: only accounts tell them apart.
            people.push((registered(&stack, &clinic, &phone)?.0, phone));
        }
        let mut world = World {
            stack,
            clinic,
            people,
            documents: BTreeMap::new(),
            random: seed,
            steps: Vec::new(),
        };
        for _ in 0..STEPS {
            let step = world.step().and_then(|()| world.check());
            step.with_context(|| format!("seed {seed}, after {:#?}", world.steps))?;
        }
        world.check_events()?;
    }
    Ok(())
}

impl World {
    fn step(&mut self) -> Result<()> {
        let choice = self.below(20);
        let Some(id) = self.any_document() else {
            return self.send();
        };
        match choice {
            0..=2 => self.send(),
            3..=5 => self.ask(&id),
            6..=9 => self.type_right(&id),
            10..=12 => self.type_wrong(&id),
            13 => self.type_code_of_another(&id),
            14 => self.type_as_somebody_else(&id),
            15 => self.decline(&id),
            16 => self.cancel(&id),
            17 => self.read(&id),
            _ => self.crash(),
        }
    }

    fn send(&mut self) -> Result<()> {
        let owner = self.below(2);
        let upload = Upload::by_code(Person::IVANOVA).to_phone(&self.people[owner].1);
        let id = self.clinic.send_document(&upload)?;
        self.steps.push(format!("send {id} to {owner}"));
        let document = Document {
            owner,
            status: Status::Sent,
            code: None,
            earned: false,
        };
        self.documents.insert(id, document);
        Ok(())
    }

    fn read(&mut self, id: &str) -> Result<()> {
        self.steps.push(format!("read {id}"));
        let owner = self.documents[id].owner;
        let account = &mut self.people[owner].0;
        account.documents("all")?;
        let opened = account.send(
            http::Method::POST,
            Right::Document(id),
            "/patient/document/opened",
            Some(&json!({})),
        )?;
        opened.expect_any(&[200, 409])?;
        self.opened(id);
        Ok(())
    }

    fn ask(&mut self, id: &str) -> Result<()> {
        self.steps.push(format!("ask {id}"));
        let (owner, status) = (self.documents[id].owner, self.documents[id].status);
        let (account, phone) = &mut self.people[owner];
        account.documents("all")?;
        let right = Right::Document(id);
        if !status.is_open() {
            return Ok(());
        }
        let act = account.read(right, Method::Sms)?;
        let reply = account.ask_signing_code(right, &act)?;
        let code = match reply.status.as_u16() {
            200 => {
                let sent = reply.json()?;
                let id = sent["code_id"].as_str().context("code_id")?.to_owned();
                let text = account.code_at(phone)?;
                Some(Code { id, text, wrong: 0 })
            }
            // Too soon after the one before, or too many to this phone: nothing has changed.
            429 => None,
            _ => bail!("asking: {}", reply.text()),
        };
        self.opened(id);
        if let (Some(code), Some(document)) = (code, self.documents.get_mut(id)) {
            document.code = Some(code);
        }
        Ok(())
    }

    fn type_right(&mut self, id: &str) -> Result<()> {
        let Some(code) = &self.documents[id].code else {
            return self.ask(id);
        };
        self.steps.push(format!("right code for {id}"));
        let (code_id, text) = (code.id.clone(), code.text.clone());
        let reply = self.typed(self.documents[id].owner, id, &code_id, &text)?;
        let document = self.documents.get_mut(id).context("document")?;
        let alive = document
            .code
            .as_ref()
            .is_some_and(|code| code.wrong < TRIES);
        match reply.status.as_u16() {
            200 => {
                ensure!(alive, "a code worked after {TRIES} wrong ones");
                ensure!(
                    document.status.is_open() || document.earned,
                    "signed from {:?}",
                    document.status
                );
                document.earned = true;
                document.status = Status::Completed;
            }
            409 => ensure!(
                !document.status.is_open() && !document.earned,
                "{}",
                reply.text()
            ),
            403 | 410 => ensure!(!alive, "a right code was refused: {}", reply.text()),
            _ => bail!("typing: {}", reply.text()),
        }
        Ok(())
    }

    fn type_wrong(&mut self, id: &str) -> Result<()> {
        let Some(code) = &self.documents[id].code else {
            return Ok(());
        };
        self.steps.push(format!("wrong code for {id}"));
        let wrong = if code.text == "111111" {
            "222222"
        } else {
            "111111"
        };
        let code_id = code.id.clone();
        let reply = self.typed(self.documents[id].owner, id, &code_id, wrong)?;
        ensure!(reply.status != 200, "a wrong code was taken");
        if let Some(code) = self.documents.get_mut(id).and_then(|d| d.code.as_mut()) {
            code.wrong += 1;
        }
        Ok(())
    }

    fn type_code_of_another(&mut self, id: &str) -> Result<()> {
        let other = self
            .documents
            .iter()
            .find(|(other, document)| *other != id && document.code.is_some());
        let Some((other, document)) = other else {
            return Ok(());
        };
        let Some(code) = &document.code else {
            return Ok(());
        };
        self.steps.push(format!("code of {other} for {id}"));
        let (other, code_id, text) = (other.clone(), code.id.clone(), code.text.clone());
        let reply = self.typed(self.documents[id].owner, id, &code_id, &text)?;
        ensure!(reply.status != 200, "a code signed another document");
        // It may count as a try of that code.
        self.forget_code(&other);
        Ok(())
    }

    fn type_as_somebody_else(&mut self, id: &str) -> Result<()> {
        let Some(code) = &self.documents[id].code else {
            return Ok(());
        };
        self.steps.push(format!("somebody else for {id}"));
        let (code_id, text) = (code.id.clone(), code.text.clone());
        let other = 1 - self.documents[id].owner;
        self.typed(other, id, &code_id, &text)?
            .problem(404, "not_found")?;
        Ok(())
    }

    fn decline(&mut self, id: &str) -> Result<()> {
        self.steps.push(format!("decline {id}"));
        let owner = self.documents[id].owner;
        let account = &mut self.people[owner].0;
        account.documents("all")?;
        let reply = account.send(
            http::Method::POST,
            Right::Document(id),
            "/patient/document/decline",
            Some(&json!({})),
        )?;
        let document = self.documents.get_mut(id).context("document")?;
        match reply.status.as_u16() {
            200 => {
                ensure!(
                    document.status.is_open() || document.status == Status::Declined,
                    "declined from {:?}",
                    document.status
                );
                document.status = Status::Declined;
            }
            409 => ensure!(!document.status.is_open(), "{}", reply.text()),
            _ => bail!("declining: {}", reply.text()),
        }
        Ok(())
    }

    fn cancel(&mut self, id: &str) -> Result<()> {
        self.steps.push(format!("cancel {id}"));
        let reply = self
            .clinic
            .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?;
        let document = self.documents.get_mut(id).context("document")?;
        match reply.status.as_u16() {
            200 => {
                ensure!(
                    document.status.is_open() || document.status == Status::Cancelled,
                    "cancelled from {:?}",
                    document.status
                );
                document.status = Status::Cancelled;
            }
            409 => ensure!(!document.status.is_open(), "{}", reply.text()),
            _ => bail!("cancelling: {}", reply.text()),
        }
        Ok(())
    }

    fn crash(&mut self) -> Result<()> {
        self.steps.push("crash".into());
        self.stack.kill()?;
        self.stack.start_again(Settings::default())
    }

    /// What the product says of every document is what the model says.
    fn check(&mut self) -> Result<()> {
        for (id, document) in &self.documents {
            let told = self.clinic.document(id)?;
            ensure!(
                told["status"] == document.status.as_str(),
                "{id} is {} instead of {:?}",
                told["status"],
                document.status
            );
            let signatures = told["signatures"].as_array().map_or(0, Vec::len);
            ensure!(
                signatures == usize::from(document.earned),
                "{id}: {signatures} signatures"
            );
        }
        Ok(())
    }

    /// Every document's events are a way through the state machine, and nothing happened twice.
    fn check_events(&mut self) -> Result<()> {
        let ids: Vec<String> = self.documents.keys().cloned().collect();
        for id in ids {
            let kinds = self.clinic.event_types(&id)?;
            let mut state = Status::Sent;
            ensure!(
                kinds.first().is_some_and(|first| first == "document.sent"),
                "{kinds:?}"
            );
            for kind in &kinds[1..] {
                let next =
                    Status::parse(kind.trim_start_matches("document.")).context("an event")?;
                ensure!(state.may_become(next), "{id}: {kinds:?}");
                state = next;
            }
        }
        Ok(())
    }

    fn typed(&mut self, who: usize, id: &str, code_id: &str, code: &str) -> Result<Reply> {
        self.people[who]
            .0
            .type_signing_code(Right::Document(id), code_id, code)
    }

    fn opened(&mut self, id: &str) {
        if let Some(document) = self.documents.get_mut(id)
            && document.status == Status::Sent
        {
            document.status = Status::Opened;
        }
    }

    /// The model knows no more how many tries its code has left.
    fn forget_code(&mut self, id: &str) {
        if let Some(document) = self.documents.get_mut(id)
            && !document.earned
        {
            document.code = None;
        }
    }

    fn any_document(&mut self) -> Option<String> {
        let count = self.documents.len();
        if count == 0 {
            return None;
        }
        let number = self.below(count);
        self.documents.keys().nth(number).cloned()
    }

    /// xorshift64: the same walk on every machine.
    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from(self.random % limit as u64).unwrap_or_default()
    }
}
