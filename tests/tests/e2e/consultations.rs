//! Telemedicine consultations, as `docs/consultations.md` promises them: none begins without its patient's consent.

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::{
    Clinic, Reaction, Receiver, Settings, Stack, Upload, judges, pdf, time, wait_for,
};
use serde_json::{Value, json};

/// A booking of Иванова for tomorrow, with the default consent, to a phone of its own.
pub(crate) struct Booking {
    pub(crate) body: Value,
    pub(crate) phone: String,
}

impl Booking {
    pub(crate) fn new() -> Self {
        let upload = Upload::small();
        let body = json!({
            "external_id": upload.document["external_id"], "starts_at": in_hours(24),
            "doctor": {"full_name": "Смирнова Анна Юрьевна", "position": "врач-терапевт"},
            "patient": upload.document["patient"], "consent": "default",
        });
        let phone = upload.phone;
        Self { body, phone }
    }

    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.body[field] = value;
        self
    }

    /// Books; whatever the answer.
    pub(crate) fn send(&self, clinic: &mut Clinic) -> Result<Reply> {
        clinic.post("/api/v1/consultations", &self.body)
    }

    /// Books, and waits for the SMS: id, id of the consent, and link.
    pub(crate) fn booked(&self, stack: &Stack, clinic: &mut Clinic) -> Result<Booked> {
        let booked = self.send(clinic)?.expect(201)?.json()?;
        Ok(Booked {
            id: text(&booked, "id")?,
            document: text(&booked, "document_id")?,
            link: stack.sandbox().link(&self.phone)?,
        })
    }
}

/// A booking that was made.
pub(crate) struct Booked {
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) link: String,
}

impl Booked {
    pub(crate) fn now(&self, clinic: &mut Clinic) -> Result<Value> {
        let path = format!("/api/v1/consultations/{}", self.id);
        clinic.get(&path)?.expect(200)?.json()
    }

    fn act(&self, clinic: &mut Clinic, what: &str, body: &Value) -> Result<Reply> {
        clinic.post(&format!("/api/v1/consultations/{}/{what}", self.id), body)
    }

    /// Checks state, whether it may begin, and why.
    #[track_caller]
    fn is(&self, clinic: &mut Clinic, status: &str, may_begin: bool, reason: &str) -> Result<()> {
        let now = self.now(clinic)?;
        let as_told = now["status"] == status && now["may_begin"] == may_begin;
        ensure!(as_told && now["reason"] == reason, "{status}: {now}");
        Ok(())
    }

    /// Types of its events, oldest first, without those of messages; and their data.
    fn events(&self, clinic: &mut Clinic) -> Result<(Vec<String>, Vec<Value>)> {
        let events = clinic.events()?.into_iter();
        let own = events.filter(|event| event["document_id"] == self.document);
        Ok(own
            .filter_map(|event| Some((event["type"].as_str()?.to_owned(), event["data"].clone())))
            .filter(|(kind, _)| !kind.starts_with("message."))
            .unzip())
    }
}

fn text(value: &Value, field: &str) -> Result<String> {
    let text = value[field].as_str().map(str::to_owned);
    text.with_context(|| format!("{field}: {value}"))
}

/// RFC 3339, so many hours from now.
fn in_hours(hours: i64) -> String {
    let now = ::time::OffsetDateTime::now_utc().unix_timestamp();
    podpis_shared::Timestamp::from_unix(now + hours * 3600).to_string()
}

#[test]
fn the_default_consent_is_made_signed_and_told() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let booking = Booking::new();
    let body = booking.body.to_string().into_bytes();
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "consultation-1"),
    ];
    let mut book =
        |body: Vec<u8>| clinic.send(Method::POST, "/api/v1/consultations", &headers, Some(body));
    let first = book(body.clone())?.expect(201)?;
    ensure!(
        book(body)?.expect(201)?.body == first.body,
        "another answer"
    );
    let other = booking.body.to_string().replace("терапевт", "хирург");
    book(other.into_bytes())?.problem(409, "idempotency_conflict")?;
    let first = first.json()?;
    let booked = Booked {
        id: text(&first, "id")?,
        document: text(&first, "document_id")?,
        link: stack.sandbox().link(&booking.phone)?,
    };
    ensure!(booked.link.contains("/c/#"), "{}", booked.link);
    ensure!(
        stack.sandbox().messages(&booking.phone)?.len() == 1,
        "two SMS"
    );
    ensure!(
        first["consent"] == "default" && first["template"]["id"] == "telemed_consent",
        "{first}"
    );
    booked.is(&mut clinic, "waiting", false, "no_consent")?;

    let mut patient = stack.patient(&booked.link)?;
    let act = patient.read()?;
    let view = patient.document()?;
    let shown = view.consultation.context("no consultation")?;
    ensure!(shown.doctor == "Смирнова Анна Юрьевна, врач-терапевт" && shown.utc_offset == 180);
    booked.is(&mut clinic, "opened", false, "no_consent")?;
    let callback = patient.sign_in(&act, "petrov", true)?;
    patient.complete(&callback)?.problem(403, "wrong_person")?;
    booked.is(&mut clinic, "opened", false, "no_consent")?;
    patient.sign_as("ivanova")?.expect(200)?;
    booked.is(&mut clinic, "consented", true, "consented")?;
    let after = patient
        .document()?
        .consultation
        .context("no consultation")?;
    ensure!(after.status.may_begin());

    let (types, data) = booked.events(&mut clinic)?;
    let told = [
        "document.sent",
        "document.opened",
        "document.patient_signed",
        "consultation.consented",
    ];
    ensure!(types == told, "{types:?}");
    let consented = data.last().context("data")?;
    ensure!(
        consented["consultation_id"] == booked.id && consented["late"] == false,
        "{consented}"
    );
    let path = |what: &str| format!("/api/v1/documents/{}/{what}", booked.document);
    let original = clinic.get(&path("original"))?.expect(200)?.body;
    let signed = clinic.get(&path("signed"))?.expect(200)?.body;
    judges::judge(&original, &signed)?;
    judges::fits_its_schema(&clinic.get(&path("evidence"))?.expect(200)?.json()?)?;
    free_of_charge(&mut clinic, &booked.document)
}

/// The consent is counted, and costs nothing; nothing else of its document does but the SMS.
fn free_of_charge(clinic: &mut Clinic, document: &str) -> Result<()> {
    let rows = clinic.get("/api/v1/usage/rows")?.expect(200)?.json()?;
    let rows = rows["items"].as_array().context("rows")?;
    let own = rows.iter().filter(|row| row["document_id"] == document);
    let items: Vec<&str> = own.filter_map(|row| row["item"].as_str()).collect();
    let count = |item: &str| items.iter().filter(|one| **one == item).count();
    ensure!(
        count("telemed_consent") == 1 && count("document_signed") == 0,
        "{items:?}"
    );
    let usage = clinic.get("/api/v1/usage")?.expect(200)?.json()?;
    let lines = usage["lines"].as_array().context("lines")?;
    let line = lines.iter().find(|line| line["item"] == "telemed_consent");
    let line = line.context("no line for the consent")?;
    ensure!(
        line["sum_kopecks"] == 0 && line["price_kopecks"] == 0,
        "{line}"
    );
    Ok(())
}

#[test]
fn the_clinics_own_consent_comes_as_a_part_or_in_the_json() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let file = pdf::plain(2, "consent of the clinic");
    let base64 = base64::engine::general_purpose::STANDARD.encode(&file);
    let inside = Booking::new().with("consent", json!({ "file": base64 }));
    let inside = inside.booked(stack, &mut clinic)?;
    let beside = Booking::new().with("doctor", json!("Смирнова А. Ю."));
    let mut body = beside.body.clone();
    body.as_object_mut().context("object")?.remove("consent");
    let reply = multipart(&mut clinic, &body, &file)?.expect(201)?.json()?;
    ensure!(
        reply["consent"] == "file" && reply["template"].is_null(),
        "{reply}"
    );
    ensure!(reply["doctor"]["full_name"] == "Смирнова А. Ю.", "{reply}");
    for document in [inside.document, text(&reply, "document_id")?] {
        let path = format!("/api/v1/documents/{document}/original");
        ensure!(clinic.get(&path)?.expect(200)?.body == file, "other bytes");
        let consent = clinic.document(&document)?;
        ensure!(
            consent["kind"] == "telemed_consent" && consent["method"] == "esia",
            "{consent}"
        );
    }
    multipart(&mut clinic, &beside.body, &file)?.problem(422, "invalid")?;
    multipart(&mut clinic, &body, b"no PDF")?.problem(415, "not_pdf")?;
    for (field, wrong) in [
        ("consent", json!(null)),
        ("consent", json!({"file": "%%%"})),
        ("starts_at", json!(in_hours(-1))),
        ("starts_at", json!(in_hours(24 * 400))),
        ("doctor", json!("")),
        ("external_id", json!("")),
        ("sms_reminder_before_hours", json!(73)),
    ] {
        let refused = Booking::new().with(field, wrong).send(&mut clinic)?;
        refused
            .problem(422, "invalid")
            .with_context(|| field.to_owned())?;
    }
    let mute = Booking::new();
    let mut nobody = mute.body["patient"].clone();
    nobody["phone"] = json!(null);
    mute.with("patient", nobody)
        .send(&mut clinic)?
        .problem(422, "invalid")?;
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(2), "{list}");
    Ok(())
}

/// The booking as one part, the clinic's consent as another.
fn multipart(clinic: &mut Clinic, body: &Value, file: &[u8]) -> Result<Reply> {
    const BOUNDARY: &str = "podpis-tests-consultation";
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"consultation\"\r\nContent-Type: application/json\r\n\r\n\
         {body}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let all = [head.as_bytes(), file, tail.as_bytes()].concat();
    let media = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [("content-type", media.as_str())];
    clinic.send(Method::POST, "/api/v1/consultations", &headers, Some(all))
}

/// A booking of a child, to the phone of its mother.
fn of_a_child(born: &str, represented: bool) -> Booking {
    let booking = Booking::new();
    let phone = booking.phone.clone();
    let child = json!({"last_name": "Кузнецова", "first_name": "Дарья", "middle_name": "Дмитриевна", "birth_date": born,
        "phone": phone});
    let booking = booking.with("patient", child);
    if !represented {
        return booking;
    }
    let mother = json!({"last_name": "Кузнецова", "first_name": "Ольга", "middle_name": "Андреевна",
        "birth_date": "1984-09-08", "phone": phone, "basis": "мать", "record_ref": "карта 17"});
    booking.with("representative", mother)
}

#[test]
fn a_representative_consents_where_the_law_wants_one() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let booked = of_a_child("2018-02-03", true).booked(stack, &mut clinic)?;
    let mut mother = stack.patient(&booked.link)?;
    let view = mother.document()?;
    ensure!(view.on_behalf_of.is_some(), "for whom?");
    mother.sign_as("mother")?.expect(200)?;
    booked.is(&mut clinic, "consented", true, "consented")?;
    let signature = &clinic.document(&booked.document)?["signatures"][0];
    ensure!(
        signature["on_behalf_of"] == "Кузнецова Дарья Дмитриевна",
        "{signature}"
    );
    for (born, represented) in [("2018-02-03", false), ("2010-02-03", true)] {
        let refused = of_a_child(born, represented).send(&mut clinic)?;
        let problem = refused.problem(422, "policy")?;
        ensure!(problem["rule"] == "R3", "{problem}");
    }
    Ok(())
}

/// The beginning comes without a consent; somebody is late; somebody never comes; an SMS reminds.
#[test]
fn without_a_consent_in_time_it_says_so() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let late = Booking::new().booked(&stack, &mut clinic)?;
    let never = Booking::new().booked(&stack, &mut clinic)?;
    let reminded = Booking::new().with("sms_reminder_before_hours", json!(2));
    let soon = reminded.booked(&stack, &mut clinic)?;
    time::while_stopped(&mut stack, |db| {
        for (booked, ago) in [(&late, 60), (&never, 3700)] {
            let sql = "UPDATE consultations SET starts_at = unixepoch() - ?1 WHERE id = ?2";
            db.execute(sql, (ago, &booked.id))?;
            let sql = "UPDATE documents SET expires_at = unixepoch() - ?1 + 3600 WHERE id = ?2";
            db.execute(sql, (ago, &booked.document))?;
        }
        let sql =
            "UPDATE planned_notices SET at = 1 WHERE document_id = ?1 AND kind = 'beginning_2'";
        let planned = db.execute(sql, [&soon.document])?;
        if planned != 1 {
            return Err(rusqlite::Error::StatementChangedRows(planned));
        }
        Ok(())
    })?;
    late.is(&mut clinic, "missed", false, "no_consent_in_time")?;
    never.is(&mut clinic, "missed", false, "no_consent_in_time")?;
    soon.is(&mut clinic, "waiting", false, "no_consent")?;
    let reminder = wait_for("the reminder", || {
        let messages = stack.sandbox().messages(&reminded.phone)?;
        Ok(messages.into_iter().nth(1).and(Some(())))
    });
    reminder?;
    let newest = &stack.sandbox().messages(&reminded.phone)?[0];
    let words = newest["text"].as_str().context("text")?;
    ensure!(
        words.contains("скоро онлайн-консультация") && words.contains("/c/#"),
        "{words}"
    );

    let shown = stack.patient(&late.link)?.document()?.consultation;
    ensure!(shown.is_some_and(|shown| shown.status.as_str() == "missed"));
    stack.patient(&late.link)?.sign_as("ivanova")?.expect(200)?;
    late.is(&mut clinic, "consented", true, "consented")?;
    let (types, data) = late.events(&mut clinic)?;
    let told = [
        "document.sent",
        "consultation.missed",
        "document.opened",
        "document.patient_signed",
        "consultation.consented",
    ];
    ensure!(types == told, "{types:?}");
    ensure!(
        data.last().is_some_and(|data| data["late"] == true),
        "{data:?}"
    );

    let over = never.act(
        &mut clinic,
        "reschedule",
        &json!({"starts_at": in_hours(5)}),
    )?;
    over.problem(409, "invalid_state")?;
    let (types, _) = never.events(&mut clinic)?;
    let missed = types
        .iter()
        .filter(|kind| *kind == "consultation.missed")
        .count();
    ensure!(
        missed == 1 && types.iter().any(|kind| kind == "document.expired"),
        "{types:?}"
    );
    Ok(())
}

#[test]
fn a_cancelled_one_never_begins() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let open = Booking::new().booked(stack, &mut clinic)?;
    let reply = open.act(&mut clinic, "cancel", &json!({"reason": "Врач заболел"}))?;
    ensure!(reply.expect(200)?.json()?["status"] == "cancelled");
    open.is(&mut clinic, "cancelled", false, "cancelled")?;
    open.act(&mut clinic, "cancel", &json!({}))?
        .problem(409, "invalid_state")?;
    let moved = open.act(
        &mut clinic,
        "reschedule",
        &json!({"starts_at": in_hours(48)}),
    )?;
    moved.problem(409, "invalid_state")?;
    let (types, data) = open.events(&mut clinic)?;
    ensure!(
        types
            == [
                "document.sent",
                "consultation.cancelled",
                "document.cancelled"
            ],
        "{types:?}"
    );
    ensure!(
        data.iter()
            .skip(1)
            .all(|data| data["reason"] == "Врач заболел"),
        "{data:?}"
    );
    let seen = stack.patient(&open.link)?.document()?;
    ensure!(
        seen.status.is_withdrawn() && seen.consultation.is_none(),
        "told: {seen:?}"
    );

    let given = Booking::new().booked(stack, &mut clinic)?;
    stack
        .patient(&given.link)?
        .sign_as("ivanova")?
        .expect(200)?;
    given.act(&mut clinic, "cancel", &json!({}))?.expect(200)?;
    given.is(&mut clinic, "cancelled", false, "cancelled")?;
    ensure!(clinic.document(&given.document)?["status"] == "patient_signed");

    // The consent taken back is the consultation cancelled.
    let by_document = Booking::new().booked(stack, &mut clinic)?;
    let path = format!("/api/v1/documents/{}/cancel", by_document.document);
    clinic.post(&path, &json!({}))?.expect(200)?;
    by_document.is(&mut clinic, "cancelled", false, "cancelled")?;

    let declined = Booking::new().booked(stack, &mut clinic)?;
    let mut patient = stack.patient(&declined.link)?;
    patient
        .post("/patient/document/decline", &json!({}))?
        .expect(200)?;
    declined.is(&mut clinic, "declined", false, "declined")?;
    let (types, _) = declined.events(&mut clinic)?;
    ensure!(
        types
            == [
                "document.sent",
                "document.declined",
                "consultation.declined"
            ],
        "{types:?}"
    );
    Ok(())
}

#[test]
fn another_beginning_keeps_a_consent_and_asks_again_for_a_missing_one() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let waiting = Booking::new();
    let open = waiting.booked(stack, &mut clinic)?;
    let to = json!({"starts_at": in_hours(72)});
    let moved = open
        .act(&mut clinic, "reschedule", &to)?
        .expect(200)?
        .json()?;
    ensure!(
        moved["starts_at"] == to["starts_at"] && moved["status"] == "waiting",
        "{moved}"
    );
    ensure!(clinic.document(&open.document)?["expires_at"] == moved["consent_until"]);
    let words = wait_for("the second SMS", || {
        let messages = stack.sandbox().messages(&waiting.phone)?;
        let newest = messages.first().filter(|_| messages.len() == 2);
        Ok(newest.and_then(|message| message["text"].as_str().map(str::to_owned)))
    })?;
    ensure!(words.contains("перенесена"), "{words}");
    // Both links lead there.
    let newer = stack.sandbox().link(&waiting.phone)?;
    ensure!(newer != open.link);
    for link in [&open.link, &newer] {
        let shown = stack
            .patient(link)?
            .document()?
            .consultation
            .context("consultation")?;
        ensure!(to["starts_at"] == shown.starts_at.to_string());
    }
    let past = json!({"starts_at": in_hours(-1)});
    open.act(&mut clinic, "reschedule", &past)?
        .problem(422, "invalid")?;

    let given = Booking::new();
    let signed = given.booked(stack, &mut clinic)?;
    stack
        .patient(&signed.link)?
        .sign_as("ivanova")?
        .expect(200)?;
    signed.act(&mut clinic, "reschedule", &to)?.expect(200)?;
    signed.is(&mut clinic, "consented", true, "consented")?;
    let (types, data) = signed.events(&mut clinic)?;
    ensure!(
        types
            .last()
            .is_some_and(|last| last == "consultation.rescheduled"),
        "{types:?}"
    );
    let told = data.last().context("data")?;
    ensure!(
        told["starts_at"] == to["starts_at"] && told["from"].is_string(),
        "{told}"
    );
    Ok(())
}

#[test]
fn a_webhook_may_ask_for_consents_alone() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let receiver = Receiver::start(|_| Reaction::Status(204))?;
    let events = ["consultation.consented", "consultation.missed"];
    let body = json!({"url": receiver.url, "events": events}).to_string();
    let headers = [("content-type", "application/json")];
    let put = clinic.send(
        Method::PUT,
        "/api/v1/webhook",
        &headers,
        Some(body.into_bytes()),
    )?;
    ensure!(put.status.is_success(), "{}", put.text());
    let booked = Booking::new().booked(stack, &mut clinic)?;
    stack
        .patient(&booked.link)?
        .sign_as("ivanova")?
        .expect(200)?;
    let pushed = wait_for("the event", || Ok(receiver.received().into_iter().next()))?;
    let event = pushed.event()?;
    ensure!(
        event["type"] == events[0] && event["data"]["consultation_id"] == booked.id,
        "{event}"
    );
    Ok(())
}
